#pragma once
#include "manyworlds/kernels/worlds/stages.hpp"
#include "manyworlds/kernels/worlds/unfolded.hpp"

/// Soft visibility, first half: waves that arrive at the tiles of movers. An arrival is a chain of reflections that
/// ends at a mover face; its ways are the tuples of tiles, one for each mover bounce, through which it is seen.
namespace manyworlds::kernels {

struct Arrival {
  std::uint32_t world = 0, tx = 0;
  std::uint32_t face = 0;                   ///< the mover face
  std::uint32_t chain[max_interactions]{};  ///< reflections before it
  int length = 0;
  int before = 0;            ///< reflections before the last mover bounce but this
  std::uint32_t parent = 0;  ///< the arrival at that bounce
  Vec3d source{};            ///< image of the transmitter in the chain
  std::uint32_t slot = 0;    ///< of its ways
};

/// Hops up to a tile, or from a tile on; hops < 0: not seen.
struct Way {
  std::int8_t hops = -1;
  std::uint8_t tile[max_mover_bounces]{};  ///< one per mover bounce
  Hop hop[max_interactions];

  MW_HD bool same_hops(const Way& other) const {
    bool same = hops == other.hops;
    for (int i = 0; i < hops && same; ++i) same = hop[i].face == other.hop[i].face && hop[i].kind == other.hop[i].kind;
    return same;
  }
};

/// What soft stages read besides the batch.
struct SoftView {
  BatchView batch;
  Reach reach;
  int tiles = 2;  ///< per axis

  MW_HD int tile_count() const { return tiles * tiles; }
  /// Static geometry alone, which decides what hides a tile.
  MW_HD ChainGeometry walls() const { return batch.geometry; }
  MW_HD Vec3d tile(const PlanarFace& face, int number) const { return tile_center(face.rectangle, tiles, number); }
  /// A closed mover hides its own far faces: does another opaque face of the same object stand between p and the face?
  MW_HD bool hidden_by_itself(const FacesView& faces, std::uint32_t face, Vec3d on_face, Vec3d p) const {
    const std::uint32_t own = face - faces.fixed_count, mover = batch.mover_faces[own].mover;
    const Vec3d d = on_face - p;
    for (std::uint32_t m = 0; m < faces.moving_count; ++m) {
      const PlanarFace& s = faces.moving[m];
      if (batch.mover_faces[m].mover != mover || m == own || !s.opaque) continue;
      const double slope = dot(s.rectangle.normal, d);
      if (slope == 0) continue;
      const double t = -height(s, p) / slope;
      if (t > tolerance && t < 1 - 1e-6 && contains(faces, s, p + t * d)) return true;
    }
    return false;
  }
};

/// Is b on the side of the face where a is? What lies in its plane is on neither.
MW_HD inline bool same_side(const PlanarFace& s, Vec3d a, Vec3d b) {
  return (height(s, a) > 0 ? height(s, b) : -height(s, b)) > tolerance;
}

/// Static prefixes that may meet a mover face: index = (prefix * mover faces + face) * worlds + world.
struct MeetMovers {
  BatchView batch;
  Arrival* entries;
  MW_HD std::uint32_t world(std::uint32_t i) const { return i % batch.worlds; }
  MW_HD std::uint32_t mover(std::uint32_t i) const { return i / batch.worlds % batch.mover_face_count; }
  MW_HD const Pyramid& prefix(std::uint32_t i) const {
    return batch.prefixes[i / batch.worlds / batch.mover_face_count];
  }
  MW_HD bool keeps(std::uint32_t i) const {
    const PlanarFace& face = batch.faces(world(i)).moving[mover(i)];
    return prefix(i).meets_sphere(face.rectangle.center, face.radius);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const Pyramid& p = prefix(i);
    Arrival a;
    a.world = world(i);
    a.tx = p.origin;
    a.face = batch.geometry.faces.fixed_count + mover(i);
    for (int k = 0; k < p.length; ++k) a.chain[k] = p.chain[k];
    a.length = p.length;
    a.source = p.apex[0];
    a.slot = at;
    entries[at] = a;
  }
};

/// Which tiles are seen straight from the transmitter: index = entry * tiles^2 + tile.
struct TraceFirstWays {
  SoftView soft;
  const Arrival* entries;
  Way* ways;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t tiles = std::uint32_t(soft.tile_count());
    const Arrival& a = entries[i / tiles];
    const FacesView faces = soft.batch.faces(a.world);
    Way way;
    way.tile[0] = std::uint8_t(i % tiles);
    const Vec3d c = soft.tile(faces[a.face], int(i % tiles));
    Vec3d p[max_interactions + 2];
    if (solve(faces, soft.batch.transmitters[a.tx], a.chain, a.length, c, p) &&
        !soft.hidden_by_itself(faces, a.face, c, p[a.length]))
      way.hops =
          std::int8_t(trace_chain(soft.walls(), a.chain, a.length, p, soft.batch.depth - 1, way.hop, no_face, a.face));
    ways[i] = way;
  }
};

