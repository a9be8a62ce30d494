#pragma once
#include <vector>

#include "manyworlds/engine/callback.hpp"
#include "manyworlds/engine/population.hpp"
#include "manyworlds/engine/step.hpp"

namespace manyworlds {

/// What callbacks are told of a run's worlds.
template <Optimizer O, Social S>
class Observer {
 public:
  using Worlds = typename Population<O, S>::Worlds;

  explicit Observer(Population<O, S>& worlds) : worlds_(worlds) {}

  /// Notes the best of the worlds that ran.
  void look(const Worlds& ran) {
    seen_.best_loss = unknown;
    seen_.best_rss_dbm = unknown;
    for (const auto* world : ran) {
      if (!better(world->loss(), seen_.best_loss)) continue;
      seen_.best_loss = world->loss();
      seen_.best_world = world->record.id;
      best_x_.assign(world->record.history.x.end() - std::ptrdiff_t(world->x.size()), world->record.history.x.end());
      seen_.best_x = best_x_;
      seen_.best_rss_dbm = world->weakest_dbm();
      seen_.comparable = world->record.history.value.back() == seen_.best_loss;
    }
  }
  /// All worlds as they stand; the caller adds what it knows of the run.
  Progress progress() {
    states_.clear();
    for (std::size_t w = 0; w < worlds_.size(); ++w) states_.push_back(state_of(worlds_[w].record));
    Progress p = seen_;
    for (const WorldState& w : states_) {
      p.resting += is_convergence(w.reason);
      if (better(w.value, p.best_value)) p.best_value = w.value, p.best_value_world = w.id;
    }
    p.states = states_;
    p.worlds = worlds_.size();
    p.alive = worlds_.count_alive();
    return p;
  }

  /// Tells the histories of the worlds that ran in the run's n-th iteration that it was this one: a world that has
  /// rested cannot know.
  void date(const Worlds& ran, int n) const {
    for (auto* world : ran)
      if (world->alive() || world->resting()) world->record.history.date(n - 1 - world->record.born);
  }
  /// Notes which worlds an executor had to help in an iteration.
  void note_events(const Worlds& ran, int iteration, std::vector<WorldEvent>& events) const {
    for (const auto* world : ran) {
      const WorldResult& w = world->record;
      if (w.reason == Reason::failed)
        events.push_back({w.id, iteration, w.failure});
      else if (world->restarted)
        events.push_back({w.id, iteration, "its step was done again after a worker was lost"});
    }
  }
  /// Throws RunError when the failures among these steps, which nobody has taken yet, leave fewer worlds than `least`.
  void check_enough(int least, const std::vector<Step<World<O, S>>>& steps) const {
    std::size_t failed = worlds_.those([](const auto& w) { return w.record.reason == Reason::failed; }).size();
    const Step<World<O, S>>* last = nullptr;
    for (const auto& step : steps)
      if (step.failure) ++failed, last = &step;
    if (!last || worlds_.size() - failed >= std::size_t(least)) return;
    throw RunError(std::to_string(failed) + " of " + std::to_string(worlds_.size()) + " worlds have failed; world " +
                   std::to_string(last->world->record.id) + ": " + *last->failure);
  }

 private:
  Population<O, S>& worlds_;
  std::vector<WorldState> states_;
  std::vector<double> best_x_;
  Progress seen_;  ///< what the last iteration looked like
};

}  // namespace manyworlds
