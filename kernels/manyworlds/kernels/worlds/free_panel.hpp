#pragma once
#include "manyworlds/math/pose.hpp"

namespace manyworlds::kernels {

/// A design space that kernels understand: where one mover is, as a function of a few variables. This one: the centre
/// in a box, yaw and pitch, the five variables of placement::FreePose without its obstacles. Any plain struct with the
/// same members will do.
struct FreePanel {
  static constexpr int variables = 5;
  double lower[variables]{}, upper[variables]{};  ///< of x, y, z (m), yaw, pitch (rad)
  double radians_per_metre = 0.5;                 ///< radians that count as one metre
  Mat3d local{};                                  ///< columns: normal, side, up of the panel in its own frame

  MW_HD Pose pose(const double* x) const { return {{x[0], x[1], x[2]}, rotation(x[3], x[4], 0.0) * transposed(local)}; }
  /// Derivatives by the variables from those by the pose.
  MW_HD void pullback(const double* x, const PoseGradient& g, double* out) const {
    using std::cos;
    using std::sin;
    out[0] = g.translation.x;
    out[1] = g.translation.y;
    out[2] = g.translation.z;
    out[3] = g.rotation.z;
    out[4] = cos(x[3]) * g.rotation.y - sin(x[3]) * g.rotation.x;
  }
  /// Radians or metres of a variable that count as one metre.
  MW_HD double scale(int i) const { return i < 3 ? 1.0 : radians_per_metre; }
  /// Back into the bounds; an angle that may turn all the way round is wrapped.
  MW_HD void project(double* x) const {
    using std::floor;
    for (int i = 0; i < variables; ++i) {
      if (i >= 3 && upper[i] - lower[i] >= 2 * pi - 1e-9) x[i] -= 2 * pi * floor((x[i] - lower[i]) / (2 * pi));
      x[i] = clamp(x[i], lower[i], upper[i]);
    }
  }
};

}  // namespace manyworlds::kernels
