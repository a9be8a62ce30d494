#pragma once
#include "manyworlds/paths/geometry.hpp"

namespace manyworlds::paths {

/// Guide for beams from a few points: of the static faces that a beam may meet, those that the points' waves can reach at
/// all. A chain is given up where whole faces cut it: every way from the points to the lit part of its last face passes
/// through them, and they are opaque or more than the path has interactions left. What it leaves out holds no path.
class Unoccluded {
 public:
  /// `sources`: where the beam's paths begin, or up to four points that have all of that in their convex hull, on face
  /// `from` (no_face for a device); `interactions`: most of a path.
  Unoccluded(const Geometry& g, const Vec3d* sources, int count, std::uint32_t from, int interactions, const bool* stop = nullptr)
      : g_(&g), sources_(sources), count_(count), from_(from), interactions_(interactions), stop_(stop) {}

  /// f(face, guide of the child).
  template <class F>
  void for_each(const Beam& beam, F&& f) const {
    EveryFace{g_->fixed, stop_}.for_each(beam, [&](std::uint32_t face, const EveryFace&) { f(face, *this); });
  }
  Unoccluded after_mover(std::uint32_t) const { return *this; }

  bool keeps(const Beam& child, const Polygon& lit) const {
    const int budget = interactions_ - child.length;
    Vec3d images[max_sources][max_depth + 1], middle{}, p[max_depth + 1];
    for (int j = 0; j < count_; ++j) mirror_through(*g_, sources_[j], child.chain, child.length - 1, images[j]);
    for (int i = 0; i < lit.corners; ++i) middle += lit.corner[i] / double(lit.corners);
    if (!unfold(images[0], child, middle, p)) return true;
    int blockers = 0;
    for (int s = 0; s < child.length; ++s) {
      const std::uint32_t from = s == 0 ? from_ : child.chain[s - 1], to = child.chain[s];
      Crossing crossing[max_depth + 2];
      const int met = min(crossings(g_->bvh, p[s], p[s + 1], [=](std::uint32_t face) { return face == from || face == to; },
                                    crossing, max_depth + 2), max_depth + 2);
      for (int c = 0; c < met; ++c) {
        if (!cuts(g_->fixed->surfaces[crossing[c].face], images, child, lit, s)) continue;
        if (++blockers > budget || g_->opaque(crossing[c].face)) return false;
      }
    }
    return true;
  }

 private:
  static constexpr int max_sources = 4;

  /// Points of the chain on the way from a source to a point of its last face, in the faces' planes: p[0] = source,
  /// p[length] = end. image: of the source, in all faces but the last. False when they are not in order.
  bool unfold(const Vec3d* image, const Beam& chain, Vec3d end, Vec3d* p) const {
    p[0] = image[0];
    p[chain.length] = end;
    for (int i = chain.length - 1; i > 0; --i) {
      const Surface& s = g_->surface(chain.chain[i - 1]);
      const Vec3d to_image = image[i] - p[i + 1];
      const double height = dot(s.normal, p[i + 1]) - s.offset, slope = dot(s.normal, to_image);
      if (!(height * (height + slope) < 0)) return false;
      p[i] = p[i + 1] - (height / slope) * to_image;
    }
    return true;
  }

  /// Does the face cut the chain's segment number s on every way to the lit polygon? The ways from one source to a convex
  /// polygon cross a plane in the convex hull of where those to its corners do, and so in the sources.
  bool cuts(const Surface& face, const Vec3d (&images)[max_sources][max_depth + 1], const Beam& chain, const Polygon& lit, int s) const {
    Vec3d p[max_depth + 1];
    double side = 0, lo[2] = {1e300, 1e300}, hi[2] = {-1e300, -1e300};
    for (int j = 0; j < count_; ++j) {
      double before = 0, after = 0;
      for (int i = 0; i < lit.corners; ++i) {
        if (!unfold(images[j], chain, lit.corner[i], p)) return false;
        const double a = dot(face.normal, p[s]) - face.offset, b = dot(face.normal, p[s + 1]) - face.offset;
        if (side == 0) side = a - b > 0 ? 1 : -1;
        // A corner may touch the plane, as that of a wall that meets this one: no path ends there.
        if (!(side * a > -tolerance && side * b < tolerance && side * (a - b) > touching)) return false;
        before = max(before, side * a);
        after = max(after, -side * b);
        const Vec3d q = p[s] + (a / (a - b)) * (p[s + 1] - p[s]) - face.rectangle.center;
        const double at[2] = {dot(q, face.rectangle.u), dot(q, face.rectangle.v)};
        for (int k : {0, 1}) lo[k] = min(lo[k], at[k]), hi[k] = max(hi[k], at[k]);
      }
      if (!(before > touching && after > touching)) return false;
    }
    return g_->fixed->covers(face, lo, hi);
  }

  static constexpr double touching = 1e-3;  // m; far beyond the distance at which a crossing counts as an end

  const Geometry* g_;
  const Vec3d* sources_;
  int count_;
  std::uint32_t from_;
  int interactions_;
  const bool* stop_;
};

}  // namespace manyworlds::paths
