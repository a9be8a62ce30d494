#pragma once
#include "manyworlds/core/scalar.hpp"

/// Physical constants (SI; CODATA as Sionna RT uses them) and decibel conversions.
namespace manyworlds {

inline constexpr double speed_of_light = 299792458.0;            ///< m/s
inline constexpr double vacuum_permittivity = 8.8541878128e-12;  ///< F/m
inline constexpr double boltzmann = 1.380649e-23;                ///< J/K

/// 10 log10(x); -inf for 0.
template <class T>
MW_HD T to_db(T power) {
  using std::log10;
  return T(10) * log10(power);
}
template <class T>
MW_HD T from_db(T db) {
  using std::pow;
  return pow(T(10), db / T(10));
}
/// Watt from dBm and back.
template <class T>
MW_HD T dbm_to_watt(T dbm) {
  return from_db(dbm - T(30));
}
template <class T>
MW_HD T watt_to_dbm(T watt) {
  return to_db(watt) + T(30);
}
/// d(10 log10 x)/dx times x.
template <class T>
inline constexpr T db_per_neper = T(4.342944819032518276511289L);

inline constexpr double wavelength(double frequency_hz) { return speed_of_light / frequency_hz; }

}  // namespace manyworlds
