#pragma once
#include <memory>

#include "manyworlds/bvh/build.hpp"
#include "manyworlds/kernels/path_field.hpp"
#include "manyworlds/paths/transmitter_paths.hpp"
#include "manyworlds/scene/device.hpp"
#include "manyworlds/scene/slab.hpp"

namespace manyworlds::paths {

struct PathOptions {
  int max_depth = 3;         ///< reflections and transmissions of a path together, 0 to 5
  bool transmission = true;  ///< paths pass through penetrable surfaces
  bool coherent = false;     ///< gain is |sum of fields|^2 instead of the sum of powers
  /// Gradients by a transmitter's position count its static paths even where it stands in the scene; elsewhere they
  /// always do.
  bool moving_transmitters = false;
  Finder finder = Finder::automatic;
  std::uint64_t rays = default_rays;          ///< of each transmitter, when shooting; an eighth of it from a mover
  std::size_t max_beams = default_max_beams;  ///< of a transmitter; beyond, the automatic finder shoots
  /// Most bytes of the static paths and an evaluation's own, 0 = no limit. Where they would exceed it, receivers are
  /// cut into tiles, whose static paths are found anew whenever gains or a gradient are asked for. Threads that
  /// evaluate side by side hold a tile each.
  std::size_t memory_budget_bytes = 0;
};

/// Everything that worlds share: the static faces, their BVH, receivers, materials, and the static paths of
/// transmitters at their places in the scene.
class StaticWorld {
 public:
  /// Throws InputError for a depth out of range, a mover that is not in the scene or named twice, and for more than 64
  /// faces of movers.
  StaticWorld(const Scene& scene, const std::vector<std::uint32_t>& movers, PathOptions path_options)
      : options(path_options),
        finder(path_options.finder),
        wavelength(manyworlds::wavelength(scene.frequency_hz)),
        bvh_({}, {}, {}) {
    if (options.max_depth < 0 || options.max_depth > paths::max_depth)
      throw InputError("max_depth", "expected 0 to " + std::to_string(paths::max_depth) + ", got " +
                                        std::to_string(options.max_depth));
    for (const Material& m : scene.materials) slabs.push_back(make_slab<double>(m, scene.frequency_hz));
    for (std::uint32_t m : movers) {
      if (m >= scene.objects.size())
        throw InputError("movers", "object " + std::to_string(m) + " of only " + std::to_string(scene.objects.size()));
      if (std::count(movers.begin(), movers.end(), m) > 1)
        throw InputError("movers", "'" + scene.objects[m].name + "' is named twice");
      mover_objects.push_back(scene.objects[m]);
      mover_shapes.push_back(make_mover_shape(scene.objects[m]));
      object_index.push_back(m);
      mover_faces += std::uint32_t(mover_shapes.back().faces.size());
    }
    if (mover_faces > 64)
      throw InputError("movers", "at most 64 planar faces may move, found " + std::to_string(mover_faces));
    for (std::uint32_t i = 0; i < scene.objects.size(); ++i) {
      if (std::find(movers.begin(), movers.end(), i) != movers.end()) continue;
      const MoverShape shape = make_mover_shape(scene.objects[i]);
      fixed.add(scene.objects[i], i, shape, {shape.origin, {}});
    }
    fixed.build_tree();
    bvh_ = build_bvh(fixed.triangles);
    for (const Surface& s : fixed.surfaces) frames.push_back({s.rectangle, s.material});
    for (const Transmitter& t : scene.transmitters)
      transmitters.push_back(make_device<double>(t.position, t.orientation, t.antenna));
    polarization_sum = !scene.receivers.antenna;
    const auto& orientations = scene.receivers.orientations;
    for (std::size_t r = 0; r < scene.receivers.positions.size(); ++r)
      receivers.push_back(make_device<double>(scene.receivers.positions[r],
                                              orientations.empty() ? Vec3d{} : orientations[r],
                                              scene.receivers.antenna.value_or(Antenna{})));
    if (options.memory_budget_bytes > 0) cut_into_tiles();
    if (tiles == 1) find_paths();
  }
  /// The same world with only some of the receivers, and their static paths.
  StaticWorld(const StaticWorld& all, const std::vector<std::uint32_t>& chosen)
      : options(all.options),
        finder(all.options.finder),
        wavelength(all.wavelength),
        fixed(all.fixed),
        slabs(all.slabs),
        frames(all.frames),
        transmitters(all.transmitters),
        polarization_sum(all.polarization_sum),
        mover_objects(all.mover_objects),
        mover_shapes(all.mover_shapes),
        object_index(all.object_index),
        mover_faces(all.mover_faces),
        bvh_(all.bvh_) {
    for (const std::uint32_t rx : chosen) receivers.push_back(all.receivers[rx]);
    find_paths();
  }
  /// The one with the receivers of a tile.
  StaticWorld(const StaticWorld& all, std::size_t tile)
      : StaticWorld(all, every(all.tiles, tile, all.receivers.size())) {}
  StaticWorld(const StaticWorld&) = delete;
  StaticWorld& operator=(const StaticWorld&) = delete;

  Geometry geometry() const { return {&fixed, nullptr, bvh_.view(), slabs.data(), options.transmission}; }

  /// View of the static part for the field kernels; `devices` are the transmitters' places.
  kernels::FieldView<double> field_view(const std::vector<Device<double>>& devices) const {
    kernels::FieldView<double> view;
    view.wavelength = wavelength;
    view.transmitters = devices.data();
    view.receivers = receivers.data();
    view.polarization_sum = polarization_sum;
    view.phase = options.coherent;
    view.static_faces = frames.data();
    view.static_count = std::uint32_t(frames.size());
    view.slabs = slabs.data();
    return view;
  }

