#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/social/social.hpp"

namespace manyworlds::social {

/// Differential evolution on top of the descent (Zhang and Sanderson, JADE, 2009: current-to-pbest/1/bin). From the best
/// places seen so far each world tries own + s (a leader's - own) + s (one world's - another's), and moves there if that
/// is better. It finds what gradients do not see: gains behind the edges of walls, which come in jumps.
struct Differential {
  static constexpr const char* name = "differential";
  static constexpr bool trial = true;
  struct Params {
    int every = 1;
    double leaders = 0.2, crossover = 0.9, shortest = 0.3, longest = 0.9;
    template <class V>
    void fields(V&& v) {
      v("every", every, "iterations between trials");
      v("leaders", leaders, "share of the worlds, the best ones, that the others are drawn to");
      v("crossover", crossover, "chance of each variable to take part");
      v("shortest", shortest, "least share of the differences, drawn per trial");
      v("longest", longest, "largest share of the differences");
    }
  } prm;
  struct State {};

  void check() const {
    expect(prm.every >= 1, "social.every", "at least 1");
    expect(prm.leaders >= 0 && prm.leaders <= 1, "social.leaders", "a share from 0 to 1");
    expect(prm.crossover >= 0 && prm.crossover <= 1, "social.crossover", "a chance from 0 to 1");
    expect(prm.shortest >= 0 && prm.shortest <= prm.longest, "social.shortest", "from 0 to social.longest");
  }
  bool acts(int iteration) const { return prm.every > 0 && iteration % prm.every == 0; }
  bool propose(const Barrier& barrier, std::size_t rank, State&, Random& random, std::span<double> x) const {
    const std::size_t worlds = barrier.ranked.size();
    if (worlds < 3) return false;
    const auto any = [&](std::size_t among) { return std::size_t(random.below(std::uint32_t(among))); };
    const std::size_t leader = any(std::max<std::size_t>(1, std::size_t(prm.leaders * double(worlds))));
    const std::size_t one = (rank + 1 + any(worlds - 1)) % worlds;
    std::size_t another = one;
    while (another == one || another == rank) another = any(worlds);
    const auto best = [&](std::size_t r) { return barrier.ranked[r].best_x; };
    const double share = random.uniform(prm.shortest, prm.longest);
    const std::size_t surely = any(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = best(rank)[i];
      if (random.uniform() >= prm.crossover && i != surely) continue;
      x[i] += share * (best(leader)[i] - best(rank)[i]) + share * (best(one)[i] - best(another)[i]);
    }
    return true;
  }
};
static_assert(Social<Differential>);

}  // namespace manyworlds::social
