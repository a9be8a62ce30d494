#pragma once
#include "manyworlds/paths/geometry.hpp"
#include "manyworlds/scene/visibility.hpp"

namespace manyworlds::paths {

/// How far beyond the edge of a mover its weight reaches (physics: nu^2 lambda_s / 4 is the excess path over the edge).
struct Support {
  VisibilityKind kind = VisibilityKind::fresnel;
  double excess = 0;    ///< m, for fresnel and atan
  double distance = 0;  ///< m, for logistic

  Support(const Visibility& v, double wavelength)
      : kind(v.kind), excess(square(v.support) * v.smoothing_wavelengths * wavelength / 4), distance(v.support / v.alpha) {}

  /// Does the weight of the rectangle differ from 0 at point q of its plane? s1, s2 are the unfolded distances to
  /// source and target, k the direction of arrival.
  bool reaches(const Rectangled& r, Vec3d q, Vec3d k, double s1, double s2) const {
    const Vec3d d = q - r.center;
    return axis(dot(d, r.u), r.half_u, dot(k, r.u), s1, s2) && axis(dot(d, r.v), r.half_v, dot(k, r.v), s1, s2);
  }

 private:
  bool axis(double at, double half, double along, double s1, double s2) const {
    const double x = std::abs(at) - half;
    if (x <= 0) return true;
    if (kind == VisibilityKind::logistic) return x < distance;
    const double kappa = at > 0 ? -along : along;
    return std::sqrt(s1 * s1 + 2 * s1 * x * kappa + x * x) + std::sqrt(s2 * s2 - 2 * s2 * x * kappa + x * x) - s1 - s2 < excess;
  }
};

/// Appends the screens that stand on the segment from a to b: movers whose edge weight is not 0 there. `before` and
/// `after` are the unfolded path lengths up to a and from b on. A penetrable mover lets the wave through while `budget`
/// interactions are left.
inline void add_screens(const Geometry& g, const Support& support, Vec3d a, Vec3d b, double before, double after,
                        std::uint32_t from, std::uint32_t to, int& budget, std::vector<Hop>& hops) {
  const Vec3d d = b - a;
  const double length = norm(d);
  for (std::uint32_t i = 0; i < g.moving->size(); ++i) {
    const Surface& s = g.moving->surfaces[i];
    const std::uint32_t face = g.moving->first_id + i;
    const double slope = dot(s.normal, d);
    if (face == from || face == to || slope == 0) continue;
    const double t = (s.offset - dot(s.normal, a)) / slope;
    if (!(t > 0 && t < 1)) continue;
    const Vec3d q = a + t * d;
    if (!support.reaches(s.rectangle, q, d / length, before + t * length, after + (1 - t) * length)) continue;
    const bool through = budget > 0 && !g.opaque(face);
    if (through && g.moving->contains(s, q)) --budget;
    hops.push_back({face, through ? HopKind::screen_transmit : HopKind::screen});
  }
}

}  // namespace manyworlds::paths
