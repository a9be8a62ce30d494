#pragma once
#include "manyworlds/optimizer/optimizer.hpp"

namespace manyworlds::optimizer {

/// x - rate * gradient. The step is as long as the gradient says: metres per (loss unit per metre).
struct GradientDescent {
  static constexpr const char* name = "gradient_descent";
  struct Params {
  } prm;
  template <class T>
  struct State {};
  template <class T>
  MW_HD T step(T x, T gradient, T rate, State<T>&, int) const {
    return x - rate * gradient;
  }
};
static_assert(CoordinateOptimizer<GradientDescent>);

}  // namespace manyworlds::optimizer
