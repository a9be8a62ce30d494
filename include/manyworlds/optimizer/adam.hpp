#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/optimizer/optimizer.hpp"

namespace manyworlds::optimizer {

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1): running means of the gradient and its square, both corrected for
/// their start at zero. The step is about `rate` metres whatever the size of the gradient.
struct Adam {
  static constexpr const char* name = "adam";
  struct Params {
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    template <class V>
    void fields(V&& v) {
      v("beta1", beta1, "memory of the gradient, 0 to below 1");
      v("beta2", beta2, "memory of its square, 0 to below 1");
      v("epsilon", epsilon, "gradient that counts as nothing");
    }
  } prm;
  void check() const {
    expect(prm.beta1 >= 0 && prm.beta1 < 1, "optimizer.beta1", "0 to below 1");
    expect(prm.beta2 >= 0 && prm.beta2 < 1, "optimizer.beta2", "0 to below 1");
    expect(prm.epsilon > 0, "optimizer.epsilon", "a positive number");
  }
  template <class T>
  struct State {
    T mean{}, square{};
  };
  template <class T>
  MW_HD T step(T x, T gradient, T rate, State<T>& s, int iteration) const {
    using std::pow;
    using std::sqrt;
    const T b1 = T(prm.beta1), b2 = T(prm.beta2), steps = T(iteration + 1);
    s.mean = b1 * s.mean + (T(1) - b1) * gradient;
    s.square = b2 * s.square + (T(1) - b2) * gradient * gradient;
    const T mean = s.mean / (T(1) - pow(b1, steps)), mean_square = s.square / (T(1) - pow(b2, steps));
    return x - rate * mean / (sqrt(mean_square) + T(prm.epsilon));
  }
};
static_assert(CoordinateOptimizer<Adam>);

}  // namespace manyworlds::optimizer
