#pragma once
#include "manyworlds/paths/hard.hpp"
#include "manyworlds/paths/soft.hpp"

namespace manyworlds::paths {

/// Finds the paths of one configuration that meet a mover; holds the buffers. The work is cut into pieces by its size
/// alone, for whatever threads help (parallel::split), and what they find is put together in order.
class PathFinder {
 public:
  SoftFinder soft;

  /// `caches`, `replaced`: by transmitter, and static path; sets what stands in the table, or is blocked.
  void find(const Geometry& g, const std::vector<const TransmitterCache*>& caches, const ReceiverGroups& receivers,
            const ShotByFace& shot, const Visibility& visibility, double wavelength, int depth,
            std::vector<std::vector<std::uint8_t>>& replaced, PathTable& table) {
    const bool hard = visibility.kind == VisibilityKind::hard;
    const Support support(visibility, wavelength);
    const std::size_t entries = cut(entering_, caches, 64, [](const auto&c) { return c.prefixes.size(); }),
                      scans = cut(scanning_, caches, 256, [](const auto&c) { return c.segments.blocks(); }),
                      checks = cut(checking_, caches, 16, [](const auto&c) { return c.segments.words(); });
    near_.resize(caches.size());
    for (std::size_t t = 0; t < caches.size(); ++t) near_[t].assign(caches[t]->segments.words(), 0);
    soft.begin(entries);
    const auto enter = [&](std::size_t i) {
      Piece& p = entering_[i];
      const std::span<const Beam> prefixes(&caches[p.tx]->prefixes[p.first], p.last - p.first);
      if (hard)
        add_dynamic_hard(g, *caches[p.tx], prefixes, p.tx, receivers, depth, p.table, shot);
      else
        soft.arrive(i, g, *caches[p.tx], prefixes, p.tx, visibility.tiles, depth);
    };
    const auto scan = [&](std::size_t i) {
      const Piece& p = scanning_[i];
      caches[p.tx]->segments.mark_near(g.moving->surfaces, hard ? nullptr : &support, p.first, p.last, near_[p.tx]);
    };
    parallel::split_all(parallel::Loop{entries, enter}, parallel::Loop{scans, scan});

    const auto check = [&](std::size_t i) {
      Piece& p = checking_[i];
      StaticSegments::for_each_marked(near_[p.tx], p.first, p.last, [&](std::uint32_t path) {
        if (hard)
          overlay_hard(g, *caches[p.tx], p.tx, depth, path, replaced[p.tx], p.table);
        else
          overlay_soft(g, *caches[p.tx], p.tx, support, depth, path, replaced[p.tx], p.unfolded, p.table);
      });
    };
    const std::size_t shares = hard || depth == 0 ? 0 : soft.depart(g, shot, visibility.tiles, support, depth);
    const auto follow = [&](std::size_t i) {
      soft.follow(i, g, caches, receivers, shot, visibility.tiles, support, depth);
    };
    parallel::split_all(parallel::Loop{shares, follow}, parallel::Loop{checks, check});

    for (std::uint32_t t = 0; t < caches.size(); ++t) {
      for (std::size_t i = 0; i < checks; ++i)
        if (checking_[i].tx == t) table.append(checking_[i].table);
      for (std::size_t i = 0; i < entries; ++i)
        if (entering_[i].tx == t) table.append(entering_[i].table);
    }
    if (shares > 0) soft.collect(table);
  }

  std::size_t bytes() const {
    std::size_t sum = soft.bytes();
    for (const auto* pieces : {&entering_, &scanning_, &checking_}) {
      sum += pieces->capacity() * sizeof(Piece);
      for (const Piece& p : *pieces) sum += p.table.bytes();
    }
    for (const auto& near : near_) sum += near.capacity() * sizeof(near[0]);
    return sum;
  }

 private:
  /// Items [first, last) of a transmitter's cache, and what they led to.
  struct alignas(64) Piece {
    std::uint32_t tx = 0;
    std::size_t first = 0, last = 0;
    PathTable table;
    UnfoldedPath unfolded;
  };

  /// Cuts size(cache) items of each transmitter into pieces of about `least`; returns how many there are.
  template <class Size>
  static std::size_t cut(std::vector<Piece>& pieces, const std::vector<const TransmitterCache*>& caches,
                         std::size_t least, Size&& size) {
    std::size_t count = 0;
    for (std::uint32_t t = 0; t < caches.size(); ++t) {
      const parallel::Cut of_cache(size(*caches[t]), least);
      for (std::size_t i = 0; i < of_cache.pieces; ++i) {
        if (count == pieces.size()) pieces.emplace_back();
        Piece& piece = pieces[count++];
        piece.tx = t;
        piece.first = of_cache.begin(i), piece.last = of_cache.end(i);
        piece.table.clear();
      }
    }
    return count;
  }

  std::vector<Piece> entering_;  ///< of prefixes
  std::vector<Piece> scanning_;  ///< of blocks of segments
  std::vector<Piece> checking_;  ///< of words of marks
  std::vector<std::vector<std::uint64_t>>
      near_;  ///< by transmitter: marks of the static paths that a mover may be near
};

}  // namespace manyworlds::paths
