#pragma once
#include "manyworlds/engine/callback.hpp"
#include "manyworlds/engine/polish.hpp"
#include "manyworlds/engine/report.hpp"
#include "manyworlds/engine/starts.hpp"
#include "manyworlds/engine/world.hpp"
#include "manyworlds/pruning/none.hpp"
#include "manyworlds/social/none.hpp"

namespace manyworlds {

class Problem;

/// What becomes of the iterations that pruned worlds do not use.
enum class Freed { saved, new_starts };
constexpr std::array<const char*, 2> choices(Freed) { return {"saved", "new_starts"}; }

/// Multi-start gradient descent: many worlds descend from their own starts, some are stopped, some talk to each other,
/// the best one wins. Same seed, same result on every executor and number of threads.
template <Loss L, Optimizer O, Pruning P = pruning::None, Social S = social::None, class ProblemType = Problem>
class MultiStart {
 public:
  struct Params {
    int worlds = 32;
    int iterations = 60;
    std::uint64_t seed = 1;
    typename L::Params loss{};
    DescentParams<O> optimizer{};
    typename P::Params pruning{};
    typename S::Params social{};
    StartParams starts{};
    Annealing annealing{};
    Visibility visibility{};  ///< the final one, which ranks worlds
    Convergence convergence{};
    Freed freed = Freed::new_starts;
    PolishParams polish{};
    ReportParams report{};

    template <class V>
    void fields(V&& v) {
      v("worlds", worlds, "independent starts");
      v("iterations", iterations, "gradient steps per world; 0 = only score the starts");
      v("seed", seed, "master seed");
      v("loss", loss, "");
      v("optimizer", optimizer, "");
      v("pruning", pruning, "");
      v("social", social, "");
      v("starts", starts, "");
      v("annealing", annealing, "");
      v("visibility.kind", visibility.kind, "edges of movers");
      v("visibility.smoothing_wavelengths", visibility.smoothing_wavelengths, "final smoothing, for fresnel and atan");
      v("visibility.alpha", visibility.alpha, "final steepness in 1/m, for logistic");
      v("visibility.tiles", visibility.tiles, "tiles per panel side in the search");
      v("convergence", convergence, "");
      v("freed", freed, "iterations freed by pruning: saved, or spent on new starts");
      v("polish", polish, "");
      v("report", report, "");
    }
  };

  explicit MultiStart(ProblemType problem, Params prm = {}) : problem_(std::move(problem)), prm_(std::move(prm)) {
    loss_.prm = prm_.loss;
    rule_.prm = prm_.optimizer;
    pruning_.prm = prm_.pruning;
    social_.prm = prm_.social;
  }
  const Params& params() const { return prm_; }
  const ProblemType& problem() const { return problem_; }

  /// Throws InputError when a parameter or the problem is out of range, before any work.
  void check() const {
    if (prm_.worlds < 1) throw InputError("worlds", "expected at least 1");
    if (prm_.iterations < 0) throw InputError("iterations", "expected 0 or more");
    expect(prm_.visibility.alpha > 0, "visibility.alpha", "a positive number");
    expect(prm_.visibility.support > 0, "visibility.support", "a positive number");
    if (prm_.visibility.tiles < 1 || prm_.visibility.tiles > 8) throw InputError("visibility.tiles", "expected 1 to 8");
    if (!(prm_.visibility.smoothing_wavelengths > 0)) {
      throw InputError("visibility.smoothing_wavelengths", "expected a positive number");
    }
    problem_.check();
    prm_.optimizer.check();
    prm_.starts.check(problem_);
    prm_.annealing.check();
    prm_.report.check();
    prm_.convergence.check();
    prm_.polish.check();
    if constexpr (requires { rule_.check(); }) rule_.check();
    if constexpr (requires { social_.check(); }) social_.check();
    if constexpr (requires { loss_.check(); }) loss_.check();
    if constexpr (requires { pruning_.check(); }) pruning_.check();
  }

  /// The search, as the textbook has it.
  template <Executor E, Callback... C>
  Result run(const E& executor, C&... callbacks) const {
    check();
    Run<E, C...> run(*this, executor, callbacks...);
    run.start();
    while (run.going()) {
      run.descend();
      if (run.barrier()) {
        run.prune();
        run.exchange();
      }
      run.report();
    }
    return run.finish();
  }

 private:
  template <Executor E, Callback... C>
  class Run;

  ProblemType problem_;
  Params prm_;
  L loss_{};
  O rule_{};
  P pruning_{};
  S social_{};
};

/// Runs an engine: `run(MultiStart<...>{problem, params}, executor::Batch{}, callbacks...)`.
template <class Engine, Executor E, class... C>
Result run(const Engine& engine, const E& executor, C&&... callbacks) {
  return engine.run(executor, callbacks...);
}

}  // namespace manyworlds

#include "manyworlds/engine/multistart_run.hpp"
