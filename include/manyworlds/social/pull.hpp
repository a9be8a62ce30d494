#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/social/social.hpp"

namespace manyworlds::social {

/// Particle-swarm pull on top of the descent (Kennedy and Eberhart 1995), every few iterations:
/// v = inertia v + cognitive r1 (own best - x) + social r2 (best world's best - x); x + v, r1 and r2 uniform in (0, 1)
/// per variable.
struct Pull {
  static constexpr const char* name = "pull";
  static constexpr bool trial = false;
  struct Params {
    double inertia = 0.3, cognitive = 0.3, social = 0.3;
    int every = 5;
    template <class V>
    void fields(V&& v) {
      v("inertia", inertia, "share of the last pull that is kept, 0 to below 1");
      v("cognitive", cognitive, "pull to the best place this world has seen");
      v("social", social, "pull to the best place any live world has seen");
      v("every", every, "iterations between pulls");
    }
  } prm;
  void check() const {
    expect(prm.inertia >= 0 && prm.inertia < 1, "social.inertia", "0 to below 1");
    expect(prm.cognitive >= 0 && prm.social >= 0, "social", "pulls of 0 or more");
    expect(prm.every >= 1, "social.every", "at least 1");
  }
  struct State {
    std::vector<double> velocity;
    template <class A>
    void archive(A& a) {
      a(velocity);
    }
  };

  bool acts(int iteration) const { return prm.every > 0 && iteration % prm.every == 0; }
  bool propose(const Barrier& barrier, std::size_t rank, State& state, Random& random, std::span<double> x) const {
    const Peer& me = barrier.ranked[rank];
    const Peer* leader = &me;
    for (const Peer& peer : barrier.ranked) {
      if (peer.best_value < leader->best_value) leader = &peer;
    }
    state.velocity.resize(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      double& v = state.velocity[i];
      v *= prm.inertia;
      v += prm.cognitive * random.uniform() * (me.best_x[i] - x[i]);
      v += prm.social * random.uniform() * (leader->best_x[i] - x[i]);
      x[i] += v;
    }
    return true;
  }
};
static_assert(Social<Pull>);

}  // namespace manyworlds::social
