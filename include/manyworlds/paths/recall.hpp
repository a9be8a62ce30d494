#pragma once
#include <set>

#include "manyworlds/paths/static_world.hpp"

namespace manyworlds::paths {

/// How many of the paths that there are were found.
struct Recall {
  std::size_t found = 0, expected = 0;
  double share() const { return expected == 0 ? 1 : double(found) / double(expected); }
  Recall& operator+=(const Recall& other) {
    found += other.found;
    expected += other.expected;
    return *this;
  }
};

/// Compares two searches from one place to the same receivers, such as rays and the tree of all beams: a path is the
/// same when receiver, faces and kinds of interaction are.
inline Recall recall(const TransmitterCache& search, const TransmitterCache& reference) {
  using Key = std::pair<std::uint32_t, std::vector<std::pair<std::uint32_t, HopKind>>>;
  const auto keys = [](const TransmitterCache& cache) {
    std::set<Key> all;
    for (const auto& path : cache.paths) {
      Key key{path.rx, {}};
      for (std::uint32_t h = path.first_hop; h < path.first_hop + path.hops; ++h)
        key.second.push_back({cache.hops[h].face, cache.hops[h].kind});
      all.insert(std::move(key));
    }
    return all;
  };
  const std::set<Key> found = keys(search), expected = keys(reference);
  Recall result{0, expected.size()};
  for (const Key& key : expected) result.found += found.count(key);
  return result;
}

/// Share of the static paths of a world that rays found which half as many rays find as well: all of the rays should
/// miss less than the rest. Nobody knows better without the tree of all beams. Nothing is expected where beams found
/// the paths.
inline Recall half_rays_recall(const StaticWorld& world) {
  Recall half;
  for (const auto& found : world.static_paths) {
    const TransmitterCache& cache = found->cache;
    if (cache.finder != Finder::shooting) continue;
    half += recall({world.geometry(), cache.position, world.groups, world.options.max_depth, cache.finder,
                    std::max<std::uint64_t>(1, world.options.rays / 2)},
                   cache);
  }
  return half;
}

}  // namespace manyworlds::paths
