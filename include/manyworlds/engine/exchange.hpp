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
  std::vector<std::vector<double>> proposals(ranked.size());
  std::vector<double> values(ranked.size(), unknown);
  workspaces.for_each(ranked.size(), [&](std::size_t rank, typename Problem::Workspace& workspace) {
    World<O, S>& world = *ranked[rank];
    Random random(seed, world.record.id, std::uint32_t(iteration), Purpose::social);
    std::vector<double> x = world.x;
    if (!social.propose(barrier, rank, world.social, random, x)) return;
    physics.problem.placement.repair(x);
    if constexpr (S::trial) {
      values[rank] = physics.problem.value(physics.final_loss(), x, physics.visibility, workspace);
      ++world.counts.forward;
      if (!better(values[rank], world.record.value)) return;
    }
    proposals[rank] = std::move(x);
  });
  for (std::size_t rank = 0; rank < ranked.size(); ++rank) {
    if (proposals[rank].empty()) continue;
    if constexpr (S::trial)
      ranked[rank]->improve(std::move(proposals[rank]), values[rank]);
    else
      ranked[rank]->move_to(std::move(proposals[rank]));
  }
}

}  // namespace manyworlds
