#pragma once
#include "manyworlds/paths/known_legs.hpp"
#include "manyworlds/paths/legs.hpp"
#include "manyworlds/paths/mirror_path.hpp"
#include "manyworlds/paths/unfolded_path.hpp"

namespace manyworlds::paths {

/// What leaves a mover face for an arrival: the beam from its tiles, and the first static faces that this may meet.
struct Departure {
  Beam root;
  std::vector<FirstFace> first;  ///< the one that comes first stands for no face: straight to the receivers
};

/// Finds paths from the movers on to the receivers, under soft visibility, for the trees that begin with some of the
/// first faces; holds the buffers.
class DepartureFinder {
 public:
  PathTable table;  ///< of what was found
  /// Paths in the table that come from one tree, by number of the arrival and of the first face there.
  struct Found {
    std::size_t arrival = 0, first = 0;
    PathTable::Mark from, to;
  };
  std::vector<Found> found;

  void clear() {
    table.clear();
    found.clear();
    legs_.clear();
    leg_hops_.clear();
    known_legs_.clear();
    packet_.forget();
  }

  /// Follows the trees of arrival number `number` whose first faces wanted(face) names.
  template <class Wanted>
  void follow(const Geometry& g, const Arrivals& arrivals, std::size_t number, const Departure& departure, Vec3d source,
              const ReceiverGroups& receivers, const ShotByFace& shot, int tiles, const Support& support, int depth,
              Wanted&& wanted) {
    const Arrival& a = arrivals.list[number];
    const int left = depth - a.length - 1;
    const auto reach = [&](const Beam& beam) {
      reach_receivers(g, source, arrivals, a, beam, receivers, tiles, support, depth);
    };
    guided_from_mover(g, departure.root, a.face - g.moving->first_id, shot, left, [&](const auto& guide) {
      Beam child;
      for (std::size_t i = 0; i < departure.first.size(); ++i) {
        const FirstFace& first = departure.first[i];
        if (!wanted(first.face)) continue;
        const PathTable::Mark before = table.end();
        if (first.face == no_face)
          reach(departure.root);
        else if (grow_one(departure.root, *g.fixed, first.face, guide, child))
          grow(child, *g.fixed, nullptr, left, guide.after(first), reach);
        if (table.end() != before) found.push_back({number, i, before, table.end()});
      }
    });
  }

  std::size_t bytes() const {
    return sizeof(*this) + table.bytes() + found.capacity() * sizeof(Found) + legs_.capacity() * sizeof(Leg) +
           leg_hops_.capacity() * sizeof(Hop) + known_legs_.bytes();
  }

 private:
  /// A receiver and the number of its leg from tile 0 (see KnownLegs).
  struct Reached {
    std::uint32_t rx = 0, first_leg = 0;
  };
  struct Leg {
    enum State : std::uint8_t { unknown, hidden, seen } state = unknown;
    std::uint8_t signature = 0;  ///< equal for equal hops
    std::uint16_t hops = 0;
    std::uint32_t first_hop = 0;
  };

  /// The paths of one arrival that go on through the beam's chain: to every receiver whose mirror point on the mover is
  /// in reach of its edge weight.
  void reach_receivers(const Geometry& g, Vec3d source, const Arrivals& arrivals, const Arrival& a, const Beam& beam,
                       const ReceiverGroups& receivers, int tiles, const Support& support, int depth) {
    const Surface& s = g.surface(a.face);
    const MirrorPath path(g, s, a.source, beam.chain, beam.length, support);
    reached_.clear();
    fresh_.clear();
    const auto test = [&](const ReceiverGroups::Block& block, int(&inside)[ReceiverGroups::width]) {
      path.test(block, inside);
    };
    receivers.for_each_in(beam, test, [&](std::uint32_t rx) { reached_.push_back({rx, 0}); });
    if (reached_.empty()) return;
    const std::uint32_t chain = known_legs_.chain(a.face, beam.chain, beam.length);
    const std::size_t first_fresh = legs_.size();
    for (Reached& r : reached_) {
      r.first_leg = known_legs_.find(chain, r.rx);
      if (r.first_leg != KnownLegs::unknown) continue;
      fresh_.push_back({r.rx, std::uint32_t(legs_.size())});
      legs_.resize(legs_.size() + std::size_t(square(tiles)));
    }
    for (int t = 0; t < square(tiles); ++t) {
      occluders_[t] = {};
      mirror_through(g, tile_center(s.rectangle, tiles, t), beam.chain, beam.length, tile_images_[t]);
    }
    packet_.begin(g, tile_images_, square(tiles), beam.chain, beam.length, depth - 1 - beam.length, a.face);
    packet_.for_each(
        fresh_, [&](const Reached& r) { return receivers.positions()[r.rx]; },
        [&](const Reached& r, int tile, bool open) {
          if (!open) legs_[r.first_leg + std::uint32_t(tile)].state = Leg::hidden;
        });
    auto kept = legs_.begin() + std::ptrdiff_t(first_fresh);  // of most receivers no leg is
    for (Reached& r : fresh_) {
      const auto own = legs_.begin() + std::ptrdiff_t(r.first_leg), end = own + square(tiles);
      if (std::all_of(own, end, [](const Leg& l) { return l.state == Leg::hidden; })) {
        r.first_leg = KnownLegs::hidden;
      } else {
        r.first_leg = std::uint32_t(kept - legs_.begin());
        kept = kept == own ? end : std::copy(own, end, kept);
      }
      known_legs_.add(chain, r.rx, r.first_leg);
    }
    legs_.erase(kept, legs_.end());
    auto fresh = fresh_.begin();
    for (Reached& r : reached_) {
      if (r.first_leg == KnownLegs::unknown) r.first_leg = (fresh++)->first_leg;
      if (r.first_leg != KnownLegs::hidden)
        emit(g, source, arrivals, a, beam, path, r, receivers.positions()[r.rx], tiles, support, depth);
    }
  }

