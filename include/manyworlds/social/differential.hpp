#pragma once
#include "manyworlds/social/recombine.hpp"

namespace manyworlds::social {

/// Differential evolution on top of the descent. From the best places seen so far each world tries
/// own + s (a leader's - own) + s (one world's - another's) (Zhang and Sanderson, JADE, 2009: current-to-pbest/1), or,
/// with several parts and at even chances, a recombination (recombine.hpp), and moves there if that is better. It finds
/// what gradients do not see: gains behind the edges of walls, which come in jumps.
struct Differential {
  static constexpr const char* name = "differential";
  static constexpr bool trial = true;
  struct Params {
    int every = 2;
    double leaders = 0.2, swap = 0.5, crossover = 0.9, shortest = 0.3, longest = 0.9;
    template <class V>
    void fields(V&& v) {
      v("every", every, "iterations between trials");
      v("leaders", leaders, "share of the worlds, the best ones, that the others are drawn to");
      v("swap", swap, "chance of taking over another world's part instead, where there are several parts");
      v("crossover", crossover, "chance of each variable to take part");
      v("shortest", shortest, "least share of the differences, drawn per trial");
      v("longest", longest, "largest share of the differences");
    }
  } prm;
  struct State {};

  void check() const {
    expect(prm.every >= 1, "social.every", "at least 1");
    expect(prm.leaders >= 0 && prm.leaders <= 1, "social.leaders", "a share from 0 to 1");
    expect(prm.swap >= 0 && prm.swap <= 1, "social.swap", "a chance from 0 to 1");
    expect(prm.crossover >= 0 && prm.crossover <= 1, "social.crossover", "a chance from 0 to 1");
    expect(prm.shortest >= 0 && prm.shortest <= prm.longest, "social.shortest", "from 0 to social.longest");
  }
  bool acts(int iteration) const { return prm.every > 0 && iteration % prm.every == 0; }
  bool propose(const Barrier& barrier, std::size_t rank, State&, Random& random, std::span<double> x) const {
    Recombine::State none;
    if (barrier.parts.size() > 1 && random.uniform() < prm.swap)
      return Recombine{}.propose(barrier, rank, none, random, x);
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
