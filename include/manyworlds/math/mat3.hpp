#pragma once
#include "manyworlds/math/vec3.hpp"

namespace manyworlds {

/// 3 x 3 matrix stored by columns; for a rotation the columns are the rotated axes.
template <class T>
struct Mat3 {
  Vec3<T> x{1, 0, 0}, y{0, 1, 0}, z{0, 0, 1};

  MW_HD friend constexpr Vec3<T> operator*(const Mat3& m, Vec3<T> v) { return v.x * m.x + v.y * m.y + v.z * m.z; }
  MW_HD friend constexpr Mat3 operator*(const Mat3& a, const Mat3& b) { return {a * b.x, a * b.y, a * b.z}; }
};

template <class T>
MW_HD constexpr Mat3<T> transposed(const Mat3<T>& m) {
  return {{m.x.x, m.y.x, m.z.x}, {m.x.y, m.y.y, m.z.y}, {m.x.z, m.y.z, m.z.z}};
}
template <class T>
MW_HD constexpr T determinant(const Mat3<T>& m) {
  return dot(m.x, cross(m.y, m.z));
}

/// R = Rz(yaw) Ry(pitch) Rx(roll), radians (3GPP TR 38.901 (7.1-4), as Sionna RT).
template <class T>
MW_HD Mat3<T> rotation(T yaw, T pitch, T roll) {
  using std::cos;
  using std::sin;
  const T ca = cos(yaw), sa = sin(yaw), cb = cos(pitch), sb = sin(pitch), cg = cos(roll), sg = sin(roll);
  return {{ca * cb, sa * cb, -sb},
          {ca * sb * sg - sa * cg, sa * sb * sg + ca * cg, cb * sg},
          {ca * sb * cg + sa * sg, sa * sb * cg - ca * sg, cb * cg}};
}

/// exp([w]x): rotation by |w| radians about w (Rodrigues).
template <class T>
MW_HD Mat3<T> rotation_vector(Vec3<T> w) {
  using std::cos;
  using std::sin;
  const T angle = norm(w);
  if (angle == T(0)) return {};
  const Vec3<T> k = w / angle;
  const T c = cos(angle), s = sin(angle);
  auto column = [&](Vec3<T> e) { return c * e + s * cross(k, e) + (dot(k, e) * (T(1) - c)) * k; };
  return {column({1, 0, 0}), column({0, 1, 0}), column({0, 0, 1})};
}

using Mat3d = Mat3<double>;

}  // namespace manyworlds
