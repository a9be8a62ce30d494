#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {

/// One row of the table of Recommendation ITU-R P.2040: eps_r = a f^b and sigma = c f^d in S/m, with f in GHz, for
/// lo_ghz <= f <= hi_ghz.
struct ItuRow {
  const char* material;
  double lo_ghz, hi_ghz, a, b, c, d;
};

/// The rows that Sionna RT 2.2.0 holds, in its order; where two ranges of a material overlap, the first row wins.
inline constexpr ItuRow itu_table[] = {
    {"vacuum", 0.001, 100, 1, 0, 0, 0},
    {"concrete", 1, 100, 5.24, 0, 0.0462, 0.7822},
    {"concrete", 110, 330, 5.17, 0, 0.0145, 1.09},
    {"brick", 1, 40, 3.91, 0, 0.0238, 0.16},
    {"brick", 110, 330, 4.15, 0, 0.0006, 1.5712},
    {"plasterboard", 1, 100, 2.73, 0, 0.0085, 0.9395},
    {"plasterboard", 110, 330, 2.56, 0, 0.0001, 1.7799},
    {"plasterboard", 100, 400, 2.65, 0, 0.0002, 1.598},
    {"wood", 0.001, 100, 1.99, 0, 0.0047, 1.0718},
    {"wood", 110, 330, 1.82, 0, 0.004, 1.0761},
    {"wood", 100, 400, 2.1183, 0, 0.0055, 1.1113},
    {"glass", 0.1, 100, 6.31, 0, 0.0036, 1.3394},
    {"glass", 220, 450, 5.79, 0, 0.0004, 1.658},
    {"glass", 100, 400, 6.5767, 0, 0.0012, 1.4697},
    {"clear_acrylic", 110, 330, 2.58, 0, 0.0001, 1.6524},
    {"ceiling_board", 1, 100, 1.48, 0, 0.0011, 1.075},
    {"ceiling_board", 220, 450, 1.52, 0, 0.0029, 1.029},
    {"ceiling_board", 100, 400, 1.2567, 0, 0.00013, 1.454},
    {"chipboard", 1, 100, 2.58, 0, 0.0217, 0.78},
    {"chipboard", 100, 200, 2.16, 0, 0.0023, 1.359},
    {"plywood", 1, 40, 2.71, 0, 0.33, 0},
    {"plywood", 110, 330, 1.94, 0, 0.0067, 0.9982},
    {"plywood", 100, 400, 2.17, 0, 0.0063, 1.045},
    {"marble", 1, 60, 7.074, 0, 0.0055, 0.9262},
    {"marble", 110, 330, 7.94, 0, 0.0001, 1.733},
    {"marble", 100, 400, 8.62, 0, 0.0027, 1.15},
    {"floorboard", 50, 100, 3.66, 0, 0.0044, 1.3515},
    {"floorboard", 220, 300, 5.27, 0, 2.22e-17, 7.3413},
    {"floorboard", 300, 400, 5.27, 0, 0.0003, 2.0298},
    {"floorboard", 400, 450, 5.27, 0, 49.8726, 0},
    {"floorboard", 100, 400, 3.1575, 0, 0.001675, 1.32775},
    {"vinyl_tile", 1, 40, 3.62, 0, 0.0051, 0.8422},
    {"carpet_tile", 1, 40, 2.08, 0, 0.0009, 0.82},
    {"asphalt_concrete", 1, 40, 4.83, 0, 0.0108, 1.3969},
    {"metal", 1, 100, 1, 0, 1e7, 0},
    {"very_dry_ground", 1, 10, 3, 0, 0.00015, 2.52},
    {"medium_dry_ground", 1, 10, 15, -0.1, 0.035, 1.63},
    {"wet_ground", 1, 10, 30, -0.4, 0.15, 1.3},
};

struct ItuParameters {
  double eps_r, sigma;  ///< relative permittivity; conductivity in S/m
};

/// Every material of the table once, in its order.
inline std::vector<std::string> itu_names() {
  std::vector<std::string> names;
  for (const ItuRow& row : itu_table)
    if (names.empty() || names.back() != row.material) names.emplace_back(row.material);
  return names;
}

/// Permittivity and conductivity of an ITU-R P.2040 material at a frequency in Hz.
/// Throws InputError, located at `where`, for a name that the table lacks and for a frequency outside the material's
/// ranges.
inline ItuParameters itu_parameters(const std::string& name, double frequency_hz,
                                    const std::string& where = "ITU material") {
  const double f = frequency_hz / 1e9;
  std::string ranges;
  for (const ItuRow& row : itu_table) {
    if (name != row.material) continue;
    if (row.lo_ghz <= f && f <= row.hi_ghz) return {row.a * std::pow(f, row.b), row.c * std::pow(f, row.d)};
    ranges += (ranges.empty() ? "" : ", ") + to_text(row.lo_ghz) + " to " + to_text(row.hi_ghz);
  }
  if (ranges.empty()) throw unknown_name(where, "ITU material", name, itu_names());
  throw InputError(
      where, "ITU material " + in_quotes(name) + " is known for " + ranges + " GHz, not at " + to_text(f) + " GHz");
}

/// A slab of an ITU-R P.2040 material, its parameters evaluated at a frequency in Hz; thickness in metres.
inline Material itu_material(const std::string& itu, double thickness, double frequency_hz) {
  const ItuParameters p = itu_parameters(itu, frequency_hz);
  return {.name = itu, .itu = itu, .eps_r = p.eps_r, .sigma = p.sigma, .thickness = thickness};
}

/// Sets the carrier frequency in Hz and evaluates every ITU material of the scene at it.
/// Throws InputError, and leaves the scene as it was, for a frequency outside 0.1 to 100 GHz or outside the range of
/// one of the materials.
inline void set_frequency(Scene& scene, double frequency_hz) {
  if (!(frequency_hz >= 0.1e9 && frequency_hz <= 100e9))
    throw InputError("frequency", "expected 0.1 to 100 GHz, found " + to_text(frequency_hz / 1e9) + " GHz");
  std::vector<Material> materials = scene.materials;
  for (Material& m : materials) {
    if (m.itu.empty()) continue;
    const ItuParameters p = itu_parameters(m.itu, frequency_hz, "material " + in_quotes(m.name));
    m.eps_r = p.eps_r;
    m.sigma = p.sigma;
  }
  scene.materials = std::move(materials);
  scene.frequency_hz = frequency_hz;
}

/// Adds a material, an ITU one evaluated at the scene's frequency; returns its index.
/// Throws InputError when the name is taken.
inline std::uint32_t add_material(Scene& scene, Material material) {
  const std::string where = "material " + in_quotes(material.name);
  if (has_material(scene, material.name)) throw InputError(where, "the scene has a material of this name already");
  if (!material.itu.empty()) {
    const ItuParameters p = itu_parameters(material.itu, scene.frequency_hz, where);
    material.eps_r = p.eps_r;
    material.sigma = p.sigma;
  }
  scene.materials.push_back(std::move(material));
  return static_cast<std::uint32_t>(scene.materials.size() - 1);
}

}  // namespace manyworlds
