#pragma once
#include <cmath>
#include <span>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/engine/params.hpp"
#include "manyworlds/optimizer/optimizer.hpp"
#include "manyworlds/optimizer/schedule.hpp"
#include "manyworlds/placement/descriptors.hpp"

namespace manyworlds {

/// The parameters of an optimizer, and what every optimizer has: rates (spread over the worlds in turn), their
/// schedule, clipping, and how many radians of an angle count as one metre.
template <Optimizer O>
struct DescentParams : O::Params {
  std::vector<double> rates = {0.1};
  optimizer::Schedule schedule{};
  double clip_norm = 0;
  double radians_per_metre = 0.5;

  template <class V>
  void fields(V&& v) {
    if constexpr (HasFields<typename O::Params>) O::Params::fields(v);
    v("rates", rates, "learning rates in metres, spread over the worlds in turn");
    v("schedule", schedule, "");
    v("clip_norm", clip_norm, "longest gradient in loss units per metre, longer ones are scaled; 0 = off");
    v("radians_per_metre", radians_per_metre, "radians of an angle that count as one metre");
  }
  void check() const {
    if (rates.empty()) throw InputError("optimizer.rates", "expected at least one rate");
    for (double r : rates) {
      if (!(r > 0)) throw InputError("optimizer.rates", "expected positive rates in metres, found " + to_text(r));
    }
    schedule.check();
    expect(clip_norm >= 0, "optimizer.clip_norm", "0 or more");
    if (!(radians_per_metre > 0)) throw InputError("optimizer.radians_per_metre", "expected a positive number");
  }
};

/// Radians or metres per scaled metre, one per variable.
inline std::vector<double> variable_scales(const std::vector<placement::Variable>& variables,
                                           double radians_per_metre) {
  std::vector<double> scales;
  for (const placement::Variable& v : variables) scales.push_back(v.angle ? radians_per_metre : 1.0);
  return scales;
}

/// Length of the gradient in scaled metres, less the components that push against a bound.
inline double projected_norm(std::span<const double> x, std::span<const double> gradient,
                             const std::vector<placement::Variable>& variables, std::span<const double> scales) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool below = x[i] <= variables[i].lower && gradient[i] > 0;
    const bool above = x[i] >= variables[i].upper && gradient[i] < 0;
    if (variables[i].periodic() || !(below || above)) sum += square(gradient[i] * scales[i]);
  }
  return std::sqrt(sum);
}

/// The run state of an optimizer in one world. Steps are taken in scaled metres z = x / scale.
template <Optimizer O>
class Descent {
 public:
  explicit Descent(std::size_t variables = 0) { reset(variables); }

  /// Forgets everything, as at the start of a run.
  void reset(std::size_t variables) {
    if constexpr (CoordinateOptimizer<O>)
      state_.assign(variables, {});
    else
      state_ = {};
    steps_ = 0;
  }
  int steps() const { return steps_; }

  /// x after one step against d loss / d x.
  void step(const O& rule, std::span<double> x, std::span<const double> gradient, std::span<const double> scales,
            double rate, double clip_norm) {
    std::vector<double> z(x.size()), g(x.size());
    double norm2 = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      z[i] = x[i] / scales[i];
      g[i] = gradient[i] * scales[i];
      norm2 += g[i] * g[i];
    }
    const double norm = std::sqrt(norm2);
    if (clip_norm > 0 && norm > clip_norm) {
      for (double& gi : g) gi *= clip_norm / norm;
    }
    if constexpr (CoordinateOptimizer<O>) {
      for (std::size_t i = 0; i < x.size(); ++i) z[i] = rule.step(z[i], g[i], rate, state_[i], steps_);
    } else {
      rule.step(std::span<double>(z), std::span<const double>(g), rate, state_, steps_);
    }
    ++steps_;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = z[i] * scales[i];
  }

  /// Can it be of so many variables after so many iterations and steps back?
  bool fits(std::size_t variables, int iterations) const {
    if constexpr (CoordinateOptimizer<O>)
      if (state_.size() != variables) return false;
    return steps_ >= 0 && steps_ / 2 - 4 <= iterations;
  }
  template <class A>
  void archive(A& a) {
    a(state_, steps_);
  }

 private:
  template <class Any>
  struct StateOf {
    using type = typename Any::State;
  };
  template <CoordinateOptimizer Any>
  struct StateOf<Any> {
    using type = std::vector<typename Any::template State<double>>;
  };

 public:
  using State = typename StateOf<O>::type;

 private:
  State state_;
  int steps_ = 0;
};

}  // namespace manyworlds
