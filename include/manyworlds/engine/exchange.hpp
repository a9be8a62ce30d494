#pragma once
#include <vector>

#include "manyworlds/engine/workspaces.hpp"
#include "manyworlds/engine/world.hpp"

namespace manyworlds {

/// Worlds learn from each other: the policy proposes a new place for each of them from one snapshot. Proposals of a
/// policy with trials are evaluated and taken only where they are better than the best place of the world.
template <Loss L, Optimizer O, Social S, class Problem, Executor E>
void exchange_places(const S& social, int iteration, std::uint64_t seed, const std::vector<World<O, S>*>& ranked,
                     const Physics<L, O, Problem>& physics, Workspaces<Problem, E>& workspaces) {
  std::vector<Peer> peers;
  for (const World<O, S>* world : ranked) {
    peers.push_back({world->record.id, world->value(), world->record.value, world->x, world->record.x});
  }
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  for (std::size_t p = 0; p < physics.problem.placement.parts(); ++p) {
    parts.push_back(physics.problem.placement.part_range(p));
  }
  const Barrier barrier{iteration, peers, parts};
  std::vector<World<O, S>*> movers;
  std::vector<ValueJob> proposals;
  for (std::size_t rank = 0; rank < ranked.size(); ++rank) {
    World<O, S>& world = *ranked[rank];
    Random random(seed, world.record.id, std::uint32_t(iteration), Purpose::social);
    std::vector<double> x = world.x;
    if (!social.propose(barrier, rank, world.social, random, x)) continue;
    physics.problem.placement.repair(x);
    movers.push_back(&world);
    proposals.push_back(physics.final_value(std::move(x)));
  }
  if constexpr (S::trial) workspaces.run(physics, proposals);
  for (std::size_t i = 0; i < movers.size(); ++i) {
    if constexpr (S::trial) {
      ++movers[i]->counts.forward;
      if (better(proposals[i].value, movers[i]->record.value)) movers[i]->improve(proposals[i].x, proposals[i].value);
    } else {
      movers[i]->move_to(std::move(proposals[i].x));
    }
  }
}

}  // namespace manyworlds
