#pragma once
#include "manyworlds/bvh/bvh.hpp"
#include "manyworlds/core/simd.hpp"

namespace manyworlds::detail {

/// A segment prepared for tests against boxes, in float. For a box that holds the segment's point at t, the computed
/// entry is <= t and the computed exit >= t: the rounding of origin, direction and products moves a plane by less
/// than 2^-21 of the largest coordinate, and planes count as moved outward by that much.
class Slabs {
 public:
  /// `extent`: largest absolute coordinate of the scene.
  MW_HD Slabs(const Segment& segment, double extent) {
    const double size = extent + max(max_abs(segment.a), max_abs(segment.a + segment.d));
    const float pad = float(size * (1.0 / (1 << 21)));
    for (int i = 0; i < 3; ++i) {
      // A component that is (almost) zero counts as 1e-18 m, which moves no point by more: no infinities, no NaN.
      const float d = float(segment.d[i]), a = float(segment.a[i]), outward = std::copysign(pad, d);
      inverse_[i] = std::copysign(1.0f / max(std::fabs(d), 1e-18f), d);
      near_row_[i] = 2 * i + int(inverse_[i] < 0);
      near_offset_[i] = (a + outward) * inverse_[i];
      far_offset_[i] = (a - outward) * inverse_[i];
    }
  }

  using Children = simd::Lanes<float, bvh_width>;

  /// Which children of a node the segment meets before tmax, as bits, and its parameters of entry into them. Host only.
  std::uint32_t meet(const BvhNode& node, float tmax, Children& entry) const {
    const auto pass = [&](int row, int axis, float offset) {
      return simd::load<Children>(node.bounds[row]) * Children(inverse_[axis]) - Children(offset);
    };
    const auto near = [&](int axis) { return pass(near_row_[axis], axis, near_offset_[axis]); };
    const auto far = [&](int axis) { return pass(near_row_[axis] ^ 1, axis, far_offset_[axis]); };
    entry = max(max(near(0), near(1)), max(near(2), Children(0.0f)));
    return simd::bits(entry <= min(min(far(0), far(1)), min(far(2), Children(tmax))));
  }

  /// Does the segment meet one box (lo.x, hi.x, lo.y, hi.y, lo.z, hi.z)?
  MW_HD bool meet(const float (&box)[6]) const {
    float enter = 0, leave = 1;
    for (int i = 0; i < 3; ++i) {
      const bool back = inverse_[i] < 0;
      enter = max(enter, (back ? box[2 * i + 1] : box[2 * i]) * inverse_[i] - near_offset_[i]);
      leave = min(leave, (back ? box[2 * i] : box[2 * i + 1]) * inverse_[i] - far_offset_[i]);
    }
    return enter <= leave;
  }

 private:
  int near_row_[3];
  float inverse_[3], near_offset_[3], far_offset_[3];
};

}  // namespace manyworlds::detail
