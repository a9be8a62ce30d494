#pragma once
#include <bit>

#include "manyworlds/bvh/shaft.hpp"
#include "manyworlds/bvh/traverse.hpp"

/// Any-hit for packets of neighbouring segments, such as those to the receivers of one block through one chain of
/// reflections. Each lane is told what any_hit() says of its segment alone. Host code only.
namespace manyworlds {

/// W segments (8 or 16), by component. All lanes hold finite coordinates; those that are not active best those of one
/// that is.
template <int W>
struct alignas(64) SegmentPacket {
  static_assert(W == 8 || W == 16);
  double a[3][W]{}, b[3][W]{};
  float origin[3][W]{}, along[3][W]{};    ///< a and b - a
  std::uint32_t first[W]{}, second[W]{};  ///< faces to skip, as in SkipFaces
  std::uint32_t active = 0;               ///< bit i: lane i takes part

  /// Makes the lane active.
  void set(int lane, Vec3d from, Vec3d to, SkipFaces skip) {
    for (int i = 0; i < 3; ++i) {
      a[i][lane] = from[i];
      b[i][lane] = to[i];
      origin[i][lane] = float(from[i]);
      along[i][lane] = float(to[i] - from[i]);
    }
    first[lane] = skip.first;
    second[lane] = skip.second;
    active |= 1u << lane;
  }
  /// The first `count` lanes are set: copies lane 0 to the others, which are not active then.
  void fill(int count) {
    for (int lane = count; lane < W; ++lane) set(lane, from(0), to(0), {first[0], second[0]});
    active = (2u << (count - 1)) - 1;
  }
  Vec3d from(int lane) const { return {a[0][lane], a[1][lane], a[2][lane]}; }
  Vec3d to(int lane) const { return {b[0][lane], b[1][lane], b[2][lane]}; }
  SkipFaces skip(int lane) const { return {first[lane], second[lane]}; }
};

/// Which lanes are blocked, and the triangle that blocked the most of them at once (null when none is).
struct PacketHit {
  std::uint32_t blocked = 0;
  const LeafTriangle* occluder = nullptr;
};

namespace detail {

/// The lanes in double, for triangles; as many at once as a register holds.
template <int W>
class PacketSegments {
 public:
  PacketSegments(const SegmentPacket<W>& packet, double extent) : packet_(packet) {
    const auto point = [](const double(&p)[3][W], int begin) {
      return Vec3<Part>{simd::load<Part>(p[0] + begin), simd::load<Part>(p[1] + begin), simd::load<Part>(p[2] + begin)};
    };
    for (int i = 0; i < parts; ++i) segment_[i] = {point(packet.a, i * part), point(packet.b, i * part), extent};
  }

  /// Of the lanes `wanted`, those that cross the triangle and do not skip its face.
  std::uint32_t cross(const LeafTriangle& triangle, std::uint32_t wanted) const {
    for (int i = 0; i < face_parts; ++i) {
      const int begin = i * face_part;
      const Faces face(triangle.face), first = simd::load<Faces>(packet_.first + begin);
      const Faces second = simd::load<Faces>(packet_.second + begin);
      wanted &= ~(simd::bits((first == face) | (second == face)) << begin);
    }
    if (wanted == 0) return 0;
    std::uint32_t crossed = 0;
    for (int i = 0; i < parts; ++i) {
      Part t;
      crossed |= simd::bits(crosses(triangle, segment_[i], t)) << (i * part);
    }
    return crossed & wanted;
  }

 private:
  static constexpr int part = min(W, simd::native_lanes<double>), parts = W / part;
  static constexpr int face_part = min(W, simd::native_lanes<std::uint32_t>), face_parts = W / face_part;
  using Part = simd::Lanes<double, part>;
  using Faces = simd::Lanes<std::uint32_t, face_part>;
  const SegmentPacket<W>& packet_;
  SegmentOf<Part> segment_[parts];
};

/// The lanes in float with the margins of Slabs, for boxes; as many at once as a register holds.
template <int W>
class PacketSlabs {
 public:
  PacketSlabs(const SegmentPacket<W>& packet, double extent) {
    float size = 0;
    for (int i = 0; i < 3; ++i) {
      Part a_lo = simd::load<Part>(packet.origin[i]), a_hi = a_lo;
      Part b_lo = a_lo + simd::load<Part>(packet.along[i]), b_hi = b_lo;
      for (int p = 1; p < parts; ++p) {
        const Part a = simd::load<Part>(packet.origin[i] + p * part);
        const Part b = a + simd::load<Part>(packet.along[i] + p * part);
        a_lo = min(a_lo, a), a_hi = max(a_hi, a);
        b_lo = min(b_lo, b), b_hi = max(b_hi, b);
      }
      from_.lo[i] = simd::smallest(a_lo);
      from_.hi[i] = simd::largest(a_hi);
      to_.lo[i] = simd::smallest(b_lo);
      to_.hi[i] = simd::largest(b_hi);
      size = max(max(size, max(from_.hi[i], to_.hi[i])), -min(from_.lo[i], to_.lo[i]));
    }
    pad_ = (float(extent) + size) * (1.01f / (1 << 21));
    for (int p = 0; p < parts; ++p)
      for (int i = 0; i < 3; ++i) {
        const Part a = simd::load<Part>(packet.origin[i] + p * part), d = simd::load<Part>(packet.along[i] + p * part);
        inverse_[p][i] = copysign(Part(1.0f) / max(abs(d), Part(1e-18f)), d);
        above_[p][i] = a + Part(pad_);
        below_[p][i] = a - Part(pad_);
      }
  }

