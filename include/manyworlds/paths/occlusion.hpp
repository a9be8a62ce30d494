#pragma once
#include "manyworlds/paths/geometry.hpp"

namespace manyworlds::paths {

/// Guide for beams from a few points: of the static faces that a beam may meet, those that the points' waves can reach
/// at all. A chain is given up where whole faces cut it: every way from the points to the lit part of its last face
/// passes through them, and they are opaque or more than the path has interactions left. What it leaves out holds no
/// path.
class Unoccluded {
 public:
  /// `sources`: where the beam's paths begin, or up to four points that have all of that in their convex hull, on face
  /// `from` (no_face for a device); `interactions`: most of a path.
  Unoccluded(const Geometry& g, const Vec3d* sources, int count, std::uint32_t from, int interactions,
             const std::atomic<bool>* stop = nullptr)
      : g_(&g), sources_(sources), count_(count), from_(from), interactions_(interactions), stop_(stop) {}

  /// f(face, guide of the child).
  template <class F>
  void for_each(const Beam& beam, F&& f) const {
    EveryFace{g_->fixed, stop_}.for_each(beam, [&](std::uint32_t face, const EveryFace&) { f(face, *this); });
  }
  Unoccluded after_mover(std::uint32_t) const { return *this; }
  FirstFace first_face(std::uint32_t face) const { return {face}; }
  const Unoccluded& after(const FirstFace&) const { return *this; }

  bool keeps(const Beam& beam, std::uint32_t face, const Polygon& lit) const {
    const Chain chain(*this, beam, face);
    const int length = beam.length + 1, budget = interactions_ - length;
    const auto ends = [&](std::uint32_t blocker) { return budget == 0 || g_->opaque(blocker); };
    // What cut off the last one mostly cuts off this one.
    if (last_ != no_face && last_segment_ < length && ends(last_) && cuts(last_, chain, lit, last_segment_))
      return false;
    Vec3d p[max_depth + 1];
    if (!chain.unfold(lit.middle(), p)) return true;
    int blockers = 0;
    for (int s = 0; s < length; ++s) {
      const std::uint32_t from = s == 0 ? from_ : chain.faces[s - 1], to = chain.faces[s];
      Crossing crossing[max_depth + 2];
      const int met =
          min(crossings(g_->bvh, p[s], p[s + 1], SkipFaces{from, to}, crossing, max_depth + 2), max_depth + 2);
      for (int c = 0; c < met; ++c) {
        const std::uint32_t blocker = crossing[c].face;
        if (!cuts(blocker, chain, lit, s)) continue;
        if (ends(blocker)) last_ = blocker, last_segment_ = s;
        if (++blockers > budget || g_->opaque(blocker)) return false;
      }
    }
    return true;
  }

 private:
  static constexpr int max_sources = 4;
  using Four = simd::Lanes<double, max_sources>;

  /// The sources' images in a chain of faces, and the way from the first of them.
  struct Chain {
    const Geometry& g;
    std::uint32_t faces[max_depth];
    int length;
    Vec3d first[max_depth];                    ///< [i]: the first source's after i reflections
    double images[max_depth][3][max_sources];  ///< all, by axis

    Chain(const Unoccluded& guide, const Beam& beam, std::uint32_t last) : g(*guide.g_), length(beam.length + 1) {
      std::copy(beam.chain, beam.chain + beam.length, faces);
      faces[beam.length] = last;
      // With fewer sources the first one stands for the others.
      for (int j = max_sources - 1; j >= 0; --j) {
        mirror_through(g, guide.sources_[j < guide.count_ ? j : 0], faces, beam.length, first);
        for (int i = 0; i < length; ++i)
          for (int axis = 0; axis < 3; ++axis) images[i][axis][j] = first[i][axis];
      }
    }
    Vec3<Four> image(int i) const {
      return {simd::load<Four>(images[i][0]), simd::load<Four>(images[i][1]), simd::load<Four>(images[i][2])};
    }

