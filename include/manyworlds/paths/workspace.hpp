#pragma once
#include "manyworlds/paths/dimmed_fields.hpp"
#include "manyworlds/paths/path_finder.hpp"
#include "manyworlds/paths/path_packets.hpp"
#include "manyworlds/paths/shot_chains.hpp"
#include "manyworlds/paths/static_packets.hpp"
#include "manyworlds/paths/static_world.hpp"
#include "manyworlds/scene/configuration.hpp"

namespace manyworlds::paths {

/// What an evaluation fills: where movers and transmitters are, the paths that meet the movers, and their fields.
/// Worlds take turns with it.
struct Workspace {
  std::vector<double> gains;  ///< linear path gain, [tx * receivers + rx]

  SurfaceSet moving;
  std::vector<std::uint32_t> mover_of_face;
  std::vector<Pose> poses;
  std::vector<kernels::FaceFrame<double>> frames;
  std::vector<Device<double>> transmitters;
  std::vector<std::shared_ptr<const TransmitterPaths>> own_paths;  ///< of transmitters that left their place
  std::vector<ShotChains> shot;                                    ///< by mover, when rays find the chains
  std::vector<const TransmitterCache*> caches;                     ///< by transmitter
  PathFinder finder;
  std::vector<std::vector<std::uint8_t>>
      replaced;  ///< by transmitter and static path: stands in the table, or is blocked
  PathTable table;
  PathPackets packets;                     ///< of the table
  std::vector<CVec3<double>> path_fields;  ///< by path of the table, but for the dimmed
  std::vector<CVec3<double>> fields;       ///< by group of the table
  DimmedFields dimmed;
  std::vector<WideSums> sums;         ///< by piece of the gradient
  StaticPackets static_packets;       ///< of one transmitter after the other, where it moves
  std::vector<CVec3<double>> totals;  ///< by [tx * receivers + rx], when coherent
  Visibility visibility;
  Configuration configuration;
  std::unique_ptr<Workspace> of_tile;  ///< when receivers are cut into tiles: all of the above but for the movers
  std::size_t bytes_of_tile = 0;       ///< most that the paths of a tile took

  std::size_t bytes() const {
    std::size_t sum = gains.capacity() * sizeof(double) + table.bytes() + packets.bytes() +
                      (path_fields.capacity() + fields.capacity() + totals.capacity()) * sizeof(CVec3<double>) +
                      dimmed.bytes() + finder.bytes() + static_packets.bytes();
    if (of_tile) sum += bytes_of_tile + of_tile->bytes();
    for (const ShotChains& chains : shot) sum += chains.bytes();
    for (const auto& r : replaced) sum += r.capacity();
    for (const auto& own : own_paths)
      if (own) sum += own->bytes();
    return sum;
  }

  std::uint32_t mover_of(std::uint32_t face) const { return mover_of_face[face - moving.first_id]; }
  /// Derivative by the pose of a face's mover, from that by the face's centre and its rotation about it.
  PoseGradient pose_gradient(std::uint32_t face, Vec3d center, Vec3d rotation) const {
    const Vec3d arm = frames[face - moving.first_id].rectangle.center - poses[mover_of(face)].position;
    return {center, rotation + cross(arm, center)};
  }
};

/// Sink of the field adjoint (path_field_adjoint.hpp) for poses and transmitter positions: adds to a gradient that has
/// an entry for each.
struct PoseSink {
  static constexpr bool wants_materials = false, wants_receivers = false, wants_static = false;
  const Workspace& w;
  ConfigurationGradient& gradient;
  void transmitter(std::uint32_t tx, Vec3d v) { gradient.transmitters[tx] += v; }
  void receiver(std::uint32_t, Vec3d) {}
  void material(std::uint32_t, double, double, double) {}
  void face(std::uint32_t face, Vec3d center, Vec3d rotation, double, double) {
    gradient.movers[w.mover_of(face)] += w.pose_gradient(face, center, rotation);
  }
};

/// Sink for the receivers of a tile, whose number i is first + i step of the whole.
template <class Sink>
struct TileSink {
  static constexpr bool wants_materials = Sink::wants_materials, wants_receivers = true,
                        wants_static = Sink::wants_static;
  Sink& sink;
  std::uint32_t first, step;
  void transmitter(std::uint32_t tx, Vec3d v) { sink.transmitter(tx, v); }
  void receiver(std::uint32_t rx, Vec3d v) { sink.receiver(first + rx * step, v); }
  void material(std::uint32_t m, double eps_r, double sigma, double thickness) {
    sink.material(m, eps_r, sigma, thickness);
  }
  void face(std::uint32_t f, Vec3d center, Vec3d rotation, double half_u, double half_v) {
    sink.face(f, center, rotation, half_u, half_v);
  }
};

}  // namespace manyworlds::paths
