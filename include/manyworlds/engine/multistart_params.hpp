#pragma once
#include "manyworlds/engine/annealing.hpp"
#include "manyworlds/engine/convergence.hpp"
#include "manyworlds/engine/descent.hpp"
#include "manyworlds/engine/polish.hpp"
#include "manyworlds/engine/report.hpp"
#include "manyworlds/engine/starts.hpp"
#include "manyworlds/pruning/pruning.hpp"
#include "manyworlds/social/social.hpp"

namespace manyworlds {

/// What becomes of the evaluations that stopped worlds, pruned or converged, do not use.
enum class Freed { saved, new_starts };
constexpr std::array<const char*, 2> choices(Freed) { return {"saved", "new_starts"}; }

/// A policy with these parameters.
template <class Policy>
Policy make_policy(const typename Policy::Params& prm) {
  Policy policy{};
  policy.prm = prm;
  return policy;
}

/// The name of a policy; parameters that choose among policies know which one it is.
template <class Policy, class Params>
std::string policy_name(const Params& prm) {
  if constexpr (requires { prm.name(); })
    return prm.name();
  else
    return Policy::name;
}

/// The tree of parameters of a MultiStart.
template <Loss L, Optimizer O, Pruning P, Social S>
struct MultiStartParams {
  int worlds = 32;
  int iterations = 60;
  int min_live_worlds = 1;  ///< a run whose worlds fail goes on down to this many
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

  /// Which policies these are the parameters of.
  std::vector<std::pair<std::string, std::string>> policies() const {
    return {{"loss", policy_name<L>(loss)},
            {"optimizer", policy_name<O>(optimizer)},
            {"pruning", policy_name<P>(pruning)},
            {"social", policy_name<S>(social)}};
  }

  template <class V>
  void fields(V&& v) {
    v("worlds", worlds, "independent starts");
    v("iterations", iterations, "gradient steps per world; 0 = only score the starts");
    v("min_live_worlds", min_live_worlds, "the run goes on while so many worlds have not failed");
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
    v("freed", freed, "evaluations freed by stopped worlds: saved, or spent on new starts");
    v("polish", polish, "");
    v("report", report, "");
  }

  /// Throws InputError when one of them is out of range.
  void check() const {
    if (worlds < 1) throw InputError("worlds", "expected at least 1");
    expect(min_live_worlds >= 1 && min_live_worlds <= worlds, "min_live_worlds", "1 to the number of worlds");
    if (iterations < 0) throw InputError("iterations", "expected 0 or more");
    expect(visibility.alpha > 0, "visibility.alpha", "a positive number");
    expect(visibility.support > 0, "visibility.support", "a positive number");
    if (visibility.tiles < 1 || visibility.tiles > 8) throw InputError("visibility.tiles", "expected 1 to 8");
    if (!(visibility.smoothing_wavelengths > 0)) {
      throw InputError("visibility.smoothing_wavelengths", "expected a positive number");
    }
    optimizer.check();
    annealing.check();
    report.check();
    convergence.check();
    polish.check();
    check_policy(make_policy<L>(loss));
    check_policy(make_policy<O>(optimizer));
    check_policy(make_policy<P>(pruning));
    check_policy(make_policy<S>(social));
    MultiStartParams copy = *this;
    for_each_field(copy, [](const std::string& name, const auto& value, const char*) { check_number(value, name); });
  }

  /// The same with every "chosen by the engine" replaced by the choice.
  template <class Problem>
  MultiStartParams resolved(const Problem& problem) const {
    MultiStartParams prm = *this;
    if (prm.starts.mode == StartMode::automatic) {
      const PartOwners owners = find_owners(problem, prm.seed);
      const bool several = owners.movers.size() > 1 && !owners.moves_transmitters;
      prm.starts.mode = several ? StartMode::assembled : StartMode::selected;
    }
    if (prm.annealing.from == 0) prm.annealing.from = prm.starts.mode == StartMode::plain ? 4 : 1;
    return prm;
  }

 private:
  template <class Policy>
  static void check_policy(const Policy& policy) {
    if constexpr (requires { policy.check(); }) policy.check();
  }
  template <class T>
  static void check_number(const T& value, const std::string& name) {
    if constexpr (std::is_floating_point_v<T>)
      expect(!std::isnan(value), name, "a number, found nan");
    else if constexpr (is_vector<T>::value)
      for (const auto& each : value) check_number(each, name);
  }
};

}  // namespace manyworlds
