#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "manyworlds/math/box.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {

/// Squared distance of a point to a triangle: to its plane where the foot of the perpendicular lies inside, else to
/// the nearest edge.
inline double distance2_to_triangle(Vec3d p, Vec3d a, Vec3d b, Vec3d c) {
  const Vec3d corners[3] = {a, b, c};
  const Vec3d normal = cross(b - a, c - a);
  bool inside = true;
  double nearest = norm2(p - a);
  for (int i = 0; i < 3; ++i) {
    const Vec3d from = corners[i], edge = corners[(i + 1) % 3] - from, to_point = p - from;
    inside = inside && dot(cross(normal, edge), to_point) >= 0;
    const double length2 = norm2(edge), t = length2 > 0 ? clamp(dot(to_point, edge) / length2, 0.0, 1.0) : 0.0;
    nearest = min(nearest, norm2(to_point - t * edge));
  }
  const double normal2 = norm2(normal);
  return inside && normal2 > 0 ? square(dot(normal, p - a)) / normal2 : nearest;
}

/// For each point the index of the first object that has a triangle closer than `distance` metres, -1 for none.
/// Points are sorted along x, so that a triangle looks only at those in its x range.
inline std::vector<std::int64_t> touched_objects(const std::vector<Object>& objects, const std::vector<Vec3d>& points,
                                                 double distance) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return points[i].x < points[j].x; });
  std::vector<std::int64_t> touched(points.size(), -1);
  const Vec3d margin{distance, distance, distance};
  for (std::size_t o = 0; o < objects.size(); ++o)
    for (const auto& t : objects[o].mesh.triangles) {
      const std::vector<Vec3d>& v = objects[o].mesh.vertices;
      Boxd box;
      for (const std::uint32_t i : t) box.extend(v[i]);
      box.lo = box.lo - margin;
      box.hi = box.hi + margin;
      auto i = std::lower_bound(order.begin(), order.end(), box.lo.x,
                                [&](std::size_t k, double x) { return points[k].x < x; });
      for (; i != order.end() && points[*i].x <= box.hi.x; ++i)
        if (touched[*i] < 0 && box.contains(points[*i]) &&
            distance2_to_triangle(points[*i], v[t[0]], v[t[1]], v[t[2]]) < square(distance))
          touched[*i] = static_cast<std::int64_t>(o);
    }
  return touched;
}

}  // namespace manyworlds
