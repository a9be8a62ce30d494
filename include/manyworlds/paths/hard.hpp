#pragma once
#include <span>

#include "manyworlds/paths/transmitter_cache.hpp"

/// Paths under hard visibility (geometric optics), where the mirror point decides.
namespace manyworlds::paths {

/// The paths of one transmitter that bounce on a mover first thing after one of some of its prefixes: the beam tree is
/// entered at every mover face that a prefix lights, and grown from there through static faces and movers alike; when
/// `shot` is not empty, through the static chains only that it names for each mover face.
inline void add_dynamic_hard(const Geometry& g, const TransmitterCache& cache, std::span<const Beam> prefixes,
                             std::uint32_t tx, const ReceiverGroups& receivers, int depth, PathTable& table,
                             const AlongChains::ByMoverFace& shot = {}) {
  Vec3d p[max_depth + 2];
  Beam entered;
  Polygon lit;
  for (const Beam& prefix : prefixes)
    for (std::uint32_t m = 0; m < g.moving->size(); ++m) {
      if (!lights(prefix, *g.moving, m, lit)) continue;
      reflect(prefix, *g.moving, m, lit, entered);
      const auto add_paths = [&](const Beam& beam) {
        Occluders occluders;
        receivers.for_each_in(beam, [&](std::uint32_t rx) {
          const std::size_t first_hop = table.hops.size();
          if (solve(g, cache.position, beam.chain, beam.length, receivers.positions()[rx], p) &&
              trace_chain(g, beam.chain, beam.length, p, depth - beam.length, table.hops, no_face, no_face, &occluders))
            table.add(tx, rx, first_hop);
        });
      };
      if (shot.empty())
        grow(entered, *g.fixed, g.moving, depth, Unoccluded(g, &cache.position, 1, no_face, depth), add_paths);
      else
        grow(entered, *g.fixed, g.moving, depth, AlongChains(*shot[m], &shot), add_paths);
    }
}

/// The static path number i that a mover may be near: when one blocks it (or lets it through with another
/// transmission), sets blocked[i] and adds what remains of the path to the table.
inline void overlay_hard(const Geometry& g, const TransmitterCache& cache, std::uint32_t tx, int depth, std::uint32_t i,
                         std::vector<std::uint8_t>& blocked, PathTable& table) {
  constexpr int most = 8;
  Crossing crossing[most];
  const TransmitterCache::StaticPath& path = cache.paths[i];
  const Vec3d* p = &cache.points[path.first_point];
  bool ends = false;
  for (std::uint32_t s = 0; s + 1 < path.points && !ends; ++s) {
    const int met = mover_crossings(g, p[s], p[s + 1], no_face, no_face, crossing, 0, most);
    blocked[i] |= met > 0;
    for (int c = 0; c < std::min(met, most); ++c) ends = ends || g.opaque(crossing[c].face);
  }
  if (!blocked[i] || ends) return;
  std::uint32_t chain[max_depth];
  int n = 0;
  for (std::uint32_t h = 0; h < path.hops; ++h) {
    const Hop& hop = cache.hops[path.first_hop + h];
    if (hop.kind == HopKind::reflect) chain[n++] = hop.face;
  }
  const std::size_t first_hop = table.hops.size();
  if (trace_chain(g, chain, n, p, depth - n, table.hops)) table.add(tx, path.rx, first_hop);
}

}  // namespace manyworlds::paths
