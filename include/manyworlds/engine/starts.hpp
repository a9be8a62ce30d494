#pragma once
#include <algorithm>
#include <cmath>
#include <functional>

#include "manyworlds/engine/assembly.hpp"

namespace manyworlds {

enum class StartMode { automatic, plain, selected, assembled };
constexpr std::array<const char*, 4> choices(StartMode) { return {"automatic", "plain", "selected", "assembled"}; }

/// Where worlds start. `given` starts are taken first, the rest is found by `mode`:
/// plain: uniform; selected: the best of `oversampling` times as many bisector starts that have a gradient;
/// assembled: sets put together from single-mover starts (engine/assembly.hpp);
/// automatic: assembled when there are several movers and no moving transmitters, else selected.
struct StartParams {
  StartMode mode = StartMode::automatic;
  int oversampling = 4;
  AssemblyParams assembly{};
  std::vector<std::vector<double>> given;

  template <class V>
  void fields(V&& v) {
    v("mode", mode, "how starts are found");
    v("oversampling", oversampling, "selected: starts drawn per world");
    v("assembly", assembly, "");
    v("given", given, "starts to take first, e.g. 1,2,0.1;3,4,0.2");
  }
  template <class Problem>
  void check(const Problem& problem) const {
    if (oversampling < 1) throw InputError("starts.oversampling", "expected at least 1");
    for (const auto& x : given) {
      if (x.size() != problem.variables().size()) {
        throw InputError("starts.given", "expected " + std::to_string(problem.variables().size()) +
                                             " numbers per start, found " + std::to_string(x.size()));
      }
      for (double value : x) {
        if (!std::isfinite(value)) throw InputError("starts.given", "expected finite numbers");
      }
    }
    assembly.check();
  }
};

/// Draws, ranks and assembles starts; keeps the pool of single-mover starts between calls.
template <class Context, class Problem, Executor E>
class StartFinder {
 public:
  /// `context` has the problem and the loss (engine/job.hpp).
  StartFinder(const Context& context, const Visibility& visibility, StartParams prm, std::uint64_t seed,
              Workspaces<Problem, E>& workspaces, Counts& counts, std::function<bool()> stop)
      : context_(context),
        problem_(context.problem),
        visibility_(visibility),
        prm_(std::move(prm)),
        seed_(seed),
        workspaces_(workspaces),
        counts_(counts),
        stop_(stop),
        assembly_(context, visibility, prm_.assembly, seed, workspaces, counts, std::move(stop)) {}

  /// What finding one more start costs, in evaluations.
  double cost(double gradient_cost) const {
    return prm_.mode == StartMode::selected ? gradient_cost * prm_.oversampling : 0;
  }

  /// n starts for worlds that begin at this iteration; fewer, but never none, when it was told to stop.
  std::vector<std::vector<double>> find(std::size_t n, int iteration) {
    std::vector<std::vector<double>> starts;
    while (starts.size() < n && given_ < prm_.given.size()) {
      starts.push_back(prm_.given[given_++]);
      problem_.placement.repair(starts.back());
    }
    if (starts.size() == n) return starts;
    const std::size_t missing = n - starts.size();
    for (std::vector<double>& x : find_more(missing, iteration)) starts.push_back(std::move(x));
    return starts;
  }

  template <class A>
  void archive(A& a) {
    a(assembly_, given_);
  }
  /// Can what was read be of this search?
  bool plausible() const { return given_ <= prm_.given.size() && assembly_.plausible(); }

 private:
  std::vector<std::vector<double>> find_more(std::size_t n, int iteration) {
    if (prm_.mode == StartMode::plain) return draw(n, iteration, placement::StartKind::plain);
    if (prm_.mode == StartMode::selected) return select(n, iteration);
    return assembly_.sets(n, iteration);
  }

  /// Starts number `first` and following of this iteration.
  std::vector<std::vector<double>> draw(std::size_t n, int iteration, placement::StartKind kind,
                                        std::size_t first = 0) {
    std::vector<std::vector<double>> starts(n, std::vector<double>(problem_.variables().size()));
    for (std::size_t i = 0; i < n; ++i) {
      Random random(seed_, std::uint32_t(first + i), std::uint32_t(iteration), Purpose::start);
      problem_.placement.start(random, kind, starts[i]);
    }
    counts_.starts_drawn += n;
    return starts;
  }

  std::vector<StartJob> evaluated(std::vector<std::vector<double>> starts) {
    std::vector<StartJob> candidates;
    for (std::vector<double>& x : starts) candidates.push_back({visibility_, std::move(x)});
    candidates.resize(workspaces_.run_until(stop_, context_, candidates));
    counts_.gradient += candidates.size();
    return candidates;
  }

  /// Draws again, up to four times, while fewer than n have a gradient; the rest is made up of the best without.
  std::vector<std::vector<double>> select(std::size_t n, int iteration) {
    const std::size_t batch = n * std::size_t(prm_.oversampling);
    std::vector<StartJob> candidates;
    std::size_t good = 0;
    for (int round = 0; round < 4 && good < n && !(round > 0 && stop_()); ++round) {
      for (StartJob& c : evaluated(draw(batch, iteration, placement::StartKind::bisector, candidates.size()))) {
        good += c.has_gradient;
        candidates.push_back(std::move(c));
      }
    }
    counts_.starts_rejected += candidates.size() - good;
    std::stable_sort(candidates.begin(), candidates.end(), [](const StartJob& a, const StartJob& b) {
      return a.has_gradient != b.has_gradient ? a.has_gradient : better(a.value, b.value);
    });
    std::vector<std::vector<double>> starts;
    for (StartJob& c : candidates) {
      if (starts.size() < n) starts.push_back(std::move(c.x));
    }
    return starts;
  }

  const Context& context_;
  const Problem& problem_;
  Visibility visibility_;
  StartParams prm_;
  std::uint64_t seed_;
  Workspaces<Problem, E>& workspaces_;
  Counts& counts_;
  std::function<bool()> stop_;
  Assembly<Context, Problem, E> assembly_;
  std::size_t given_ = 0;
};

}  // namespace manyworlds
