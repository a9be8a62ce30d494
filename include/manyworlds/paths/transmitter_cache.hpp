#pragma once
#include <atomic>
#include <limits>
#include <numeric>

#include "manyworlds/backend/parallel.hpp"
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
    std::atomic<bool> too_many = false;
    if (wanted != Finder::shooting) {
      const std::size_t most = wanted == Finder::automatic ? max_beams : std::numeric_limits<std::size_t>::max();
      find(g, receivers, depth, Unoccluded(g, &position, 1, no_face, depth, &too_many), most, too_many);
    }
    if (wanted == Finder::shooting || too_many) {
      prefixes = {};
      paths.clear();
      hops.clear();
      points.clear();
      beams = 0;
      too_many = false;
      finder = Finder::shooting;
      std::vector<FaceChain> found = shoot(g, {from, 0}, rays, depth);
      if (depth > 0) add_single_faces(found, g.fixed->size());
      chains = found.size();
      find(g, receivers, depth, AlongChains(found), std::numeric_limits<std::size_t>::max(), too_many);
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

  /// What one piece of the tree of beams leads to; numbers of hops and points are its own.
  struct alignas(64) Piece {
    std::vector<Beam> prefixes;
    std::vector<StaticPath> paths;
    std::vector<Hop> hops;
    std::vector<Vec3d> points;
  };

  /// Walks the tree of beams, cut into the root and groups of the trees that begin with its first faces, and puts the
  /// pieces together in order. Sets `too_many` and leaves off when there are more than `most` beams.
  template <class Guide>
  void find(const Geometry& g, const ReceiverGroups& receivers, int depth, const Guide& guide, std::size_t most,
            std::atomic<bool>& too_many) {
    Beam root;
    root.apex[0] = position;
    std::vector<FirstFace> first;
    if (depth > 0)
      guide.for_each(root, [&](std::uint32_t face, const Guide& next) { first.push_back(next.first_face(face)); });
    const parallel::Cut trees(first.size(), 2);
    std::vector<Piece> pieces(trees.pieces + 1);
    std::atomic<std::size_t> count = 0;
    parallel::split(pieces.size(), [&](std::size_t i) {
      ChainPacket packet;
      std::vector<std::uint32_t> inside;
      const auto visit = [&](const Beam& beam) {
        if (++count > most) too_many = true;
        if (too_many) return;
        add_paths(g, receivers, beam, depth, packet, inside, pieces[i]);
      };
      if (i == trees.pieces) return visit(root);
      const Guide own = guide;  // each piece remembers its own blockers, whatever ran before it on this thread
      Beam child;
      for (std::size_t k = trees.begin(i); k < trees.end(i); ++k)
        if (grow_one(root, *g.fixed, first[k].face, own, child))
          grow(child, *g.fixed, nullptr, depth, own.after(first[k]), visit);
    });
    beams = count;
    std::rotate(pieces.begin(), pieces.end() - 1, pieces.end());  // the root's comes first
    const auto reserve = [&](auto member, auto& all) {
      std::size_t sum = 0;
      for (const Piece& piece : pieces) sum += (piece.*member).size();
      all.reserve(sum);
    };
    reserve(&Piece::prefixes, prefixes);
    reserve(&Piece::paths, paths);
    reserve(&Piece::hops, hops);
    reserve(&Piece::points, points);
    for (Piece& piece : pieces) {
      append(piece);
      piece = {};
    }
  }

  void append(const Piece& piece) {
    const auto first_hop = std::uint32_t(hops.size()), first_point = std::uint32_t(points.size());
    prefixes.insert(prefixes.end(), piece.prefixes.begin(), piece.prefixes.end());
    hops.insert(hops.end(), piece.hops.begin(), piece.hops.end());
    points.insert(points.end(), piece.points.begin(), piece.points.end());
    for (StaticPath path : piece.paths) {
      path.first_hop += first_hop, path.first_point += first_point;
      paths.push_back(path);
    }
  }

  /// The beam's paths to the receivers in it.
  void add_paths(const Geometry& g, const ReceiverGroups& receivers, const Beam& beam, int depth, ChainPacket& packet,
                 std::vector<std::uint32_t>& inside, Piece& to) const {
    if (beam.length < depth) to.prefixes.push_back(beam);
    const int n = beam.length;
    Vec3d images[max_depth + 1], p[max_depth + 2];
    mirror_through(g, position, beam.chain, n, images);
    packet.begin(g, &images, 1, beam.chain, n, depth - n);
    Occluders occluders;
    inside.clear();
    receivers.for_each_in(beam, [&](std::uint32_t rx) { inside.push_back(rx); });
    packet.for_each(
        inside, [&](std::uint32_t rx) { return receivers.positions()[rx]; },
        [&](std::uint32_t rx, int, bool open) {
          if (!open || !solve(g, images, beam.chain, n, receivers.positions()[rx], p)) return;
          const std::size_t first_hop = to.hops.size();
          if (!trace_chain(g, beam.chain, n, p, depth - n, to.hops, no_face, no_face, &occluders)) return;
          to.paths.push_back({rx, std::uint32_t(first_hop), std::uint32_t(to.hops.size() - first_hop),
                              std::uint32_t(to.points.size()), std::uint32_t(n + 2)});
          to.points.insert(to.points.end(), p, p + n + 2);
        });
  }
};

}  // namespace manyworlds::paths
