#pragma once
#include <span>

#include "manyworlds/paths/departure.hpp"
#include "manyworlds/paths/transmitter_cache.hpp"

/// Soft visibility looks at a mover through its tiles. A leg is the static part of a path between two ends, each a
/// device or the centre of a tile; whether a tile is seen is decided on its legs, whatever the mirror point does
/// (docs/physics.md).
namespace manyworlds::paths {

/// A closed mover hides its own far faces: does another opaque face of the same object stand between p and the face?
inline bool hidden_by_itself(const Geometry& g, std::uint32_t face, Vec3d on_face, Vec3d p) {
  const Surface& own = g.surface(face);
  const Vec3d d = on_face - p;
  for (const Surface& s : g.moving->surfaces) {
    if (s.object != own.object || &s == &own || (g.transmission && !g.slabs[s.material].opaque)) continue;
    const double slope = dot(s.normal, d);
    if (slope == 0) continue;
    const double t = (s.offset - dot(s.normal, p)) / slope;
    if (t > tolerance && t < 1 - 1e-6 && g.moving->contains(s, p + t * d)) return true;
  }
  return false;
}

/// Is b on the side of the face where a is? What lies in its plane is on neither.
inline bool same_side(const Surface& s, Vec3d a, Vec3d b) {
  const double height = dot(s.normal, b) - s.offset;
  return (dot(s.normal, a) > s.offset ? height : -height) > tolerance;
}

/// Waves that arrive at one mover face along one chain of reflections, through some of its tiles.
struct Arrival {
  struct Way {
    std::uint8_t tile[kernels::max_mover_bounces]{};  ///< one per mover bounce, the last one at `face`
    std::uint32_t first_hop = 0, hops = 0;            ///< before the bounce on `face`
    std::uint32_t signature = 0;                      ///< equal hops have equal numbers
  };
  std::uint32_t tx = 0;
  std::uint32_t face = 0;            ///< the mover face
  std::uint32_t chain[max_depth]{};  ///< reflections before it
  int length = 0;
  int bounces = 1;  ///< mover bounces, this one included
  Vec3d source{};   ///< image of the transmitter in the chain
  std::uint32_t first_way = 0, ways = 0;
};

/// All arrivals of one step; buffers are kept from step to step.
class Arrivals {
 public:
  std::vector<Arrival> list;
  std::vector<Arrival::Way> ways;
  std::vector<Hop> hops;

  void clear() {
    list.clear();
    ways.clear();
    hops.clear();
  }

  /// Straight from a transmitter through some of its prefixes.
  void add_prefixes(const Geometry& g, const TransmitterCache& cache, std::span<const Beam> prefixes, std::uint32_t tx,
                    int tiles, int depth) {
    const Geometry walls = without_movers(g);
    Vec3d p[max_depth + 2];
    for (const Beam& prefix : prefixes)
      for (std::uint32_t m = 0; m < g.moving->size(); ++m) {
        const Surface& s = g.moving->surfaces[m];
        if (!prefix.meets_sphere(s.center, s.radius)) continue;
        Arrival arrival{tx, g.moving->first_id + m, {}, prefix.length, 1, prefix.apex[0], std::uint32_t(ways.size()),
                        0};
        std::copy(prefix.chain, prefix.chain + prefix.length, arrival.chain);
        for (int t = 0; t < tiles * tiles; ++t) {
          const Vec3d c = tile_center(s.rectangle, tiles, t);
          if (!prefix.contains(c) || !solve(walls, cache.position, prefix.chain, prefix.length, c, p)) continue;
          if (hidden_by_itself(g, arrival.face, c, p[prefix.length])) continue;
          Arrival::Way way;
          way.tile[0] = std::uint8_t(t);
          way.first_hop = std::uint32_t(hops.size());
          if (!trace_chain(walls, prefix.chain, prefix.length, p, depth - prefix.length - 1, hops, no_face,
                           arrival.face))
            continue;
          add_way(way, arrival);
        }
        if (arrival.ways > 0) list.push_back(arrival);
      }
  }

  /// Adds what others found.
  void append(const Arrivals& others) {
    const auto first_way = std::uint32_t(ways.size()), first_hop = std::uint32_t(hops.size());
    check_ways(ways.size() + others.ways.size());
    const std::size_t first = list.size();
    list.insert(list.end(), others.list.begin(), others.list.end());
    ways.insert(ways.end(), others.ways.begin(), others.ways.end());
    hops.insert(hops.end(), others.hops.begin(), others.hops.end());
    for (std::size_t a = first; a < list.size(); ++a) list[a].first_way += first_way;
    for (std::size_t w = first_way; w < ways.size(); ++w) ways[w].first_hop += first_hop;
  }

