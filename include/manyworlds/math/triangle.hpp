#pragma once
#include "manyworlds/math/vec3.hpp"

namespace manyworlds {

/// The point of the triangle a, b, c that is nearest to p: the foot of the perpendicular where it lies inside, else a
/// point of the nearest edge. A triangle without area is its longest edge.
template <class T>
MW_HD Vec3<T> closest_on_triangle(Vec3<T> p, Vec3<T> a, Vec3<T> b, Vec3<T> c) {
  const Vec3<T> n = cross(b - a, c - a), corners[3] = {a, b, c};
  bool inside = norm2(n) > 0;
  Vec3<T> best = a;
  for (int i = 0; i < 3; ++i) {
    const Vec3<T> from = corners[i], edge = corners[(i + 1) % 3] - from;
    inside = inside && dot(cross(edge, p - from), n) >= 0;
    const T t = norm2(edge) > 0 ? clamp(dot(p - from, edge) / norm2(edge), T(0), T(1)) : T(0);
    if (norm2(p - from - t * edge) < norm2(p - best)) best = from + t * edge;
  }
  return inside ? p - (dot(p - a, n) / norm2(n)) * n : best;
}

}  // namespace manyworlds
