#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "manyworlds/math/box.hpp"
#include "manyworlds/scene/antenna.hpp"
#include "manyworlds/scene/material.hpp"

namespace manyworlds {

/// Triangle mesh in world coordinates (metres).
struct Mesh {
  std::vector<Vec3d> vertices;
  std::vector<std::array<std::uint32_t, 3>> triangles;
  /// Index of each triangle in its file, before degenerate triangles were dropped; empty = 0, 1, 2, ...
  std::vector<std::uint32_t> source_index;
};

/// A named object of one material. Its surfaces are sheets without thickness that act alike on both sides.
struct Object {
  std::string name;
  Mesh mesh;
  std::uint32_t material = 0;  ///< index into Scene::materials
};

struct Transmitter {
  std::string name = "tx";
  Vec3d position{};     ///< m
  Vec3d orientation{};  ///< yaw, pitch, roll in radians
  double power_dbm = 44;
  Antenna antenna{};
};

/// Receivers share one antenna. Default: isotropic and polarisation-summing, what a radio map means.
struct ReceiverSet {
  std::vector<Vec3d> positions;         ///< m
  std::vector<double> weights;          ///< empty = all 1; else one per receiver, >= 0
  std::vector<Vec3d> orientations;      ///< empty = all zero; yaw, pitch, roll in radians
  std::optional<Antenna> antenna;       ///< empty = isotropic, both polarisations summed
  std::uint32_t rows = 0, columns = 0;  ///< grid shape (row along y) when made by receiver_grid, else 0
  double spacing = 0;                   ///< grid spacing in metres, when made by receiver_grid
};

/// Everything that is read from files and set by a user: geometry, materials, transmitters, receivers.
struct Scene {
  double frequency_hz = 3.5e9;
  std::vector<Material> materials;
  std::vector<Object> objects;
  std::vector<Transmitter> transmitters;
  ReceiverSet receivers;
  std::vector<std::string> warnings;  ///< one line each, collected by loaders

  void add(Transmitter t) { transmitters.push_back(std::move(t)); }
};

/// Bounding box of all objects; empty for a scene without vertices.
inline Boxd bounds_of(const Scene& scene) {
  Boxd box;
  for (const Object& object : scene.objects)
    for (const Vec3d& v : object.mesh.vertices) box.extend(v);
  return box;
}

}  // namespace manyworlds
