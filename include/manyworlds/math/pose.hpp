#pragma once
#include "manyworlds/math/mat3.hpp"
#include "manyworlds/math/rectangle.hpp"

namespace manyworlds {

/// Rigid placement: a point p of the object's own frame (origin at its bounding-box centre as loaded) goes to
/// rotation * p + position.
struct Pose {
  Vec3d position{};  ///< m
  Mat3d rotation{};

  MW_HD constexpr Vec3d point(Vec3d p) const { return rotation * p + position; }
  MW_HD constexpr Vec3d direction(Vec3d v) const { return rotation * v; }
  MW_HD constexpr Rectangled rectangle(const Rectangled& r) const {
    return {point(r.center), direction(r.u), direction(r.v), direction(r.normal), r.half_u, r.half_v};
  }
};

/// Position in metres and orientation (yaw, pitch, roll) in radians, as Sionna RT's SceneObject.
MW_HD inline Pose make_pose(Vec3d position, Vec3d yaw_pitch_roll) {
  return {position, rotation(yaw_pitch_roll.x, yaw_pitch_roll.y, yaw_pitch_roll.z)};
}

/// Derivative of a scalar with respect to a pose: translation, and rotation vector about the pose's origin in
/// world axes (R <- exp([w]x) R), per metre and per radian.
struct PoseGradient {
  Vec3d translation{}, rotation{};

  MW_HD friend constexpr PoseGradient operator+(PoseGradient a, PoseGradient b) {
    return {a.translation + b.translation, a.rotation + b.rotation};
  }
  MW_HD constexpr PoseGradient& operator+=(PoseGradient b) { return *this = *this + b; }
};

}  // namespace manyworlds
