#pragma once
#include "manyworlds/bvh/segment.hpp"

namespace manyworlds::detail {

/// Convex polygon: a triangle cut by up to six planes of a box and one more.
struct Polygon {
  Vec3d corner[10];
  int size = 0;

  Boxd bounds() const {
    Boxd box;
    for (int i = 0; i < size; ++i) box.extend(corner[i]);
    return box;
  }
  double area() const {
    Vec3d sum{};
    for (int i = 2; i < size; ++i) sum += cross(corner[i - 1] - corner[0], corner[i] - corner[0]);
    return norm(sum) / 2;
  }
};

/// The part of the polygon at or above `plane` on the axis (at or below it when `above` is false), by Sutherland and
/// Hodgman. Corners on the plane belong to both parts.
inline Polygon cut(const Polygon& polygon, int axis, double plane, bool above) {
  Polygon kept;
  const auto inside = [&](Vec3d p) { return above ? p[axis] >= plane : p[axis] <= plane; };
  for (int i = 0; i < polygon.size; ++i) {
    const Vec3d p = polygon.corner[i], q = polygon.corner[i + 1 < polygon.size ? i + 1 : 0];
    if (inside(p)) kept.corner[kept.size++] = p;
    if (p[axis] == plane || q[axis] == plane || inside(p) == inside(q)) continue;
    Vec3d x = p + ((plane - p[axis]) / (q[axis] - p[axis])) * (q - p);
    x[axis] = plane;
    kept.corner[kept.size++] = x;
  }
  return kept;
}

/// The part of a triangle inside a box; without corners if rounding leaves none.
inline Polygon clip(const BvhTriangle& triangle, const Boxd& box) {
  Polygon polygon{{triangle.a, triangle.b, triangle.c}, 3};
  for (int axis = 0; axis < 3; ++axis) {
    const Boxd b = polygon.bounds();
    if (b.lo[axis] < box.lo[axis]) polygon = cut(polygon, axis, box.lo[axis], true);
    if (b.hi[axis] > box.hi[axis]) polygon = cut(polygon, axis, box.hi[axis], false);
  }
  return polygon;
}

/// The common part of two boxes, perhaps empty.
inline Boxd intersection(const Boxd& a, const Boxd& b) {
  return {{max(a.lo.x, b.lo.x), max(a.lo.y, b.lo.y), max(a.lo.z, b.lo.z)},
          {min(a.hi.x, b.hi.x), min(a.hi.y, b.hi.y), min(a.hi.z, b.hi.z)}};
}

/// `bounds` cut by `box`; the box itself if rounding leaves nothing.
inline Boxd inside(const Boxd& bounds, const Boxd& box) {
  const Boxd part = intersection(bounds, box);
  return part.empty() ? box : part;
}

}  // namespace manyworlds::detail
