#pragma once
#include <limits>

#include "manyworlds/paths/geometry.hpp"
#include "manyworlds/scene/visibility.hpp"

namespace manyworlds::paths {

/// How far beyond the edge of a mover its weight reaches (docs/physics.md: nu^2 lambda_s / 4 is the excess path over
/// the edge).
struct Support {
  VisibilityKind kind = VisibilityKind::fresnel;
  double excess = 0;    ///< m, for fresnel and atan
  double distance = 0;  ///< m, for logistic

  Support(const Visibility& v, double wavelength)
      : kind(v.kind),
        excess(square(v.support) * v.smoothing_wavelengths * wavelength / 4),
        distance(v.support / v.alpha) {}

  /// Half as far.
  Support halved() const {
    Support s = *this;
    s.excess /= 2;
    s.distance /= 2;
    return s;
  }

  /// Does the weight of the rectangle differ from 0 at point q of its plane? s1, s2 are the unfolded distances to
  /// source and target, k the direction of arrival.
  bool reaches(const Rectangled& r, Vec3d q, Vec3d k, double s1, double s2) const {
    const Vec3d d = q - r.center;
    return s1 > 0 && s2 > 0 && axis(dot(d, r.u), r.half_u, dot(k, r.u), s1, s2) &&
           axis(dot(d, r.v), r.half_v, dot(k, r.v), s1, s2);
  }

  /// Sides of a rectangle in the coordinates of another one's plane, from its centre along u and v; may be infinite.
  struct Window {
    double lo[2], hi[2];
  };

  /// Contains every point of r's plane where reaches() may hold for the image of this source in the plane, whatever the
  /// target.
  Window window(const Rectangled& r, Vec3d source) const {
    const Vec3d to_center = r.center - source;
    const double center[2] = {dot(to_center, r.u), dot(to_center, r.v)}, half[2] = {r.half_u, r.half_v};
    const double height = std::abs(dot(to_center, r.normal));
    Window w{{-far, -far}, {far, far}};
    // What is open along one axis limits the other: from above, until it settles.
    for (int round = 0; round < 8; ++round) {
      const double before = w.hi[0] - w.lo[0] + w.hi[1] - w.lo[1];
      for (int a : {0, 1}) {
        const double across = max(std::abs(w.lo[1 - a] + center[1 - a]), std::abs(w.hi[1 - a] + center[1 - a]));
        w.hi[a] = limit(center[a] + half[a], height, across) - center[a];
        w.lo[a] = -(limit(half[a] - center[a], height, across) + center[a]);
      }
      if (!(w.hi[0] - w.lo[0] + w.hi[1] - w.lo[1] < 0.98 * before)) break;
    }
    return w;
  }

 private:
  static constexpr double far = 1e6;  ///< m; no path is longer

  /// Farthest place along an axis, from the foot of the image, where the weight of an edge at `edge` is not 0, for an
  /// image `height` off the plane and places up to `across` away along the other axis.
  double limit(double edge, double height, double across) const {
    if (kind == VisibilityKind::logistic) return edge + distance;
    // The excess of the way over the edge falls with the distance of the target to R (1 - cos theta), R that of the
    // edge from the image and theta the angle between the edge and the mirror point. Between two heights above the axis
    // it is least at one of them (it rises, then falls).
    return max(limit_in_plane(edge, height), limit_in_plane(edge, std::hypot(height, across)));
  }
  double limit_in_plane(double edge, double height) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double cosine = 1 - excess / std::hypot(edge, height);
    if (cosine <= -1) return infinity;
    const double angle = std::atan2(edge, height) + std::acos(cosine) + 1e-7;
    return angle < pi / 2 - 1e-7 ? height * std::tan(angle) + tolerance : infinity;
  }

  bool axis(double at, double half, double along, double s1, double s2) const {
    const double x = std::abs(at) - half;
    if (x <= 0) return true;
    if (kind == VisibilityKind::logistic) return x < distance;
    const double kappa = at > 0 ? -along : along;
    // sqrt(to) + sqrt(from) < detour, without roots: this decides for every chain and receiver of a step.
    const double to = s1 * s1 + 2 * s1 * x * kappa + x * x, from = s2 * s2 - 2 * s2 * x * kappa + x * x;
    const double rest = square(s1 + s2 + excess) - to - from;
    return rest > 0 && 4 * to * from < rest * rest;
  }
};

/// A straight piece of an unfolded path: from a to b, whose distances from the transmitter's image are s and s + |b -
/// a|, on a path of the given length; leaves face `from` for face `to` (no_face for a device).
struct Segment {
  Vec3d a{}, b{};
  double s = 0, length = 0;
  std::uint32_t from = no_face, to = no_face;
};

/// Puts the screens of a segment, movers whose edge weight is not 0 there, among its transmissions hops[first...], in
/// order of passage. A penetrable mover lets the wave through while `budget` interactions are left. Counts the screens
/// down from `room`, and leaves out those that find none.
inline void add_screens(const Geometry& g, const Support& support, const Segment& segment, int& budget, int& room,
                        std::vector<Hop>& hops, std::size_t first) {
  const Vec3d d = segment.b - segment.a;
  const double own_length = norm(d);
  const auto passage = [&](const Surface& s) { return (s.offset - dot(s.normal, segment.a)) / dot(s.normal, d); };
  for (std::uint32_t i = 0; i < g.moving->size(); ++i) {
    const Surface& s = g.moving->surfaces[i];
    const std::uint32_t face = g.moving->first_id + i;
    if (face == segment.from || face == segment.to) continue;
    const double t = passage(s), along = t * own_length;
    // At an end it lies in the plane of a face that the path bounces on.
    if (!(along > tolerance && along < own_length - tolerance)) continue;
    const Vec3d q = segment.a + t * d;
    const double s1 = segment.s + along;
    if (!support.reaches(s.rectangle, q, d / own_length, s1, segment.length - s1) || room-- <= 0) continue;
    const bool through = budget > 0 && !g.opaque(face);
    if (through && g.moving->contains(s, q)) --budget;
    std::size_t at = hops.size();
    while (at > first && passage(g.surface(hops[at - 1].face)) > t) --at;
    hops.insert(hops.begin() + std::ptrdiff_t(at), {face, through ? HopKind::screen_transmit : HopKind::screen});
  }
}

}  // namespace manyworlds::paths
