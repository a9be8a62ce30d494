#pragma once
#include <concepts>
#include <span>

#include "manyworlds/core/config.hpp"

/// A pruning policy says, at a barrier between iterations, how many worlds live on. The engine ranks the live worlds
/// by their physical value (final loss, final visibility; ties by world id, non-finite last).
namespace manyworlds {

template <class P>
concept Pruning = requires(const P& p, int iteration, std::span<const double> ranked) {
  P::name;
  typename P::Params;
  p.prm;
  { p.acts(iteration) } -> std::same_as<bool>;                 ///< is there a barrier after this many iterations?
  { p.keep(iteration, ranked) } -> std::same_as<std::size_t>;  ///< how many of the first live on
};

}  // namespace manyworlds
