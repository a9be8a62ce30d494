#pragma once
#include "manyworlds/bvh/traverse.hpp"
#include "manyworlds/paths/surfaces.hpp"

namespace manyworlds::paths {

/// Most reflections of one path.
inline constexpr int max_depth = 5;

struct Plane {
  Vec3d normal{};
  double offset = 0;
  /// Signed distance; inside is >= 0.
  double operator()(Vec3d p) const { return dot(normal, p) - offset; }
};

/// The region that a source lights through a chain of reflections: a pyramid from the source's image through the
/// visible part of the last face. With radius > 0 the source is any point of a ball ("fat" beam) and the region
/// contains that of every such point: reflections are isometries, so the image stays a ball of the same radius.
/// Occlusion is ignored: a beam is a superset, never a decision.
struct Beam {
  static constexpr int max_planes = 20;
  Vec3d apex{};  ///< (image of the) source, or centre of the ball
  double radius = 0;
  std::uint32_t chain[max_depth]{};
  int length = 0;
  int planes = 0;
  Plane plane[max_planes];

  bool meets_sphere(Vec3d center, double r) const {
    for (int i = 0; i < planes; ++i)
      if (plane[i](center) < -r) return false;
    return true;
  }
  /// Which children of a node the beam may meet: for each plane the corner that lies farthest inside decides.
  void meets(const BvhNode& node, int (&met)[bvh_width]) const {
    for (int& m : met) m = 1;
    for (int p = 0; p < planes; ++p) {
      const Vec3d n = plane[p].normal;
      const float *x = node.bounds[n.x > 0 ? 1 : 0], *y = node.bounds[n.y > 0 ? 3 : 2], *z = node.bounds[n.z > 0 ? 5 : 4];
      for (int i = 0; i < bvh_width; ++i) met[i] &= n.x * x[i] + n.y * y[i] + n.z * z[i] >= plane[p].offset - tolerance;
    }
  }
  bool contains(Vec3d p) const { return meets_sphere(p, tolerance); }
};

/// The part of a face that a beam lights, or a polygon that contains it.
struct Polygon {
  static constexpr int max_corners = Beam::max_planes;
  Vec3d corner[max_corners];
  int corners = 0;
};

namespace detail {

inline constexpr int max_polygon = Polygon::max_corners - 1;

/// Part of a convex polygon on the inner side of a plane (Sutherland and Hodgman 1974). Keeps everything when the
/// result might not fit: a larger polygon is still a superset.
inline int clip(const Plane& plane, const Vec3d* in, int n, Vec3d* out) {
  int kept = 0;
  double before = plane(in[n - 1]) + tolerance;
  for (int i = 0; i < n; ++i) {
    const Vec3d a = in[i == 0 ? n - 1 : i - 1], b = in[i];
    const double now = plane(b) + tolerance;
    if ((before < 0) != (now < 0)) out[kept++] = a + (before / (before - now)) * (b - a);
    if (now >= 0) out[kept++] = b;
    before = now;
  }
  return kept;
}

}  // namespace detail

/// The beam after one more reflection, off the part of a face that the parent lights; false when it lights none.
inline bool reflect(const Beam& parent, const SurfaceSet& set, std::uint32_t local, Beam& child, Polygon& lit) {
  const Surface& face = set.surfaces[local];
  if (!parent.meets_sphere(face.center, face.radius)) return false;
  if (parent.length > 0 && parent.chain[parent.length - 1] == set.first_id + local) return false;
  const double height = dot(face.normal, parent.apex) - face.offset;
  if (parent.radius == 0 && std::abs(height) < tolerance) return false;

  Polygon other;
  Polygon *now = &lit, *next = &other;
  int n = 0;
  double reach = 0;  // in front of the parent's face: none for a neighbour in the same plane
  for (; n < int(face.corners); ++n) {
    lit.corner[n] = set.corners[face.first_corner + std::uint32_t(n)];
    if (parent.planes > 0) reach = max(reach, parent.plane[0](lit.corner[n]));
  }
  if (parent.planes > 0 && parent.length > 0 && reach < 2 * tolerance) return false;
  for (int i = 0; i < parent.planes && n < detail::max_polygon; ++i) {
    n = detail::clip(parent.plane[i], now->corner, n, next->corner);
    if (n < 3) return false;
    std::swap(now, next);
  }
  if (now != &lit) std::copy(now->corner, now->corner + n, lit.corner);
  lit.corners = n;
  const Vec3d* polygon = lit.corner;

  child.apex = parent.apex - 2 * height * face.normal;
  child.radius = parent.radius;
  child.length = parent.length + 1;
  for (int i = 0; i < parent.length; ++i) child.chain[i] = parent.chain[i];
  child.chain[parent.length] = set.first_id + local;
  child.planes = 0;
  // In front of the face; a ball that reaches through its plane lights both sides.
  if (std::abs(height) > parent.radius)
    child.plane[child.planes++] = height > 0 ? Plane{face.normal, face.offset} : Plane{-face.normal, -face.offset};
  Vec3d middle{};
  for (int i = 0; i < n; ++i) middle += polygon[i] / double(n);
  for (int i = 0; i < n; ++i) {
    const Vec3d a = polygon[i], edge = polygon[i + 1 == n ? 0 : i + 1] - a;
    const double length = norm(edge);
    if (length < tolerance) continue;
    const Vec3d e = edge / length, to_edge = a - child.apex, across = to_edge - dot(to_edge, e) * e;
    const double distance = norm(across);
    if (distance <= child.radius + tolerance) continue;  // the ball surrounds the edge: no bound on this side
    Vec3d inward = cross(face.normal, e);
    if (dot(inward, middle - a) < 0) inward = -inward;
    // Two planes through the edge touch the ball and have it behind them. One that has the polygon in front bounds what
    // the ball sees through the polygon: one of them, both where the ball sees the face edge-on, or none.
    const double s = child.radius / distance;
    const Vec3d up = (std::sqrt(1 - s * s) / distance) * cross(e, across), along = (s / distance) * across;
    for (const Vec3d normal : {along + up, along - up})
      if (dot(normal, inward) >= 0 && child.planes < Beam::max_planes) child.plane[child.planes++] = {normal, dot(normal, a)};
  }
  return true;
}

/// A guide names the static faces that are worth a try after a beam. This one: all that the beam may meet, until *stop.
struct EveryFace {
  const SurfaceSet* fixed = nullptr;
  const bool* stop = nullptr;  ///< a visitor that has seen enough sets it

