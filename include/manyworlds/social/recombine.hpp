#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/social/social.hpp"

namespace manyworlds::social {

/// Recombination of movers: every few iterations each world tries its own best place with one mover (part) taken from
/// the best place of another world, and moves there if that is better. The donor comes from the better half of the
/// other worlds. With a single part there is nothing to recombine.
struct Recombine {
  static constexpr const char* name = "recombine";
  static constexpr bool trial = true;
  struct Params {
    int every = 20;
    template <class V>
    void fields(V&& v) {
      v("every", every, "iterations between exchanges");
    }
  } prm;
  void check() const { expect(prm.every >= 1, "social.every", "at least 1"); }
  struct State {};

  bool acts(int iteration) const { return prm.every > 0 && iteration % prm.every == 0; }
  bool propose(const Barrier& barrier, std::size_t rank, State&, Random& random, std::span<double> x) const {
    const std::size_t worlds = barrier.ranked.size();
    if (worlds < 2 || barrier.parts.size() < 2) return false;
    std::size_t donor = random.below(std::uint32_t(worlds / 2));
    if (donor >= rank) ++donor;
    const auto [first, last] = barrier.parts[random.below(std::uint32_t(barrier.parts.size()))];
    const Peer &me = barrier.ranked[rank], &other = barrier.ranked[donor];
    bool changed = false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = me.best_x[i];
      if (i < first || i >= last) continue;
      changed = changed || other.best_x[i] != x[i];
      x[i] = other.best_x[i];
    }
    return changed;
  }
};
static_assert(Social<Recombine>);

}  // namespace manyworlds::social
