#pragma once
#include <limits>

#include "manyworlds/math/vec3.hpp"

namespace manyworlds {

/// Axis-aligned box; empty by default.
template <class T>
struct Box {
  Vec3<T> lo{std::numeric_limits<T>::max(), std::numeric_limits<T>::max(), std::numeric_limits<T>::max()};
  Vec3<T> hi{std::numeric_limits<T>::lowest(), std::numeric_limits<T>::lowest(), std::numeric_limits<T>::lowest()};

  MW_HD constexpr void extend(Vec3<T> p) {
    lo = {min(lo.x, p.x), min(lo.y, p.y), min(lo.z, p.z)};
    hi = {max(hi.x, p.x), max(hi.y, p.y), max(hi.z, p.z)};
  }
  MW_HD constexpr void extend(const Box& b) {
    extend(b.lo);
    extend(b.hi);
  }
  MW_HD constexpr bool empty() const { return lo.x > hi.x || lo.y > hi.y || lo.z > hi.z; }
  MW_HD constexpr Vec3<T> center() const { return (lo + hi) / T(2); }
  MW_HD constexpr Vec3<T> size() const { return hi - lo; }
  MW_HD constexpr bool contains(Vec3<T> p) const {
    return lo.x <= p.x && p.x <= hi.x && lo.y <= p.y && p.y <= hi.y && lo.z <= p.z && p.z <= hi.z;
  }
  MW_HD constexpr bool overlaps(const Box& b) const {
    return lo.x <= b.hi.x && b.lo.x <= hi.x && lo.y <= b.hi.y && b.lo.y <= hi.y && lo.z <= b.hi.z && b.lo.z <= hi.z;
  }
  /// Surface area of a non-empty box.
  MW_HD constexpr T area() const {
    const Vec3<T> d = size();
    return T(2) * (d.x * d.y + d.y * d.z + d.z * d.x);
  }
};

using Boxd = Box<double>;
using Boxf = Box<float>;

}  // namespace manyworlds
