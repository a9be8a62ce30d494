#pragma once
#include "manyworlds/kernels/worlds/batch_view.hpp"
#include "manyworlds/kernels/worlds/reach.hpp"

/// Where a path under soft visibility meets the planes of the faces that it bounces on, and the movers that become
/// screens beside it.
namespace manyworlds::kernels {

/// Centre of tile number `tile` of tiles x tiles.
MW_HD inline Vec3d tile_center(const Rectangled& r, int tiles, int tile) {
  return r.point((2 * (tile / tiles) + 1.0 - tiles) / tiles * r.half_u,
                 (2 * (tile % tiles) + 1.0 - tiles) / tiles * r.half_v);
}

struct UnfoldedPoints {
  int count = 0;  ///< transmitter, bounces, receiver
  Vec3d point[max_interactions + 2];
  double distance[max_interactions + 2]{};  ///< of each of them from the transmitter's image

  /// Takes the points of a path that bounces where it meets its faces.
  MW_HD void lead(const Vec3d* points, int n) {
    count = n;
    for (int i = 0; i < n; ++i) {
      point[i] = points[i];
      distance[i] = i == 0 ? 0 : distance[i - 1] + norm(points[i] - points[i - 1]);
    }
  }

  /// Takes the points where the straight line from the image of a source in a chain of n faces to `end` meets their
  /// planes, inside the faces or not. `last_mover`: number in the chain of the last mover. False when a mover bounce
  /// lies behind the next one or, but for the last, beyond the reach of its weight.
  MW_HD bool mirror(const FacesView& faces, Vec3d source, const std::uint32_t* chain, int n, int last_mover, Vec3d end,
                    const Reach& reach) {
    count = n + 2;
    Vec3d image[max_interactions + 1];
    image[0] = source;
    for (int i = 0; i < n; ++i) image[i + 1] = mirrored(faces[chain[i]], image[i]);
    point[0] = source;
    point[n + 1] = end;
    distance[0] = 0;
    distance[n + 1] = norm(end - image[n]);
    for (int i = n; i > 0; --i) {
      const PlanarFace& s = faces[chain[i - 1]];
      const Vec3d through = point[i + 1] - image[i];
      const double part = -height(s, image[i]) / dot(s.rectangle.normal, through);
      point[i] = image[i] + part * through;
      distance[i] = part * distance[i + 1];
    }
    double before = 0;
    for (int i = 1; i <= last_mover + 1; ++i) {
      if (chain[i - 1] < faces.fixed_count) continue;
      if (!(distance[i] > before + tolerance && distance[i] < distance[n + 1])) return false;
      before = distance[i];
      if (i <= last_mover &&
          !reach.reaches(faces[chain[i - 1]].rectangle, point[i], (point[i] - image[i - 1]) / distance[i], distance[i],
                         distance[n + 1] - distance[i]))
        return false;
    }
    return true;
  }

  /// Does a mover's weight reach one of the segments? from[i], to[i] of the segments are the faces of the chain.
  MW_HD bool has_screen(const FacesView& faces, const std::uint32_t* chain, const Reach& reach) const {
    for (int i = 0; i + 1 < count; ++i) {
      const std::uint32_t from = i == 0 ? no_face : chain[i - 1], to = i + 2 == count ? no_face : chain[i];
      for (std::uint32_t m = 0; m < faces.moving_count; ++m) {
        const std::uint32_t face = faces.fixed_count + m;
        double t;
        if (face != from && face != to && screens(faces[face], i, reach, t)) return true;
      }
    }
    return false;
  }

  /// Writes the hops of a path with the screens of each segment among the segment's transmissions; returns how many.
  /// Should there be more than max_hops, the screens farthest from the path are left out. `any`: is there a screen?
  MW_HD int with_screens(const FacesView& faces, Reach reach, int depth, const Hop* hops, int hop_count, Hop* out,
                         bool& any) const {
    const int most = max_hops - hop_count;
    for (int halvings = 0;; ++halvings, reach = reach.halved()) {
      int budget = depth - hop_count, room = most, written = 0, next = 0;
      for (int i = 0; i + 1 < count; ++i) {
        const int first = written;
        while (next < hop_count && hops[next].kind != HopKind::reflect) out[written++] = hops[next++];
        const std::uint32_t from = first > 0 ? out[first - 1].face : no_face,
                            to = next < hop_count ? hops[next].face : no_face;
        if (distance[i + 1] > distance[i]) add_screens(faces, reach, i, from, to, budget, room, out, first, written);
        if (next < hop_count) out[written++] = hops[next++];
      }
      any = room < most;
      if (room >= 0 || halvings == 16) return written;
    }
  }

 private:
  /// Does the weight of a face reach segment number i, and where does that pass its plane?
  MW_HD bool screens(const PlanarFace& face, int i, const Reach& reach, double& t) const {
    const Vec3d d = point[i + 1] - point[i];
    if (!(distance[i + 1] > distance[i])) return false;
    t = passage(face, i);
    const double own_length = norm(d), along = t * own_length;
    // At an end it lies in the plane of a face that the path bounces on.
    if (!(along > tolerance && along < own_length - tolerance)) return false;
    const double s1 = distance[i] + along;
    return reach.reaches(face.rectangle, point[i] + t * d, d / own_length, s1, distance[count - 1] - s1);
  }
  MW_HD double passage(const PlanarFace& face, int i) const {
    return -height(face, point[i]) / dot(face.rectangle.normal, point[i + 1] - point[i]);
  }

  MW_HD void add_screens(const FacesView& faces, const Reach& reach, int i, std::uint32_t from, std::uint32_t to,
                         int& budget, int& room, Hop* out, int first, int& written) const {
    for (std::uint32_t m = 0; m < faces.moving_count; ++m) {
      const std::uint32_t face = faces.fixed_count + m;
      double t;
      if (face == from || face == to || !screens(faces[face], i, reach, t) || room-- <= 0) continue;
      const bool through = budget > 0 && !faces[face].opaque;
      if (through && contains(faces, faces[face], point[i] + t * (point[i + 1] - point[i]))) --budget;
      int at = written++;
      for (; at > first && passage(faces[out[at - 1].face], i) > t; --at) out[at] = out[at - 1];
      out[at] = {face, through ? HopKind::screen_transmit : HopKind::screen};
    }
  }
};

}  // namespace manyworlds::kernels
