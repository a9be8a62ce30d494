#pragma once
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

  void clear() { paths.clear(); hops.clear(); tiles.clear(); groups.clear(); }

  /// Starts a new group with the hops that were appended to `hops` since `first_hop`.
  void add(std::uint32_t tx, std::uint32_t rx, std::size_t first_hop) {
    groups.push_back(std::uint32_t(paths.size()));
    add_to_group(tx, rx, first_hop, tiles.size(), 0);
  }
  void add_to_group(std::uint32_t tx, std::uint32_t rx, std::size_t first_hop, std::size_t first_tile, std::uint32_t tuples) {
    paths.push_back({tx, rx, std::uint32_t(first_hop), std::uint32_t(hops.size() - first_hop), std::uint32_t(first_tile), tuples});
  }
  std::uint32_t group_end(std::size_t group) const {
    return group + 1 < groups.size() ? groups[group + 1] : std::uint32_t(paths.size());
  }
};

}  // namespace manyworlds::paths
