#pragma once
#include "manyworlds/placement/bind.hpp"
#include "test_scene.hpp"

/// A hall with panels to place, for tests of placements.
namespace manyworlds::test {

/// Hall of 12 x 8 x 3 m without end walls; the wall "north" (y = 8, normal -y) has a doorway at x in [5, 6.2], z below
/// 2.1 and a partition meets it at x = 8.5. Four 1 m panels modelled in different orientations, one thick.
inline Scene hall() {
  Scene s;
  s.materials = test_materials();
  add_sheet(s, "floor", 0, {0, 0, 0}, {12, 0, 0}, {0, 8, 0});
  add_sheet(s, "ceiling", 0, {0, 0, 3}, {12, 0, 0}, {0, 8, 0});
  add_sheet(s, "south", 0, {0, 0, 0}, {12, 0, 0}, {0, 0, 3});
  Mesh north;
  for (double x : {0.0, 5.0, 6.2, 12.0})
    for (double z : {0.0, 2.1, 3.0}) north.vertices.push_back({x, 8, z});
  for (std::uint32_t i = 0; i < 3; ++i)
    for (std::uint32_t j = 0; j < 2; ++j) {
      if (i == 1 && j == 0) continue;
      const std::uint32_t a = 3 * i + j, b = a + 3, c = b + 1, d = a + 1;
      north.triangles.push_back({a, b, c});
      north.triangles.push_back({a, c, d});
    }
  s.objects.push_back({"north", north, 0});
  add_sheet(s, "partition", 2, {8.5, 6, 0}, {0, 2, 0}, {0, 0, 3});
  add_sheet(s, "panel_x", 1, {1, 1, 1}, {0, 1, 0}, {0, 0, 1});
  add_sheet(s, "panel_y", 1, {1, 1, 1}, {0, 0, 1}, {1, 0, 0});
  add_sheet(s, "panel_z", 1, {1, 1, 1}, {1, 0, 0}, {0, 1, 0});
  add_box(s, "slab", 1, {3, 3, 1}, {0.06, 1, 0.8});
  s.add({.name = "ap1", .position = {2, 3, 2.5}});
  s.add({.name = "ap2", .position = {9.5, 2, 2.5}});
  for (int i = 0; i < 40; ++i) s.receivers.positions.push_back({0.5 + 0.28 * i, 1 + 0.1 * (i % 7), 1.2});
  return s;
}

inline placement::All everything() {
  return {.parts = {placement::TransmitterPositions{.lo = {1, 1, 2}, .hi = {11, 4, 2.8}, .names = {"ap2"}},
                    placement::OnWall{.object = "panel_x", .wall = "north"},
                    placement::FreePose{.object = "panel_y", .lo = {1, 1, 0.8}, .hi = {11, 7, 2.2}},
                    placement::AlongWall{.object = "slab", .wall = "south", .height = 1.5},
                    placement::Aimed{.object = "panel_z", .lo = {1, 2, 1}, .hi = {11, 7, 2}, .transmitter = 1}},
          .constraints = {.min_distance_m = 1.1, .keep_out = {{{3, 3, 0}, {4, 5, 3}}}}};
}

/// Any design: inside the bounds, constraints not looked at.
inline std::vector<double> uniform(const placement::Placement& p, Random& random) {
  std::vector<double> x;
  for (const placement::Variable& v : p.variables()) x.push_back(random.uniform(v.lower, v.upper));
  return x;
}

inline Vec3d normal_of(const Scene& s, const placement::Placement& p, std::size_t mover, const Configuration& c) {
  return c.movers[mover].direction(make_mover_shape(s.objects[p.movers()[mover]]).faces[0].rectangle.normal);
}

}  // namespace manyworlds::test
