#pragma once
#include "manyworlds/core/scalar.hpp"

namespace manyworlds {

/// Complex number that works in kernels: trivially copyable, same layout for every compiler.
template <class T>
struct Complex {
  T re{}, im{};

  MW_HD friend constexpr Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
  MW_HD friend constexpr Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
  MW_HD friend constexpr Complex operator-(Complex a) { return {-a.re, -a.im}; }
  MW_HD friend constexpr Complex operator*(Complex a, Complex b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  MW_HD friend constexpr Complex operator*(T s, Complex a) { return {s * a.re, s * a.im}; }
  MW_HD friend constexpr Complex operator*(Complex a, T s) { return {s * a.re, s * a.im}; }
  MW_HD friend constexpr Complex operator/(Complex a, T s) { return {a.re / s, a.im / s}; }
  /// Smith's division: no overflow for the huge permittivity of metal in float.
  MW_HD friend constexpr Complex operator/(Complex a, Complex b) {
    const T re = b.re < 0 ? -b.re : b.re, im = b.im < 0 ? -b.im : b.im;
    if (re >= im) {
      const T q = b.im / b.re, d = b.re + b.im * q;
      return {(a.re + a.im * q) / d, (a.im - a.re * q) / d};
    }
    const T q = b.re / b.im, d = b.re * q + b.im;
    return {(a.re * q + a.im) / d, (a.im * q - a.re) / d};
  }
  MW_HD constexpr Complex& operator+=(Complex b) { return *this = *this + b; }
  MW_HD constexpr Complex& operator-=(Complex b) { return *this = *this - b; }
  MW_HD constexpr Complex& operator*=(Complex b) { return *this = *this * b; }
};

template <class T>
MW_HD constexpr Complex<T> conj(Complex<T> a) {
  return {a.re, -a.im};
}
/// |a|^2
template <class T>
MW_HD constexpr T norm2(Complex<T> a) {
  return a.re * a.re + a.im * a.im;
}
template <class T>
MW_HD T abs(Complex<T> a) {
  using std::hypot;
  return hypot(a.re, a.im);
}
/// Re(conj(a) b): the real inner product in which adjoints are written.
template <class T>
MW_HD constexpr T inner(Complex<T> a, Complex<T> b) {
  return a.re * b.re + a.im * b.im;
}
/// e^{j phase}
template <class T>
MW_HD Complex<T> polar(T phase) {
  using std::cos;
  using std::sin;
  return {cos(phase), sin(phase)};
}
template <class T>
MW_HD Complex<T> exp(Complex<T> a) {
  using std::exp;
  const T r = exp(a.re);
  return r * polar(a.im);
}
/// Principal square root: Re >= 0, and Im has the sign of Im a.
template <class T>
MW_HD Complex<T> sqrt(Complex<T> a) {
  using std::sqrt;
  const T r = abs(a);
  if (r == T(0)) return {};
  const T big = sqrt((r + (a.re < 0 ? -a.re : a.re)) / T(2));
  const T small = a.im / (T(2) * big);
  if (a.re >= 0) return {big, small};
  return a.im < 0 ? Complex<T>{-small, -big} : Complex<T>{small, big};
}

using Complexd = Complex<double>;

}  // namespace manyworlds
