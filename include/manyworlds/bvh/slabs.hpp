#pragma once
#include <cstring>

#include "manyworlds/bvh/bvh.hpp"

namespace manyworlds::detail {

/// Which of eight children: byte i is 1 or 0.
struct Mask {
  std::uint64_t bytes = 0;

  MW_HD constexpr bool any() const { return bytes != 0; }
  /// Takes the lowest child out and returns its number; any() must hold.
  MW_HD constexpr int take() {
    const std::uint64_t lowest = bytes & (~bytes + 1);
    bytes ^= lowest;
    return int((lowest * 0x0001020304050607u) >> 56);
  }
};

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

  /// Parameters of entry into the children, and which of them the segment meets before tmax. Two plain loops, since
  /// the compiler vectorises each but not one loop over floats and bytes.
  MW_HD Mask meet(const BvhNode& node, float tmax, float (&entry)[bvh_width]) const {
    const float *nx = node.bounds[near_row_[0]], *fx = node.bounds[near_row_[0] ^ 1];
    const float *ny = node.bounds[near_row_[1]], *fy = node.bounds[near_row_[1] ^ 1];
    const float *nz = node.bounds[near_row_[2]], *fz = node.bounds[near_row_[2] ^ 1];
    int met[bvh_width];
    for (int i = 0; i < bvh_width; ++i) {
      const float x0 = nx[i] * inverse_[0] - near_offset_[0], x1 = fx[i] * inverse_[0] - far_offset_[0];
      const float y0 = ny[i] * inverse_[1] - near_offset_[1], y1 = fy[i] * inverse_[1] - far_offset_[1];
      const float z0 = nz[i] * inverse_[2] - near_offset_[2], z1 = fz[i] * inverse_[2] - far_offset_[2];
      entry[i] = max(max(x0, y0), max(z0, 0.0f));
      met[i] = entry[i] <= min(min(x1, y1), min(z1, tmax));
    }
    std::uint8_t bytes[bvh_width];
    for (int i = 0; i < bvh_width; ++i) bytes[i] = std::uint8_t(met[i]);
    Mask mask;
    std::memcpy(&mask.bytes, bytes, sizeof bytes);
    return mask;
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
