#pragma once
#include "manyworlds/kernels/worlds/face.hpp"
#include "manyworlds/math/box.hpp"

/// The region that a transmitter lights through a chain of reflections, as kernels grow it. A superset, never a
/// decision: occlusion is ignored, and planes that do not fit are left out.
namespace manyworlds::kernels {

/// From the image of the source through the lit part of the last face. With several sources (a fat pyramid) it holds
/// what every point of their convex hull lights.
template <int most_apexes, int most_planes>
struct PyramidOf {
  static constexpr int max_apexes = most_apexes, max_planes = most_planes;
  Vec3d apex[max_apexes]{};  ///< images of the sources
  int apexes = 1;
  std::uint32_t world = 0;
  std::uint32_t origin = 0;  ///< of the paths: a transmitter, or an arrival at a mover
  std::uint32_t chain[max_interactions]{};
  int length = 0;               ///< reflections
  int most = max_interactions;  ///< that it and those that grow from it may have
  int planes = 0;
  int carried = 0;  ///< the first planes bound the whole unfolded path and are mirrored along
  int front = -1;   ///< number of the last face's plane, where all sources light one side of it
  HalfSpace plane[max_planes];

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
using Pyramid = PyramidOf<1, 12>;
using FatPyramid = PyramidOf<4, 20>;

/// The part of a face that a pyramid lights, or a polygon that contains it.
struct LitPolygon {
  static constexpr int max_corners = 12;
  Vec3d corner[max_corners];
  int corners = 0;
};

/// The part of face number `number` that a pyramid lights; false when there is none.
template <int apexes, int planes>
MW_HD bool lights(const PyramidOf<apexes, planes>& pyramid, const FacesView& faces, std::uint32_t number,
                  LitPolygon& lit) {
  using std::abs;
  const PlanarFace& face = faces[number];
  if (!pyramid.meets_sphere(face.rectangle.center, face.radius)) return false;
  if (pyramid.length > 0 && pyramid.chain[pyramid.length - 1] == number) return false;
  bool off_plane = false;
  for (int j = 0; j < pyramid.apexes; ++j) off_plane = off_plane || abs(height(face, pyramid.apex[j])) > tolerance;
  if (!off_plane) return false;
  int n = corner_count(face);
  double reach = 0;  // in front of the last face: none for a neighbour in the same plane
  for (int i = 0; i < n; ++i) {
    lit.corner[i] = corner(faces, face, i);
    if (pyramid.front >= 0) reach = max(reach, pyramid.plane[pyramid.front](lit.corner[i]));
  }
  if (pyramid.front >= 0 && reach < 2 * tolerance) return false;
  LitPolygon other;
  Vec3d *now = lit.corner, *next = other.corner;
  for (int i = 0; i < pyramid.planes && n + most_added_corners <= LitPolygon::max_corners; ++i) {
    n = clip(pyramid.plane[i], now, n, next);
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
template <int apexes, int planes>
MW_HD void reflect(const PyramidOf<apexes, planes>& parent, const FacesView& faces, std::uint32_t number,
                   const LitPolygon& lit, PyramidOf<apexes, planes>& child) {
  const PlanarFace& face = faces[number];
  const Vec3d normal = face.rectangle.normal;
  child.world = parent.world;
  child.origin = parent.origin;
  child.apexes = parent.apexes;
  bool above = false, below = false;
  for (int j = 0; j < parent.apexes; ++j) {
    const double h = height(face, parent.apex[j]);
    above = above || h > tolerance;
    below = below || h < -tolerance;
    child.apex[j] = parent.apex[j] - 2 * h * normal;
  }
  for (int i = 0; i < parent.length; ++i) child.chain[i] = parent.chain[i];
  child.chain[parent.length] = number;
  child.length = parent.length + 1;
  child.most = parent.most;
  child.planes = child.carried = parent.carried;
  for (int i = 0; i < parent.carried; ++i) {
    const double along = dot(parent.plane[i].normal, normal);
    child.plane[i] = {parent.plane[i].normal - 2 * along * normal, parent.plane[i].offset - 2 * along * face.offset};
  }
  child.front = above == below ? -1 : child.planes;  // sources on both sides light both
  if (child.front >= 0)
    child.plane[child.planes++] = above ? HalfSpace{normal, face.offset} : HalfSpace{-normal, -face.offset};
  Vec3d middle{};
  for (int i = 0; i < lit.corners; ++i) middle += lit.corner[i];
  middle = middle / double(lit.corners);
  for (int i = 0; i < lit.corners; ++i)
    add_edge_planes(child, normal, lit.corner[i], lit.corner[i + 1 == lit.corners ? 0 : i + 1], middle);
}

}  // namespace manyworlds::kernels
