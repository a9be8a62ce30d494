#pragma once
#include "manyworlds/kernels/worlds/batch_view.hpp"

/// The stages that find the paths of a batch of worlds. Each has `keeps(i)` and `put(i, at)`: an append (in backend/)
/// lists the entries that those indices make that are kept, in order.
namespace manyworlds::kernels {

/// Which static paths a mover stands in: a bit for each world of a group of 32. index = group * paths + path.
struct Overlay {
  static constexpr std::uint32_t group = 32;
  BatchView batch;
  std::uint32_t* blocked;  ///< [group][path]
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t first = i / batch.path_count * group, last = min(first + group, batch.worlds);
    const StaticPath& path = batch.paths[i % batch.path_count];
    const Vec3d* p = batch.points + path.first_point;
    std::uint32_t bits = 0;
    for (int s = 0; s <= path.length; ++s) {
      const Vec3d d = p[s + 1] - p[s];
      const double margin = tolerance / norm(d);
      for (std::uint32_t world = first; world < last; ++world) {
        const FacesView faces = batch.faces(world);
        double t;
        for (std::uint32_t f = 0; f < faces.moving_count; ++f)
          if (passes_mover(faces, f, p[s], d, margin, t)) bits |= 1u << (world - first);
      }
    }
    blocked[i] = bits;
  }
};

/// Static prefixes that light a mover: index = (prefix * mover faces + face) * worlds + world.
struct EnterMovers {
  BatchView batch;
  Pyramid* pyramids;
  MW_HD std::uint32_t world(std::uint32_t i) const { return i % batch.worlds; }
  MW_HD std::uint32_t face(std::uint32_t i) const {
    return batch.geometry.faces.fixed_count + i / batch.worlds % batch.mover_face_count;
  }
  MW_HD const Pyramid& prefix(std::uint32_t i) const {
    return batch.prefixes[i / batch.worlds / batch.mover_face_count];
  }
  MW_HD bool keeps(std::uint32_t i) const {
    LitPolygon lit;
    return lights(prefix(i), batch.faces(world(i)), face(i), lit);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const FacesView faces = batch.faces(world(i));
    LitPolygon lit;
    Pyramid child;
    lights(prefix(i), faces, face(i), lit);
    reflect(prefix(i), faces, face(i), lit, child);
    child.world = world(i);
    pyramids[at] = child;
  }
};

/// A tile that a pyramid may meet.
struct PyramidTile {
  std::uint32_t pyramid, tile;
};

/// Tiles that pyramids meet: index = pyramid of the window * (tiles + extra) + tile.
template <class P>
struct MeetTiles {
  const P* pyramids;
  const std::uint32_t* first;  ///< pyramid of the window
  const Tile* tiles;
  std::uint32_t tile_count;
  std::uint32_t extra;  ///< tiles from tile_count on, which have no box and count as met
  bool grow;            ///< pyramids that may not grow meet nothing
  PyramidTile* met;
  MW_HD PyramidTile at(std::uint32_t i) const {
    const std::uint32_t n = tile_count + extra;
    return {*first + i / n, i % n};
  }
  MW_HD bool keeps(std::uint32_t i) const {
    const PyramidTile pair = at(i);
    const P& pyramid = pyramids[pair.pyramid];
    if (grow && pyramid.length >= pyramid.most) return false;
    return pair.tile >= tile_count || pyramid.meets(tiles[pair.tile].box);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t slot) const { met[slot] = at(i); }
};

/// Faces, static and moving ones, that pyramids light, one a lane of the tiles met: index = pair * 32 + lane.
template <class P>
struct LightFaces {
  BatchView batch;
  P* pyramids;
  const PyramidTile* met;
  MW_HD const P& parent(std::uint32_t i) const { return pyramids[met[i / Tile::size].pyramid]; }
  MW_HD std::uint32_t face(std::uint32_t i) const {
    const std::uint32_t tile = met[i / Tile::size].tile, lane = i % Tile::size;
    if (tile < batch.face_tile_count)
      return lane < batch.face_tiles[tile].count ? batch.face_tiles[tile].item[lane] : no_face;
    const std::uint32_t mover = (tile - batch.face_tile_count) * Tile::size + lane;
    return mover < batch.mover_face_count ? batch.geometry.faces.fixed_count + mover : no_face;
  }
  MW_HD bool keeps(std::uint32_t i) const {
    LitPolygon lit;
    return face(i) != no_face && lights(parent(i), batch.faces(parent(i).world), face(i), lit);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const FacesView faces = batch.faces(parent(i).world);
    LitPolygon lit;
    P child;
    lights(parent(i), faces, face(i), lit);
    reflect(parent(i), faces, face(i), lit, child);
    pyramids[at] = child;
  }
};

