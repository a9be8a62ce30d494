#pragma once
#include "manyworlds/bvh/traverse.hpp"
#include "manyworlds/kernels/path_view.hpp"
#include "manyworlds/paths/beam.hpp"

namespace manyworlds::paths {

using kernels::Hop;
using kernels::HopKind;

/// The geometry that paths are tested against: static faces with their BVH, and the faces of one world's movers
/// (which may be absent). Face ids from `fixed->size()` on are movers'.
struct Geometry {
  const SurfaceSet* fixed = nullptr;
  const SurfaceSet* moving = nullptr;
  BvhView bvh{};
  const Slab<double>* slabs = nullptr;  ///< by material
  bool transmission = true;

  const SurfaceSet& set(std::uint32_t face) const { return face < fixed->size() ? *fixed : *moving; }
  const Surface& surface(std::uint32_t face) const {
    return face < fixed->size() ? fixed->surfaces[face] : moving->surfaces[face - fixed->size()];
  }
  bool is_mover(std::uint32_t face) const { return face >= fixed->size(); }
  bool opaque(std::uint32_t face) const { return !transmission || slabs[surface(face).material].opaque; }
};

inline Vec3d mirror(const Surface& s, Vec3d p) { return p - 2 * (dot(s.normal, p) - s.offset) * s.normal; }

/// Images of a source in a chain of n faces: images[0] = source, images[i] = its image after i reflections.
inline void mirror_through(const Geometry& g, Vec3d source, const std::uint32_t* chain, int n, Vec3d* images) {
  images[0] = source;
  for (int i = 0; i < n; ++i) images[i + 1] = mirror(g.surface(chain[i]), images[i]);
}

/// Image method: the points where the chain of reflections from images[0] to `target` meets its faces.
/// points[0] = source, points[1..n] on the faces, points[n + 1] = target. False when a point falls behind its
/// predecessor or outside its face, or source and target are one; then the points are incomplete.
inline bool solve(const Geometry& g, const Vec3d* images, const std::uint32_t* chain, int n, Vec3d target,
                  Vec3d* points) {
  points[0] = images[0];
  points[n + 1] = target;
  if (n == 0) return norm2(target - images[0]) > square(tolerance);
  for (int i = n; i > 0; --i) {
    const Surface& s = g.surface(chain[i - 1]);
    const Vec3d to_image = images[i] - points[i + 1];
    const double height = dot(s.normal, points[i + 1]) - s.offset, slope = dot(s.normal, to_image);
    // The last point and the image lie on different sides of the face, both off its plane.
    if (std::abs(height) < tolerance || std::abs(height + slope) < tolerance || (height > 0) == (height + slope > 0))
      return false;
    points[i] = points[i + 1] - (height / slope) * to_image;
    if (!g.set(chain[i - 1]).contains(s, points[i])) return false;
  }
  return true;
}
inline bool solve(const Geometry& g, Vec3d source, const std::uint32_t* chain, int n, Vec3d target, Vec3d* points) {
  Vec3d images[max_depth + 1];
  mirror_through(g, source, chain, n, images);
  return solve(g, images, chain, n, target, points);
}

/// Where a segment passes through faces of movers, `from` and `to` excepted: appended to crossing[count...] in order
/// of t. Returns the new count, or capacity + 1 when there are more.
inline int mover_crossings(const Geometry& g, Vec3d a, Vec3d b, std::uint32_t from, std::uint32_t to,
                           Crossing* crossing, int count, int capacity) {
  const Vec3d d = b - a;
  const double margin = tolerance / norm(d);
  for (std::uint32_t i = 0; i < g.moving->size(); ++i) {
    const Surface& s = g.moving->surfaces[i];
    const std::uint32_t face = g.moving->first_id + i;
    const double slope = dot(s.normal, d);
    if (face == from || face == to || slope == 0) continue;
    const double t = (s.offset - dot(s.normal, a)) / slope;
    if (!(t > margin && t < 1 - margin) || !g.moving->contains(s, a + t * d)) continue;
    if (count == capacity) return capacity + 1;
    int at = count++;
    for (; at > 0 && crossing[at - 1].t > t; --at) crossing[at] = crossing[at - 1];
    crossing[at] = {t, face, no_face};
  }
  return count;
}

/// The triangle that blocked each segment of a chain the last time: on the way to a neighbouring receiver it mostly
/// does again, and is tried first.
struct Occluders {
  const LeafTriangle* of_segment[max_depth + 1] = {};

