#pragma once
#include <cmath>

#include "manyworlds/core/config.hpp"

/// Scalar helpers that exist on host and device (std::min and std::max are host only).
namespace manyworlds {

template <class T>
MW_HD constexpr T min(T a, T b) {
  return b < a ? b : a;
}
template <class T>
MW_HD constexpr T max(T a, T b) {
  return a < b ? b : a;
}
template <class T>
MW_HD constexpr T clamp(T x, T lo, T hi) {
  return x < lo ? lo : (hi < x ? hi : x);
}
/// What kernels choose with, so that they can be run on several numbers at once (see wide.hpp).
template <class T>
MW_HD constexpr T select(bool condition, T yes, T no) {
  return condition ? yes : no;
}
MW_HD constexpr bool any(bool condition) { return condition; }
template <class T>
MW_HD constexpr bool is_zero(T x) {
  return x == T(0);
}
template <class T>
MW_HD constexpr T square(T x) {
  return x * x;
}

template <class T>
inline constexpr T pi_v = T(3.14159265358979323846264338327950288L);
inline constexpr double pi = pi_v<double>;

}  // namespace manyworlds
