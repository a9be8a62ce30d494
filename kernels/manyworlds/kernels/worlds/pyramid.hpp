#pragma once
#include "manyworlds/kernels/worlds/face.hpp"
#include "manyworlds/math/box.hpp"

/// The region that a transmitter lights through a chain of reflections, as kernels grow it. A superset, never a decision:
/// occlusion is ignored, and planes that do not fit are left out.
namespace manyworlds::kernels {

/// normal . x >= offset
struct HalfSpace {
  Vec3d normal{};
  double offset = 0;
  MW_HD double operator()(Vec3d p) const { return dot(normal, p) - offset; }
};

/// From the image of the source through the lit part of the last face.
struct Pyramid {
  static constexpr int max_planes = 12;
  Vec3d apex{};  ///< image of the source
  std::uint32_t world = 0, tx = 0;
  std::uint32_t chain[max_interactions]{};
  int length = 0;  ///< reflections
  int planes = 0;
  HalfSpace plane[max_planes];  ///< after a reflection the first is that of the last face

  MW_HD bool meets_sphere(Vec3d center, double radius) const {
    for (int i = 0; i < planes; ++i)
      if (plane[i](center) < -radius) return false;
    return true;
  }
  MW_HD bool contains(Vec3d p) const { return meets_sphere(p, tolerance); }
  /// May it meet a box? For each plane the corner that lies farthest inside decides.
  MW_HD bool meets(const Boxd& box) const {
    for (int i = 0; i < planes; ++i) {
      const Vec3d n = plane[i].normal;
      const Vec3d p{n.x > 0 ? box.hi.x : box.lo.x, n.y > 0 ? box.hi.y : box.lo.y, n.z > 0 ? box.hi.z : box.lo.z};
      if (plane[i](p) < -tolerance) return false;
    }
    return true;
  }
};

/// The part of a face that a pyramid lights, or a polygon that contains it.
struct LitPolygon {
  static constexpr int max_corners = Pyramid::max_planes;
  Vec3d corner[max_corners];
  int corners = 0;
};

namespace detail {

/// Cuts a convex polygon at a half-space (Sutherland and Hodgman 1974); the corners left, which need room for one more.
MW_HD inline int clip(const HalfSpace& inner, const Vec3d* in, int n, Vec3d* out) {
  int kept = 0;
  double before = inner(in[n - 1]) + tolerance;
  for (int i = 0; i < n; ++i) {
    const Vec3d a = in[i == 0 ? n - 1 : i - 1], b = in[i];
    const double now = inner(b) + tolerance;
    if ((before < 0) != (now < 0)) out[kept++] = a + (before / (before - now)) * (b - a);
    if (now >= 0) out[kept++] = b;
    before = now;
  }
  return kept;
}

}  // namespace detail

/// The part of face number `number` that a pyramid lights; false when there is none.
MW_HD inline bool lights(const Pyramid& pyramid, const FacesView& faces, std::uint32_t number, LitPolygon& lit) {
  using std::abs;
  const PlanarFace& face = faces[number];
  if (!pyramid.meets_sphere(face.rectangle.center, face.radius)) return false;
  if (pyramid.length > 0 && pyramid.chain[pyramid.length - 1] == number) return false;
  if (abs(height(face, pyramid.apex)) <= tolerance) return false;
  int n = corner_count(face);
  double reach = 0;  // in front of the last face: none for a neighbour in the same plane
  for (int i = 0; i < n; ++i) {
    lit.corner[i] = corner(faces, face, i);
    if (pyramid.length > 0) reach = max(reach, pyramid.plane[0](lit.corner[i]));
  }
  if (pyramid.length > 0 && reach < 2 * tolerance) return false;
  LitPolygon other;
  Vec3d *now = lit.corner, *next = other.corner;
  for (int i = 0; i < pyramid.planes && n < LitPolygon::max_corners; ++i) {
    n = detail::clip(pyramid.plane[i], now, n, next);
    if (n < 3) return false;
    Vec3d* const cut = next;
    next = now;
    now = cut;
  }
  for (int i = 0; i < n && now != lit.corner; ++i) lit.corner[i] = now[i];
  lit.corners = n;
  return true;
}

/// The pyramid after one more reflection, off the part of a face that the parent lights.
MW_HD inline void reflect(const Pyramid& parent, const FacesView& faces, std::uint32_t number, const LitPolygon& lit,
                          Pyramid& child) {
  const PlanarFace& face = faces[number];
  const Vec3d normal = face.rectangle.normal;
  const bool above = height(face, parent.apex) > 0;
  child.world = parent.world;
  child.tx = parent.tx;
  child.apex = mirrored(face, parent.apex);
  for (int i = 0; i < parent.length; ++i) child.chain[i] = parent.chain[i];
  child.chain[parent.length] = number;
  child.length = parent.length + 1;
  child.plane[0] = above ? HalfSpace{normal, face.offset} : HalfSpace{-normal, -face.offset};
  child.planes = 1;
  Vec3d middle{};
  for (int i = 0; i < lit.corners; ++i) middle += lit.corner[i];
  middle = middle / double(lit.corners);
  for (int i = 0; i < lit.corners && child.planes < Pyramid::max_planes; ++i) {
    const Vec3d a = lit.corner[i], along = lit.corner[i + 1 == lit.corners ? 0 : i + 1] - a;
    const double length = norm(along);
    if (length < tolerance) continue;
    const Vec3d e = along / length, side = cross(normal, e), n = cross(e, a - child.apex);
    const double distance = norm(n);
    if (distance <= tolerance) continue;  // the apex lies on the edge: no bound on this side
    const double sign = (dot(n, side) < 0) == (dot(side, middle - a) < 0) ? 1 : -1;
    const Vec3d unit = (sign / distance) * n;
    child.plane[child.planes++] = {unit, dot(unit, a)};
  }
}

}  // namespace manyworlds::kernels
