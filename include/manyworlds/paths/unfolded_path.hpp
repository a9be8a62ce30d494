#pragma once
#include <span>

#include "manyworlds/paths/legs.hpp"
#include "manyworlds/paths/path_table.hpp"
#include "manyworlds/paths/support.hpp"

namespace manyworlds::paths {

/// A path under soft visibility, on its way into the table: hops, and where it meets the planes of the faces that it
/// bounces on. Movers whose edge weight reaches one of its segments become screens.
class UnfoldedPath {
 public:
  std::vector<Hop> hops;  ///< without screens

  /// Takes the points of a path that bounces where it meets its faces.
  void lead(std::span<const Vec3d> points) {
    count_ = int(points.size());
    std::copy(points.begin(), points.end(), points_);
    for (int i = 1; i < count_; ++i) distance_[i] = distance_[i - 1] + norm(points_[i] - points_[i - 1]);
  }

  /// Takes the points where the straight line from the image of a source, mirrored along an arrival and a chain of
  /// static faces, meets their planes, inside the faces or not; at walls they may be out of order. False when an
  /// earlier mover bounce lies behind its successor or beyond the reach of its weight.
  bool mirror(const Geometry& g, Vec3d source, const Arrival& a, const Beam& chain, Vec3d end, const Support& support) {
    std::uint32_t faces[max_depth];
    int n = 0;
    for (int i = 0; i < a.length; ++i) faces[n++] = a.chain[i];
    faces[n++] = a.face;
    for (int i = 0; i < chain.length; ++i) faces[n++] = chain.chain[i];
    count_ = n + 2;
    Vec3d image[max_depth + 1];
    mirror_through(g, source, faces, n, image);
    points_[0] = source;
    points_[n + 1] = end;
    distance_[n + 1] = norm(end - image[n]);
    for (int i = n; i > 0; --i) {
      const Surface& s = g.surface(faces[i - 1]);
      const Vec3d through = points_[i + 1] - image[i];
      const double part = (s.offset - dot(s.normal, image[i])) / dot(s.normal, through);
      points_[i] = image[i] + part * through;
      distance_[i] = part * distance_[i + 1];
    }
    double before = 0;
    for (int i = 1; i <= a.length + 1; ++i) {
      if (!g.is_mover(faces[i - 1])) continue;
      if (!(distance_[i] > before + tolerance && distance_[i] < distance_[n + 1])) return false;
      before = distance_[i];
      if (i <= a.length &&
          !support.reaches(g.surface(faces[i - 1]).rectangle, points_[i], (points_[i] - image[i - 1]) / distance_[i],
                           distance_[i], distance_[n + 1] - distance_[i]))
        return false;
    }
    return true;
  }

  /// Appends the hops to `to`, with the screens of each segment among the segment's transmissions. Should the kernels'
  /// limit be exceeded, the screens farthest from the path are left out. True when there is a screen.
  bool append_with_screens(const Geometry& g, Support support, int depth, std::vector<Hop>& to) const {
    const std::size_t before = to.size();
    const int most = kernels::max_hops - int(hops.size());
    for (int halvings = 0;; ++halvings, support = support.halved()) {
      int budget = depth - int(hops.size()), room = most;
      auto next = hops.begin();
      for (int i = 0; i + 1 < count_; ++i) {
        const std::size_t first = to.size();
        while (next != hops.end() && next->kind != HopKind::reflect) to.push_back(*next++);
        Segment segment{points_[i], points_[i + 1], distance_[i], distance_[count_ - 1]};
        if (first > before) segment.from = to[first - 1].face;
        if (next != hops.end()) segment.to = next->face;
        if (distance_[i + 1] > distance_[i]) paths::add_screens(g, support, segment, budget, room, to, first);
        if (next != hops.end()) to.push_back(*next++);
      }
      if (room >= 0 || halvings == 16) return room < most;
      to.resize(before);
    }
  }

  /// Adds the screens among the table's hops from `first` on, which are this path's, to the table's screens. False,
  /// adding none, when something passes through one.
  bool add_screens(PathTable& table, std::size_t first) const {
    const std::size_t before = table.screens.size();
    int segment = 0;
    for (std::size_t h = first; h < table.hops.size(); ++h) {
      const Hop hop = table.hops[h];
      if (hop.kind == HopKind::reflect) ++segment;
      if (hop.kind == HopKind::screen_transmit) {
        table.screens.resize(before);
        return false;
      }
      if (hop.kind != HopKind::screen) continue;
      const double length = distance_[segment + 1] - distance_[segment];
      const Vec3d k = (points_[segment + 1] - points_[segment]) / length;
      table.screens.push_back({hop.face, {points_[segment] - distance_[segment] * k, k, distance_[count_ - 1]}});
    }
    return true;
  }

 private:
  int count_ = 0;
  Vec3d points_[max_depth + 2];       ///< transmitter, bounces, receiver
  double distance_[max_depth + 2]{};  ///< of each of them from the transmitter's image
};

}  // namespace manyworlds::paths
