#pragma once
#include "manyworlds/bvh/bvh.hpp"
#include "manyworlds/core/simd.hpp"

namespace manyworlds::detail {

/// The hull of a packet: at t it is the box between the boxes of the lanes' beginnings and ends, so that a box that a
/// lane meets at t meets it too. Each side of the hull passes the side of a box that faces it at one t.
class Shaft {
 public:
  struct Bounds {
    float lo[3], hi[3];
  };
  /// Boxes of all beginnings and of all ends; the hull counts as moved outward by `pad`.
  Shaft(const Bounds& from, const Bounds& to, float pad) {
    int far = sides;
    for (int i = 0; i < sides; ++i) {
      const int axis = i / 2;
      const bool upper = i % 2 == 0;  // the hull's upper side passes the box's lower one, which is row i, and so on
      const float a = upper ? from.hi[axis] + pad : from.lo[axis] - pad;
      const float b = upper ? to.hi[axis] + pad : to.lo[axis] - pad;
      const float inverse = std::copysign(1.0f / max(std::fabs(b - a), 1e-18f), b - a);
      const bool near = (inverse > 0) == upper;
      far -= int(!near);
      const int at = near ? near_ : far;
      near_ += int(near);
      row_[at] = i;
      inverse_[at] = inverse;
      offset_[at] = a * inverse;
    }
  }

  /// Which children of a node the hull meets, as bits.
  std::uint32_t meet(const BvhNode& node) const {
    using Children = simd::Lanes<float, bvh_width>;
    const auto pass = [&](int side) {
      return simd::load<Children>(node.bounds[row_[side]]) * Children(inverse_[side]) - Children(offset_[side]);
    };
    Children entry = 0.0f, exit = 1.0f;
    for (int side = 0; side < near_; ++side) entry = max(entry, pass(side));
    for (int side = near_; side < sides; ++side) exit = min(exit, pass(side));
    return simd::bits(entry <= exit);
  }

 private:
  static constexpr int sides = 6;
  int row_[sides], near_ = 0;  // those that bound t from below stand first
  float inverse_[sides], offset_[sides];
};

}  // namespace manyworlds::detail
