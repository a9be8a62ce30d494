#pragma once
#include "manyworlds/kernels/worlds/arrivals.hpp"

/// Soft visibility, second half: from the tiles of movers to the receivers, and the paths that this makes.
namespace manyworlds::kernels {

/// A receiver whose mirror point on the last mover lies in reach of its weight, through a pyramid's chain.
struct Departure {
  std::uint32_t pyramid = 0, rx = 0;
};

/// Index = pair of pyramid and tile of receivers * 32 + lane.
struct MirrorReceivers {
  SoftView soft;
  const Arrival* arrivals;
  const FatPyramid* pyramids;
  const PyramidTile* met;
  Departure* departures;
  MW_HD bool keeps(std::uint32_t i) const {
    const Tile& tile = soft.batch.receiver_tiles[met[i / Tile::size].tile];
    if (i % Tile::size >= tile.count) return false;
    const FatPyramid& pyramid = pyramids[met[i / Tile::size].pyramid];
    const Vec3d receiver = soft.batch.receivers[tile.item[i % Tile::size]];
    if (!pyramid.contains(receiver)) return false;
    // The straight line from the source's image to the receiver's; where it meets the mover the weight must not be 0.
    const FacesView faces = soft.batch.faces(pyramid.world);
    const Arrival& a = arrivals[pyramid.origin];
    const PlanarFace& mover = faces[a.face];
    Vec3d image = receiver;
    for (int k = pyramid.length; k > 0; --k) image = mirrored(faces[pyramid.chain[k - 1]], image);
    const double above = height(mover, a.source), h = height(mover, image);
    if ((h > 0) != (above > 0)) return false;
    const Vec3d source = mirrored(mover, a.source), through = image - source;
    const double length = norm(through), part = above / (above + h);
    return soft.reach.reaches(mover.rectangle, source + part * through, through / length, part * length,
                              (1 - part) * length);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const PyramidTile pair = met[i / Tile::size];
    departures[at] = {pair.pyramid, soft.batch.receiver_tiles[pair.tile].item[i % Tile::size]};
  }
};

/// Which tiles see the receiver: index = departure * tiles^2 + tile.
struct TraceLegs {
  SoftView soft;
  const Arrival* arrivals;
  const FatPyramid* pyramids;
  const Departure* departures;
  Way* legs;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t tiles = std::uint32_t(soft.tile_count());
    const Departure& d = departures[i / tiles];
    const FatPyramid& pyramid = pyramids[d.pyramid];
    const Arrival& a = arrivals[pyramid.origin];
    const FacesView faces = soft.batch.faces(a.world);
    const int n = pyramid.length;
    Vec3d p[max_interactions + 2];
    Way leg;
    if (solve(faces, soft.tile(faces[a.face], int(i % tiles)), pyramid.chain, n, soft.batch.receivers[d.rx], p) &&
        !soft.hidden_by_itself(faces, a.face, p[0], p[1]))
      leg.hops =
          std::int8_t(trace_chain(soft.walls(), pyramid.chain, n, p, soft.batch.depth - 1, leg.hop, a.face, no_face));
    legs[i] = leg;
  }
};

/// Paths of soft visibility: hops [path][max_hops], tiles [path][tile_slots], see PathList. Neighbours of one group
/// make one wave, whose fields add up.
struct SoftPathList {
  PathList list;
  std::uint32_t* groups = nullptr;
  std::uint8_t* tiles = nullptr;
  std::uint32_t tile_slots = 0;
};

/// A path for each set of hops that arrival and departure make together, with the tuples of tiles that are seen through
/// it: index = departure * ways + way. The first way of a set makes its path.
struct JoinWays {
  SoftView soft;
  const Arrival* arrivals;
  const FatPyramid* pyramids;
  const Departure* departures;
  const Way* ways;
  std::uint32_t way_count;
  int bounces;
  const Way* legs;
  SoftPathList out;

