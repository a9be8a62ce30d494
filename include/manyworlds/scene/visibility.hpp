#pragma once
#include <array>

#include "manyworlds/core/scalar.hpp"

namespace manyworlds {

/// How the edges of a mover (and only of movers) are treated; docs/physics, "visibility".
enum class VisibilityKind : std::uint8_t {
  hard,     ///< geometric optics: a path exists or not; no gradient at edges
  fresnel,  ///< physical Fresnel edge weight (the default)
  atan,     ///< monotone surrogate of the Fresnel weight (3GPP TR 38.901 blockage form)
  logistic  ///< sigmoid of the distance to the edge
};
constexpr std::array<const char*, 4> choices(VisibilityKind) { return {"hard", "fresnel", "atan", "logistic"}; }

struct Visibility {
  VisibilityKind kind = VisibilityKind::fresnel;
  double smoothing_wavelengths = 1;  ///< lambda_s / lambda, for fresnel and atan
  double alpha = 3;                  ///< 1/m, for logistic
  int tiles = 2;                     ///< a panel is cut into tiles x tiles for static visibility, 1 to 8
  /// |nu| from which an edge counts as infinitely far: the edge function is blended to +-1/2 between
  /// 0.8 support and support, so that the weight has compact support and is continuously differentiable.
  double support = 6;

  friend constexpr bool operator==(const Visibility&, const Visibility&) = default;
};

}  // namespace manyworlds
