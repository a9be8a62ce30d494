#pragma once
#include "manyworlds/engine/polish.hpp"
#include "manyworlds/engine/run.hpp"
#include "manyworlds/pruning/none.hpp"
#include "manyworlds/social/none.hpp"

namespace manyworlds {

class Problem;

/// Multi-start gradient descent: many worlds descend from their own starts, some are stopped, some talk to each other,
/// the best one wins. Same seed, same result on every executor and number of threads.
template <Loss L, Optimizer O, Pruning P = pruning::None, Social S = social::None, class ProblemType = Problem>
class MultiStart {
 public:
  using Params = MultiStartParams<L, O, P, S>;

  explicit MultiStart(ProblemType problem, Params prm = {}) : problem_(std::move(problem)), prm_(std::move(prm)) {}
  const Params& params() const { return prm_; }
  const ProblemType& problem() const { return problem_; }

  /// Throws InputError when a parameter or the problem is out of range, before any work.
  void check() const {
    problem_.check();
    prm_.check();
    prm_.starts.check(problem_);
  }

  /// The search, as the textbook has it.
  template <Executor E, Callback... C>
  Result run(const E& executor, C&... callbacks) const {
    check();
    Run<L, O, P, S, ProblemType, E, C...> run(problem_, prm_, executor, callbacks...);
    run.start();
    while (run.going()) {
      run.attempt([&] {
        run.descend();
        run.prune();
        run.exchange();
        run.renew();
        run.report();
      });
    }
    return run.finish();
  }

 private:
  ProblemType problem_;
  Params prm_;
};

/// Runs an engine: `run(MultiStart<...>{problem, params}, executor::Batch{}, callbacks...)`.
template <class Engine, Executor E, class... C>
Result run(const Engine& engine, const E& executor, C&&... callbacks) {
  return engine.run(executor, callbacks...);
}

}  // namespace manyworlds
