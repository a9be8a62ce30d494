#pragma once
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "manyworlds/core/random.hpp"

/// A social policy lets worlds learn from each other at a barrier between iterations. It sees worlds as Peers and
/// proposes a new place for one of them at a time; all proposals are made from the same snapshot.
namespace manyworlds {

/// One world at a barrier. Values are physical (final loss, final visibility).
struct Peer {
  std::uint32_t world = 0;
  double value = 0;       ///< at x; for a policy with trials NaN where it is not known
  double best_value = 0;  ///< at best_x, the best place this world has seen
  std::span<const double> x, best_x;
};

/// What a social policy sees: the live worlds sorted by (value, world), and which variables belong to which mover. A
/// policy with trials sees converged worlds too, and all sorted by (best_value, world).
struct Barrier {
  int iteration = 0;
  std::span<const Peer> ranked;
  std::span<const std::pair<std::size_t, std::size_t>> parts;  ///< [first, last) of each part
};

/// `propose` writes the new x of the world at this rank (it holds the present x on entry) and says whether it did.
/// `State` is one per world, made when the run starts. With `trial` a proposal costs one evaluation and is taken only
/// if it is better than the best place of the world, which then descends from there, converged or not; else it is taken
/// always. Optional: `check()` throws InputError when a parameter is out of range.
template <class S>
concept Social = requires(const S& s, const Barrier& barrier, std::size_t rank, typename S::State& state,
                          Random& random, std::span<double> x, int iteration) {
  S::name;
  typename S::Params;
  s.prm;
  { S::trial } -> std::convertible_to<bool>;
  { s.acts(iteration) } -> std::same_as<bool>;
  { s.propose(barrier, rank, state, random, x) } -> std::same_as<bool>;
};

}  // namespace manyworlds
