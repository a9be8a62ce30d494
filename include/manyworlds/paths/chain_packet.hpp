#pragma once
#include "manyworlds/bvh/packet.hpp"
#include "manyworlds/paths/geometry.hpp"

namespace manyworlds::paths {

/// One chain of reflections from some sources to many ends, sixteen ways at a time: which of them do walls hide? What
/// it leaves open is traced one by one (solve(), trace_chain()), which decides.
class ChainPacket {
 public:
  static constexpr int width = 16;
  using Images = Vec3d[max_depth + 1];

  /// Takes up a chain of n faces: `images` of each source in it (mirror_through); it begins on face `first` (no_face
  /// for a device), and its paths have `budget` interactions left for transmissions. What it is given must stay.
  void begin(const Geometry& g, const Images* images, int sources, const std::uint32_t* chain, int n, int budget,
             std::uint32_t first = no_face) {
    g_ = &g;
    images_ = images;
    sources_ = sources;
    chain_ = chain;
    n_ = n;
    first_ = first;
    budget_ = g.transmission ? budget : 0;
  }
  /// Before the geometry changes: forgets what hid other chains' ends.
  void forget() {
    for (auto& triangles : likely_) std::fill(triangles, triangles + few, nullptr);
  }

  /// f(item, source, open) for every item and source: may the item's end, end(item), be reached from there?
  template <class Items, class End, class F>
  void for_each(const Items& items, End&& end, F&& f) {
    struct Way {
      std::size_t item;
      int source;
    } way[width];
    Way next{0, 0};
    while (next.item < items.size()) {
      int count = 0;
      for (; count < width && next.item < items.size(); ++count) {
        way[count] = next;
        set(count, next.source, end(items[next.item]));
        if (++next.source == sources_) next = {next.item + 1, 0};
      }
      for (int lane = count; lane < width; ++lane) set(lane, way[0].source, end(items[way[0].item]));
      const std::uint32_t are_open = open(count);
      for (int i = 0; i < count; ++i) f(items[way[i].item], way[i].source, (are_open >> i & 1) != 0);
    }
  }

 private:
  void set(int lane, int source, Vec3d end) {
    for (int axis = 0; axis < 3; ++axis) points_[n_ + 1][axis][lane] = end[axis];
    for (int i = 0; i <= n_; ++i)
      for (int axis = 0; axis < 3; ++axis) lane_images_[i][axis][lane] = images_[source][i][axis];
  }

  /// Which of the first `count` lanes (1 to width) may be reached, as bits.
  std::uint32_t open(int count) {
    std::uint32_t open = (2u << (count - 1)) - 1;
    std::copy(&lane_images_[0][0][0], &lane_images_[1][0][0], &points_[0][0][0]);
    for (int i = n_; i > 0; --i) open &= solve(i);
    // What hid the ends before is tried on all segments before any tree is searched.
    std::fill(passed_, passed_ + width, 0);
    for (int i = n_; i >= 0 && open != 0; --i) {
      fill(segments_[i], i);
      std::fill(faces_[i].count, faces_[i].count + width, 0);
      segments_[i].active = open;
      open &= ~crossed(g_->bvh, segments_[i], likely_[i],
                       [&](const LeafTriangle& t, std::uint32_t lanes) { return ended(i, t, lanes); });
    }
    for (int i = n_; i >= 0 && open != 0; --i) {
      segments_[i].active = open;
      const PacketHit hit = budget_ == 0
                                ? any_hit(g_->bvh, segments_[i])
                                : trace(g_->bvh, segments_[i],
                                        [&](const LeafTriangle& t, std::uint32_t lanes) { return ended(i, t, lanes); });
      if (hit.occluder) {
        std::copy_backward(likely_[i], likely_[i] + few - 1, likely_[i] + few);
        likely_[i][0] = hit.occluder;
      }
      open &= ~hit.blocked;
    }
    return open;
  }

  /// Of the lanes whose segment number i crosses a triangle, those that cannot go on: it is opaque, or they have passed
  /// too many faces. A face counts once on a segment.
  std::uint32_t ended(int i, const LeafTriangle& triangle, std::uint32_t lanes) {
    if (lanes == 0 || budget_ == 0 || g_->opaque(triangle.face)) return lanes;
    std::uint32_t over = 0;
    for (std::uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
      const int lane = std::countr_zero(rest);
      std::uint32_t* const begin = faces_[i].face[lane];
      int& count = faces_[i].count[lane];
      if (std::find(begin, begin + count, triangle.face) != begin + count) continue;
      if (++passed_[lane] > budget_)
        over |= 1u << lane;
      else
        begin[count++] = triangle.face;
    }
    return over;
  }

  void fill(SegmentPacket<width>& packet, int i) const {
    for (int axis = 0; axis < 3; ++axis)
      for (int lane = 0; lane < width; ++lane) {
        const double a = points_[i][axis][lane], b = points_[i + 1][axis][lane];
        packet.a[axis][lane] = a;
        packet.b[axis][lane] = b;
        packet.origin[axis][lane] = float(a);
        packet.along[axis][lane] = float(b - a);
      }
    for (int lane = 0; lane < width; ++lane) {
      packet.first[lane] = i == 0 ? first_ : chain_[i - 1];
      packet.second[lane] = i == n_ ? no_face : chain_[i];
    }
  }

  /// Reflection number i from the point after it; lanes that have none, as bits taken away. The point may lie beside
  /// the face. Lanes without one keep a finite point.
  std::uint32_t solve(int i) {
    const Surface& s = g_->surface(chain_[i - 1]);
    const Vec3d n = s.normal;
    const double(&image)[3][width] = lane_images_[i];
    int there[width];
    for (int lane = 0; lane < width; ++lane) {
      const double x = points_[i + 1][0][lane], y = points_[i + 1][1][lane], z = points_[i + 1][2][lane];
      const double image_x = image[0][lane], image_y = image[1][lane], image_z = image[2][lane];
      const double height = n.x * x + n.y * y + n.z * z - s.offset,
                   after = n.x * image_x + n.y * image_y + n.z * image_z - s.offset;
      there[lane] = height * after < 0;
      const double part = there[lane] ? height / (height - after) : 0.5;
      points_[i][0][lane] = x + part * (image_x - x);
      points_[i][1][lane] = y + part * (image_y - y);
      points_[i][2][lane] = z + part * (image_z - z);
    }
    std::uint32_t bits = 0;
    for (int lane = 0; lane < width; ++lane) bits |= std::uint32_t(there[lane]) << lane;
    return bits;
  }

  const Geometry* g_ = nullptr;
  const Images* images_ = nullptr;  ///< by source
  int sources_ = 1;
  const std::uint32_t* chain_ = nullptr;
  int n_ = 0;
  std::uint32_t first_ = no_face;
  int budget_ = 0;  ///< faces that a path may pass through
  double lane_images_[max_depth + 1][3][width];
  double points_[max_depth + 2][3][width];
  SegmentPacket<width> segments_[max_depth + 1];
  struct Passed {
    std::uint32_t face[width][max_depth];
    int count[width];
  };
  Passed faces_[max_depth + 1];  ///< by segment: which faces each lane passes through
  int passed_[width];            ///< on all segments
  static constexpr int few = 4;
  const LeafTriangle* likely_[max_depth + 1][few] = {};  ///< by segment: what hid the most ends the last times
};

}  // namespace manyworlds::paths
