#pragma once
#include "manyworlds/bvh/traverse.hpp"
#include "manyworlds/kernels/path_view.hpp"
#include "manyworlds/kernels/worlds/face.hpp"

/// The decision whether a chain of reflections is a path: image method, then the segments one by one. The rules, and
/// the order of every operation, are those of the paths that one world finds on a host; where a device fuses a product
/// and a sum, the margins of the rules are far above the difference.
namespace manyworlds::kernels {

/// What chains are tested against.
struct ChainGeometry {
  FacesView faces{};
  SkipTreeView tree{};  ///< over the static faces
  bool transmission = true;
};

/// Points where the chain of n reflections from `source` to `target` meets its faces: points[0] = source,
/// points[1..n], points[n + 1] = target. False when one falls behind its predecessor or outside its face, or source and
/// target are one; then the points are incomplete.
MW_HD inline bool solve(const FacesView& faces, Vec3d source, const std::uint32_t* chain, int n, Vec3d target,
                        Vec3d* points) {
  using std::abs;
  points[0] = source;
  points[n + 1] = target;
  if (n == 0) return norm2(target - source) > square(tolerance);
  Vec3d images[max_interactions + 1];
  images[0] = source;
  for (int i = 0; i < n; ++i) images[i + 1] = mirrored(faces[chain[i]], images[i]);
  for (int i = n; i > 0; --i) {
    const PlanarFace& face = faces[chain[i - 1]];
    const Vec3d to_image = images[i] - points[i + 1];
    const double before = height(face, points[i + 1]), slope = dot(face.rectangle.normal, to_image);
    // The last point and the image lie on different sides of the face, both off its plane.
    if (abs(before) < tolerance || abs(before + slope) < tolerance || (before > 0) == (before + slope > 0))
      return false;
    points[i] = points[i + 1] - (before / slope) * to_image;
    if (!contains(faces, face, points[i])) return false;
  }
  return true;
}

/// Parameter in (0, 1) where the segment from a along d passes through a moving face clear of its ends; false when it
/// does not. margin = tolerance / |d|.
MW_HD inline bool passes_mover(const FacesView& faces, std::uint32_t mover, Vec3d a, Vec3d d, double margin,
                               double& t) {
  const PlanarFace& face = faces.moving[mover];
  const double slope = dot(face.rectangle.normal, d);
  if (slope == 0) return false;
  t = (face.offset - dot(face.rectangle.normal, a)) / slope;
  return t > margin && t < 1 - margin && contains(faces, face, a + t * d);
}

namespace detail {

/// Hops of a path as it is traced, and how many transmissions it may still have.
struct TracedHops {
  Hop* hop;
  int count = 0, budget = 0;

  /// Adds transmissions; false when there are too many or one is through an opaque face.
  MW_HD bool pass(const FacesView& faces, const Crossing* crossing, int n) {
    if (n > budget) return false;
    for (int i = 0; i < n; ++i)
      if (faces[crossing[i].face].opaque) return false;
    for (int i = 0; i < n; ++i) hop[count++] = {crossing[i].face, HopKind::transmit};
    budget -= n;
    return true;
  }
};

/// Moving faces that a segment passes through, sorted into the crossings; capacity + 1 when there are more.
MW_HD inline int mover_crossings(const FacesView& faces, Vec3d a, Vec3d b, const SkipFaces& skip, Crossing* crossing,
                                 int count, int capacity) {
  const Vec3d d = b - a;
  const double margin = tolerance / norm(d);
  for (std::uint32_t i = 0; i < faces.moving_count; ++i) {
    double t;
    if (skip(faces.fixed_count + i) || !passes_mover(faces, i, a, d, margin, t)) continue;
    if (count == capacity) return capacity + 1;
    int at = count++;
    for (; at > 0 && crossing[at - 1].t > t; --at) crossing[at] = crossing[at - 1];
    crossing[at] = {t, faces.fixed_count + i, no_face};
  }
  return count;
}

/// One segment of a path.
MW_HD inline bool trace_segment(const ChainGeometry& g, Vec3d a, Vec3d b, const SkipFaces& skip, TracedHops& hops) {
  Crossing crossing[max_interactions + 2];
  int count = 0;
  if (!g.transmission || hops.budget == 0) {
    if (any_hit(g.tree, a, b, skip)) return false;
  } else {
    count = crossings(g.tree, a, b, skip, crossing, hops.budget);
  }
  if (count <= hops.budget) count = mover_crossings(g.faces, a, b, skip, crossing, count, hops.budget);
  return hops.pass(g.faces, crossing, count);
}

/// Faces that a path does not meet in a corner: the mirror itself, and those that its segments meet themselves.
struct ClearOfCorner {
  const PlanarFace* fixed;
  Vec3d corner;
  double clearance;
  std::uint32_t mirror;
  MW_HD bool operator()(std::uint32_t face) const {
    using std::abs;
    return face == mirror || abs(height(fixed[face], corner)) > clearance;
  }
};

/// What a path passes through exactly where it reflects off `mirror`: the edge of another face may meet it there, and
/// both segments end on that face's plane.
MW_HD inline bool trace_corner(const ChainGeometry& g, Vec3d before, Vec3d corner, Vec3d after, std::uint32_t mirror,
                               TracedHops& hops) {
  constexpr double reach = 1e-4;  // m; far beyond what counts as lying on a plane
  const double clearance = 2 * tolerance * max(1.0, max_abs(corner));
  Crossing crossing[max_interactions + 2];
  const Vec3d a = corner + reach * normalized(before - corner), b = corner + reach * normalized(after - corner);
  const int count =
      crossings(g.tree, a, b, ClearOfCorner{g.faces.fixed, corner, clearance, mirror}, crossing, hops.budget);
  return hops.pass(g.faces, crossing, count);
}

}  // namespace detail

/// Traces the segments of a solved chain of n reflections that may have `interactions` in all, from face `first` to
/// face `last` (no_face for a device): writes its hops, transmissions and reflections in path order, and returns how
/// many; -1 when something blocks.
MW_HD inline int trace_chain(const ChainGeometry& g, const std::uint32_t* chain, int n, const Vec3d* points,
                             int interactions, Hop* out, std::uint32_t first = no_face, std::uint32_t last = no_face) {
  detail::TracedHops hops{out, 0, interactions - n};
  for (int i = 0; i <= n; ++i) {
    const SkipFaces skip{i == 0 ? first : chain[i - 1], i == n ? last : chain[i]};
    if (i > 0 && !detail::trace_corner(g, points[i - 1], points[i], points[i + 1], skip.first, hops)) return -1;
    if (!detail::trace_segment(g, points[i], points[i + 1], skip, hops)) return -1;
    if (i < n) out[hops.count++] = {chain[i], HopKind::reflect};
  }
  return hops.count;
}

}  // namespace manyworlds::kernels