  /// From every arrival on to further movers, while depth and the number of mover bounces allow.
  void extend(const Geometry& g, const ShotByFace& shot, int tiles, int depth) {
    const Geometry walls = without_movers(g);
    Vec3d p[max_depth + 2];
    for (std::size_t a = 0; a < list.size(); ++a) {
      if (list[a].bounces == kernels::max_mover_bounces || list[a].length + 2 > depth) continue;
      const std::uint32_t from = list[a].face, local = from - g.moving->first_id;
      const Surface& s = g.surface(from);
      const int left = depth - list[a].length - 1;  // interactions after this bounce
      grow_from_mover(g, departure(s, list[a].source, tiles), local, shot, left - 1, [&](const Beam& beam) {
        const int length = list[a].length + 1 + beam.length;
        for (std::uint32_t m = 0; m < g.moving->size(); ++m) {
          const Surface& next = g.moving->surfaces[m];
          const std::uint32_t to = g.moving->first_id + m;
          if ((beam.length == 0 && to == from) || !beam.meets_sphere(next.center, next.radius)) continue;
          Arrival arrival{
              list[a].tx, to, {}, length, list[a].bounces + 1, mirror(s, list[a].source), std::uint32_t(ways.size()),
              0};
          std::copy(list[a].chain, list[a].chain + list[a].length, arrival.chain);
          arrival.chain[list[a].length] = from;
          for (int i = 0; i < beam.length; ++i) {
            arrival.chain[list[a].length + 1 + i] = beam.chain[i];
            arrival.source = mirror(g.surface(beam.chain[i]), arrival.source);
          }
          for (int t = 0; t < tiles * tiles; ++t) {
            const Vec3d c = tile_center(next.rectangle, tiles, t);
            if (!beam.contains(c)) continue;
            for (std::uint32_t w = list[a].first_way; w < list[a].first_way + list[a].ways; ++w) {
              const Vec3d start = tile_center(s.rectangle, tiles, ways[w].tile[list[a].bounces - 1]);
              if (!solve(walls, start, beam.chain, beam.length, c, p)) continue;
              if (!same_side(s, list[a].source, p[1]) || !same_side(next, arrival.source, p[beam.length])) continue;
              if (hidden_by_itself(g, to, c, p[beam.length]) || hidden_by_itself(g, from, start, p[1])) continue;
              Arrival::Way way = ways[w];
              way.tile[arrival.bounces - 1] = std::uint8_t(t);
              way.first_hop = std::uint32_t(hops.size());
              for (std::uint32_t h = 0; h < ways[w].hops; ++h) hops.push_back(hops[ways[w].first_hop + h]);
              hops.push_back({from, HopKind::reflect});
              const int budget = depth - 1 - beam.length - int(hops.size() - way.first_hop);
              if (budget < 0 || !trace_chain(walls, beam.chain, beam.length, p, budget, hops, from, to)) {
                hops.resize(way.first_hop);
                continue;
              }
              add_way(way, arrival);
            }
          }
          if (arrival.ways > 0) list.push_back(arrival);
        }
      });
    }
  }

 private:
  static constexpr std::size_t max_ways = 2'000'000;

  static Geometry without_movers(Geometry g) {
    g.moving = nullptr;
    return g;
  }

  static void check_ways(std::size_t count) {
    // Every further mover bounce multiplies the ways by tiles^2.
    if (count > max_ways)
      throw InputError("visibility.tiles", "more than " + std::to_string(max_ways) +
                                               " ways through tiles; take fewer tiles or movers, or a smaller depth");
  }

  void add_way(Arrival::Way& way, Arrival& arrival) {
    check_ways(ways.size() + 1);
    way.hops = std::uint32_t(hops.size()) - way.first_hop;
    way.signature = arrival.ways;
    for (std::uint32_t w = arrival.first_way; w < arrival.first_way + arrival.ways; ++w)
      if (ways[w].hops == way.hops &&
          std::equal(hops.begin() + way.first_hop, hops.end(), hops.begin() + ways[w].first_hop, same_hop)) {
        way.signature = ways[w].signature;
        break;
      }
    ways.push_back(way);
    ++arrival.ways;
  }
  static bool same_hop(const Hop& a, const Hop& b) { return a.face == b.face && a.kind == b.kind; }
};

}  // namespace manyworlds::paths
