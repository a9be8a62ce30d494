#pragma once
#include "manyworlds/paths/path_table.hpp"
#include "manyworlds/paths/receiver_groups.hpp"

namespace manyworlds::paths {

/// What one transmitter's place fixes while movers move: the beams through static faces from which a mover can be
/// reached, and all static paths (movers taken away), with the points of their segments.
struct TransmitterCache {
  struct StaticPath {
    std::uint32_t rx = 0;
    std::uint32_t first_hop = 0, hops = 0;      ///< reflections and transmissions in path order
    std::uint32_t first_point = 0, points = 0;  ///< transmitter, reflection points, receiver
  };
  Vec3d position{};
  std::vector<Beam> prefixes;                  ///< depth first; fewer reflections than max_depth
  std::vector<StaticPath> paths;               ///< by receiver
  std::vector<std::uint32_t> first_path;       ///< paths of receiver r are [first_path[r], first_path[r + 1])
  std::vector<Hop> hops;
  std::vector<Vec3d> points;
  std::size_t beams = 0;                       ///< size of the beam tree

  /// Static paths and prefixes from a position. `g.moving` must be unset.
  TransmitterCache(const Geometry& g, Vec3d from, const ReceiverGroups& receivers, int depth) : position(from) {
    Vec3d p[max_depth + 2];
    Beam root;
    root.apex = from;
    grow(root, *g.fixed, nullptr, depth, [&](const Beam& beam) {
      ++beams;
      if (beam.length < depth) prefixes.push_back(beam);
      receivers.for_each_in(beam, [&](std::uint32_t rx) {
        const int n = beam.length;
        if (!solve(g, from, beam.chain, n, receivers.positions()[rx], p)) return;
        const std::size_t first_hop = hops.size();
        if (!trace_chain(g, beam.chain, n, p, depth - n, hops)) return;
        paths.push_back({rx, std::uint32_t(first_hop), std::uint32_t(hops.size() - first_hop), std::uint32_t(points.size()), std::uint32_t(n + 2)});
        points.insert(points.end(), p, p + n + 2);
      });
    });
    std::stable_sort(paths.begin(), paths.end(), [](const auto& a, const auto& b) { return a.rx < b.rx; });
    first_path.assign(receivers.positions().size() + 1, 0);
    for (const StaticPath& path : paths) ++first_path[path.rx + 1];
    for (std::size_t r = 1; r < first_path.size(); ++r) first_path[r] += first_path[r - 1];
  }
};

}  // namespace manyworlds::paths
