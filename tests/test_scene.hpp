#pragma once
#include <string>

#include "manyworlds/core/random.hpp"
#include "manyworlds/scene/scene.hpp"

/// Small scenes made in code, for tests.
namespace manyworlds::test {

/// Adds a sheet of two triangles: corner, corner + u, corner + u + v, corner + v.
inline void add_sheet(Scene& scene, const std::string& name, std::uint32_t material, Vec3d corner, Vec3d u, Vec3d v) {
  scene.objects.push_back(
      {name, {{corner, corner + u, corner + u + v, corner + v}, {{0, 1, 2}, {0, 2, 3}}, {}}, material});
}

/// Adds a closed box centred at `center` as one object of twelve triangles.
inline void add_box(Scene& scene, const std::string& name, std::uint32_t material, Vec3d center, Vec3d size) {
  Mesh mesh;
  for (int i = 0; i < 8; ++i)
    mesh.vertices.push_back(
        center + Vec3d{(i & 1 ? .5 : -.5) * size.x, (i & 2 ? .5 : -.5) * size.y, (i & 4 ? .5 : -.5) * size.z});
  for (const auto& [a, b, c, d] : {std::array<std::uint32_t, 4>{0, 2, 3, 1},
                                   {4, 5, 7, 6},
                                   {0, 1, 5, 4},
                                   {2, 6, 7, 3},
                                   {0, 4, 6, 2},
                                   {1, 3, 7, 5}}) {
    mesh.triangles.push_back({a, b, c});
    mesh.triangles.push_back({a, c, d});
  }
  scene.objects.push_back({name, mesh, material});
}

/// Six walls of a room from (0, 0, 0) to `size`.
inline void add_room(Scene& scene, std::uint32_t material, Vec3d size) {
  const Vec3d x{size.x, 0, 0}, y{0, size.y, 0}, z{0, 0, size.z};
  add_sheet(scene, "floor", material, {}, x, y);
  add_sheet(scene, "ceiling", material, z, x, y);
  add_sheet(scene, "wall_x0", material, {}, y, z);
  add_sheet(scene, "wall_x1", material, x, y, z);
  add_sheet(scene, "wall_y0", material, {}, x, z);
  add_sheet(scene, "wall_y1", material, y, x, z);
}

inline Vec3d random_point(Random& random, Vec3d lo, Vec3d hi) {
  return {random.uniform(lo.x, hi.x), random.uniform(lo.y, hi.y), random.uniform(lo.z, hi.z)};
}

inline Vec3d random_direction(Random& random) {
  const double z = random.uniform(-1, 1), a = random.uniform(0, 2 * pi), r = std::sqrt(1 - z * z);
  return {r * std::cos(a), r * std::sin(a), z};
}

inline std::vector<Material> test_materials() {
  Material concrete, metal, plasterboard;
  concrete.name = "concrete", concrete.eps_r = 5.24, concrete.sigma = 0.123, concrete.thickness = 0.2;
  metal.name = "metal", metal.pec = true;
  plasterboard.name = "plasterboard", plasterboard.eps_r = 2.73, plasterboard.sigma = 0.0276,
  plasterboard.thickness = 0.0125;
  return {concrete, metal, plasterboard};
}

/// `count` random sheets of mixed materials in a 10 m cube, most of them axis-parallel, some slanted.
inline Scene random_sheets(Random& random, int count) {
  Scene scene;
  scene.materials = test_materials();
  for (int i = 0; i < count; ++i) {
    Vec3d u = random_direction(random), v;
    if (random.below(3) != 0) {
      const std::uint32_t axis = random.below(3);
      u = {axis == 0 ? 1. : 0., axis == 1 ? 1. : 0., axis == 2 ? 1. : 0.};
      v = {axis == 2 ? 1. : 0., axis == 0 ? 1. : 0., axis == 1 ? 1. : 0.};
    } else {
      v = normalized(cross(u, random_direction(random)));
    }
    u = random.uniform(2, 8) * u;
    v = random.uniform(2, 8) * v;
    const Vec3d center = random_point(random, {0, 0, 0}, {10, 10, 10});
    add_sheet(scene, "sheet_" + std::to_string(i), random.below(3), center - 0.5 * (u + v), u, v);
  }
  return scene;
}

}  // namespace manyworlds::test
