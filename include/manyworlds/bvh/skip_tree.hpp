#pragma once
#include "manyworlds/bvh/slabs.hpp"

namespace manyworlds {

/// Node of a binary tree that is walked without a stack. Nodes stand depth first: after one whose box is met comes the
/// next, after one whose box is missed, or a leaf, its `escape`.
struct alignas(32) SkipNode {
  float bounds[6];       ///< lo.x, hi.x, lo.y, hi.y, lo.z, hi.z, rounded outward
  BvhChild leaf;         ///< its triangles; no leaf in an inner node
  std::uint32_t escape;  ///< the first node behind the subtree
};
static_assert(sizeof(SkipNode) == 32);

/// Tree over triangles for devices, where a stack for every thread costs more than longer walks; trivially copyable.
/// Meets the same triangles as a BvhView over them.
struct SkipTreeView {
  const SkipNode* nodes = nullptr;
  std::uint32_t node_count = 0;
  const LeafTriangle* triangles = nullptr;  ///< in leaf order; a triangle that was split stands in several leaves
  double extent = 0;                        ///< largest absolute coordinate, m
};

namespace detail {

/// As for a BvhView: calls leaf(triangle, tmax) for the triangles whose leaves the segment meets, until it returns
/// true.
template <bool ordered, class Leaf>
MW_HD void traverse(const SkipTreeView& tree, const Segment& segment, Leaf&& leaf) {
  static_assert(!ordered, "a tree without a stack has one order");
  const Slabs slabs(segment, tree.extent);
  float tmax = 1;
  for (std::uint32_t at = 0; at < tree.node_count;) {
    const SkipNode node = tree.nodes[at];
    const bool met = slabs.meet(node.bounds);
    if (met && node.leaf.is_leaf())
      for (std::uint32_t i = node.leaf.first(), end = i + node.leaf.count(); i < end; ++i)
        if (leaf(tree.triangles[i], tmax)) return;
    at = met && !node.leaf.is_leaf() ? at + 1 : node.escape;
  }
}

}  // namespace detail

}  // namespace manyworlds
