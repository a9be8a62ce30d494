#pragma once
#include <string>

#include "manyworlds/math/vec3.hpp"

namespace manyworlds {

/// Radio material of a surface, a homogeneous slab. With `itu` set, eps_r and sigma follow the frequency
/// (see itu.hpp) whenever the scene's frequency is set.
struct Material {
  std::string name;
  std::string itu{};       ///< ITU-R P.2040 name ("concrete"), empty for fixed parameters
  double eps_r = 1;        ///< relative permittivity, >= 1
  double sigma = 0;        ///< conductivity, S/m, >= 0
  double thickness = 0.1;  ///< m, > 0
  double scattering = 0;   ///< scattering coefficient S in [0, 1]; the specular amplitude is scaled by sqrt(1 - S^2)
  bool pec = false;        ///< perfect electric conductor; the other parameters are then ignored
};

/// Kernel view of a material at one frequency.
template <class T>
struct Slab {
  Complex<T> eta{T(1), T(0)};  ///< complex relative permittivity eps_r - j sigma / (omega eps_0)
  T thickness = T(0.1);        ///< m
  T specular = T(1);           ///< sqrt(1 - S^2)
  bool pec = false;
  bool opaque = false;  ///< PEC, or so lossy that transmission is below -200 dB: never crossed
};

}  // namespace manyworlds
