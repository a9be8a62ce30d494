#pragma once
#include <cmath>

#include "manyworlds/kernels/worlds/batch_view.hpp"

/// The step of every world downhill. Design is a plain struct like FreePanel, one for each mover; O is any optimizer
/// that moves one coordinate at a time (optimizer/optimizer.hpp).
namespace manyworlds::kernels {

/// Where the movers are: index = world * movers + mover.
template <class Design>
struct PlaceDesigns {
  const Design* designs;  ///< by mover
  std::uint32_t movers;
  const double* x;  ///< [world][mover][variable]
  Pose* poses;
  MW_HD void operator()(std::uint32_t i) const {
    poses[i] = designs[i % movers].pose(x + std::size_t(i) * Design::variables);
  }
};

/// What the worlds' descents remember.
template <class O>
struct DescentView {
  using State = typename O::template State<double>;
  double* x = nullptr;              ///< [world][mover][variable]
  State* states = nullptr;          ///< of each variable
  std::uint32_t* steps = nullptr;   ///< by world
  const double* rates = nullptr;    ///< by world, m
  const double* factors = nullptr;  ///< of the rate, by step
  double clip_norm = 0;             ///< longest gradient per metre; 0 = any
  double* best_x = nullptr;         ///< where the loss was least
  double* best_value = nullptr;     ///< by world
  double* history = nullptr;        ///< [step][world]
};

/// index = world. A world whose loss or gradient is not finite stays where it is. Nothing happens while *overflow: the
/// step has to be repeated.
template <class Design, class O>
struct StepDownhill {
  O rule;
  const Design* designs;
  std::uint32_t worlds, movers;
  const double* values;  ///< by world
  const PoseGradient* gradient;
  const std::uint32_t* overflow;
  DescentView<O> descent;

  MW_HD void operator()(std::uint32_t world) const {
    if (*overflow != 0) return;
    constexpr int n = Design::variables;
    const std::size_t first = std::size_t(world) * movers;
    const std::uint32_t step = descent.steps[world]++;
    const double value = values[world];
    descent.history[std::size_t(step) * worlds + world] = value;
    if (step == 0 || value < descent.best_value[world]) {
      descent.best_value[world] = value;
      for (std::size_t k = first * n; k < (first + movers) * n; ++k) descent.best_x[k] = descent.x[k];
    }
    double norm2 = 0;
    for (std::uint32_t m = 0; m < movers; ++m) {
      double g[n];
      pull(m, first + m, g);
      for (int i = 0; i < n; ++i) norm2 += square(g[i] * designs[m].scale(i));
    }
    using std::isfinite;
    using std::sqrt;
    const double length = sqrt(norm2);
    if (!isfinite(length) || !isfinite(value)) return;
    const double shorter = descent.clip_norm > 0 && length > descent.clip_norm ? descent.clip_norm / length : 1;
    const double rate = descent.rates[world] * descent.factors[step];
    for (std::uint32_t m = 0; m < movers; ++m) {
      double g[n];
      pull(m, first + m, g);
      double* const x = descent.x + (first + m) * n;
      for (int i = 0; i < n; ++i) {
        const double scale = designs[m].scale(i);
        x[i] = scale *
               rule.step(x[i] / scale, shorter * (g[i] * scale), rate, descent.states[(first + m) * n + i], int(step));
      }
      designs[m].project(x);
    }
  }

 private:
  MW_HD void pull(std::uint32_t mover, std::size_t at, double* g) const {
    designs[mover].pullback(descent.x + at * Design::variables, gradient[at], g);
  }
};

}  // namespace manyworlds::kernels
