#pragma once
#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "manyworlds/io/canvas.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds::io {

/// Line in the horizontal plane, metres.
struct Segment2 {
  Point2 a, b;
};

/// A scene seen from above, in metres.
struct FloorPlan {
  std::vector<Segment2> walls;      ///< where objects cross the plane at the wall height
  std::vector<Segment2> furniture;  ///< outlines of lower objects: their cut at the furniture height, and their tops
  Box2 extent;                      ///< of the walls; of all objects when there are none
};

/// Where to cut a scene.
struct FloorPlanHeights {
  double walls = 1.5;      ///< m
  double furniture = 0.5;  ///< m, below `walls`
};

/// Heights suited to things at height z: walls at z, furniture a metre below, but not under the scene's lowest 0.4 m.
inline FloorPlanHeights heights_around(double z, const Boxd& bounds) {
  const double floor = bounds.empty() ? 0 : bounds.lo.z;
  return {z, std::min(z, std::max(floor + 0.4, z - 1.0))};
}

/// Lines in which a mesh crosses the horizontal plane at height z; triangles inside the plane give none.
inline std::vector<Segment2> cut(const Mesh& mesh, double z) {
  std::vector<Segment2> segments;
  for (const auto& triangle : mesh.triangles) {
    Point2 ends[2];
    int found = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const Vec3d p = mesh.vertices[triangle[i]], q = mesh.vertices[triangle[(i + 1) % 3]];
      if ((p.z >= z) == (q.z >= z)) continue;
      const Vec3d crossing = p + ((z - p.z) / (q.z - p.z)) * (q - p);
      ends[found++] = {crossing.x, crossing.y};
    }
    if (found == 2 && length(ends[1] - ends[0]) > 0) segments.push_back({ends[0], ends[1]});
  }
  return segments;
}

/// Outline of the nearly horizontal triangles between two heights: edges that only one of them has.
inline std::vector<Segment2> outline_of_tops(const Mesh& mesh, double lowest, double highest) {
  using Key = std::array<long long, 3>;
  const auto key = [](Vec3d p) {
    return Key{std::llround(p.x * 1e4), std::llround(p.y * 1e4), std::llround(p.z * 1e4)};
  };
  std::map<std::pair<Key, Key>, std::pair<int, Segment2>> edges;
  for (const auto& triangle : mesh.triangles) {
    const Vec3d p[3] = {mesh.vertices[triangle[0]], mesh.vertices[triangle[1]], mesh.vertices[triangle[2]]};
    const Vec3d normal = cross(p[1] - p[0], p[2] - p[0]);
    const bool inside = std::all_of(p, p + 3, [&](Vec3d v) { return lowest < v.z && v.z < highest; });
    if (!inside || std::abs(normal.z) < 0.95 * norm(normal)) continue;
    for (int i = 0; i < 3; ++i) {
      const Vec3d a = p[i], b = p[(i + 1) % 3];
      auto& [count, segment] = edges[std::minmax(key(a), key(b))];
      ++count;
      segment = {{a.x, a.y}, {b.x, b.y}};
    }
  }
  std::vector<Segment2> outline;
  for (const auto& [ends, edge] : edges)
    if (edge.first == 1) outline.push_back(edge.second);
  return outline;
}

/// Cuts a scene, without the objects named in `hidden` (movers that are drawn elsewhere). Objects that cross the wall
/// height are walls; of the others, what stands between floor and wall height is furniture.
inline FloorPlan floor_plan(const Scene& scene, FloorPlanHeights heights, const std::vector<std::string>& hidden = {}) {
  FloorPlan plan;
  const auto append = [](std::vector<Segment2>& to, const std::vector<Segment2>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const Object& object : scene.objects) {
    if (std::find(hidden.begin(), hidden.end(), object.name) != hidden.end()) continue;
    const std::vector<Segment2> walls = cut(object.mesh, heights.walls);
    append(plan.walls, walls);
    if (!walls.empty()) continue;
    append(plan.furniture, cut(object.mesh, heights.furniture));
    append(plan.furniture, outline_of_tops(object.mesh, heights.furniture - 0.2, heights.walls));
  }
  constexpr double inf = std::numeric_limits<double>::infinity();
  plan.extent = {{inf, inf}, {-inf, -inf}};
  const auto extend = [&](Point2 p) {
    plan.extent.lo = {std::min(plan.extent.lo.x, p.x), std::min(plan.extent.lo.y, p.y)};
    plan.extent.hi = {std::max(plan.extent.hi.x, p.x), std::max(plan.extent.hi.y, p.y)};
  };
  for (const Segment2& wall : plan.walls) extend(wall.a), extend(wall.b);
  if (const Boxd bounds = bounds_of(scene); plan.walls.empty() && !bounds.empty())
    extend({bounds.lo.x, bounds.lo.y}), extend({bounds.hi.x, bounds.hi.y});
  return plan;
}

/// World to pixel with the same scale on both axes, y up in the world and down in the picture.
struct PlanView {
  Box2 world;        ///< what the map shows, metres
  Box2 map;          ///< where in the picture, pixels
  double scale = 1;  ///< pixels per metre

  Point2 to_pixel(Point2 p) const {
    return {map.lo.x + (p.x - world.lo.x) * scale, map.hi.y - (p.y - world.lo.y) * scale};
  }
  Point2 to_world(Point2 p) const {
    return {world.lo.x + (p.x - map.lo.x) / scale, world.lo.y + (map.hi.y - p.y) / scale};
  }
};

}  // namespace manyworlds::io
