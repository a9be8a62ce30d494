#pragma once
#include "manyworlds/core/complex.hpp"

namespace manyworlds {

/// Point or vector in metres; right-handed frame, z up.
template <class T>
struct Vec3 {
  T x{}, y{}, z{};

  MW_HD constexpr T operator[](int i) const { return i == 0 ? x : (i == 1 ? y : z); }
  MW_HD constexpr T& operator[](int i) { return i == 0 ? x : (i == 1 ? y : z); }
  MW_HD friend constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  MW_HD friend constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  MW_HD friend constexpr Vec3 operator-(Vec3 a) { return {-a.x, -a.y, -a.z}; }
  MW_HD friend constexpr Vec3 operator*(T s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
  MW_HD friend constexpr Vec3 operator*(Vec3 a, T s) { return s * a; }
  MW_HD friend constexpr Vec3 operator/(Vec3 a, T s) { return {a.x / s, a.y / s, a.z / s}; }
  MW_HD constexpr Vec3& operator+=(Vec3 b) { return *this = *this + b; }
  MW_HD constexpr Vec3& operator-=(Vec3 b) { return *this = *this - b; }
  MW_HD friend constexpr bool operator==(Vec3 a, Vec3 b) { return a.x == b.x && a.y == b.y && a.z == b.z; }

  /// Other precision; explicit because it may round.
  template <class U>
  MW_HD constexpr Vec3<U> as() const {
    return {U(x), U(y), U(z)};
  }
};

template <class T>
MW_HD constexpr T dot(Vec3<T> a, Vec3<T> b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
template <class T>
MW_HD constexpr Vec3<T> cross(Vec3<T> a, Vec3<T> b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
template <class T>
MW_HD constexpr T norm2(Vec3<T> a) {
  return dot(a, a);
}
template <class T>
MW_HD T norm(Vec3<T> a) {
  using std::sqrt;
  return sqrt(dot(a, a));
}
template <class T>
MW_HD Vec3<T> normalized(Vec3<T> a) {
  return a / norm(a);
}

/// Complex 3-vector: an electric field. Products with real vectors are plain (no conjugation).
template <class T>
struct CVec3 {
  Complex<T> x{}, y{}, z{};

  MW_HD friend constexpr CVec3 operator+(CVec3 a, CVec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  MW_HD friend constexpr CVec3 operator-(CVec3 a, CVec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  MW_HD friend constexpr CVec3 operator*(Complex<T> s, CVec3 a) { return {s * a.x, s * a.y, s * a.z}; }
  MW_HD friend constexpr CVec3 operator*(T s, CVec3 a) { return {s * a.x, s * a.y, s * a.z}; }
  MW_HD constexpr CVec3& operator+=(CVec3 b) { return *this = *this + b; }
};

template <class T>
MW_HD constexpr CVec3<T> operator*(Complex<T> s, Vec3<T> a) {
  return {s * a.x, s * a.y, s * a.z};
}
template <class T>
MW_HD constexpr CVec3<T> conj(CVec3<T> a) {
  return {conj(a.x), conj(a.y), conj(a.z)};
}
template <class T>
MW_HD constexpr T norm2(CVec3<T> a) {
  return norm2(a.x) + norm2(a.y) + norm2(a.z);
}
/// Plain product n . E of a real and a complex vector.
template <class T>
MW_HD constexpr Complex<T> dot(Vec3<T> n, CVec3<T> e) {
  return n.x * e.x + n.y * e.y + n.z * e.z;
}
/// a^H b
template <class T>
MW_HD constexpr Complex<T> hermitian(CVec3<T> a, CVec3<T> b) {
  return conj(a.x) * b.x + conj(a.y) * b.y + conj(a.z) * b.z;
}
template <class T>
MW_HD constexpr CVec3<T> to_complex(Vec3<T> a) {
  return {{a.x, T(0)}, {a.y, T(0)}, {a.z, T(0)}};
}
/// Re(conj(s) E), component by component: the adjoint of s -> s v for a real vector v.
template <class T>
MW_HD constexpr Vec3<T> inner(Complex<T> s, CVec3<T> e) {
  return {inner(s, e.x), inner(s, e.y), inner(s, e.z)};
}
template <class T>
MW_HD constexpr Vec3<T> real(CVec3<T> e) {
  return {e.x.re, e.y.re, e.z.re};
}

using Vec3d = Vec3<double>;
using Vec3f = Vec3<float>;

}  // namespace manyworlds
