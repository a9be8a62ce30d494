#pragma once
#include <cmath>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/core/units.hpp"
#include "manyworlds/scene/material.hpp"

namespace manyworlds {

/// Throws InputError, located at `where`, for parameters out of their range; those that a perfect conductor ignores are
/// not looked at.
inline void check_material(const Material& m, const std::string& where) {
  const auto check = [&](bool good, const char* expected, double found) {
    if (!good) throw InputError(where, "expected " + std::string(expected) + ", found " + to_text(found));
  };
  check(m.scattering >= 0 && m.scattering <= 1, "scattering in 0 to 1", m.scattering);
  if (m.pec) return;
  check(std::isfinite(m.eps_r) && m.eps_r >= 1, "eps_r >= 1", m.eps_r);
  check(std::isfinite(m.sigma) && m.sigma >= 0, "sigma >= 0 S/m", m.sigma);
  check(std::isfinite(m.thickness) && m.thickness > 0, "thickness > 0 m", m.thickness);
}

/// Slab of a material at a frequency in Hz: eta = eps_r - j sigma / (omega eps_0). Throws InputError for parameters out
/// of their range. A slab is opaque when it is PEC or transmits less than 1e-20 of the power at normal incidence.
template <class T>
Slab<T> make_slab(const Material& material, double frequency_hz) {
  check_material(material, "material " + in_quotes(material.name));
  if (!(std::isfinite(frequency_hz) && frequency_hz > 0))
    throw InputError("frequency", "expected > 0 Hz, found " + to_text(frequency_hz));
  Slab<T> slab;
  slab.specular = T(std::sqrt(1 - square(material.scattering)));
  slab.pec = slab.opaque = material.pec;
  if (material.pec) return slab;

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
