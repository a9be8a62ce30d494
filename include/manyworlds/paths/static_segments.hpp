#pragma once
#include <atomic>
#include <bit>
#include <span>
#include <vector>

#include "manyworlds/paths/support.hpp"

namespace manyworlds::paths {

/// The segments of static paths, laid out for the one question of each step: which of them does a mover come near?
/// Sixteen at a time in float, which rounds towards yes; those that ask decide in double. The loop has no branches, so
/// that the compiler makes vectors of whatever width the processor has.
class StaticSegments {
 public:
  /// Adds a segment from a to b of path number `path`, which is `length` long, `from` of it before a. Segments that are
  /// near each other should follow each other.
  void add(std::uint32_t path, Vec3d a, Vec3d b, double from, double length) {
    if (count_ % width == 0) {
      blocks_.emplace_back();
      bounds_.emplace_back();
    }
    Block& block = blocks_.back();
    const std::size_t lane = count_++ % width;
    for (int axis = 0; axis < 3; ++axis) {
      block.a[axis][lane] = float(a[axis]);
      block.d[axis][lane] = float(b[axis] - a[axis]);
    }
    block.own[lane] = float(norm(b - a));
    block.from[lane] = float(from);
    block.length[lane] = float(length);
    block.path[lane] = path;
    bounds_.back().extend(a);
    bounds_.back().extend(b);
    paths_ = max(paths_, path + 1);
    extent_ = max(max(extent_, length), max(max_abs(a), max_abs(b)));
  }

  /// f(path) for the paths with a segment that meets a face or, with `support`, that the weight of its rectangle's
  /// edges reaches; now and then for one that nearly does. In order, each once. `near` is scratch.
  template <class F>
  void for_each_near(std::span<const Surface> faces, const Support* support, std::vector<std::uint64_t>& near,
                     F&& f) const {
    near.assign(words(), 0);
    mark_near(faces, support, 0, blocks(), near);
    for_each_marked(near, 0, words(), f);
  }

  /// The same in two passes, each of which may be cut into pieces: blocks, then words of marks. The first one sets the
  /// bits of such paths, those in blocks [first, last), in `near`, which has words() words, at first 0.
  void mark_near(std::span<const Surface> faces, const Support* support, std::size_t first, std::size_t last,
                 std::vector<std::uint64_t>& near) const {
    const bool detours = support && support->kind != VisibilityKind::logistic;
    const double distance = support && !detours ? support->distance : 0;
    for (std::size_t b = first; b < last; ++b) {
      int met[width] = {}, any = 0;
      for (const Surface& face : faces) {
        // A detour may be short far from the segment, where the path passes the edge in line with it.
        if (detours)
          find_near<true>(blocks_[b], face.rectangle, support->excess, met);
        else if (may_meet(bounds_[b], face, distance))
          find_near<false>(blocks_[b], face.rectangle, distance, met);
      }
      for (const int m : met) any |= m;
      for (std::size_t i = 0; any && i < min(width, count_ - b * width); ++i) {
        const std::uint64_t bit = std::uint64_t(1) << (blocks_[b].path[i] % 64);
        if (met[i]) std::atomic_ref(near[blocks_[b].path[i] / 64]).fetch_or(bit, std::memory_order_relaxed);
      }
    }
  }
  /// f(path) for the paths whose bits are set in words [first, last).
  template <class F>
  static void for_each_marked(const std::vector<std::uint64_t>& near, std::size_t first, std::size_t last, F&& f) {
    for (std::size_t word = first; word < last; ++word)
      for (std::uint64_t bits = near[word]; bits != 0; bits &= bits - 1)
        f(std::uint32_t(64 * word) + std::uint32_t(std::countr_zero(bits)));
  }
  std::size_t blocks() const { return blocks_.size(); }
  std::size_t words() const { return (paths_ + 63) / 64; }

  std::size_t bytes() const { return blocks_.capacity() * sizeof(Block) + bounds_.capacity() * sizeof(Boxd); }

