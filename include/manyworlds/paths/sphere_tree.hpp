#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "manyworlds/math/box.hpp"

namespace manyworlds::paths {

/// Spheres in a binary tree of bounding spheres, in depth-first order with escape links: what a beam culls by.
class SphereTree {
 public:
  struct Sphere {
    Vec3d center{};
    double radius = 0;
  };

  SphereTree() = default;
  SphereTree(std::vector<Sphere> items, std::uint32_t leaf_size) : items_(std::move(items)), order_(items_.size()), leaf_size_(leaf_size) {
    std::iota(order_.begin(), order_.end(), 0u);
    if (!items_.empty()) split(0, std::uint32_t(items_.size()));
  }

  /// f(item) for all items whose leaf passes meets(center, radius), in an order that depends on the items alone.
  template <class Meets, class F>
  void for_each(Meets&& meets, F&& f) const {
    for (std::uint32_t i = 0; i < nodes_.size();) {
      const Node& node = nodes_[i];
      if (!meets(node.center, node.radius)) {
        i = node.escape;
        continue;
      }
      for (std::uint32_t k = node.first; k < node.first + node.count; ++k) f(order_[k]);
      ++i;
    }
  }

 private:
  struct Node {
    Vec3d center{};
    double radius = 0;
    std::uint32_t first = 0, count = 0;  ///< range in order_; count is 0 for inner nodes
    std::uint32_t escape = 0;            ///< next node that is not below this one
  };

  /// Halves the longest side at the median; ties by index, so that the tree is reproducible.
  void split(std::uint32_t first, std::uint32_t last) {
    Boxd box, centers;
    for (std::uint32_t i = first; i < last; ++i) {
      const Sphere& s = items_[order_[i]];
      const Vec3d r{s.radius, s.radius, s.radius};
      box.extend(Boxd{s.center - r, s.center + r});
      centers.extend(s.center);
    }
    Node node{box.center(), 0, first, 0, 0};
    for (std::uint32_t i = first; i < last; ++i)
      node.radius = max(node.radius, norm(items_[order_[i]].center - node.center) + items_[order_[i]].radius);
    const std::size_t index = nodes_.size();
    if (last - first <= leaf_size_) node.count = last - first;
    nodes_.push_back(node);
    if (node.count == 0) {
      const Vec3d size = centers.size();
      const int axis = size.x >= size.y && size.x >= size.z ? 0 : (size.y >= size.z ? 1 : 2);
      const std::uint32_t mid = first + (last - first) / 2;
      std::sort(order_.begin() + first, order_.begin() + last, [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(items_[a].center[axis], a) < std::pair(items_[b].center[axis], b);
      });
      split(first, mid);
      split(mid, last);
    }
    nodes_[index].escape = std::uint32_t(nodes_.size());
  }

  std::vector<Sphere> items_;
  std::vector<std::uint32_t> order_;
  std::vector<Node> nodes_;
  std::uint32_t leaf_size_ = 1;
};

}  // namespace manyworlds::paths