/// The same from the tiles of another mover on: index = entry * ways + tile * ways of the parent + way of the parent.
struct TraceFurtherWays {
  SoftView soft;
  const Arrival *entries, *parents;
  const Way* parent_ways;
  std::uint32_t parent_way_count;
  int bounces;  ///< with this one
  Way* ways;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t count = parent_way_count * std::uint32_t(soft.tile_count());
    const Arrival& a = entries[i / count];
    const Arrival& parent = parents[a.parent];
    const Way& before = parent_ways[parent.slot * parent_way_count + i % parent_way_count];
    const int tile = int(i % count / parent_way_count);
    ways[i].hops = -1;
    if (before.hops < 0) return;
    const FacesView faces = soft.batch.faces(a.world);
    const PlanarFace &from = faces[parent.face], &to = faces[a.face];
    const std::uint32_t* chain = a.chain + parent.length + 1;
    const int length = a.length - parent.length - 1, budget = soft.batch.depth - 2 - length - before.hops;
    const Vec3d start = soft.tile(from, before.tile[bounces - 2]), c = soft.tile(to, tile);
    Vec3d p[max_interactions + 2];
    if (budget < 0 || !solve(faces, start, chain, length, c, p)) return;
    if (!same_side(from, parent.source, p[1]) || !same_side(to, a.source, p[length])) return;
    if (soft.hidden_by_itself(faces, a.face, c, p[length]) || soft.hidden_by_itself(faces, parent.face, start, p[1]))
      return;
    Way way = before;
    way.tile[bounces - 1] = std::uint8_t(tile);
    way.hop[way.hops++] = {parent.face, HopKind::reflect};
    const int more =
        trace_chain(soft.walls(), chain, length, p, budget + length, way.hop + way.hops, parent.face, a.face);
    if (more < 0) return;
    way.hops = std::int8_t(way.hops + more);
    ways[i] = way;
  }
};

/// Entries of which some way is seen: index = entry.
struct KeepArrivals {
  const Arrival* entries;
  const Way* ways;
  std::uint32_t way_count;
  Arrival* arrivals;
  MW_HD bool keeps(std::uint32_t i) const {
    for (std::uint32_t w = 0; w < way_count; ++w)
      if (ways[i * way_count + w].hops >= 0) return true;
    return false;
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const { arrivals[at] = entries[i]; }
};

/// Pyramids from the outermost tiles of the arrivals' faces: index = arrival of the window. Towards receivers
/// (`to_receivers`) they keep within what the window of the weight leaves open; else they stop one reflection earlier,
/// at another mover.
struct Depart {
  SoftView soft;
  const Arrival* arrivals;
  bool to_receivers;
  FatPyramid* pyramids;
  MW_HD int most(const Arrival& a) const { return soft.batch.depth - a.length - (to_receivers ? 1 : 2); }
  MW_HD bool keeps(std::uint32_t i) const { return most(arrivals[i]) >= 0; }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const Arrival& a = arrivals[i];
    const PlanarFace face = soft.batch.faces(a.world)[a.face];
    const Rectangled& r = face.rectangle;
    FatPyramid p;
    p.world = a.world;
    p.origin = i;
    p.most = most(a);
    p.apexes = soft.tiles == 1 ? 1 : 4;
    const int last = soft.tiles - 1;
    for (int j = 0; j < p.apexes; ++j) p.apex[j] = soft.tile(face, (j / 2) * last * soft.tiles + (j % 2) * last);
    const double side = height(face, a.source) > 0 ? 1 : -1;
    p.plane[p.planes++] = {side * r.normal, side * face.offset};
    if (to_receivers) add_window(a, r, p);
    p.carried = p.planes;
    pyramids[at] = p;
  }

 private:
  MW_HD void add_window(const Arrival& a, const Rectangled& r, FatPyramid& p) const {
    using std::abs;
    using std::sqrt;
    const Reach::Window window = soft.reach.window(r, a.source);
    const Vec3d out = p.plane[0].normal, to_center = r.center - a.source;
    const double h = abs(dot(to_center, r.normal));
    const Vec3d image = a.source - 2 * h * out;
    for (int k = 0; k < 4; ++k) {
      const int axis = k / 2;
      const double sign = k % 2 == 0 ? -1 : 1, edge = sign > 0 ? window.hi[axis] : window.lo[axis];
      if (abs(edge) >= Reach::open) continue;
      const Vec3d along = sign * (axis == 0 ? r.u : r.v);
      const double at = sign * edge + dot(to_center, along);  // from the image's foot
      const Vec3d normal = (1 / sqrt(at * at + h * h)) * (at * out - h * along);
      p.plane[p.planes++] = {normal, dot(normal, image)};
    }
  }
};

/// Further movers that pyramids may meet: index = pyramid of the list * mover faces + face.
struct MeetFurtherMovers {
  BatchView batch;
  const Arrival* arrivals;
  const FatPyramid* pyramids;
  Arrival* entries;
  MW_HD bool keeps(std::uint32_t i) const {
    const FatPyramid& p = pyramids[i / batch.mover_face_count];
    const std::uint32_t mover = i % batch.mover_face_count;
    const PlanarFace& face = batch.faces(p.world).moving[mover];
    if (p.length == 0 && arrivals[p.origin].face == batch.geometry.faces.fixed_count + mover) return false;
    return p.meets_sphere(face.rectangle.center, face.radius);
  }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const {
    const FatPyramid& p = pyramids[i / batch.mover_face_count];
    const FacesView faces = batch.faces(p.world);
    Arrival a = arrivals[p.origin];
    a.parent = p.origin;
    a.source = mirrored(faces[a.face], a.source);
    a.chain[a.length++] = a.face;
    for (int k = 0; k < p.length; ++k) {
      a.chain[a.length++] = p.chain[k];
      a.source = mirrored(faces[p.chain[k]], a.source);
    }
    a.face = faces.fixed_count + i % batch.mover_face_count;
    a.slot = at;
    entries[at] = a;
  }
};

}  // namespace manyworlds::kernels
