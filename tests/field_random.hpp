#pragma once
#include <algorithm>

#include "field_scene.hpp"
#include "manyworlds/core/random.hpp"

/// Random paths with valid geometry: random corner points, mirrors turned to reflect from one to the next, slabs and
/// screens across the segments.
namespace field_scene {

inline Vec3d random_direction(Random& r) { return normalized(Vec3d{r.normal(), r.normal(), r.normal()}); }
inline Vec3d random_point(Random& r) { return {r.uniform(0, 9), r.uniform(0, 7), r.uniform(0, 4)}; }

/// Rectangle through `point` with the given normal; the point lies up to 1.4 half sizes from the centre.
inline Rectangled random_rectangle(Random& r, Vec3d point, Vec3d n) {
  const Vec3d u = normalized(cross(n, random_direction(r)));
  Rectangled p{{}, u, cross(n, u), n, r.uniform(0.2, 0.9), r.uniform(0.2, 0.9)};
  p.center = point - (r.uniform(-1.4, 1.4) * p.half_u) * p.u - (r.uniform(-1.4, 1.4) * p.half_v) * p.v;
  return p;
}

inline Material random_material(Random& r, double frequency) {
  const std::uint32_t kind = r.below(8);
  if (kind == 0) return pec();
  if (kind == 1) return metal();
  Material m = concrete(frequency);
  if (kind == 2) return m;
  m.eps_r = r.uniform(1.5, 7);
  m.sigma = r.uniform(0.001, 0.3);
  m.thickness = r.uniform(0.005, 0.15);
  m.scattering = kind == 3 ? 0.4 : 0;
  return m;
}

template <class T>
Device<T> random_device(Random& r, Vec3d position) {
  Antenna antenna{static_cast<Pattern>(r.below(4)), {r.uniform(-2, 2)}};
  if (r.below(2)) antenna.slants.push_back(r.uniform(-2, 2));
  return make_device<T>(position, {r.uniform(-3, 3), r.uniform(-1.5, 1.5), r.uniform(-3, 3)}, antenna);
}

namespace detail {

struct Corner {
  Rectangled rectangle;
  HopKind kind;
  bool mover;
};

/// Empty when the draw is degenerate (short segments, grazing incidence).
inline std::vector<Corner> random_corners(Random& r, const std::vector<Vec3d>& points, std::uint32_t crossings,
                                          bool soft) {
  std::vector<Corner> corners;
  std::vector<std::uint32_t> segment_of(crossings);
  for (std::uint32_t& s : segment_of) s = r.below(std::uint32_t(points.size()) - 1);
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Vec3d along = points[i + 1] - points[i], k = normalized(along);
    if (norm(along) < 1) return {};
    const auto count = std::count(segment_of.begin(), segment_of.end(), std::uint32_t(i));
    for (std::ptrdiff_t c = 0; c < count; ++c) {
      const Vec3d q = points[i] + ((double(c) + r.uniform(0.2, 0.8)) / double(count)) * along;
      const Vec3d n = normalized(k + 0.6 * random_direction(r));
      const bool mover = r.below(4) > 0;
      const HopKind kinds[] = {HopKind::transmit, HopKind::screen, HopKind::screen_transmit};
      corners.push_back({random_rectangle(r, q, n), kinds[soft && mover ? r.below(3) : 0], mover});
    }
    if (i + 2 < points.size()) {
      const Vec3d out = normalized(points[i + 2] - points[i + 1]), n = normalized(out - k);
      if (std::abs(dot(n, k)) < 0.15) return {};
      corners.push_back({random_rectangle(r, points[i + 1], n), HopKind::reflect, r.below(4) > 0});
    }
  }
  return corners;
}

}  // namespace detail

/// The same scene for the same (seed, number), in any precision.
template <class T>
FieldScene<T> random_scene(std::uint64_t seed, std::uint32_t number) {
  for (std::uint32_t attempt = 0;; ++attempt) {
    Random r(seed, number, attempt, Purpose::test);
    FieldScene<T> s;
    const double frequencies[] = {0.9e9, 3.5e9, 28e9};
    s.frequency = frequencies[r.below(3)];
    s.visibility.kind = static_cast<VisibilityKind>(r.below(4));
    s.visibility.smoothing_wavelengths = r.below(2) ? 1 : 4;
    s.visibility.support = r.below(2) ? 6 : 1e9;
    s.visibility.tiles = int(1 + r.below(3));
    s.polarization_sum = r.below(2) == 0;
    s.phase = r.below(2) == 0;
    const bool soft = s.visibility.kind != VisibilityKind::hard;
    const std::uint32_t bounces = r.below(4), crossings = r.below(4 - bounces) + (soft ? r.below(2) : 0);
    std::vector<Vec3d> points;
    for (std::uint32_t i = 0; i < bounces + 2; ++i) points.push_back(random_point(r));
    if (bounces == 0 && norm(points[1] - points[0]) < 1) continue;
    const std::vector<detail::Corner> corners = detail::random_corners(r, points, crossings, soft);
    if (corners.size() != bounces + crossings) continue;

    const auto statics = std::uint32_t(std::count_if(corners.begin(), corners.end(), [](auto& c) { return !c.mover; }));
    s.materials.resize(corners.size());
    std::uint32_t next_static = 0, next_mover = statics, mover_bounces = 0;
    for (const detail::Corner& c : corners) {
      s.hops.push_back({c.mover ? next_mover++ : next_static++, c.kind});
      (c.mover ? s.movers : s.static_faces).push_back(c.rectangle);
      mover_bounces += c.mover && c.kind == HopKind::reflect;
      Material& m = s.materials[s.hops.back().face];
      m = random_material(r, s.frequency);
      // What is crossed must let something through.
      const bool crossed = c.kind == HopKind::transmit || c.kind == HopKind::screen_transmit;
      if (crossed && make_slab<double>(m, s.frequency).opaque) m = concrete(s.frequency);
    }
    if (soft && mover_bounces > 0 && r.below(2)) {
      s.tile_tuples = 1 + r.below(5);
      const auto count = std::uint32_t(s.visibility.tiles * s.visibility.tiles);
      for (std::uint32_t i = 0; i < s.tile_tuples * mover_bounces; ++i) s.tiles.push_back(std::uint8_t(r.below(count)));
    }
    s.tx = random_device<T>(r, points.front());
    s.rx = random_device<T>(r, points.back());
    s.prepare();
    return s;
  }
}

}  // namespace field_scene
