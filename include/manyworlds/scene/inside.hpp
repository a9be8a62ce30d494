#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <vector>

#include "manyworlds/scene/mover.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {
namespace detail {

/// Does the line through p along the axis `along` pass the triangle? Half-open, so that it passes exactly one of two
/// triangles that share the edge it meets (even-odd rule in the plane across the axis).
inline bool line_passes(const std::array<Vec3d, 3>& triangle, Vec3d p, int along) {
  const int x = (along + 1) % 3, y = (along + 2) % 3;
  bool passes = false;
  for (std::size_t i = 0; i < 3; ++i) {
    const Vec3d &a = triangle[i], &b = triangle[(i + 1) % 3];
    if ((a[y] > p[y]) == (b[y] > p[y])) continue;
    const Vec3d &low = a[y] < b[y] ? a : b, &high = a[y] < b[y] ? b : a;  // the same from both triangles
    passes ^= p[x] < low[x] + (p[y] - low[y]) / (high[y] - low[y]) * (high[x] - low[x]);
  }
  return passes;
}

/// Do at least five of the six rays from p along the axes leave the mesh? Five, so that a box has an inside that
/// stands on the floor without a bottom of its own.
inline bool lies_inside(const Mesh& mesh, Vec3d p) {
  unsigned odd = 0;  // a bit per ray
  for (const auto& t : mesh.triangles) {
    const std::array<Vec3d, 3> corners{mesh.vertices[t[0]], mesh.vertices[t[1]], mesh.vertices[t[2]]};
    const Vec3d normal = cross(corners[1] - corners[0], corners[2] - corners[0]);
    for (int axis = 0; axis < 3; ++axis)
      if (line_passes(corners, p, axis)) odd ^= 1u << (2 * axis + int(dot(normal, corners[0] - p) / normal[axis] > 0));
  }
  return std::popcount(odd) >= 5;
}

}  // namespace detail

/// For each point the index of the first object that it lies inside of, -1 for none. An object that holds more than
/// half of the points is taken for the building that they are in, and does not count. Points are sorted along x, so
/// that an object looks only at those in its x range.
inline std::vector<std::int64_t> enclosing_objects(const std::vector<Object>& objects,
                                                   const std::vector<Vec3d>& points) {
  std::vector<std::size_t> order(points.size()), inside;
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return points[i].x < points[j].x; });
  std::vector<std::int64_t> enclosing(points.size(), -1);
  for (std::size_t o = 0; o < objects.size(); ++o) {
    const Boxd box = bounding_box(objects[o].mesh);
    if (!(box.size().x > 0 && box.size().y > 0 && box.size().z > 0)) continue;
    inside.clear();
    auto i = std::lower_bound(order.begin(), order.end(), box.lo.x,
                              [&](std::size_t k, double x) { return points[k].x < x; });
    for (; i != order.end() && points[*i].x <= box.hi.x; ++i)
      if (box.contains(points[*i]) && detail::lies_inside(objects[o].mesh, points[*i])) inside.push_back(*i);
    if (2 * inside.size() > points.size()) continue;
    for (const std::size_t k : inside)
      if (enclosing[k] < 0) enclosing[k] = std::int64_t(o);
  }
  return enclosing;
}

}  // namespace manyworlds