  MW_HD bool keeps(std::uint32_t i) const {
    const std::uint32_t w = i % way_count;
    if (!joins(i / way_count, w)) return false;
    for (std::uint32_t other = 0; other < w; ++other)
      if (joins(i / way_count, other) && same(i / way_count, other, w)) return false;
    UnfoldedPoints points;
    return mirror(i / way_count, points);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const std::uint32_t d = i / way_count, w = i % way_count;
    const Arrival& a = arrival(d);
    const Way &before = way(d, w), &after = leg(d, w);
    Hop hops[max_interactions];
    int n = 0;
    for (int k = 0; k < before.hops; ++k) hops[n++] = before.hop[k];
    hops[n++] = {a.face, HopKind::reflect};
    for (int k = 0; k < after.hops; ++k) hops[n++] = after.hop[k];
    UnfoldedPoints points;
    mirror(d, points);
    bool screened;
    const std::uint32_t first = at * std::uint32_t(max_hops);
    const int written = points.with_screens(soft.batch.faces(a.world), soft.reach, soft.batch.depth, hops, n,
                                            out.list.hops + first, screened);
    std::uint32_t tuples = 0;
    std::uint8_t* tile = out.tiles + std::size_t(at) * out.tile_slots;
    for (std::uint32_t other = w; other < way_count; ++other) {
      if (!joins(d, other) || !same(d, other, w)) continue;
      for (int b = 0; b < bounces; ++b) *tile++ = way(d, other).tile[b];
      ++tuples;
    }
    if (tuples == way_count) tuples = 0;  // all of them need no list
    out.list.paths[at] = {a.tx, departures[d].rx, first, std::uint32_t(written), at * out.tile_slots, tuples};
    out.list.keys[at] = a.world * soft.batch.links() + a.tx * soft.batch.receiver_count + departures[d].rx;
    out.groups[at] = d * std::uint32_t(max_mover_bounces) + std::uint32_t(bounces - 1);
  }

 private:
  MW_HD const FatPyramid& pyramid(std::uint32_t d) const { return pyramids[departures[d].pyramid]; }
  MW_HD const Arrival& arrival(std::uint32_t d) const { return arrivals[pyramid(d).origin]; }
  MW_HD const Way& way(std::uint32_t d, std::uint32_t w) const { return ways[arrival(d).slot * way_count + w]; }
  MW_HD const Way& leg(std::uint32_t d, std::uint32_t w) const {
    return legs[d * std::uint32_t(soft.tile_count()) + way(d, w).tile[bounces - 1]];
  }
  MW_HD bool joins(std::uint32_t d, std::uint32_t w) const {
    const Way& before = way(d, w);
    if (before.hops < 0) return false;
    const Way& after = leg(d, w);
    return after.hops >= 0 && before.hops + after.hops + 1 <= soft.batch.depth;
  }
  MW_HD bool same(std::uint32_t d, std::uint32_t v, std::uint32_t w) const {
    return way(d, v).same_hops(way(d, w)) && leg(d, v).same_hops(leg(d, w));
  }
  MW_HD bool mirror(std::uint32_t d, UnfoldedPoints& points) const {
    const Arrival& a = arrival(d);
    const FatPyramid& p = pyramid(d);
    std::uint32_t chain[max_interactions];
    for (int k = 0; k < a.length; ++k) chain[k] = a.chain[k];
    chain[a.length] = a.face;
    for (int k = 0; k < p.length; ++k) chain[a.length + 1 + k] = p.chain[k];
    return points.mirror(soft.batch.faces(a.world), soft.batch.transmitters[a.tx], chain, a.length + 1 + p.length,
                         a.length, soft.batch.receivers[departures[d].rx], soft.reach);
  }
};

/// Static paths beside which a mover stands, with their screens: index = (group * paths + path) * 32 + world of the
/// group, so that the marks of what is kept say for each path in which worlds it is replaced.
struct ScreenStatic {
  SoftView soft;
  const Path* static_paths;  ///< for the field kernels
  const Hop* static_hops;
  SoftPathList out;
  MW_HD std::uint32_t path(std::uint32_t i) const { return i / Overlay::group % soft.batch.path_count; }
  MW_HD std::uint32_t world(std::uint32_t i) const {
    return i / Overlay::group / soft.batch.path_count * Overlay::group + i % Overlay::group;
  }
  MW_HD bool keeps(std::uint32_t i) const {
    if (world(i) >= soft.batch.worlds) return false;
    const StaticPath& own = soft.batch.paths[path(i)];
    UnfoldedPoints points;
    points.lead(soft.batch.points + own.first_point, own.length + 2);
    if (!points.has_screen(soft.batch.faces(world(i)), own.chain, soft.reach)) return false;
    Hop hops[max_hops];
    bool any;
    screen(i, points, hops, any);
    return any;
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const StaticPath& own = soft.batch.paths[path(i)];
    UnfoldedPoints points;
    points.lead(soft.batch.points + own.first_point, own.length + 2);
    bool any;
    const std::uint32_t first = at * std::uint32_t(max_hops);
    const int written = screen(i, points, out.list.hops + first, any);
    out.list.paths[at] = {own.tx, own.rx, first, std::uint32_t(written), 0, 0};
    out.list.keys[at] = world(i) * soft.batch.links() + own.tx * soft.batch.receiver_count + own.rx;
    out.groups[at] = 0x80000000u | path(i);
  }

 private:
  MW_HD int screen(std::uint32_t i, const UnfoldedPoints& points, Hop* hops, bool& any) const {
    const Path& p = static_paths[path(i)];
    return points.with_screens(soft.batch.faces(world(i)), soft.reach, soft.batch.depth, static_hops + p.first_hop,
                               int(p.hops), hops, any);
  }
};

}  // namespace manyworlds::kernels
