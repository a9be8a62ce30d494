#pragma once
#include <numeric>

#include "manyworlds/paths/chain_packet.hpp"
#include "manyworlds/paths/occlusion.hpp"
#include "manyworlds/paths/path_table.hpp"
#include "manyworlds/paths/receiver_groups.hpp"
#include "manyworlds/paths/shooting.hpp"
#include "manyworlds/paths/static_segments.hpp"

namespace manyworlds::paths {

/// How chains of reflections are found: all of them (a tree of beams), or those that rays happen to meet. Automatic:
/// beams, unless there are too many.
enum class Finder : std::uint8_t { automatic, beams, shooting };

inline constexpr std::uint64_t default_rays = 1'000'000;
inline constexpr std::size_t default_max_beams = 300'000;  // two seconds or so

/// What one transmitter's place fixes while movers move: the beams through static faces from which a mover can be
/// reached, and all static paths (movers taken away), with the points of their segments.
struct TransmitterCache {
  struct StaticPath {
    std::uint32_t rx = 0;
    std::uint32_t first_hop = 0, hops = 0;      ///< reflections and transmissions in path order
    std::uint32_t first_point = 0, points = 0;  ///< transmitter, reflection points, receiver
  };
  Vec3d position{};
  std::vector<Beam> prefixes;             ///< depth first; fewer reflections than max_depth
  std::vector<StaticPath> paths;          ///< by receiver
  std::vector<std::uint32_t> first_path;  ///< paths of receiver r are [first_path[r], first_path[r + 1])
  std::vector<Hop> hops;
  std::vector<Vec3d> points;
  StaticSegments segments;        ///< of the paths
  Finder finder = Finder::beams;  ///< the one that ran
  std::size_t beams = 0;          ///< grown, in the tree of all or along the chains
  std::size_t chains = 0;         ///< when shooting: found by rays, or of a single face

  /// Static paths and prefixes from a position. `g.moving` must be unset. The automatic finder gives up the tree of
  /// all beams when it has more than `max_beams`; chains of one reflection are complete whichever finder runs.
  TransmitterCache(const Geometry& g, Vec3d from, const ReceiverGroups& receivers, int depth,
                   Finder wanted = Finder::automatic, std::uint64_t rays = default_rays,
                   std::size_t max_beams = default_max_beams)
      : position(from) {
    bool too_many = false;
    if (wanted != Finder::shooting) {
      const bool bounded = wanted == Finder::automatic;
      find(g, receivers, depth, Unoccluded(g, &position, 1, no_face, depth, &too_many),
           [&] { too_many = bounded && beams > max_beams; });
    }
    if (wanted == Finder::shooting || too_many) {
      prefixes = {};
      paths.clear();
      hops.clear();
      points.clear();
      beams = 0;
      finder = Finder::shooting;
      std::vector<FaceChain> found = shoot(g, {from, 0}, rays, depth);
      if (depth > 0) add_single_faces(found, g.fixed->size());
      chains = found.size();
      find(g, receivers, depth, AlongChains(found), [] {});
    }
    // Paths stand by receiver; their segments as they were found, where those of one chain are neighbours.
    std::vector<std::uint32_t> found(paths.size()), place(paths.size());
    std::iota(found.begin(), found.end(), 0u);
    std::stable_sort(found.begin(), found.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return paths[a].rx < paths[b].rx; });
    std::vector<StaticPath> by_receiver;
    by_receiver.reserve(paths.size());
    for (const std::uint32_t i : found) {
      place[i] = std::uint32_t(by_receiver.size());
      by_receiver.push_back(paths[i]);
    }
    for (std::uint32_t s = 0; s <= max_depth; ++s)
      for (std::size_t i = 0; i < paths.size(); ++i) add_segment(paths[i], place[i], s);
    paths = std::move(by_receiver);
    first_path.assign(receivers.positions().size() + 1, 0);
    for (const StaticPath& path : paths) ++first_path[path.rx + 1];
    for (std::size_t r = 1; r < first_path.size(); ++r) first_path[r] += first_path[r - 1];
  }

 private:
  /// Segment number s of a path that will be number `number`, if it has as many.
  void add_segment(const StaticPath& path, std::uint32_t number, std::uint32_t s) {
    if (s + 1 >= path.points) return;
    const Vec3d* const p = &points[path.first_point];
    double before = 0, length = 0;
    for (std::uint32_t i = 0; i + 1 < path.points; ++i) {
      if (i == s) before = length;
      length += norm(p[i + 1] - p[i]);
    }
    segments.add(number, p[s], p[s + 1], before, length);
  }

  template <class Guide, class Check>
  void find(const Geometry& g, const ReceiverGroups& receivers, int depth, const Guide& guide, Check&& check) {
    Vec3d p[max_depth + 2];
    ChainPacket packet;
    std::vector<std::uint32_t> inside;
    Beam root;
    root.apex[0] = position;
    grow(root, *g.fixed, nullptr, depth, guide, [&](const Beam& beam) {
      ++beams;
      check();
      if (beam.length < depth) prefixes.push_back(beam);
      const int n = beam.length;
      Vec3d images[max_depth + 1];
      mirror_through(g, position, beam.chain, n, images);
      packet.begin(g, images, beam.chain, n, depth - n);
      Occluders occluders;
      inside.clear();
      receivers.for_each_in(beam, [&](std::uint32_t rx) { inside.push_back(rx); });
      packet.for_each(
          inside, [&](std::uint32_t rx) { return receivers.positions()[rx]; },
          [&](std::uint32_t rx, bool open) {
            if (!open || !solve(g, images, beam.chain, n, receivers.positions()[rx], p)) return;
            const std::size_t first_hop = hops.size();
            if (!trace_chain(g, beam.chain, n, p, depth - n, hops, no_face, no_face, &occluders)) return;
            paths.push_back({rx, std::uint32_t(first_hop), std::uint32_t(hops.size() - first_hop),
                             std::uint32_t(points.size()), std::uint32_t(n + 2)});
            points.insert(points.end(), p, p + n + 2);
          });
    });
  }
};

}  // namespace manyworlds::paths
