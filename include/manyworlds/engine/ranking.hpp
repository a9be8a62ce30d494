#pragma once
#include "manyworlds/engine/population.hpp"
#include "manyworlds/engine/workspaces.hpp"

namespace manyworlds {

/// Worlds in the order of their physical value, which is evaluated where it is not known.
template <Loss L, Optimizer O, Social S, class Problem, Executor E>
class Ranking {
 public:
  using World = typename Population<O, S>::World;
  using Worlds = typename Population<O, S>::Worlds;

  Ranking(Population<O, S>& worlds, const Physics<L, O, Problem>& physics, Workspaces<Problem, E>& workspaces)
      : worlds_(worlds), physics_(physics), workspaces_(workspaces) {}

  /// Makes the physical value of these worlds known where they are.
  void score(const Worlds& worlds) {
    std::vector<World*> unscored;
    std::vector<ValueJob> jobs;
    for (World* world : worlds) {
      if (std::isfinite(world->value())) continue;
      unscored.push_back(world);
      jobs.push_back(physics_.final_value(world->x));
    }
    workspaces_.run(physics_, jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) unscored[i]->scored(jobs[i].value);
  }

  /// Live worlds by where they are.
  Worlds alive() {
    Worlds order = worlds_.alive();
    score(order);
    sort_worlds(order, [](const World& w) { return w.value(); });
    return order;
  }
  /// Live and resting worlds by the best value so far; only those that have none are evaluated for it.
  Worlds by_best() {
    Worlds order = worlds_.those([](const World& w) { return w.alive() || w.resting(); });
    score(worlds_.those([](const World& w) { return (w.alive() || w.resting()) && !std::isfinite(w.record.value); }));
    sort_worlds(order, [](const World& w) { return w.record.value; });
    return order;
  }

 private:
  Population<O, S>& worlds_;
  const Physics<L, O, Problem>& physics_;
  Workspaces<Problem, E>& workspaces_;
};

}  // namespace manyworlds
