#pragma once
#include <cmath>
#include <tuple>

#include "manyworlds/bvh/binary_tree.hpp"
#include "manyworlds/bvh/bvh.hpp"

namespace manyworlds::detail {

/// Nearest floats at or below, at or above x.
inline float round_down(double x) {
  const float f = float(x);
  return double(f) <= x ? f : std::nextafter(f, -std::numeric_limits<float>::infinity());
}
inline float round_up(double x) { return -round_down(-x); }

/// Collapses a binary tree to nodes of eight children at the least surface-area cost, by dynamic programming from
/// the leaves up (Ylitie, Karras and Laine, HPG 2017, section 3.2). Small subtrees may become leaves.
class Collapse {
 public:
  std::vector<BvhNode> nodes;

  Collapse(const BinaryTree& tree, const BvhOptions& options) : tree_(tree), plans_(tree.nodes.size()) {
    for (std::size_t i = plans_.size(); i-- > 0;) plans_[i] = plan(tree.nodes[i], options);
    if (!plans_.empty()) emit(plans_[0].leaf ? std::vector<std::uint32_t>{0} : open(0));
  }

 private:
  static constexpr double infinite = std::numeric_limits<double>::infinity();

  /// How a subtree becomes a forest of at most i trees (i = 1 to 8; one tree is a leaf or a node).
  struct Plan {
    double cost[bvh_width + 1];
    int left[bvh_width + 1];    ///< trees for the left child, if it is divided
    bool fewer[bvh_width + 1];  ///< no better than i - 1 trees
    double area;
    double worth;  ///< to any-hit queries that meet the box: chance that they end in it, by its cost
    bool leaf;
  };

  Plan plan(const BinaryTree::Node& node, const BvhOptions& options) const {
    Plan p{};
    const double area = p.area = node.box.area();
    for (int i = 2; i <= bvh_width; ++i) {
      p.cost[i] = infinite;
      for (int k = 1; k < i && node.count > 1; ++k) {
        const double cost = plans_[node.left].cost[k] + plans_[node.right].cost[i - k];
        if (cost >= p.cost[i]) continue;
        p.cost[i] = cost;
        p.left[i] = k;
      }
    }
    const double leaf_cost = node.count <= options.max_leaf ? area * node.count : infinite;
    const double node_cost = area * options.node_cost + p.cost[bvh_width];
    p.leaf = node.count == 1 || leaf_cost <= node_cost;
    p.cost[1] = min(leaf_cost, node_cost);
    p.worth = worth(node.blocking / area, p.cost[1] / area);
    for (int i = 2; i <= bvh_width; ++i) {
      p.fewer[i] = p.cost[i - 1] <= p.cost[i];
      if (p.fewer[i]) p.cost[i] = p.cost[i - 1];
    }
    return p;
  }

  /// Lines that meet a convex surface of area 1 cross triangles of area `blocking` in it 2 blocking times on average
  /// (Cauchy); how often they cross none is taken as that of independent triangles. (Cf. Nah and Manocha 2014, SATO.)
  static double worth(double blocking, double cost) {
    const double w = (1 - std::exp(-2 * blocking)) / cost;
    return std::isfinite(w) ? w : 0;
  }

  /// Appends the roots of the forest of at most `trees` trees.
  void gather(std::uint32_t index, int trees, std::vector<std::uint32_t>& roots) const {
    while (trees > 1 && plans_[index].fewer[trees]) --trees;
    if (trees == 1)
      roots.push_back(index);
    else
      divide(index, trees, roots);
  }
  void divide(std::uint32_t index, int trees, std::vector<std::uint32_t>& roots) const {
    const int left = plans_[index].left[trees];
    gather(tree_.nodes[index].left, left, roots);
    gather(tree_.nodes[index].right, trees - left, roots);
  }

  /// Children of the node that an inner subtree becomes. What is popped first in traversal stands last: leaves, and
  /// what is likely to end any-hit queries at little cost; in trees over boxes, large ones. (Areas are stored because
  /// computed anew they may differ by an ulp, which a sort does not survive.)
  std::vector<std::uint32_t> open(std::uint32_t index) const {
    std::vector<std::uint32_t> children;
    divide(index, bvh_width, children);
    const auto rank = [&](std::uint32_t i) { return std::tuple(plans_[i].leaf, plans_[i].worth, plans_[i].area); };
    std::stable_sort(children.begin(), children.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
    return children;
  }

  std::uint32_t emit(const std::vector<std::uint32_t>& children) {
    const auto index = std::uint32_t(nodes.size());
    nodes.emplace_back();
    BvhNode node;
    for (std::size_t i = 0; i < std::size_t(bvh_width); ++i) {
      const bool used = i < children.size();
      for (int axis = 0; axis < 3; ++axis) {
        node.bounds[2 * axis][i] = used ? round_down(tree_.nodes[children[i]].box.lo[axis]) : empty_bound;
        node.bounds[2 * axis + 1][i] = used ? round_up(tree_.nodes[children[i]].box.hi[axis]) : -empty_bound;
      }
      node.child[i] = used ? child(children[i]) : BvhChild::leaf(0, 1);
    }
    nodes[index] = node;
    return index;
  }
  BvhChild child(std::uint32_t index) {
    const BinaryTree::Node& node = tree_.nodes[index];
    return plans_[index].leaf ? BvhChild::leaf(node.first, node.count) : BvhChild::node(emit(open(index)));
  }

  static constexpr float empty_bound = std::numeric_limits<float>::max();

  const BinaryTree& tree_;
  std::vector<Plan> plans_;
};

}  // namespace manyworlds::detail
