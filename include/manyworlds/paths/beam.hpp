#pragma once
#include <atomic>

#include "manyworlds/bvh/traverse.hpp"
#include "manyworlds/core/simd.hpp"
#include "manyworlds/paths/surfaces.hpp"

namespace manyworlds::paths {

/// Most reflections of one path.
inline constexpr int max_depth = 5;

using Plane = kernels::HalfSpace;

/// The region that a source lights through a chain of reflections: a pyramid from the source's image through the
/// visible part of the last face. With several sources ("fat" beam) the region holds that of every point of their
/// convex hull. Occlusion is ignored: a beam is a superset, never a decision.
struct Beam {
  static constexpr int max_planes = 20, max_apexes = 4;
  Vec3d apex[max_apexes]{};  ///< (images of the) sources
  int apexes = 1;
  std::uint32_t chain[max_depth]{};
  int length = 0;
  int planes = 0;
  int carried = 0;  ///< the first planes bound the whole unfolded path: beams that grow from this one mirror them
  int front = -1;   ///< number of the last face's plane, where all sources light one side of it
  Plane plane[max_planes];

  bool meets_sphere(Vec3d center, double r) const {
    for (int i = 0; i < planes; ++i)
      if (plane[i](center) < -r) return false;
    return true;
  }
  /// Which of eight boxes, or points, the beam may meet, as bits. at(axis, upper): coordinates of the points, or of the
  /// boxes' upper sides, else lower ones; for each plane the corner that lies farthest inside decides.
  template <class At>
  std::uint32_t meets(At&& at) const {
    using Eight = simd::Lanes<double, bvh_width>;
    std::uint32_t met = (1u << bvh_width) - 1;
    for (int p = 0; p < planes && met != 0; ++p) {
      const Vec3d n = plane[p].normal;
      const auto x = simd::load<Eight>(at(0, n.x > 0)), y = simd::load<Eight>(at(1, n.y > 0)),
                 z = simd::load<Eight>(at(2, n.z > 0));
      met &= simd::bits(Eight(n.x) * x + Eight(n.y) * y + Eight(n.z) * z >= Eight(plane[p].offset - tolerance));
    }
    return met;
  }
  /// Which children of a node the beam may meet.
  std::uint32_t meets(const BvhNode& node) const {
    return meets([&](int axis, bool upper) { return node.bounds[2 * axis + int(upper)]; });
  }
  bool contains(Vec3d p) const { return meets_sphere(p, tolerance); }
};

/// The part of a face that a beam lights, or a polygon that contains it.
struct Polygon {
  static constexpr int max_corners = Beam::max_planes;
  Vec3d corner[max_corners];
  int corners = 0;