    /// Points in the faces' planes on the way to a point of the last face: p[0] = source, p[length] = end. False when
    /// they are not in order.
    bool unfold(Vec3d end, Vec3d* p) const {
      p[0] = first[0];
      p[length] = end;
      for (int i = length - 1; i > 0; --i) {
        const Surface& s = g.surface(faces[i - 1]);
        const Vec3d to_image = first[i] - p[i + 1];
        const double height = dot(s.normal, p[i + 1]) - s.offset, slope = dot(s.normal, to_image);
        if (!(height * (height + slope) < 0)) return false;
        p[i] = p[i + 1] - (height / slope) * to_image;
      }
      return true;
    }
  };

  /// Does a face cut the chain's segment number s on every way to the lit polygon? The ways from one source to a convex
  /// polygon cross a plane in the convex hull of where those to its corners do, and so in the sources. A way is the
  /// straight line from the source's image to the corner's; `before` and `after` are where it leaves the face before
  /// the segment and reaches the one behind it.
  bool cuts(std::uint32_t number, const Chain& chain, const Polygon& lit, int s) const {
    const Surface& face = g_->fixed->surfaces[number];
    const bool first = s == 0, last = s + 1 == chain.length;
    const Surface &left = g_->surface(chain.faces[first ? s : s - 1]), &reached = g_->surface(chain.faces[s]);
    const Vec3<Four> image = chain.image(s), d = image - face.rectangle.center.as<Four>();
    const Four h = dot(face.normal.as<Four>(), d), u = dot(face.rectangle.u.as<Four>(), d),
               v = dot(face.rectangle.v.as<Four>(), d);
    const Four h_left = dot(left.normal.as<Four>(), image) - Four(left.offset),
               h_reached = dot(reached.normal.as<Four>(), image) - Four(reached.offset);
    const Four side(dot(face.normal, chain.first[s] - face.rectangle.center) > 0 ? 1.0 : -1.0);
    Four lo_u(1e300), hi_u(-1e300), lo_v(1e300), hi_v(-1e300), most_before(0.0), most_after(0.0);
    for (int i = 0; i < lit.corners; ++i) {
      Vec3d corner = lit.corner[i];
      for (int f = chain.length - 2; f >= s; --f) corner = mirror(g_->surface(chain.faces[f]), corner);
      const Vec3d to = corner - face.rectangle.center;
      const Four along = Four(dot(face.normal, to)) - h;
      Four start(0.0), end(1.0);
      std::uint32_t whole = (1u << max_sources) - 1;
      if (!first) {
        const Four c(dot(left.normal, corner) - left.offset);
        whole &= simd::bits(h_left * c < Four(0.0));
        start = h_left / (h_left - c);
      }
      if (!last) {
        const Four c(dot(reached.normal, corner) - reached.offset);
        whole &= simd::bits(h_reached * c < Four(0.0));
        end = h_reached / (h_reached - c);
      }
      const Four before = side * (h + start * along), after = side * (h + end * along), at = -h / along;
      // A corner may touch the plane, as that of a wall that meets this one: no path ends there.
      whole &= simd::bits((start < end) & (before > Four(-tolerance)) & (after < Four(tolerance)) &
                          (before - after > Four(touching)));
      if (whole != (1u << max_sources) - 1) return false;
      const Four qu = u + at * (Four(dot(face.rectangle.u, to)) - u),
                 qv = v + at * (Four(dot(face.rectangle.v, to)) - v);
      most_before = max(most_before, before), most_after = max(most_after, -after);
      lo_u = min(lo_u, qu), hi_u = max(hi_u, qu);
      lo_v = min(lo_v, qv), hi_v = max(hi_v, qv);
    }
    const double lo[2] = {simd::smallest(lo_u), simd::smallest(lo_v)},
                 hi[2] = {simd::largest(hi_u), simd::largest(hi_v)};
    return simd::smallest(min(most_before, most_after)) > touching && g_->fixed->covers(face, lo, hi);
  }

  static constexpr double touching = 1e-3;  // m; far beyond the distance at which a crossing counts as an end

  const Geometry* g_;
  const Vec3d* sources_;
  int count_;
  std::uint32_t from_;
  int interactions_;
  const std::atomic<bool>* stop_;
  mutable std::uint32_t last_ = no_face;  ///< what cut off a chain, and on which segment of it
  mutable int last_segment_ = 0;
};

}  // namespace manyworlds::paths
