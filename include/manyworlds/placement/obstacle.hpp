#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "manyworlds/math/box.hpp"
#include "manyworlds/math/triangle.hpp"

/// Convex things that a mover stays clear of: triangles of the static scene and keep-out boxes.
namespace manyworlds::placement {

/// One of them, with the name that messages call it by.
struct Obstacle {
  std::string name;
  std::vector<Vec3d> triangle;  ///< three corners; empty: the box counts
  Boxd box;                     ///< bounding box of the triangle, or the box itself
  template <class A>
  void archive(A& a) {
    a(name, triangle, box);
  }
};

inline Vec3d clamped(Vec3d p, const Boxd& b) {
  return {clamp(p.x, b.lo.x, b.hi.x), clamp(p.y, b.lo.y, b.hi.y), clamp(p.z, b.lo.z, b.hi.z)};
}

inline Boxd inflated(const Boxd& b, double r) { return {b.lo - Vec3d{r, r, r}, b.hi + Vec3d{r, r, r}}; }

/// Signed distance of a point from an obstacle (negative inside a box) and the unit direction that increases it. All of
/// the obstacle lies behind the plane through its closest point across that direction.
struct Separation {
  double distance = 0;  ///< m
  Vec3d direction{};
};

inline Separation separation(const Obstacle& o, Vec3d p) {
  if (o.triangle.empty() && o.box.contains(p)) {
    Separation s{-1e300, {}};
    for (int axis = 0; axis < 3; ++axis)
      for (double sign : {-1.0, 1.0}) {
        const double d = sign > 0 ? p[axis] - o.box.hi[axis] : o.box.lo[axis] - p[axis];
        if (d > s.distance) s = {d, {}}, s.direction[axis] = sign;
      }
    return s;
  }
  const auto& t = o.triangle;
  const Vec3d away = p - (t.empty() ? clamped(p, o.box) : closest_on_triangle(p, t[0], t[1], t[2]));
  const double d = norm(away);
  return {d, d > 1e-12 ? away / d : normalized(cross(t[1] - t[0], t[2] - t[0]))};
}

/// A centre that stays in a box and clear of obstacles.
struct Space {
  Boxd bounds;
  double clearance = 0;  ///< m
  std::vector<Obstacle> obstacles;

  /// The first obstacle nearer than clearance + support(direction), or none. Exact for a point; sufficient for a
  /// convex body with that support function.
  template <class Support>
  const Obstacle* hit(Vec3d p, const Support& support, double tolerance) const {
    for (const Obstacle& o : obstacles) {
      const Separation s = separation(o, p);
      if (s.distance < clearance + support(s.direction) - tolerance) return &o;
    }
    return nullptr;
  }

  /// Pushes p out of the obstacles one after the other; a few passes, since one push may lead into the next.
  template <class Support>
  Vec3d pushed(Vec3d p, const Support& support) const {
    p = clamped(p, bounds);
    for (int pass = 0; pass < 8; ++pass) {
      bool moved = false;
      for (const Obstacle& o : obstacles) {
        const Separation s = separation(o, p);
        const double missing = clearance + support(s.direction) - s.distance;
        if (missing <= 1e-9) continue;
        p = clamped(p + (missing + 1e-9) * s.direction, bounds);
        moved = true;
      }
      if (!moved) break;
    }
    return p;
  }
};

}  // namespace manyworlds::placement