  /// f(face, guide of the child).
  template <class F>
  void for_each(const Beam& beam, F&& f) const {
    if (stop && *stop) return;
    visit(fixed->tree.view(), [&](const BvhNode& node, int (&met)[bvh_width]) { beam.meets(node, met); },
          [&](std::uint32_t face) {
            if (!(stop && *stop)) f(face, *this);
          });
  }
  EveryFace after_mover(std::uint32_t) const { return *this; }
  /// Is a child, which lights this polygon of its last face, worth a visit?
  bool keeps(const Beam&, const Polygon&) const { return true; }
};

/// Walks the tree of beams from `root` up to `depth` reflections, depth first: static faces in the guide's order, then
/// all moving ones. visit(beam) is called for every beam, the root included.
template <class Guide, class Visit>
void grow(const Beam& root, const SurfaceSet& fixed, const SurfaceSet* moving, int depth, const Guide& guide, Visit&& visit) {
  visit(root);
  if (root.length >= depth) return;
  Beam child;
  Polygon lit;
  guide.for_each(root, [&](std::uint32_t face, const Guide& next) {
    if (reflect(root, fixed, face, child, lit) && guide.keeps(child, lit)) grow(child, fixed, moving, depth, next, visit);
  });
  if (!moving) return;
  for (std::uint32_t i = 0; i < moving->size(); ++i)
    if (reflect(root, *moving, i, child, lit)) grow(child, fixed, moving, depth, guide.after_mover(i), visit);
}
template <class Visit>
void grow(const Beam& root, const SurfaceSet& fixed, const SurfaceSet* moving, int depth, Visit&& visit) {
  grow(root, fixed, moving, depth, EveryFace{&fixed}, visit);
}

}  // namespace manyworlds::paths