  /// Does the one of segment number i, between faces `from` and `to`, leave no way through?
  bool block(const Geometry& g, int i, Vec3d a, Vec3d b, std::uint32_t from, std::uint32_t to, int budget) const {
    const LeafTriangle* t = of_segment[i];
    double at;
    return t && t->face != from && t->face != to && (budget == 0 || g.opaque(t->face)) &&
           crosses(*t, Segment(a, b, g.bvh.extent), at);
  }
};

/// Follows a segment between two points of a path, on faces `from` and `to` (no_face for a device). Static faces, and
/// movers when `g.moving` is set, either end it (false) or, when penetrable, add a transmission each to `hops`, in
/// order of passage, at most `budget` of them; the budget is reduced by their number. `occluder`, if any, is told what
/// blocked.
inline bool trace(const Geometry& g, Vec3d a, Vec3d b, std::uint32_t from, std::uint32_t to, int& budget,
                  std::vector<Hop>& hops, const LeafTriangle** occluder = nullptr) {
  const SkipFaces skip{from, to};
  Crossing crossing[max_depth + 2];
  int count = 0;
  if (!g.transmission || budget == 0) {
    if (const LeafTriangle* blocking = any_crossed(g.bvh, Segment(a, b, g.bvh.extent), skip)) {
      if (occluder) *occluder = blocking;
      return false;
    }
  } else {
    count = crossings(g.bvh, a, b, skip, crossing, budget);
  }
  if (g.moving && count <= budget) count = mover_crossings(g, a, b, from, to, crossing, count, budget);
  if (count > budget) return false;
  for (int i = 0; i < count; ++i)
    if (g.opaque(crossing[i].face)) return false;
  for (int i = 0; i < count; ++i) hops.push_back({crossing[i].face, HopKind::transmit});
  budget -= count;
  return true;
}

/// What a path passes through exactly where it reflects off `face`: the edge of another face may meet the mirror there,
/// and the two segments, which both only end on that face's plane, would slip past it. Appends to `hops` and charges
/// `budget` as trace() does; false when the path ends here.
inline bool trace_corner(const Geometry& g, Vec3d before, Vec3d corner, Vec3d after, std::uint32_t face, int& budget,
                         std::vector<Hop>& hops) {
  constexpr double reach = 1e-4;  // m; far beyond what counts as lying on a plane
  const double clearance = 2 * tolerance * max(1.0, max_abs(corner));
  Crossing crossing[max_depth + 2];
  const Vec3d a = corner + reach * normalized(before - corner), b = corner + reach * normalized(after - corner);
  const int count = crossings(
      g.bvh, a, b,
      [&](std::uint32_t other) {
        const Surface& s = g.fixed->surfaces[other];
        return other == face ||
               std::abs(dot(s.normal, corner) - s.offset) > clearance;  // these the segments meet themselves
      },
      crossing, budget);
  if (count > budget) return false;
  for (int i = 0; i < count; ++i) {
    if (g.opaque(crossing[i].face)) return false;
    hops.push_back({crossing[i].face, HopKind::transmit});
  }
  budget -= count;
  return true;
}

/// Traces all segments of a solved chain; appends the hops (transmissions and reflections in path order).
/// On failure the hops are as before. `occluders`: of the same chain.
inline bool trace_chain(const Geometry& g, const std::uint32_t* chain, int n, const Vec3d* points, int budget,
                        std::vector<Hop>& hops, std::uint32_t first = no_face, std::uint32_t last = no_face,
                        Occluders* occluders = nullptr) {
  const std::size_t before = hops.size();
  const auto from_of = [&](int i) { return i == 0 ? first : chain[i - 1]; };
  const auto to_of = [&](int i) { return i == n ? last : chain[i]; };
  for (int i = n; i >= 0 && occluders; --i)
    if (occluders->block(g, i, points[i], points[i + 1], from_of(i), to_of(i), g.transmission ? budget : 0))
      return false;
  for (int i = 0; i <= n; ++i) {
    const std::uint32_t from = from_of(i), to = to_of(i);
    if ((i > 0 && !trace_corner(g, points[i - 1], points[i], points[i + 1], from, budget, hops)) ||
        !trace(g, points[i], points[i + 1], from, to, budget, hops, occluders ? &occluders->of_segment[i] : nullptr)) {
      hops.resize(before);
      return false;
    }
    if (i < n) hops.push_back({chain[i], HopKind::reflect});
  }
  return true;
}

}  // namespace manyworlds::paths
