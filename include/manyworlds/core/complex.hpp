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
template <class T>
MW_HD constexpr Complex<T> select(bool condition, Complex<T> yes, Complex<T> no) {
  return condition ? yes : no;
}
template <class Mask, class T>
MW_HD Complex<T> select(Mask condition, Complex<T> yes, Complex<T> no) {
  return {select(condition, yes.re, no.re), select(condition, yes.im, no.im)};
}
/// e^{2 pi j turns}, from arithmetic alone: within 2e-16 in double. Sine and cosine of the rest to the nearest quarter
/// turn are the polynomials of fdlibm (k_sin.c, k_cos.c).
template <class T>
MW_HD Complex<T> polar_turns(T turns) {
  using std::floor;
  const T rest = turns - floor(turns + T(0.5)), quarter = floor(T(4) * rest + T(0.5));  // -2 to 2
  const T x = T(6.283185307179586476925L) * (rest - T(0.25) * quarter), z = x * x;
  const T s = x + x * z *
                      (T(-1.66666666666666324348e-01) +
                       z * (T(8.33333333332248946124e-03) +
                            z * (T(-1.98412698298579493134e-04) +
                                 z * (T(2.75573137070700676789e-06) +
                                      z * (T(-2.50507602534068634195e-08) + z * T(1.58969099521155010221e-10))))));
  const T c = T(1) - (T(0.5) * z -
                      z * z *
                          (T(4.16666666666666019037e-02) +
                           z * (T(-1.38888888888741095749e-03) +
                                z * (T(2.48015872894767294178e-05) +
                                     z * (T(-2.75573143513906633035e-07) +
                                          z * (T(2.08757232129817482790e-09) + z * T(-1.13596475577881948265e-11)))))));
  const T turned = quarter * quarter;  // 0, 1 or 4
  const auto half = turned > T(2), right = turned > T(0.5);
  return {select(half, -c, select(right, -quarter * s, c)), select(half, -s, select(right, quarter * c, s))};
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
