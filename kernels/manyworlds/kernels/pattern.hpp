#pragma once
#include "manyworlds/scene/antenna.hpp"

/// Antenna patterns as a real vector field of the direction, without angles, and the adjoint.
///
/// C(k) = f V,  V = c (ct k - Z) + s (Z x k),  ct = k.Z, with the antenna axes X, Y, Z, the polarisation (c, s) = (cos,
/// sin) of the slant, f = (gain amplitude)/rho, rho = sqrt(1 - ct^2); |C|^2 is the gain (Sionna RT's "tr38901_2").
///   iso f = 1/rho;  dipole f = sqrt(1.5);  half-wave dipole f = sqrt(1.643) cos(pi/2 ct)/rho^2;
///   38.901 f = 10^((8 - A)/20)/rho,  A = min(A_V + A_H, 30),  A_V, A_H = min(12 (angle/65 deg)^2, 30).
/// Adjoint, with x = k.X, y = k.Y:  f_bar = C_bar.V,  V_bar = f C_bar,
///   k_bar += c (ct V_bar + (k.V_bar) Z) + s (V_bar x Z) + f_bar (df/dct Z + df/dx X + df/dy Y).
/// f is singular at the poles of all but the dipoles: rho is kept >= 1e-4.
namespace manyworlds::kernels {

/// Polarisation of an excitation: weights of the vertical and the horizontal part.
template <class T>
struct Polarization {
  T vertical = T(1), horizontal = T(0);
};

inline constexpr int all_ports = -1;

/// One port of a device, or the default excitation of all of them: their sum over sqrt(ports), of unit power.
template <class T>
MW_HD Polarization<T> excitation(const Device<T>& device, int port) {
  if (port >= 0) return {device.cos_slant[port], device.sin_slant[port]};
  if (device.ports == 1) return {device.cos_slant[0], device.sin_slant[0]};
  const T scale = T(0.70710678118654752440L);
  return {scale * (device.cos_slant[0] + device.cos_slant[1]), scale * (device.sin_slant[0] + device.sin_slant[1])};
}

namespace detail {

/// f and its derivatives by ct, x, y.
template <class T>
struct PatternScale {
  T value{}, by_ct{}, by_x{}, by_y{};
};

template <class T>
MW_HD PatternScale<T> tr38901_scale(T ct, T x, T y, T rho2) {
  using std::atan2;
  using std::exp;
  using std::sqrt;
  const T width = T(65 * pi / 180), rho = sqrt(rho2);
  const T tilt = atan2(rho, ct) - T(pi / 2), azimuth = atan2(y, x);
  const T vertical = T(12) * square(tilt / width), horizontal = T(12) * square(azimuth / width);
  const T loss = min(min(vertical, T(30)) + min(horizontal, T(30)), T(30));
  const T per_db = T(2.302585092994045684017991L) / T(20);
  PatternScale<T> f;
  f.value = exp(per_db * (T(8) - loss)) / rho;
  f.by_ct = f.value * ct / rho2;
  // d theta = -d ct/rho,  d phi = (x dy - y dx)/(x^2 + y^2); nothing where the loss is capped
  const T slope = select(loss < T(30), -per_db * f.value * T(24) / square(width), T(0));
  f.by_ct -= slope * tilt / rho;
  f.by_x = -slope * azimuth * y / rho2;
  f.by_y = slope * azimuth * x / rho2;
  return f;
}

template <class T>
MW_HD PatternScale<T> pattern_scale(const Device<T>& device, Vec3<T> k, T ct) {
  using std::abs;
  using std::sin;
  using std::sqrt;
  if (device.pattern == Pattern::dipole) return {T(1.22474487139158904910L), T(0), T(0), T(0)};
  const T x = dot(k, device.axes.x), y = dot(k, device.axes.y);
  const T rho2 = max(x * x + y * y, T(1e-8));
  if (device.pattern == Pattern::iso) {
    const T f = T(1) / sqrt(rho2);
    return {f, f * ct / rho2, T(0), T(0)};
  }
  if (device.pattern == Pattern::hw_dipole) {
    const T gain = T(1.28179561553314731254L), quarter = T(pi / 2);
    // cos(pi/2 ct) = sin(pi/2 (1 - |ct|)), without cancellation at the poles
    const T f = gain * sin(quarter * rho2 / (T(1) + abs(ct))) / rho2;
    return {f, (T(2) * ct * f - gain * quarter * sin(quarter * ct)) / rho2, T(0), T(0)};
  }
  return tr38901_scale(ct, x, y, rho2);
}

}  // namespace detail

/// Pattern field C(k) for a unit direction k away from the device; real, perpendicular to k.
template <class T>
MW_HD Vec3<T> pattern_field(const Device<T>& device, Polarization<T> p, Vec3<T> k) {
  const Vec3<T> z = device.axes.z;
  const T ct = dot(k, z);
  return detail::pattern_scale(device, k, ct).value * (p.vertical * (ct * k - z) + p.horizontal * cross(z, k));
}

/// Adjoint by the direction: adds to `direction_bar` for the cotangent `bar` of C. Its part along k is meaningless,
/// since k is a unit vector.
template <class T>
MW_HD void pattern_field_adjoint(const Device<T>& device, Polarization<T> p, Vec3<T> k, Vec3<T> bar,
                                 Vec3<T>& direction_bar) {
  const Vec3<T> z = device.axes.z;
  const T ct = dot(k, z);
  const detail::PatternScale<T> f = detail::pattern_scale(device, k, ct);
  const Vec3<T> v_bar = f.value * bar;
  direction_bar += p.vertical * (ct * v_bar + dot(k, v_bar) * z) + p.horizontal * cross(v_bar, z);
  if (device.pattern == Pattern::dipole) return;
  const T f_bar = dot(bar, p.vertical * (ct * k - z) + p.horizontal * cross(z, k));
  direction_bar += f_bar * (f.by_ct * z + f.by_x * device.axes.x + f.by_y * device.axes.y);
}

}  // namespace manyworlds::kernels
