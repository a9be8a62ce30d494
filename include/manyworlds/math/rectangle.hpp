#pragma once
#include "manyworlds/math/vec3.hpp"

namespace manyworlds {

/// Flat rectangle: centre, orthonormal axes u, v and normal = u x v, half sizes in metres.
template <class T>
struct Rectangle {
  Vec3<T> center{}, u{1, 0, 0}, v{0, 1, 0}, normal{0, 0, 1};
  T half_u{}, half_v{};

  MW_HD constexpr Vec3<T> point(T a, T b) const { return center + a * u + b * v; }

  template <class U>
  MW_HD constexpr Rectangle<U> as() const {
    return {center.template as<U>(), u.template as<U>(), v.template as<U>(),
            normal.template as<U>(), U(half_u),          U(half_v)};
  }
};

using Rectangled = Rectangle<double>;

}  // namespace manyworlds
