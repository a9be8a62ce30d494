#pragma once
#include <cmath>
#include <cstddef>

#include "manyworlds/engine/result.hpp"

namespace manyworlds {

/// Everything that a run needs to go on, as it stands at the end of an iteration.
template <class Finder, class Population>
struct RunState {
  int& iteration;
  std::size_t& pending;  ///< starts that were asked for and have not begun
  double& budget;        ///< evaluations that the first worlds may cost
  double& earlier_s;     ///< seconds that the run has taken
  Result& result;
  Finder& finder;
  Population& worlds;

  template <class A>
  void archive(A& a) {
    a(iteration, pending, budget, earlier_s, result.counts, result.times, result.events, finder, worlds);
  }
  /// Can it be of a run with so many variables, worlds and iterations?
  bool plausible(std::size_t variables, std::size_t most_worlds, int iterations) {
    bool good = iteration >= 0 && iteration <= iterations && pending <= most_worlds && std::isfinite(budget) &&
                worlds.size() >= 1 && worlds.count_alive() + pending <= most_worlds && finder.plausible();
    for (std::size_t w = 0; w < worlds.size(); ++w) {
      const WorldResult& record = worlds[w].record;
      const History& h = record.history;
      good = good && record.id == w && worlds[w].fits(variables, iteration) && h.fits(variables) &&
             (h.rows() > 0 || record.born == iteration);
    }
    return good;
  }
};
template <class Finder, class Population>
RunState(int&, std::size_t&, double&, double&, Result&, Finder&, Population&) -> RunState<Finder, Population>;

}  // namespace manyworlds