 private:
  static constexpr std::size_t width = 16;
  struct Block {
    float a[3][width]{}, d[3][width]{};                  ///< first point, and from there to the second
    float own[width]{}, from[width]{}, length[width]{};  ///< of the segment; of the path before it; of the path
    std::uint32_t path[width]{};
  };

  /// May a segment within the box meet the face, or its rectangle made larger by `distance` on all sides?
  static bool may_meet(const Boxd& box, const Surface& face, double distance) {
    const double reach = face.radius + std::sqrt(2.0) * distance + 1e-3;
    double square_distance = 0;
    for (int axis = 0; axis < 3; ++axis)
      square_distance += square(max(0.0, max(box.lo[axis] - face.center[axis], face.center[axis] - box.hi[axis])));
    return square_distance <= square(reach);
  }

  /// The reach is the most that the way over the edge may be longer, or a distance from the edge.
  template <bool detours>
  void find_near(const Block& block, const Rectangled& r, double reach, int (&near)[width]) const {
    const Vec3f n = r.normal.as<float>(), u = r.u.as<float>(), v = r.v.as<float>(), c = r.center.as<float>();
    const float half_u = float(r.half_u), half_v = float(r.half_v);
    // What rounding may have moved a point or a length by, several times over.
    const float margin = 2e-6f * float(max(max(1.0, extent_), max_abs(r.center))), most = float(reach) + 4 * margin;
    for (std::size_t i = 0; i < width; ++i) {
      const float ax = block.a[0][i] - c.x, ay = block.a[1][i] - c.y, az = block.a[2][i] - c.z;
      const float dx = block.d[0][i], dy = block.d[1][i], dz = block.d[2][i], own = block.own[i];
      const float before = n.x * ax + n.y * ay + n.z * az, slope = n.x * dx + n.y * dy + n.z * dz,
                  after = before + slope;
      const float steep = max(std::fabs(slope), 1e-12f), t = clamp(-before / std::copysign(steep, slope), 0.0f, 1.0f);
      // In the plane's coordinates the point is off by more the flatter the segment meets it.
      const float off = margin * (1 + own / steep), qx = ax + t * dx, qy = ay + t * dy, qz = az + t * dz;
      const float qu = u.x * qx + u.y * qy + u.z * qz, xu = max(std::fabs(qu) - half_u - off, 0.0f);
      const float qv = v.x * qx + v.y * qy + v.z * qz, xv = max(std::fabs(qv) - half_v - off, 0.0f);
      int reached;
      if constexpr (detours) {
        const float s1 = block.from[i] + t * own, s2 = block.length[i] - s1, bound = square(block.length[i] + most);
        const float ku = (u.x * dx + u.y * dy + u.z * dz) / own, kv = (v.x * dx + v.y * dy + v.z * dz) / own;
        reached = over_edge(s1, s2, xu, -std::copysign(1.0f, qu) * ku, bound) &
                  over_edge(s1, s2, xv, -std::copysign(1.0f, qv) * kv, bound);
      } else {
        reached = max(xu, xv) <= most;
      }
      near[i] |= (min(before, after) <= margin) & (max(before, after) >= -margin) & reached;
    }
  }

  /// Is the way over an edge at distance x, kappa the cosine between it and the path, shorter than the root of `bound`?
  static int over_edge(float s1, float s2, float x, float kappa, float bound) {
    const float to = s1 * (s1 + 2 * x * kappa) + x * x, from = s2 * (s2 - 2 * x * kappa) + x * x,
                rest = bound - to - from;
    return (rest > 0) & (4 * to * from < rest * rest);
  }

  std::vector<Block> blocks_;
  std::vector<Boxd> bounds_;  ///< of the blocks
  std::size_t count_ = 0;
  std::uint32_t paths_ = 0;
  double extent_ = 0;  ///< largest coordinate or length
};

}  // namespace manyworlds::paths
