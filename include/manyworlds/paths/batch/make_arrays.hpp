#pragma once
#include "manyworlds/bvh/build_skip.hpp"
#include "manyworlds/paths/batch/arrays.hpp"
#include "manyworlds/paths/static_world.hpp"

namespace manyworlds::paths::batch {

namespace detail {

/// Boxes in tiles of neighbours.
inline std::vector<kernels::Tile> tiles_of(const std::vector<Boxd>& boxes) {
  std::vector<kernels::Tile> tiles;
  const BoxTree tree = build_boxes(boxes);
  visit(
      tree.view(), [](const Boxd&) { return true; },
      [&](std::uint32_t item) {
        if (tiles.empty() || tiles.back().count == kernels::Tile::size) tiles.emplace_back();
        kernels::Tile& tile = tiles.back();
        tile.item[tile.count++] = item;
        tile.box.extend(boxes[item]);
      });
  return tiles;
}

inline kernels::PlanarFace planar_face(const Surface& s, bool opaque) {
  kernels::PlanarFace face;
  face.rectangle = s.rectangle;
  face.offset = s.offset;
  face.radius = s.radius;
  face.material = s.material;
  face.opaque = opaque;
  if (s.is_rectangle) return face;
  face.outline = s.exact ? kernels::Outline::polygon : kernels::Outline::triangles;
  face.first = s.exact ? s.first_corner : s.first_triangle;
  face.count = s.exact ? s.corners : s.triangles;
  return face;
}

/// A beam of one source; planes that do not fit are left out, which keeps it a superset.
inline kernels::Pyramid pyramid(const Beam& beam, std::uint32_t tx, int depth) {
  kernels::Pyramid p;
  p.apex[0] = beam.apex[0];
  p.origin = tx;
  p.front = beam.front;
  p.most = depth;
  p.length = beam.length;
  std::copy(beam.chain, beam.chain + beam.length, p.chain);
  for (; p.planes < std::min(beam.planes, kernels::Pyramid::max_planes); ++p.planes)
    p.plane[p.planes] = {beam.plane[p.planes].normal, beam.plane[p.planes].offset};
  return p;
}

inline void add_static_paths(const TransmitterCache& cache, std::uint32_t tx, Arrays& arrays) {
  for (const TransmitterCache::StaticPath& path : cache.paths) {
    kernels::StaticPath own{tx, path.rx, std::uint32_t(arrays.points.size()), 0, {}};
    for (std::uint32_t h = path.first_hop; h < path.first_hop + path.hops; ++h)
      if (cache.hops[h].kind == HopKind::reflect) own.chain[own.length++] = cache.hops[h].face;
    arrays.points.insert(arrays.points.end(), &cache.points[path.first_point],
                         &cache.points[path.first_point] + path.points);
    arrays.field_paths.push_back({tx, path.rx, std::uint32_t(arrays.hops.size()), path.hops, 0, 0});
    arrays.hops.insert(arrays.hops.end(), cache.hops.begin() + path.first_hop,
                       cache.hops.begin() + path.first_hop + path.hops);
    arrays.paths.push_back(own);
    ++arrays.first_path[tx * arrays.receivers.size() + path.rx + 1];
  }
}

}  // namespace detail

/// Throws InputError where a batch cannot do what a path model can: movers with a face that is not a rectangle, chains
/// found by rays, transmitters that move.
inline Arrays make_arrays(const StaticWorld& world) {
  if (world.finder != Finder::beams)
    throw InputError("batch", "expected paths found by beams; rays found those of this scene");
  if (world.options.moving_transmitters) throw InputError("batch", "expected transmitters that stand still");
  Arrays a;
  a.wavelength = world.wavelength;
  a.depth = world.options.max_depth;
  a.transmission = world.options.transmission;
  a.coherent = world.options.coherent;
  a.polarization_sum = world.polarization_sum;
  a.slabs = world.slabs;
  a.frames = world.frames;
  a.transmitters = world.transmitters;
  a.receivers = world.receivers;
  const auto opaque = [&](std::uint32_t material) { return !a.transmission || a.slabs[material].opaque; };

  std::vector<Boxd> boxes;
  for (const Surface& s : world.fixed.surfaces) {
    a.faces.push_back(detail::planar_face(s, opaque(s.material)));
    Boxd& box = boxes.emplace_back();
    for (std::uint32_t k = 0; k < s.corners; ++k) box.extend(world.fixed.corners[s.first_corner + k]);
  }
  a.face_tiles = detail::tiles_of(boxes);
  a.corners = world.fixed.corners;
  a.triangles = world.fixed.triangles;
  SkipTree tree = build_skip_tree(a.triangles);
  a.nodes = std::move(tree.nodes);
  a.leaves = std::move(tree.triangles);
  a.extent = tree.extent;
  boxes.clear();
  for (const Device<double>& r : a.receivers) boxes.push_back({r.position, r.position});
  a.receiver_tiles = detail::tiles_of(boxes);

  a.first_path.assign(a.links() + 1, 0);
  if (world.tiles > 1)
    throw InputError("memory budget", "holds the static paths of some receivers only; a batch keeps those of all");
  for (std::uint32_t tx = 0; tx < a.transmitters.size(); ++tx) {
    const TransmitterCache& cache = world.static_paths[tx]->cache;
    for (const Beam& prefix : cache.prefixes) a.prefixes.push_back(detail::pyramid(prefix, tx, a.depth));
    detail::add_static_paths(cache, tx, a);
  }
  for (std::size_t link = 1; link < a.first_path.size(); ++link) a.first_path[link] += a.first_path[link - 1];

  a.movers = std::uint32_t(world.mover_shapes.size());
  for (std::uint32_t m = 0; m < a.movers; ++m)
    for (const MoverShape::Face& face : world.mover_shapes[m].faces) {
      if (!face.is_rectangle)
        throw InputError(world.mover_objects[m].name, "has a face that is not a rectangle; a batch moves rectangles");
      const std::uint32_t material = world.mover_objects[m].material;
      a.mover_faces.push_back({face.rectangle, m, material, opaque(material)});
    }
  return a;
}

}  // namespace manyworlds::paths::batch
