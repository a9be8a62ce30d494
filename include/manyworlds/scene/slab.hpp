#pragma once
#include <cmath>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/units.hpp"
#include "manyworlds/scene/material.hpp"

namespace manyworlds {

/// Slab of a material at a frequency: eta = eps_r - j sigma / (omega eps_0). Throws InputError for parameters out of
/// their range. A slab is opaque when it is PEC or transmits less than 1e-20 of the power at normal incidence.
template <class T>
Slab<T> make_slab(const Material& material, double frequency_hz) {
  const auto check = [&](bool good, const char* what, double value) {
    if (!good) throw InputError("material '" + material.name + "'", what + (", got " + std::to_string(value)));
  };
  check(std::isfinite(frequency_hz) && frequency_hz > 0, "frequency must be > 0 Hz", frequency_hz);
  check(material.scattering >= 0 && material.scattering <= 1, "scattering coefficient must be in [0, 1]",
        material.scattering);
  Slab<T> slab;
  slab.specular = T(std::sqrt(1 - square(material.scattering)));
  slab.pec = slab.opaque = material.pec;
  if (material.pec) return slab;

  check(std::isfinite(material.eps_r) && material.eps_r >= 1, "eps_r must be >= 1", material.eps_r);
  check(std::isfinite(material.sigma) && material.sigma >= 0, "sigma must be >= 0 S/m", material.sigma);
  check(std::isfinite(material.thickness) && material.thickness > 0, "thickness must be > 0 m", material.thickness);
  const double omega = 2 * pi * frequency_hz;
  const Complexd eta{material.eps_r, -material.sigma / (omega * vacuum_permittivity)};
  slab.eta = {T(eta.re), T(eta.im)};
  slab.thickness = T(material.thickness);
  const Complexd one{1, 0}, index = sqrt(eta), r = (one - index) / (one + index);
  const double k0 = omega / speed_of_light;
  const Complexd e1 = exp(k0 * material.thickness * Complexd{index.im, -index.re});
  slab.opaque = norm2((one - r * r) * e1 / (one - r * r * e1 * e1)) < 1e-20;
  return slab;
}

}  // namespace manyworlds