  /// The leg from the centre of a tile through the chain to the receiver, found when first asked for; that of tile 0 is
  /// number `first`.
  const Leg& leg(const Geometry& g, std::uint32_t face, const Beam& chain, std::uint32_t first, Vec3d end, int tile,
                 int tiles, int depth) {
    Leg& leg = legs_[first + std::uint32_t(tile)];
    if (leg.state != Leg::unknown) return leg;
    leg.state = Leg::hidden;
    Geometry walls = g;
    walls.moving = nullptr;
    Vec3d p[max_depth + 2];
    leg.first_hop = std::uint32_t(leg_hops_.size());
    if (!solve(walls, tile_images_[tile], chain.chain, chain.length, end, p) || hidden_by_itself(g, face, p[0], p[1]) ||
        !trace_chain(walls, chain.chain, chain.length, p, depth - 1 - chain.length, leg_hops_, face, no_face,
                     &occluders_[tile]))
      return leg;
    leg.state = Leg::seen;
    leg.hops = std::uint16_t(leg_hops_.size() - leg.first_hop);
    leg.signature = std::uint8_t(tile);
    for (std::uint32_t t = first; t < first + std::uint32_t(square(tiles)); ++t)
      if (&legs_[t] != &leg && legs_[t].state == Leg::seen && same_hops(legs_[t], leg))
        leg.signature = legs_[t].signature;
    return leg;
  }
  bool same_hops(const Leg& a, const Leg& b) const {
    const auto first = leg_hops_.begin() + a.first_hop;
    return a.hops == b.hops &&
           std::equal(first, first + a.hops, leg_hops_.begin() + b.first_hop,
                      [](const Hop& x, const Hop& y) { return x.face == y.face && x.kind == y.kind; });
  }

  /// Adds the group of paths that an arrival and a chain to a receiver make: one path per different set of
  /// transmissions, with the tiles that are seen through it.
  void emit(const Geometry& g, Vec3d source, const Arrivals& arrivals, const Arrival& a, const Beam& chain,
            const MirrorPath& mirror_path, const Reached& reached, Vec3d end, int tiles, const Support& support,
            int depth) {
    combinations_.clear();
    for (std::uint32_t w = 0; w < a.ways; ++w) {
      const Arrival::Way& way = arrivals.ways[a.first_way + w];
      const int tile = way.tile[a.bounces - 1];
      const Leg& l = leg(g, a.face, chain, reached.first_leg, end, tile, tiles, depth);
      if (l.state == Leg::seen && int(way.hops + l.hops) + 1 <= depth)
        combinations_.push_back({way.signature, l.signature, w, std::uint32_t(tile)});
    }
    if (combinations_.empty() || !mirror_path.reaches(end)) return;
    std::sort(combinations_.begin(), combinations_.end());
    if (!path_.mirror(g, source, a, chain, end, support)) return;

    std::size_t all = 1;
    for (int b = 0; b < a.bounces; ++b) all *= std::size_t(tiles) * std::size_t(tiles);
    bool first = true;
    for (std::size_t begin = 0; begin < combinations_.size();) {
      std::size_t last = begin;
      while (last < combinations_.size() && combinations_[last].way_signature == combinations_[begin].way_signature &&
             combinations_[last].leg_signature == combinations_[begin].leg_signature)
        ++last;
      const Arrival::Way& way = arrivals.ways[a.first_way + combinations_[begin].way];
      const Leg& l = legs_[reached.first_leg + combinations_[begin].tile];
      path_.hops.assign(arrivals.hops.begin() + way.first_hop, arrivals.hops.begin() + way.first_hop + way.hops);
      path_.hops.push_back({a.face, HopKind::reflect});
      path_.hops.insert(path_.hops.end(), leg_hops_.begin() + l.first_hop, leg_hops_.begin() + l.first_hop + l.hops);
      const std::size_t first_hop = table.hops.size(), first_tile = table.tiles.size();
      path_.append_with_screens(g, support, depth, table.hops);
      const bool whole = last - begin == all;
      for (std::size_t c = begin; c < last && !whole; ++c) {
        const std::uint8_t* tile = arrivals.ways[a.first_way + combinations_[c].way].tile;
        table.tiles.insert(table.tiles.end(), tile, tile + a.bounces);
      }
      if (first) table.groups.push_back(std::uint32_t(table.paths.size()));
      first = false;
      table.add_to_group(a.tx, reached.rx, first_hop, first_tile, whole ? 0 : std::uint32_t(last - begin));
      begin = last;
    }
  }

  struct Combination {
    std::uint32_t way_signature = 0, leg_signature = 0, way = 0, tile = 0;
    auto operator<=>(const Combination&) const = default;
  };
  std::vector<Leg> legs_;  ///< of this step; those to one receiver through one chain follow each other, by tile
  KnownLegs known_legs_;
  std::vector<Reached> reached_;  ///< receivers in a beam whose mirror point is in reach
  std::vector<Reached> fresh_;    ///< those of them without legs yet
  ChainPacket packet_;
  Vec3d tile_images_[max_tiles2][max_depth + 1];
  Occluders occluders_[max_tiles2];
  std::vector<Hop> leg_hops_;
  std::vector<Combination> combinations_;
  UnfoldedPath path_;
};

}  // namespace manyworlds::paths
