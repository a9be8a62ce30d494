#pragma once
#include <algorithm>
#include <variant>

#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/cuda.hpp"
#include "manyworlds/executor/processes.hpp"
#include "manyworlds/executor/serial.hpp"
#include "manyworlds/loss/coverage.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/minimum.hpp"
#include "manyworlds/loss/sinr.hpp"
#include "manyworlds/loss/soft_minimum.hpp"
#include "manyworlds/loss/stages.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/optimizer/gradient_descent.hpp"
#include "manyworlds/optimizer/lbfgs.hpp"
#include "manyworlds/optimizer/momentum.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/pruning/none.hpp"
#include "manyworlds/social/differential.hpp"
#include "manyworlds/social/none.hpp"
#include "manyworlds/social/pull.hpp"
#include "manyworlds/social/recombine.hpp"

/// Policies chosen by name at run time. Each of these is one policy to the engine and visits the chosen one inside, so
/// that a driver compiles one engine instead of one for every combination.
namespace examples {

namespace mw = manyworlds;

/// The chosen policy; as a tree of parameters it has the leaves of that policy.
template <class... Policies>
struct OneOf {
  std::variant<Policies...> policy;

  static std::vector<std::string> names() { return {Policies::name...}; }
  const char* name() const {
    return std::visit([](const auto& p) { return p.name; }, policy);
  }
  /// Chooses by name, with default parameters; false when there is none of this name.
  bool choose(const std::string& wanted) {
    return ((wanted == Policies::name && (policy.template emplace<Policies>(), true)) || ...);
  }
  /// Throws InputError when a parameter of the policy is out of range.
  void check() const {
    std::visit(
        [](const auto& p) {
          if constexpr (requires { p.check(); }) p.check();
        },
        policy);
  }
  template <class V>
  void fields(V&& v) {
    std::visit(
        [&](auto& p) {
          if constexpr (mw::HasFields<std::decay_t<decltype(p.prm)>>) p.prm.fields(v);
        },
        policy);
  }
};

/// One of several losses that see the same rows (combined, or one per transmitter).
template <mw::Loss First, mw::Loss... More>
struct AnyLoss {
  static constexpr const char* name = "any";
  static constexpr bool per_transmitter = mw::per_transmitter<First>();
  static_assert(((mw::per_transmitter<More>() == per_transmitter) && ...), "losses must see the same rows");
  using Params = OneOf<First, More...>;
  Params prm;

  AnyLoss at(double progress) const {
    return std::visit([&](const auto& loss) { return AnyLoss{Params{mw::at_progress(loss, progress)}}; }, prm.policy);
  }
  double value(const mw::RssRows& rows) const {
    return std::visit([&](const auto& loss) { return mw::loss_value(loss, rows); }, prm.policy);
  }
  void gradient(const mw::RssRows& rows, std::span<double> gradient) const {
    std::visit([&](const auto& loss) { mw::loss_gradient(loss, rows, gradient); }, prm.policy);
  }
  template <class F>
  bool as_separable(const F& f) const {
    return std::visit([&](const auto& loss) { return mw::as_separable(loss, f); }, prm.policy);
  }
  void check() const { prm.check(); }
};

template <mw::Optimizer... O>
struct AnyOptimizer {
  static constexpr const char* name = "any";
  using Params = OneOf<O...>;
  Params prm;
  void check() const { prm.check(); }

  template <class Rule>
  struct StateOf {
    typename Rule::State state;
    template <class A>
    void archive(A& a) {
      a(state);
    }
  };
  template <mw::CoordinateOptimizer Rule>
  struct StateOf<Rule> {
    std::vector<typename Rule::template State<double>> state;  ///< by coordinate
    template <class A>
    void archive(A& a) {
      a(state);
    }
  };
  using State = std::variant<StateOf<O>...>;

