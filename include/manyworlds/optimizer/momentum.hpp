#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/optimizer/optimizer.hpp"

namespace manyworlds::optimizer {

/// The heavy ball: v = mu v - rate * gradient; x + v (Polyak 1964).
struct Momentum {
  static constexpr const char* name = "momentum";
  struct Params {
    double mu = 0.9;
    template <class V>
    void fields(V&& v) {
      v("mu", mu, "share of the last step that is kept, 0 to below 1");
    }
  } prm;
  void check() const { expect(prm.mu >= 0 && prm.mu < 1, "optimizer.mu", "0 to below 1"); }
  template <class T>
  struct State {
    T velocity{};
  };
  template <class T>
  MW_HD T step(T x, T gradient, T rate, State<T>& s, int) const {
    s.velocity = T(prm.mu) * s.velocity - rate * gradient;
    return x + s.velocity;
  }
};
static_assert(CoordinateOptimizer<Momentum>);

}  // namespace manyworlds::optimizer