  /// Rays that find the chains from a mover; 0 when beams do.
  std::uint64_t mover_rays() const {
    return finder == Finder::shooting ? std::max<std::uint64_t>(1, options.rays / 8) : 0;
  }

  /// Static paths and fields of transmitter tx, standing at devices[tx].
  TransmitterPaths paths_from(const std::vector<Device<double>>& devices, std::size_t tx) const {
    // A transmitter that moves may come to where the beams are too many, so `automatic` stays automatic.
    const Finder how = finder == Finder::shooting ? finder : options.finder;
    TransmitterPaths result{
        {geometry(), devices[tx].position, groups, options.max_depth, how, options.rays, options.max_beams},
        {},
        {},
        {}};
    const TransmitterCache& cache = result.cache;
    kernels::FieldView<double> view = field_view(devices);
    view.hops = cache.hops.data();
    result.fields.resize(cache.paths.size());
    const parallel::Cut all(cache.paths.size(), 64, 256);
    parallel::split(all.pieces, [&](std::size_t piece) {
      for (std::size_t i = all.begin(piece); i < all.end(piece); ++i) {
        const TransmitterCache::StaticPath& p = cache.paths[i];
        result.fields[i] = kernels::path_field(view, {std::uint32_t(tx), p.rx, p.first_hop, p.hops, 0, 0});
      }
    });
    result.power.assign(receivers.size(), 0);
    result.total.assign(receivers.size(), {});
    for (std::size_t i = 0; i < cache.paths.size(); ++i) {
      result.power[cache.paths[i].rx] += norm2(result.fields[i]);
      result.total[cache.paths[i].rx] += result.fields[i];
    }
    return result;
  }

  std::size_t bytes() const {
    std::size_t sum = bvh_.bytes() + fixed.triangles.size() * sizeof(BvhTriangle) +
                      fixed.size() * (sizeof(Surface) + sizeof(frames[0])) + receivers.size() * sizeof(Device<double>);
    for (const auto& t : static_paths) sum += t->bytes();
    return sum;
  }

  PathOptions options;
  Finder finder;  ///< shooting when any transmitter needed it; each one's cache tells what it used
  double wavelength;
  SurfaceSet fixed;
  ReceiverGroups groups;
  std::vector<Slab<double>> slabs;                 ///< by material
  std::vector<kernels::FaceFrame<double>> frames;  ///< by static face
  std::vector<Device<double>> transmitters, receivers;
  bool polarization_sum = true;
  std::vector<Object> mover_objects;  ///< in the order of Configuration::movers
  std::vector<MoverShape> mover_shapes;
  std::vector<std::uint32_t> object_index;  ///< of each mover, in the scene
  std::uint32_t mover_faces = 0;
  std::vector<std::unique_ptr<TransmitterPaths>> static_paths;  ///< by transmitter; none when there are several tiles
  /// Into how many tiles the receivers are cut: number i of n has the receivers i, i + n, i + 2 n, ..., so that all
  /// tiles are alike.
  std::size_t tiles = 1;

 private:
  /// first, first + step, ... below n.
  static std::vector<std::uint32_t> every(std::size_t step, std::size_t first, std::size_t n) {
    std::vector<std::uint32_t> all;
    for (; first < n; first += step) all.push_back(std::uint32_t(first));
    return all;
  }

  void find_paths() {
    std::vector<Vec3d> positions;
    for (const Device<double>& r : receivers) positions.push_back(r.position);
    groups = ReceiverGroups(std::move(positions));
    static_paths.resize(transmitters.size());
    parallel::for_each(transmitters.size(), 0, [this](std::size_t t) {
      static_paths[t] = std::make_unique<TransmitterPaths>(paths_from(transmitters, t));
    });
    if (finder == Finder::automatic) finder = Finder::beams;
    for (const auto& t : static_paths)
      if (t->cache.finder == Finder::shooting) finder = Finder::shooting;
  }

  /// Cuts the receivers into tiles that keep to the budget. Throws InputError when that is too small for any.
  void cut_into_tiles() {
    // While they are found, paths stand in memory nearly twice; what an evaluation makes of them takes less than that.
    constexpr double headroom = 2;
    const std::size_t n = receivers.size();
    const StaticWorld sample(*this, every(std::max<std::size_t>(1, n / 1024), 0, n));
    // Geometry is there twice, in the whole and in a tile.
    double always = double(2 * bytes() + n * transmitters.size() * sizeof(double)), rest = 0;
    for (const auto& t : sample.static_paths) {
      const double prefixes = double(t->cache.prefixes.capacity() * sizeof(Beam));
      always += headroom * prefixes;
      rest += headroom * (double(t->bytes()) - prefixes) * double(n) / double(sample.receivers.size());
    }
    if (options.moving_transmitters) rest *= 2;  // one that has left its place has paths of its own beside
    const double budget = double(options.memory_budget_bytes), least = always + rest / double(n);
    if (least > budget)
      throw InputError("memory_budget_bytes", "expected at least " + std::to_string(std::size_t(least) + 1) +
                                                  " for this scene, found " +
                                                  std::to_string(options.memory_budget_bytes));
    tiles = always + rest <= budget ? 1 : std::min(n, std::size_t(std::ceil(rest / (budget - always))));
    finder = sample.finder;
  }

  Bvh bvh_;
};

}  // namespace manyworlds::paths
