#pragma once
#include "manyworlds/bvh/build.hpp"
#include "manyworlds/bvh/skip_tree.hpp"

namespace manyworlds {

/// Owner of a tree for devices; see build_skip_tree.
struct SkipTree {
  std::vector<SkipNode> nodes;
  std::vector<LeafTriangle> triangles;
  double extent = 0;

  /// Valid as long as this object lives and is not changed.
  SkipTreeView view() const { return {nodes.data(), std::uint32_t(nodes.size()), triangles.data(), extent}; }
};

namespace detail {

/// Writes the nodes of a binary tree depth first; subtrees of few triangles become leaves where that costs less, by the
/// surface-area heuristic.
class SkipNodes {
 public:
  std::vector<SkipNode> nodes;

  SkipNodes(const BinaryTree& tree, std::uint32_t max_leaf) : tree_(tree), is_leaf_(tree.nodes.size()) {
    constexpr double box_cost = 0.5;  // in triangle tests
    std::vector<double> area(tree.nodes.size()), cost(tree.nodes.size());
    for (std::size_t i = cost.size(); i-- > 0;) {
      const BinaryTree::Node& node = tree.nodes[i];
      area[i] = node.box.area();
      cost[i] = area[i] * node.count;
      is_leaf_[i] = node.count == 1;
      if (node.count == 1) continue;
      const std::uint32_t l = node.left, r = node.right;
      const double divided = box_cost * (area[l] + area[r]) + cost[l] + cost[r];
      is_leaf_[i] = node.count <= max_leaf && cost[i] <= divided;
      if (!is_leaf_[i]) cost[i] = divided;
    }
    if (!cost.empty()) emit(0);
  }

 private:
  void emit(std::uint32_t index) {
    const BinaryTree::Node& node = tree_.nodes[index];
    const std::size_t at = nodes.size();
    SkipNode out;
    for (int axis = 0; axis < 3; ++axis) {
      out.bounds[2 * axis] = round_down(node.box.lo[axis]);
      out.bounds[2 * axis + 1] = round_up(node.box.hi[axis]);
    }
    out.leaf = is_leaf_[index] ? BvhChild::leaf(node.first, node.count) : BvhChild::node(0);
    nodes.push_back(out);
    if (!is_leaf_[index]) {
      emit(node.left);
      emit(node.right);
    }
    nodes[at].escape = std::uint32_t(nodes.size());
  }

  const BinaryTree& tree_;
  std::vector<char> is_leaf_;
};

}  // namespace detail

/// Builds the tree for devices over the same triangles as build_bvh, which says what is refused.
inline SkipTree build_skip_tree(std::span<const BvhTriangle> triangles, BvhOptions options = {}) {
  options.max_leaf = clamp(options.max_leaf, 1u, BvhChild::max_leaf);
  Boxd bounds;
  const detail::BinaryTree tree(detail::references_of(triangles, bounds), triangles, options);
  SkipTree result;
  for (std::uint32_t item : tree.items) result.triangles.emplace_back(triangles[item]);
  result.nodes = detail::SkipNodes(tree, options.max_leaf).nodes;
  if (!triangles.empty()) result.extent = max(max_abs(bounds.lo), max_abs(bounds.hi));
  return result;
}

}  // namespace manyworlds