/// A chain of reflections that may be a path of a world.
struct Candidate {
  std::uint32_t world = 0, tx = 0, rx = 0;
  int length = 0;
  std::uint32_t chain[max_interactions]{};
};

/// Receivers in pyramids whose chain has a solution, one a lane of the tiles met: index = pair * 32 + lane.
struct ReachReceivers {
  BatchView batch;
  const Pyramid* pyramids;
  const PyramidTile* met;
  Candidate* candidates;
  MW_HD bool keeps(std::uint32_t i) const {
    const Tile& tile = batch.receiver_tiles[met[i / Tile::size].tile];
    if (i % Tile::size >= tile.count) return false;
    const Pyramid& pyramid = pyramids[met[i / Tile::size].pyramid];
    const Vec3d receiver = batch.receivers[tile.item[i % Tile::size]];
    Vec3d points[max_interactions + 2];
    return pyramid.contains(receiver) && solve(batch.faces(pyramid.world), batch.transmitters[pyramid.origin],
                                               pyramid.chain, pyramid.length, receiver, points);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const PyramidTile pair = met[i / Tile::size];
    const Pyramid& pyramid = pyramids[pair.pyramid];
    Candidate c;
    c.world = pyramid.world;
    c.tx = pyramid.origin;
    c.rx = batch.receiver_tiles[pair.tile].item[i % Tile::size];
    c.length = pyramid.length;
    for (int k = 0; k < c.length; ++k) c.chain[k] = pyramid.chain[k];
    candidates[at] = c;
  }
};

/// Static paths that a mover stands in, to be traced again for what passes through it: index = (group * paths + path)
/// * 32 + world of the group.
struct RetraceBlocked {
  BatchView batch;
  const std::uint32_t* blocked;
  Candidate* candidates;
  MW_HD bool keeps(std::uint32_t i) const { return (blocked[i / Overlay::group] >> (i % Overlay::group) & 1) != 0; }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const std::uint32_t word = i / Overlay::group;
    const StaticPath& path = batch.paths[word % batch.path_count];
    Candidate c;
    c.world = word / batch.path_count * Overlay::group + i % Overlay::group;
    c.tx = path.tx;
    c.rx = path.rx;
    c.length = path.length;
    for (int k = 0; k < c.length; ++k) c.chain[k] = path.chain[k];
    candidates[at] = c;
  }
};

/// Paths of a batch, hops[path * depth...]. key = world * links + link.
struct PathList {
  Path* paths = nullptr;
  Hop* hops = nullptr;
  std::uint32_t* keys = nullptr;
};

/// Candidates that nothing blocks. `hops` and `counts` keep what is traced: one of the other for each candidate.
struct TraceCandidates {
  BatchView batch;
  const Candidate* candidates;
  Hop* hops;  ///< [candidate][depth]
  int* counts;
  PathList out;
  MW_HD bool keeps(std::uint32_t i) const {
    const Candidate& c = candidates[i];
    ChainGeometry g = batch.geometry;
    g.faces = batch.faces(c.world);
    Vec3d points[max_interactions + 2];
    counts[i] = -1;
    if (solve(g.faces, batch.transmitters[c.tx], c.chain, c.length, batch.receivers[c.rx], points))
      counts[i] = trace_chain(g, c.chain, c.length, points, batch.depth, hops + std::size_t(i) * batch.depth);
    return counts[i] >= 0;
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const Candidate& c = candidates[i];
    const auto depth = std::uint32_t(batch.depth);
    out.paths[at] = {c.tx, c.rx, at * depth, std::uint32_t(counts[i]), 0, 0};
    for (int k = 0; k < counts[i]; ++k) out.hops[at * depth + std::uint32_t(k)] = hops[i * depth + std::uint32_t(k)];
    out.keys[at] = c.world * batch.links() + c.tx * batch.receiver_count + c.rx;
  }
};

/// Keys before a step: none.
struct ForgetKeys {
  std::uint32_t* keys;
  MW_HD void operator()(std::uint32_t i) const { keys[i] = ~0u; }
};

}  // namespace manyworlds::kernels
