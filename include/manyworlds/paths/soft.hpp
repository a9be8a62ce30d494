#pragma once
#include <span>

#include "manyworlds/backend/parallel.hpp"
#include "manyworlds/paths/departures.hpp"

/// Paths under soft visibility: chains count as far as the movers' edge weights reach, the mirror point on a mover may
/// lie beside it, and what walls hide is decided tile by tile.
namespace manyworlds::paths {

/// Finds the paths of one configuration that bounce on a mover, piece by piece; holds the buffers.
class SoftFinder {
 public:
  Arrivals arrivals;

  /// Starts anew, for so many pieces of prefixes.
  void begin(std::size_t pieces) {
    if (by_prefixes_.size() < pieces) by_prefixes_.resize(pieces);
    pieces_ = pieces;
  }
  /// Arrivals straight from a transmitter through piece number `piece` of the prefixes.
  void arrive(std::size_t piece, const Geometry& g, const TransmitterCache& cache, std::span<const Beam> prefixes,
              std::uint32_t tx, int tiles, int depth) {
    by_prefixes_[piece].clear();
    by_prefixes_[piece].add_prefixes(g, cache, prefixes, tx, tiles, depth);
  }

  /// When all have arrived: what leaves the movers, and in how many shares that is followed.
  std::size_t depart(const Geometry& g, const ShotByFace& shot, int tiles, const Support& support, int depth) {
    arrivals.clear();
    for (std::size_t i = 0; i < pieces_; ++i) arrivals.append(by_prefixes_[i]);
    arrivals.extend(g, shot, tiles, depth);
    if (departures_.size() < arrivals.list.size()) departures_.resize(arrivals.list.size());
    parallel::split(arrivals.list.size(), [&](std::size_t i) {
      const Arrival& a = arrivals.list[i];
      const std::uint32_t m = a.face - g.moving->first_id;
      Departure& d = departures_[i];
      d.root = departure(g.moving->surfaces[m], a.source, tiles, support);
      d.first.assign(1, {});
      const int left = depth - a.length - 1;  // interactions after this bounce
      if (left > 0)
        guided_from_mover(g, d.root, m, shot, left, [&](const auto& guide) {
          guide.for_each(d.root,
                         [&](std::uint32_t face, const auto& next) { d.first.push_back(next.first_face(face)); });
        });
    });
    std::size_t trees = 0;
    for (std::size_t i = 0; i < arrivals.list.size(); ++i) trees += departures_[i].first.size();
    shares_ = parallel::Cut(trees, 64, most_shares).pieces;
    if (by_share_.size() < shares_) by_share_.resize(shares_);
    return shares_;
  }

  /// Follows one share: the trees that begin with some of the faces, so that arrivals share what leads on from there.
  void follow(std::size_t share, const Geometry& g, const std::vector<const TransmitterCache*>& caches,
              const ReceiverGroups& receivers, const ShotByFace& shot, int tiles, const Support& support, int depth) {
    DepartureFinder& finder = by_share_[share];
    finder.clear();
    for (std::size_t i = 0; i < arrivals.list.size(); ++i)
      finder.follow(g, arrivals, i, departures_[i], caches[arrivals.list[i].tx]->position, receivers, shot, tiles,
                    support, depth, [&](std::uint32_t face) { return (face + 1) % shares_ == share; });
  }

  /// When all shares have been followed: adds the paths, in the order of arrivals and first faces.
  void collect(PathTable& table) {
    order_.clear();
    for (std::size_t share = 0; share < shares_; ++share)
      for (const DepartureFinder::Found& f : by_share_[share].found) order_.push_back({f, &by_share_[share].table});
    std::sort(order_.begin(), order_.end(), [](const Part& a, const Part& b) {
      return std::pair(a.found.arrival, a.found.first) < std::pair(b.found.arrival, b.found.first);
    });
    for (const Part& part : order_) table.append(*part.table, part.found.from, part.found.to);
  }

  std::size_t bytes() const {
    std::size_t sum = order_.capacity() * sizeof(Part) + departures_.capacity() * sizeof(Departure);
    for (const Departure& d : departures_) sum += d.first.capacity() * sizeof(FirstFace);
    for (const DepartureFinder& finder : by_share_) sum += finder.bytes();
    return sum;
  }

 private:
  static constexpr std::size_t most_shares = 16;
  struct Part {
    DepartureFinder::Found found;
    const PathTable* table;
  };
  std::vector<Arrivals> by_prefixes_;
  std::size_t pieces_ = 0, shares_ = 0;
  std::vector<Departure> departures_;  ///< by arrival
  std::vector<DepartureFinder> by_share_;
  std::vector<Part> order_;
};

/// The static path number i of a transmitter, that a mover may be near: where its weight reaches it, sets screened[i]
/// and adds the path with its screens to the table. `path` is scratch.
inline void overlay_soft(const Geometry& g, const TransmitterCache& cache, std::uint32_t tx, const Support& support,
                         int depth, std::uint32_t i, std::vector<std::uint8_t>& screened, UnfoldedPath& scratch,
                         PathTable& table) {
  const TransmitterCache::StaticPath& path = cache.paths[i];
  const std::size_t first_hop = table.hops.size(), first_screen = table.screens.size();
  scratch.hops.assign(cache.hops.begin() + path.first_hop, cache.hops.begin() + path.first_hop + path.hops);
  scratch.lead({&cache.points[path.first_point], path.points});
  screened[i] = scratch.append_with_screens(g, support, depth, table.hops);
  if (!screened[i]) return table.hops.resize(first_hop);
  if (scratch.add_screens(table, first_hop))
    table.dimmed.push_back({std::uint32_t(table.groups.size()), i, std::uint32_t(first_screen),
                            std::uint32_t(table.screens.size() - first_screen)});
  table.add(tx, path.rx, first_hop);
}

}  // namespace manyworlds::paths
