#pragma once
#include "manyworlds/kernels/screened_field.hpp"
#include "manyworlds/paths/geometry.hpp"

namespace manyworlds::paths {

/// Paths and the pools that their hops and tiles lie in. Paths that share transmitter, receiver and chain of
/// reflections, and differ in what they pass through on the way to different tiles of a mover, follow each other and
/// form a group, whose fields add up: a wave is one wave, whatever part of it a door frame cuts off.
struct PathTable {
  std::vector<kernels::Path> paths;
  std::vector<Hop> hops;
  std::vector<std::uint8_t> tiles;
  std::vector<std::uint32_t> groups;  ///< index of the first path of each group

  /// A group whose one path is a static one that movers only dim: see screened_field.hpp.
  struct Dimmed {
    std::uint32_t group = 0, static_path = 0, first_screen = 0, screens = 0;
  };
  std::vector<Dimmed> dimmed;  ///< in the order of groups
  struct Screen {
    std::uint32_t face = 0;
    kernels::ScreenedPiece<double> piece;
  };
  std::vector<Screen> screens;  ///< of the dimmed paths

  void clear() {
    paths.clear();
    hops.clear();
    tiles.clear();
    groups.clear();
    dimmed.clear();
    screens.clear();
  }
  std::size_t bytes() const {
    return paths.capacity() * sizeof(kernels::Path) + hops.capacity() * sizeof(Hop) + tiles.capacity() +
           groups.capacity() * sizeof(groups[0]) + dimmed.capacity() * sizeof(Dimmed) +
           screens.capacity() * sizeof(screens[0]);
  }

  /// Starts a new group with the hops that were appended to `hops` since `first_hop`.
  void add(std::uint32_t tx, std::uint32_t rx, std::size_t first_hop) {
    groups.push_back(std::uint32_t(paths.size()));
    add_to_group(tx, rx, first_hop, tiles.size(), 0);
  }
  void add_to_group(std::uint32_t tx, std::uint32_t rx, std::size_t first_hop, std::size_t first_tile,
                    std::uint32_t tuples) {
    paths.push_back(
        {tx, rx, std::uint32_t(first_hop), std::uint32_t(hops.size() - first_hop), std::uint32_t(first_tile), tuples});
  }
  std::uint32_t group_end(std::size_t group) const {
    return group + 1 < groups.size() ? groups[group + 1] : std::uint32_t(paths.size());
  }
};

}  // namespace manyworlds::paths
