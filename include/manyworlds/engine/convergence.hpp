#pragma once
#include <algorithm>
#include <array>

#include "manyworlds/core/error.hpp"

namespace manyworlds {

/// Why a world is not running.
enum class Reason : std::uint8_t {
  running,
  iterations,
  gradient,
  step,
  loss_change,
  pruned,
  non_finite,
  stopped,
  failed
};
constexpr std::array<const char*, 9> choices(Reason) {
  return {"running", "iterations", "gradient", "step", "loss_change", "pruned", "non_finite", "stopped", "failed"};
}

constexpr bool is_convergence(Reason r) {
  return r == Reason::gradient || r == Reason::step || r == Reason::loss_change;
}

/// When a world counts as converged: `patience` iterations in a row with a projected gradient below `gradient` (loss
/// units per metre), a step below `step` metres, or no gain of more than `loss` over the best so far. The last is only
/// asked when loss and visibility are the final ones, since others are not comparable. 0 switches a criterion off.
struct Convergence {
  double gradient = 1e-6, step = 1e-6, loss = 1e-4;
  int patience = 10;

  template <class V>
  void fields(V&& v) {
    v("gradient", gradient, "gradient per metre that counts as none; 0 = off");
    v("step", step, "step in metres that counts as none; 0 = off");
    v("loss", loss, "gain in loss that counts as none; 0 = off");
    v("patience", patience, "iterations in a row before a world stops");
  }

  void check() const {
    expect(patience >= 1, "convergence.patience", "at least 1");
    expect(gradient >= 0 && step >= 0 && loss >= 0, "convergence", "thresholds of 0 or more");
  }

  /// Per world: how long each quantity has been quiet.
  struct State {
    int gradient = 0, step = 0, loss = 0;
    double best = 0;
    bool compared = false;
    template <class A>
    void archive(A& a) {
      a(gradient, step, loss, best, compared);
    }
    /// Have so many iterations been quiet at most?
    bool within(int iterations) const {
      return std::min({gradient, step, loss}) >= 0 && std::max({gradient, step, loss}) <= iterations;
    }
  };

  Reason after_gradient(double norm, State& s) const {
    s.gradient = norm < gradient ? s.gradient + 1 : 0;
    return s.gradient >= patience && gradient > 0 ? Reason::gradient : Reason::running;
  }
  Reason after_final_loss(double value, State& s) const {
    if (!s.compared || value < s.best - loss) {
      s.best = value;
      s.compared = true;
      s.loss = 0;
    } else {
      ++s.loss;
    }
    return s.loss >= patience && loss > 0 ? Reason::loss_change : Reason::running;
  }
  Reason after_step(double length, State& s) const {
    s.step = length < step ? s.step + 1 : 0;
    return s.step >= patience && step > 0 ? Reason::step : Reason::running;
  }
};

}  // namespace manyworlds
