#pragma once
#include <cmath>

#include "manyworlds/core/scalar.hpp"
#include "manyworlds/math/rectangle.hpp"
#include "manyworlds/scene/visibility.hpp"

namespace manyworlds::kernels {

/// How far beyond the edge of a mover its weight reaches, as paths::Support has it.
struct Reach {
  VisibilityKind kind = VisibilityKind::fresnel;
  double excess = 0;    ///< m that the way over the edge may be longer, for fresnel and atan
  double distance = 0;  ///< m from the edge, for logistic

  Reach() = default;
  MW_HD Reach(const Visibility& v, double wavelength)
      : kind(v.kind),
        excess(square(v.support) * v.smoothing_wavelengths * wavelength / 4),
        distance(v.support / v.alpha) {}
  MW_HD Reach halved() const {
    Reach r = *this;
    r.excess /= 2;
    r.distance /= 2;
    return r;
  }

  /// Does the weight of the rectangle differ from 0 at point q of its plane? s1, s2 are the unfolded distances to
  /// source and target, k the direction of arrival.
  MW_HD bool reaches(const Rectangled& r, Vec3d q, Vec3d k, double s1, double s2) const {
    const Vec3d d = q - r.center;
    return s1 > 0 && s2 > 0 && axis(dot(d, r.u), r.half_u, dot(k, r.u), s1, s2) &&
           axis(dot(d, r.v), r.half_v, dot(k, r.v), s1, s2);
  }

  /// Sides of a rectangle in the coordinates of another one's plane, from its centre along u and v; `open` where there
  /// is none.
  struct Window {
    double lo[2], hi[2];
  };
  static constexpr double open = 1e300;

  /// Contains every point of r's plane where reaches() may hold for the image of this source in the plane, whatever the
  /// target.
  MW_HD Window window(const Rectangled& r, Vec3d source) const {
    using std::abs;
    constexpr double far = 1e6;  // m; no path is longer
    const Vec3d to_center = r.center - source;
    const double center[2] = {dot(to_center, r.u), dot(to_center, r.v)}, half[2] = {r.half_u, r.half_v};
    const double height = abs(dot(to_center, r.normal));
    Window w{{-far, -far}, {far, far}};
    // What is open along one axis limits the other: from above, until it settles.
    for (int round = 0; round < 8; ++round) {
      const double before = w.hi[0] - w.lo[0] + w.hi[1] - w.lo[1];
      for (int a = 0; a < 2; ++a) {
        const double across = max(abs(w.lo[1 - a] + center[1 - a]), abs(w.hi[1 - a] + center[1 - a]));
        const double up = limit(center[a] + half[a], height, across), down = limit(half[a] - center[a], height, across);
        w.hi[a] = up < open ? up - center[a] : open;
        w.lo[a] = down < open ? -(down + center[a]) : -open;
      }
      if (!(w.hi[0] - w.lo[0] + w.hi[1] - w.lo[1] < 0.98 * before)) break;
    }
    return w;
  }

 private:
  /// Farthest place along an axis, from the foot of the image, where the weight of an edge at `edge` is not 0, for an
  /// image `height` off the plane and places up to `across` away along the other axis.
  MW_HD double limit(double edge, double height, double across) const {
    using std::sqrt;
    if (kind == VisibilityKind::logistic) return edge + distance;
    if (across >= open) return open;
    return max(limit_in_plane(edge, height), limit_in_plane(edge, sqrt(height * height + across * across)));
  }
  MW_HD double limit_in_plane(double edge, double height) const {
    using std::acos;
    using std::atan2;
    using std::sqrt;
    using std::tan;
    const double cosine = 1 - excess / sqrt(edge * edge + height * height);
    if (cosine <= -1) return open;
    const double angle = atan2(edge, height) + acos(cosine) + 1e-7;
    return angle < pi / 2 - 1e-7 ? height * tan(angle) + 1e-7 : open;
  }

  MW_HD bool axis(double at, double half, double along, double s1, double s2) const {
    using std::abs;
    const double x = abs(at) - half;
    if (x <= 0) return true;
    if (kind == VisibilityKind::logistic) return x < distance;
    const double kappa = at > 0 ? -along : along;
    const double to = s1 * s1 + 2 * s1 * x * kappa + x * x, from = s2 * s2 - 2 * s2 * x * kappa + x * x;
    const double rest = square(s1 + s2 + excess) - to - from;
    return rest > 0 && 4 * to * from < rest * rest;
  }
};

}  // namespace manyworlds::kernels