  void step(std::span<double> x, std::span<const double> gradient, double rate, State& any, int iteration) const {
    std::visit(
        [&]<class Rule>(const Rule& rule) {
          if (!std::holds_alternative<StateOf<Rule>>(any)) any = StateOf<Rule>{};
          auto& state = std::get<StateOf<Rule>>(any).state;
          if constexpr (mw::CoordinateOptimizer<Rule>) {
            state.resize(x.size());
            for (std::size_t i = 0; i < x.size(); ++i) x[i] = rule.step(x[i], gradient[i], rate, state[i], iteration);
          } else {
            rule.step(x, gradient, rate, state, iteration);
          }
        },
        prm.policy);
  }
};

template <mw::Pruning... P>
struct AnyPruning {
  static constexpr const char* name = "any";
  using Params = OneOf<P...>;
  Params prm;

  bool acts(int iteration) const {
    return std::visit([&](const auto& p) { return p.acts(iteration); }, prm.policy);
  }
  std::size_t keep(int iteration, std::span<const double> ranked) const {
    return std::visit([&](const auto& p) { return p.keep(iteration, ranked); }, prm.policy);
  }
  void check() const { prm.check(); }
};

/// One of several ways to learn from each other that are alike in whether they try before they move.
template <mw::Social First, mw::Social... More>
struct AnySocial {
  static constexpr const char* name = "any";
  static constexpr bool trial = First::trial;
  static_assert(((More::trial == trial) && ...), "either all try before they move, or none");
  using Params = OneOf<First, More...>;
  Params prm;
  template <class S>
  struct StateOf {
    typename S::State state;
    template <class A>
    void archive(A& a) {
      a(state);
    }
  };
  using State = std::variant<StateOf<First>, StateOf<More>...>;

  bool acts(int iteration) const {
    return std::visit([&](const auto& s) { return s.acts(iteration); }, prm.policy);
  }
  void check() const { prm.check(); }
  bool propose(const mw::Barrier& barrier, std::size_t rank, State& any, mw::Random& random,
               std::span<double> x) const {
    return std::visit(
        [&]<class S>(const S& s) {
          if (!std::holds_alternative<StateOf<S>>(any)) any = StateOf<S>{};
          return s.propose(barrier, rank, std::get<StateOf<S>>(any).state, random, x);
        },
        prm.policy);
  }
};

template <mw::Executor... E>
struct AnyExecutor {
  static constexpr const char* name = "any";
  using Params = OneOf<E...>;
  Params prm;

  template <class F>
  void for_each_world(std::size_t n, F&& f) const {
    std::visit([&](const auto& e) { e.for_each_world(n, f); }, prm.policy);
  }
  template <class Problem>
  std::unique_ptr<mw::executor::DeviceEvaluator<Problem>> evaluator(const Problem& problem) const {
    return std::visit(
        [&](const auto& e) -> std::unique_ptr<mw::executor::DeviceEvaluator<Problem>> {
          return mw::open_evaluator(e, problem);
        },
        prm.policy);
  }
  std::unique_ptr<mw::Crew> open(const mw::Identity& run, const mw::JobServer& server) const {
    return std::visit([&](const auto& e) { return mw::open_crew(e, run, server); }, prm.policy);
  }
};

/// Everything that the library has.
using CombinedLoss =
    AnyLoss<mw::loss::MeanDb, mw::loss::SoftMinimum, mw::loss::Minimum, mw::loss::Coverage, mw::loss::Stages<>>;
using LossPerTransmitter = AnyLoss<mw::loss::Sinr>;
using Optimizers =
    AnyOptimizer<mw::optimizer::Adam, mw::optimizer::GradientDescent, mw::optimizer::Momentum, mw::optimizer::Lbfgs>;
using Prunings = AnyPruning<mw::pruning::None, mw::pruning::BottomFraction>;
using Untried = AnySocial<mw::social::None, mw::social::Pull>;
using Tried = AnySocial<mw::social::Recombine, mw::social::Differential>;
using Executors = AnyExecutor<mw::executor::Batch, mw::executor::Serial, mw::executor::Processes,
                              mw::executor::CudaBatch, mw::executor::CudaContexts>;

static_assert(mw::Loss<CombinedLoss> && mw::Loss<LossPerTransmitter> && mw::Optimizer<Optimizers> &&
              mw::Pruning<Prunings> && mw::Social<Untried> && mw::Social<Tried> && mw::Executor<Executors>);

}  // namespace examples
