#pragma once
#include <vector>

#include "manyworlds/math/mat3.hpp"

namespace manyworlds {

/// Element patterns, with the gains of Sionna RT: isotropic, short dipole, half-wave dipole, 3GPP TR 38.901.
enum class Pattern : std::uint8_t { iso, dipole, hw_dipole, tr38901 };

/// An antenna: one element pattern and one or two polarisation ports, each a slant angle in radians
/// (0 = vertical, pi/2 = horizontal; "VH" = {0, pi/2}, "cross" = {-pi/4, pi/4}).
struct Antenna {
  Pattern pattern = Pattern::iso;
  std::vector<double> slants = {0};
};

/// Kernel view of a transmitter or receiver at a position in metres. The field of port m is
/// f(k) (cos slant_m V1 + sin slant_m V2), see kernels/pattern.hpp.
template <class T>
struct Device {
  Vec3<T> position{};
  Mat3<T> axes{};  ///< columns: local x (boresight), y, z in world coordinates
  Pattern pattern = Pattern::iso;
  std::uint8_t ports = 1;
  T cos_slant[2] = {T(1), T(0)}, sin_slant[2] = {T(0), T(1)};
};

}  // namespace manyworlds
