#pragma once
#include <algorithm>

#include "manyworlds/engine/multistart_params.hpp"
#include "manyworlds/engine/population.hpp"

namespace manyworlds {

/// A new start with fewer iterations left than this is not worth finding (docs/results/search-quality.md).
inline constexpr int fewest_iterations = 10;

/// Where the worlds of a run come from, and what they may cost: all together as many evaluations as the first ones if
/// none of these stopped early.
template <class Finder, Optimizer O, Social S, class Params>
class Renewal {
 public:
  Renewal(Finder finder, Population<O, S>& worlds, const Params& prm, Result& result)
      : finder_(std::move(finder)), worlds_(worlds), prm_(prm), result_(result) {}

  /// So many new worlds, from this iteration on.
  void begin(std::size_t n, int iteration) {
    std::vector<std::vector<double>> starts = finder_.find(n, iteration);
    if (iteration > 0) result_.counts.new_starts += starts.size();
    for (std::vector<double>& start : starts) {
      const std::size_t variables = start.size();
      worlds_.begin(iteration, prm_.optimizer.rates, std::move(start));
      History& history = worlds_[worlds_.size() - 1].record.history;
      history.most_rows = std::size_t(prm_.report.history_rows);
      history.reserve(std::size_t(prm_.iterations - iteration) + 1, variables);
    }
    if (iteration == 0) budget_ = spent() + owed(iteration);
    pending_ = 0;
  }

  /// The places of stopped worlds go to resting ones that an exchange has put to a better place, then to new starts, as
  /// far as the evaluations pay that the first worlds may cost and do not use. New starts wait for a quarter of the
  /// places, so that they are selected among many: are there any to begin()?
  bool wake(int iteration) {
    const int left = prm_.iterations - iteration;
    const double descent = prm_.report.gradient_cost * left + 1;
    auto improved = worlds_.those([](const auto& w) { return w.improved(); });
    sort_worlds(improved, [](const auto& w) { return w.record.value; });
    const std::size_t all = std::size_t(prm_.worlds), free = all - worlds_.count_alive();
    const std::size_t woken = std::min(improved.size(), affordable(descent, free, iteration));
    for (std::size_t i = 0; i < woken; ++i) improved[i]->wake();

    const double each = descent + finder_.cost(prm_.report.gradient_cost);
    const std::size_t fresh = affordable(each, free - woken, iteration);
    if (left >= fewest_iterations && 4 * fresh >= all) pending_ = fresh;
    return pending_ > 0;
  }
  /// Starts that were asked for and have not begun.
  std::size_t pending() const { return pending_; }
  /// Evaluations so far.
  double spent() const { return result_.counts.evaluations() + worlds_.spent(prm_.report.gradient_cost); }

  template <class A>
  void archive(A& a) {
    a(pending_, budget_, finder_);
  }
  /// Can what was read be of this run?
  bool plausible() const {
    const std::size_t most = std::size_t(prm_.worlds);
    return pending_ <= most && worlds_.count_alive() + pending_ <= most && std::isfinite(budget_) &&
           result_.counts.gradient_cost == prm_.report.gradient_cost && finder_.plausible();
  }

 private:
  /// What the live worlds still need at most.
  double owed(int iteration) const {
    return double(worlds_.count_alive()) * (prm_.report.gradient_cost * (prm_.iterations - iteration) + 1);
  }
  /// How many descents of this cost the rest of the budget pays.
  std::size_t affordable(double each, std::size_t most, int iteration) const {
    return std::size_t(std::clamp((budget_ - spent() - owed(iteration)) / each, 0.0, double(most)));
  }

  Finder finder_;
  Population<O, S>& worlds_;
  const Params& prm_;
  Result& result_;
  std::size_t pending_ = 0;
  double budget_ = 0;  ///< evaluations
};

}  // namespace manyworlds
