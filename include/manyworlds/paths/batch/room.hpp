#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "manyworlds/backend/append.hpp"
#include "manyworlds/kernels/path_view.hpp"
#include "manyworlds/kernels/worlds/stages.hpp"
#include "manyworlds/scene/visibility.hpp"

namespace manyworlds::paths::batch {

/// Room for the lists of a batch. What a step needs is known only afterwards: what does not fit makes the room larger
/// and the step run again.
struct Room {
  std::uint32_t pyramids = 0, pairs = 0, candidates = 0, paths = 0;
  std::array<std::uint32_t, kernels::max_mover_bounces> arrivals{};  ///< by mover bounces, under soft visibility

  /// A first guess, too small rather than too large.
  static Room of(std::uint32_t worlds) {
    return {64 * worlds, 256 * worlds, 256 * worlds, 64 * worlds, {32 * worlds, 8 * worlds}};
  }
  /// So much for each of `worlds`.
  Room times(std::uint32_t worlds) const {
    Room all = *this;
    all.each([&](std::uint32_t& n) { n *= worlds; });
    return all;
  }
  /// Is there room for what the other needs? If not, this becomes larger than that.
  bool grow(Room needed) {
    bool grown = false;
    std::array<std::uint32_t, 4 + kernels::max_mover_bounces> have;
    std::size_t i = 0;
    each([&](std::uint32_t& n) { have[i++] = n; });
    i = 0;
    needed.each([&](std::uint32_t& n) {
      std::uint32_t& own = have[i++];
      if (n <= own) return;
      own = n > 3'000'000'000u ? n : n + n / 4;
      grown = true;
    });
    i = 0;
    each([&](std::uint32_t& n) { n = have[i++]; });
    return grown;
  }

 private:
  template <class F>
  void each(F&& f) {
    for (std::uint32_t* n : {&pyramids, &pairs, &candidates, &paths}) f(*n);
    for (std::uint32_t& n : arrivals) f(n);
  }
};

/// Words of the overlay that so many worlds need.
inline std::uint32_t groups_of(std::uint32_t worlds) {
  return (worlds + kernels::Overlay::group - 1) / kernels::Overlay::group;
}

/// What finders are told besides the view of the batch.
struct FinderInputs {
  bool penetrable = false;  ///< does anything pass through a mover?
  Visibility visibility{.kind = VisibilityKind::hard};
  double wavelength = 0;
  const kernels::Path* static_paths = nullptr;  ///< for the field kernels, with their hops
  const kernels::Hop* static_hops = nullptr;
};

namespace detail {

/// Product of sizes that indices have to reach. Throws std::length_error beyond 2^32: where the list grows with the
/// worlds, fewer at once may do.
inline std::uint32_t index_range(std::uint64_t x, std::uint64_t y) {
  if (y != 0 && x > std::numeric_limits<std::uint32_t>::max() / y)
    throw std::length_error("a list of more than 2^32 entries");
  return std::uint32_t(x * y);
}

/// Did any list end before all its entries were in?
struct CheckRoom {
  const backend::Window* windows;
  std::uint32_t count;
  std::uint32_t* overflow;
  MW_HD void operator()(std::uint32_t) const {
    *overflow = 0;
    for (std::uint32_t i = 0; i < count; ++i)
      if (windows[i].needed > windows[i].end) *overflow = 1;
  }
};

/// The window of a whole list from that of its last append.
struct WholeList {
  const backend::Window* last;
  backend::Window* whole;
  MW_HD void operator()(std::uint32_t) const { *whole = {0, last->end, last->end}; }
};

}  // namespace detail

}  // namespace manyworlds::paths::batch