  Vec3d middle() const {
    Vec3d sum{};
    for (int i = 0; i < corners; ++i) sum += corner[i];
    return sum / double(corners);
  }
};

/// The part of a face that a beam lights; false when there is none.
inline bool lights(const Beam& beam, const SurfaceSet& set, std::uint32_t local, Polygon& lit) {
  const Surface& face = set.surfaces[local];
  if (!beam.meets_sphere(face.center, face.radius)) return false;
  if (beam.length > 0 && beam.chain[beam.length - 1] == set.first_id + local) return false;
  bool off_plane = false;
  for (int j = 0; j < beam.apexes; ++j)
    off_plane = off_plane || std::abs(dot(face.normal, beam.apex[j]) - face.offset) > tolerance;
  if (!off_plane) return false;

  Polygon other;
  Polygon *now = &lit, *next = &other;
  int n = 0;
  double reach = 0;  // in front of the beam's face: none for a neighbour in the same plane
  for (; n < int(face.corners); ++n) {
    lit.corner[n] = set.corners[face.first_corner + std::uint32_t(n)];
    if (beam.front >= 0) reach = max(reach, beam.plane[beam.front](lit.corner[n]));
  }
  if (beam.front >= 0 && reach < 2 * tolerance) return false;
  for (int i = 0; i < beam.planes && n + kernels::most_added_corners <= Polygon::max_corners; ++i) {
    n = kernels::clip(beam.plane[i], now->corner, n, next->corner);
    if (n < 3) return false;
    std::swap(now, next);
  }
  if (now != &lit) std::copy(now->corner, now->corner + n, lit.corner);
  lit.corners = n;
  return true;
}

/// The beam after one more reflection, off the part of a face that the parent lights.
inline void reflect(const Beam& parent, const SurfaceSet& set, std::uint32_t local, const Polygon& lit, Beam& child) {
  const Surface& face = set.surfaces[local];
  bool above = false, below = false;
  child.apexes = parent.apexes;
  for (int j = 0; j < parent.apexes; ++j) {
    const double height = dot(face.normal, parent.apex[j]) - face.offset;
    above = above || height > tolerance;
    below = below || height < -tolerance;
    child.apex[j] = parent.apex[j] - 2 * height * face.normal;
  }
  child.length = parent.length + 1;
  for (int i = 0; i < parent.length; ++i) child.chain[i] = parent.chain[i];
  child.chain[parent.length] = set.first_id + local;
  child.planes = child.carried = parent.carried;
  for (int i = 0; i < parent.carried; ++i) {
    const double along = dot(parent.plane[i].normal, face.normal);
    child.plane[i] = {parent.plane[i].normal - 2 * along * face.normal,
                      parent.plane[i].offset - 2 * along * face.offset};
  }
  child.front = above == below ? -1 : child.planes;  // sources on both sides light both
  if (child.front >= 0)
    child.plane[child.planes++] = above ? Plane{face.normal, face.offset} : Plane{-face.normal, -face.offset};
  const Vec3d middle = lit.middle();
  for (int i = 0; i < lit.corners; ++i)
    kernels::add_edge_planes(child, face.normal, lit.corner[i], lit.corner[i + 1 == lit.corners ? 0 : i + 1], middle);
}

/// Where one of the trees begins that leave a beam: its first face, and what a guide wants to know of it.
struct FirstFace {
  std::uint32_t face = no_face;
  std::uint32_t first = 0, last = 0;  ///< chains that begin with the face, for a guide along chains
};

/// A guide names the static faces that are worth a try after a beam. This one: all that the beam may meet, until *stop.
struct EveryFace {
  const SurfaceSet* fixed = nullptr;
  const std::atomic<bool>* stop = nullptr;  ///< a visitor that has seen enough sets it

  /// f(face, guide of the child).
  template <class F>
  void for_each(const Beam& beam, F&& f) const {
    if (stop && *stop) return;
    visit(
        fixed->tree.view(), [&](const BvhNode& node) { return beam.meets(node); },
        [&](std::uint32_t face) {
          if (!(stop && *stop)) f(face, *this);
        });
  }
  EveryFace after_mover(std::uint32_t) const { return *this; }
  /// Is the reflection off the part of a face that a beam lights worth a visit?
  bool keeps(const Beam&, std::uint32_t, const Polygon&) const { return true; }
};

/// The child of a beam off one static face; false when it lights none of it or the guide does not keep it.
template <class Guide>
bool grow_one(const Beam& parent, const SurfaceSet& fixed, std::uint32_t face, const Guide& guide, Beam& child) {
  Polygon lit;
  if (!lights(parent, fixed, face, lit) || !guide.keeps(parent, face, lit)) return false;
  reflect(parent, fixed, face, lit, child);
  return true;
}

/// Walks the tree of beams from `root` up to `depth` reflections, depth first: static faces in the guide's order, then
/// all moving ones. visit(beam) is called for every beam, the root included.
template <class Guide, class Visit>
void grow(const Beam& root, const SurfaceSet& fixed, const SurfaceSet* moving, int depth, const Guide& guide,
          Visit&& visit) {
  visit(root);
  if (root.length >= depth) return;
  Beam child;
  guide.for_each(root, [&](std::uint32_t face, const Guide& next) {
    if (grow_one(root, fixed, face, guide, child)) grow(child, fixed, moving, depth, next, visit);
  });
  if (!moving) return;
  Polygon lit;
  for (std::uint32_t i = 0; i < moving->size(); ++i) {
    if (!lights(root, *moving, i, lit)) continue;
    reflect(root, *moving, i, lit, child);
    grow(child, fixed, moving, depth, guide.after_mover(i), visit);
  }
}
template <class Visit>
void grow(const Beam& root, const SurfaceSet& fixed, const SurfaceSet* moving, int depth, Visit&& visit) {
  grow(root, fixed, moving, depth, EveryFace{&fixed}, visit);
}

}  // namespace manyworlds::paths
