#pragma once
#include <bit>

#include "manyworlds/bvh/skip_tree.hpp"

/// Queries on a tree over triangles, for host and device: a BvhView, or a SkipTreeView where the query is a template on
/// the tree. Segment says what counts as crossing a triangle.
namespace manyworlds {

/// Where a face is met. `t` is the parameter along b - a (or along the direction of a ray).
struct Hit {
  double t = 0;
  std::uint32_t face = 0, primitive = 0;

  /// Along the segment; where that is equal, by number: a total order, so that no result depends on the tree.
  MW_HD friend constexpr bool operator<(const Hit& p, const Hit& q) {
    if (p.t != q.t) return p.t < q.t;
    return p.face != q.face ? p.face < q.face : p.primitive < q.primitive;
  }
};
using Crossing = Hit;

/// Skips no face.
struct SkipNone {
  MW_HD constexpr bool operator()(std::uint32_t) const { return false; }
};

/// Skips the faces on which a segment begins and ends.
struct SkipFaces {
  std::uint32_t first = ~0u, second = ~0u;
  MW_HD constexpr bool operator()(std::uint32_t face) const { return face == first || face == second; }
};

namespace detail {

/// Calls leaf(triangle, tmax) for the triangles whose leaves the segment meets before tmax, until it returns true;
/// the call may lower tmax (1 at first). Nearest leaves first when `ordered`. A split triangle may come twice.
template <bool ordered, class Leaf>
void traverse(const BvhView& bvh, const Segment& segment, Leaf&& leaf) {
  if (bvh.triangle_count == 0) return;
  constexpr int capacity = bvh_max_depth * (bvh_width - 1) + 1;
  const Slabs slabs(segment, bvh.extent);
  BvhChild stack[capacity];
  float entries[ordered ? capacity : 1], tmax = 1;
  stack[0] = BvhChild::node(0);
  entries[0] = 0;
  for (int size = 1; size > 0;) {
    const BvhChild top = stack[--size];
    if constexpr (ordered) {
      if (entries[size] > tmax) continue;
    }
    if (top.is_leaf()) {
      for (std::uint32_t i = top.first(), end = i + top.count(); i < end; ++i)
        if (leaf(bvh.triangles[i], tmax)) return;
      continue;
    }
    const BvhNode& node = bvh.nodes[top.index()];
    Slabs::Children entered;
    std::uint32_t met = slabs.meet(node, tmax, entered);
    [[maybe_unused]] const int bottom = size;
    [[maybe_unused]] float entry[bvh_width];
    if constexpr (ordered) simd::store(entered, entry);
    for (; met != 0; met &= met - 1) {
      const int child = std::countr_zero(met);
      int at = size++;
      if constexpr (ordered) {
        for (; at > bottom && entries[at - 1] < entry[child]; --at) {
          stack[at] = stack[at - 1];
          entries[at] = entries[at - 1];
        }
        entries[at] = entry[child];
      }
      stack[at] = node.child[child];
    }
  }
}

/// Parameter up to which a ray can meet anything in [lo, hi]: where it leaves that box, at most tmax.
MW_HD inline double ray_end(Vec3d lo, Vec3d hi, Vec3d origin, Vec3d direction, double tmax) {
  for (int i = 0; i < 3; ++i)
    if (direction[i] != 0) tmax = min(tmax, ((direction[i] > 0 ? hi[i] : lo[i]) - origin[i]) / direction[i]);
  return tmax;
}

}  // namespace detail

/// A triangle with !skip(face) that crosses the segment, whichever is found first; null when there is none.
template <class Tree, class Skip>
MW_HD const LeafTriangle* any_crossed(const Tree& bvh, const Segment& segment, Skip&& skip) {
  const LeafTriangle* crossed = nullptr;
  detail::traverse<false>(bvh, segment, [&](const LeafTriangle& triangle, float&) {
    double t;
    if (!skip(triangle.face) && crosses(triangle, segment, t)) crossed = &triangle;
    return crossed != nullptr;
  });
  return crossed;
}

/// Does a triangle with !skip(face) cross the segment from a to b?
template <class Tree, class Skip>
MW_HD bool any_hit(const Tree& bvh, Vec3d a, Vec3d b, Skip&& skip) {
  return any_crossed(bvh, Segment(a, b, bvh.extent), skip) != nullptr;
}

/// All distinct faces with !skip(face) that the segment from a to b crosses, in order, into out[0, capacity). Faces
/// are planar, so each is crossed at most once; of triangles that share the crossing the first by t, then by number
/// stands for its face. Returns how many; capacity + 1 as soon as there are more than capacity (out is then
/// unspecified).
template <class Tree, class Skip>
MW_HD int crossings(const Tree& bvh, Vec3d a, Vec3d b, Skip&& skip, Crossing* out, int capacity) {
  const Segment segment(a, b, bvh.extent);
  int count = 0;
  detail::traverse<false>(bvh, segment, [&](const LeafTriangle& triangle, float&) {
    Crossing found{0, triangle.face, triangle.primitive};
    if (skip(triangle.face) || !crosses(triangle, segment, found.t)) return false;
    int at = 0;
    while (at < count && out[at].face != found.face) ++at;
    if (at == count && count == capacity) {
      ++count;
      return true;
    }
    if (at < count && !(found < out[at])) return false;
    if (at == count) ++count;
    for (; at > 0 && found < out[at - 1]; --at) out[at] = out[at - 1];
    out[at] = found;
    return false;
  });
  return count;
}

/// First triangle with !skip(face) that the ray origin + t direction meets at t in (0, tmax); direction need not be
/// normalised, tmax may be infinite. An end at a finite tmax has the clearance of a segment's end. False: none.
template <class Skip>
bool nearest(const BvhView& bvh, Vec3d origin, Vec3d direction, double tmax, Skip&& skip, Hit& out) {
  // The margin keeps what lies on the bounds clear of the end.
  const double margin = 1 + 0.01 * bvh.extent;
  const Vec3d outward{margin, margin, margin};
  const double end = detail::ray_end(bvh.lo - outward, bvh.hi + outward, origin, direction, tmax);
  if (!(end > 0) || !(norm2(direction) > 0)) return false;
  const Segment segment(origin, origin + end * direction, bvh.extent);
  bool hit = false;
  detail::traverse<true>(bvh, segment, [&](const LeafTriangle& triangle, float& nearest_t) {
    Hit found{0, triangle.face, triangle.primitive};
    if (skip(triangle.face) || !crosses(triangle, segment, found.t) || (hit && !(found < out))) return false;
    hit = true;
    out = found;
    nearest_t = float(found.t) * (1 + 1e-6f);  // never below t, so that equals are seen
    return false;
  });
  out.t *= hit ? end : 1;
  return hit;
}

/// Calls leaf_fn for the items of all leaves that can be reached through boxes that pass: with the index of a box of a
/// BoxTreeView, with a LeafTriangle of a BvhView (twice if it was split). Boxes are rounded outward to float. The
/// predicate is asked box by box, predicate(Boxd) -> bool, or for the eight children of a node at once,
/// predicate(BvhNode) -> their bits; what it says of unused children does not matter.
template <class View, class Predicate, class Leaf>
MW_HD void visit(const View& view, Predicate&& predicate, Leaf&& leaf_fn) {
  if (view.nodes == nullptr) return;
  BvhChild stack[bvh_max_depth * (bvh_width - 1) + 1];
  stack[0] = BvhChild::node(0);
  for (int size = 1; size > 0;) {
    const BvhNode& node = view.nodes[stack[--size].index()];
    std::uint32_t met = 0;
    if constexpr (requires { predicate(node); }) {
      met = predicate(node);
    } else {
      for (int i = 0; i < bvh_width; ++i) met |= std::uint32_t(node.used(i) && predicate(node.box(i))) << i;
    }
    for (int i = 0; met != 0; ++i, met >>= 1) {
      if ((met & 1) == 0 || !node.used(i)) continue;
      const BvhChild child = node.child[i];
      if (!child.is_leaf())
        stack[size++] = child;
      else
        for (std::uint32_t k = child.first(), end = k + child.count(); k < end; ++k) leaf_fn(view.item(k));
    }
  }
}

}  // namespace manyworlds