  /// The lanes' ends, a + d, are rounded once more than the lanes.
  Shaft shaft() const { return {from_, to_, 2 * pad_}; }

  /// Which lanes meet a child's box, as bits.
  std::uint32_t meet(const BvhNode& node, int child) const {
    std::uint32_t met = 0;
    for (int p = 0; p < parts; ++p) {
      Part entry = 0.0f, exit = 1.0f;
      for (int i = 0; i < 3; ++i) {
        const Part lower = (Part(node.bounds[2 * i][child]) - above_[p][i]) * inverse_[p][i];
        const Part upper = (Part(node.bounds[2 * i + 1][child]) - below_[p][i]) * inverse_[p][i];
        entry = max(entry, min(lower, upper));
        exit = min(exit, max(lower, upper));
      }
      met |= simd::bits(entry <= exit) << (p * part);
    }
    return met;
  }

 private:
  static constexpr int part = min(W, simd::native_lanes<float>), parts = W / part;
  using Part = simd::Lanes<float, part>;
  Shaft::Bounds from_, to_;
  float pad_;
  Part inverse_[parts][3], above_[parts][3], below_[parts][3];
};

/// trace() of a tree with triangles and a packet with active lanes. (flatten: what it calls is small, and called in a
/// loop that the compiler takes for cold.)
template <int W, class Ends>
[[gnu::flatten]] PacketHit trace_packet(const BvhView& bvh, const SegmentPacket<W>& packet, Ends&& ends,
                                        const LeafTriangle* likely) {
  PacketHit hit;
  const PacketSegments<W> segments(packet, bvh.extent);
  std::uint32_t blocked = 0;
  if (likely) {
    blocked = hit.blocked = ends(*likely, segments.cross(*likely, packet.active));
    if (blocked != 0) hit.occluder = likely;
    if (blocked == packet.active) return hit;
  }
  const PacketSlabs<W> slabs(packet, bvh.extent);
  const Shaft shaft = slabs.shaft();
  struct Entry {
    std::uint32_t node, lanes;
  };
  Entry stack[bvh_max_depth * (bvh_width - 1) + 1];
  stack[0] = {0, packet.active};
  int most = std::popcount(blocked);
  for (int size = 1; size > 0;) {
    const Entry top = stack[--size];
    std::uint32_t open = top.lanes & ~blocked;
    if (open == 0) continue;
    const BvhNode& node = bvh.nodes[top.node];
    for (std::uint32_t met = shaft.meet(node); met != 0 && open != 0;) {
      const int child = std::countr_zero(met);  // so that the best to search stands on top of the stack
      met ^= 1u << child;
      std::uint32_t lanes = open & slabs.meet(node, child);
      if (lanes == 0) continue;
      const BvhChild reference = node.child[child];
      if (!reference.is_leaf()) {
        stack[size++] = {reference.index(), lanes};
        continue;
      }
      for (std::uint32_t i = reference.first(), end = i + reference.count(); i < end && lanes != 0; ++i) {
        const std::uint32_t ended = ends(bvh.triangles[i], segments.cross(bvh.triangles[i], lanes));
        if (std::popcount(ended) > most) {
          most = std::popcount(ended);
          hit.occluder = &bvh.triangles[i];
        }
        blocked |= ended;
        lanes &= ~ended;
      }
      open &= ~blocked;
    }
  }
  hit.blocked = blocked;
  return hit;
}

}  // namespace detail

/// A few triangles of the tree, null ones left out, one after the other: ends(triangle, lanes) is told the active lanes
/// whose segments cross each, unless they skip its face, and says which of them end there. Returns all that ended.
template <int W, std::size_t N, class Ends>
std::uint32_t crossed(const BvhView& bvh, const SegmentPacket<W>& packet, const LeafTriangle* const (&triangles)[N],
                      Ends&& ends) {
  if (!triangles[0]) return 0;
  const detail::PacketSegments<W> segments(packet, bvh.extent);
  std::uint32_t ended = 0;
  for (const LeafTriangle* triangle : triangles)
    if (triangle && ended != packet.active) ended |= ends(*triangle, segments.cross(*triangle, packet.active & ~ended));
  return ended;
}

/// Which lanes' segments cross a triangle of a face that they do not skip. `likely`, if any, is a triangle of the tree
/// to try first: what blocked the packet before may well block this one.
template <int W>
PacketHit any_hit(const BvhView& bvh, const SegmentPacket<W>& packet, const LeafTriangle* likely = nullptr) {
  PacketHit hit;
  if (bvh.triangle_count == 0 || packet.active == 0) return hit;
  if (!likely && std::has_single_bit(packet.active)) {  // from two lanes on, a packet is faster even if they go apart
    const int lane = std::countr_zero(packet.active);
    hit.occluder = any_crossed(bvh, Segment(packet.from(lane), packet.to(lane), bvh.extent), packet.skip(lane));
    if (hit.occluder) hit.blocked = packet.active;
    return hit;
  }
  return detail::trace_packet(
      bvh, packet, [](const LeafTriangle&, std::uint32_t crossed) { return crossed; }, likely);
}

/// The same where not every triangle blocks: ends(triangle, lanes) says which of the lanes that cross it, if any, end
/// there. It may hear of a crossing more than once.
template <int W, class Ends>
PacketHit trace(const BvhView& bvh, const SegmentPacket<W>& packet, Ends&& ends, const LeafTriangle* likely = nullptr) {
  if (bvh.triangle_count == 0 || packet.active == 0) return {};
  return detail::trace_packet(bvh, packet, ends, likely);
}

}  // namespace manyworlds
