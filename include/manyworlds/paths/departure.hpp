#pragma once
#include "manyworlds/paths/occlusion.hpp"
#include "manyworlds/paths/shooting.hpp"
#include "manyworlds/paths/support.hpp"

/// How waves leave a mover face towards walls and receivers under soft visibility: beams, and chains that rays have
/// shot.
namespace manyworlds::paths {

inline constexpr std::size_t max_tiles2 = std::size_t(kernels::max_tiles) * kernels::max_tiles;

/// Centre of tile number `tile` of tiles x tiles.
inline Vec3d tile_center(const Rectangled& r, int tiles, int tile) {
  return r.point((2 * (tile / tiles) + 1.0 - tiles) / tiles * r.half_u,
                 (2 * (tile % tiles) + 1.0 - tiles) / tiles * r.half_v);
}

/// Beam from the centres of a face's tiles, on the side of the face where `source` is.
inline Beam departure(const Surface& s, Vec3d source, int tiles) {
  Beam beam;
  const int last = tiles - 1, outermost[] = {0, last, last * tiles, last * tiles + last};
  beam.apexes = tiles == 1 ? 1 : 4;
  for (int j = 0; j < beam.apexes; ++j) beam.apex[j] = tile_center(s.rectangle, tiles, outermost[j]);
  const double side = dot(s.normal, source) > s.offset ? 1.0 : -1.0;
  beam.plane[beam.planes++] = {side * s.normal, side * s.offset};
  beam.carried = beam.planes;
  return beam;
}

/// The same for paths that the face mirrors straight to a receiver: the mirror point, and with it every leg from a tile
/// to the receiver, lies in the pyramid from the source's image through the window that the weight leaves open.
inline Beam departure(const Surface& s, Vec3d source, int tiles, const Support& support) {
  Beam beam = departure(s, source, tiles);
  const Rectangled& r = s.rectangle;
  const Support::Window window = support.window(r, source);
  const Vec3d out = beam.plane[0].normal, to_center = r.center - source;
  const double height = std::abs(dot(to_center, s.normal));
  const Vec3d image = source - 2 * height * out;
  for (int axis : {0, 1})
    for (double side : {-1.0, 1.0}) {
      const double edge = side > 0 ? window.hi[axis] : window.lo[axis];
      if (std::isinf(edge)) continue;
      const Vec3d along = side * (axis == 0 ? r.u : r.v);
      const double at = side * edge + dot(to_center, along);  // from the image's foot
      const Vec3d normal = (at * out - height * along) / std::hypot(at, height);
      beam.plane[beam.planes++] = {normal, dot(normal, image)};
    }
  beam.carried = beam.planes;
  return beam;
}

/// Chains of static faces from each mover face, by its number; empty when beams find them.
using ShotByFace = AlongChains::ByMoverFace;

/// f(guide) for the guide of the beams that leave the tiles of mover face number m with `root`, where paths have
/// `depth` interactions left at most.
template <class F>
void guided_from_mover(const Geometry& g, const Beam& root, std::uint32_t m, const ShotByFace& shot, int depth, F&& f) {
  if (!shot.empty()) return f(AlongChains(*shot[m]));
  f(Unoccluded(g, root.apex, root.apexes, g.moving->first_id + m, depth));
}

/// Walks these beams through up to `depth` static faces: visit(beam), the root included.
template <class Visit>
void grow_from_mover(const Geometry& g, const Beam& root, std::uint32_t m, const ShotByFace& shot, int depth,
                     Visit&& visit) {
  guided_from_mover(g, root, m, shot, depth,
                    [&](const auto& guide) { grow(root, *g.fixed, nullptr, depth, guide, visit); });
}

}  // namespace manyworlds::paths
