#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "manyworlds/math/box.hpp"
#include "manyworlds/math/triangle.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {

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
            norm2(points[*i] - closest_on_triangle(points[*i], v[t[0]], v[t[1]], v[t[2]])) < square(distance))
          touched[*i] = static_cast<std::int64_t>(o);
    }
  return touched;
}

}  // namespace manyworlds
