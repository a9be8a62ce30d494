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

  /// A place between groups.
  struct Mark {
    std::size_t paths = 0, hops = 0, tiles = 0, groups = 0, dimmed = 0, screens = 0;
    bool operator==(const Mark&) const = default;
  };
  Mark end() const { return {paths.size(), hops.size(), tiles.size(), groups.size(), dimmed.size(), screens.size()}; }
  /// Adds the groups of another table between two marks.
  void append(const PathTable& other, const Mark& from, const Mark& to) {
    const Mark at = end();
    const auto copy = [](auto& all, const auto& others, std::size_t first, std::size_t last) {
      all.insert(all.end(), others.begin() + std::ptrdiff_t(first), others.begin() + std::ptrdiff_t(last));
    };
    const auto moved = [](std::uint32_t& number, std::size_t before, std::size_t now) {
      number = std::uint32_t(number - before + now);
    };
    copy(hops, other.hops, from.hops, to.hops);
    copy(tiles, other.tiles, from.tiles, to.tiles);
    copy(paths, other.paths, from.paths, to.paths);
    for (std::size_t i = at.paths; i < paths.size(); ++i) {
      moved(paths[i].first_hop, from.hops, at.hops);
      moved(paths[i].first_tile, from.tiles, at.tiles);
    }
    copy(groups, other.groups, from.groups, to.groups);
    for (std::size_t g = at.groups; g < groups.size(); ++g) moved(groups[g], from.paths, at.paths);
    copy(screens, other.screens, from.screens, to.screens);
    copy(dimmed, other.dimmed, from.dimmed, to.dimmed);
    for (std::size_t d = at.dimmed; d < dimmed.size(); ++d) {
      moved(dimmed[d].group, from.groups, at.groups);
      moved(dimmed[d].first_screen, from.screens, at.screens);
    }
  }
  void append(const PathTable& other) { append(other, {}, other.end()); }

  std::uint32_t group_end(std::size_t group) const {
    return group + 1 < groups.size() ? groups[group + 1] : std::uint32_t(paths.size());
  }
};

}  // namespace manyworlds::paths
