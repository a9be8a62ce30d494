#pragma once
#include <span>
#include <utility>
#include <vector>

#include "manyworlds/bvh/segment.hpp"

namespace manyworlds {

/// Children of a node. Eight float lanes are one AVX register or two SSE registers, and the compiler vectorises the
/// loops over them without help.
inline constexpr int bvh_width = 8;

/// Levels of nodes that a tree can have; the builder keeps below it, so that traversal needs no check of its stack.
inline constexpr int bvh_max_depth = 64;

/// Reference to a child: the index of a node, or a leaf with the range [first, first + count) of items.
struct BvhChild {
  static constexpr std::uint32_t leaf_bit = 1u << 31, max_leaf = 16, max_items = 1u << 27;
  std::uint32_t bits;  // without initialiser, since traversal stacks are arrays of these

  MW_HD static constexpr BvhChild node(std::uint32_t index) { return {index}; }
  /// 1 <= count <= max_leaf, first < max_items.
  MW_HD static constexpr BvhChild leaf(std::uint32_t first, std::uint32_t count) {
    return {leaf_bit | ((count - 1) << 27) | first};
  }
  MW_HD constexpr bool is_leaf() const { return (bits & leaf_bit) != 0; }
  MW_HD constexpr std::uint32_t index() const { return bits; }
  MW_HD constexpr std::uint32_t first() const { return bits & (max_items - 1); }
  MW_HD constexpr std::uint32_t count() const { return ((bits >> 27) & (max_leaf - 1)) + 1; }
};

/// Eight child boxes by component (rows lo.x, hi.x, lo.y, hi.y, lo.z, hi.z), rounded outward to float; unused
/// children have empty boxes. Nodes stand in depth-first order, a child after its parent, so that the tree can be
/// rewritten as a list of boxes with escape links for traversal without a stack.
struct alignas(32) BvhNode {
  float bounds[6][bvh_width];
  BvhChild child[bvh_width];

  MW_HD constexpr bool used(int i) const { return bounds[0][i] <= bounds[1][i]; }
  MW_HD constexpr Boxd box(int i) const {
    return {{bounds[0][i], bounds[2][i], bounds[4][i]}, {bounds[1][i], bounds[3][i], bounds[5][i]}};
  }
};

/// Tree over triangles as kernels read it; trivially copyable, passed by value. nodes[0] is the root.
struct BvhView {
  const BvhNode* nodes = nullptr;
  const LeafTriangle* triangles = nullptr;  ///< in leaf order; a triangle that was split stands in several leaves
  std::uint32_t triangle_count = 0;
  Vec3d lo{}, hi{};   ///< bounds of all triangles; lo = hi = 0 when there are none
  double extent = 0;  ///< largest absolute coordinate, m

  MW_HD const LeafTriangle& item(std::uint32_t i) const { return triangles[i]; }
};

/// Tree over boxes: `items` are indices of the boxes it was built from, in leaf order, one to a leaf.
struct BoxTreeView {
  const BvhNode* nodes = nullptr;
  const std::uint32_t* items = nullptr;

  MW_HD std::uint32_t item(std::uint32_t i) const { return items[i]; }
};

/// Owner of a tree over triangles; see build_bvh.
class Bvh {
 public:
  Bvh() = default;  ///< no triangles: queries find nothing
  Bvh(std::vector<BvhNode> nodes, std::vector<LeafTriangle> triangles, const Boxd& bounds)
      : nodes_(std::move(nodes)), triangles_(std::move(triangles)), bounds_(bounds) {}

  /// Valid as long as this object lives and is not assigned to.
  BvhView view() const {
    if (triangles_.empty()) return {};
    const Vec3d lo = bounds_.lo, hi = bounds_.hi;
    return {nodes_.data(), triangles_.data(), std::uint32_t(triangles_.size()), lo, hi, max(max_abs(lo), max_abs(hi))};
  }
  std::span<const BvhNode> nodes() const { return nodes_; }
  std::span<const LeafTriangle> triangles() const { return triangles_; }
  std::size_t bytes() const { return nodes_.size() * sizeof(BvhNode) + triangles_.size() * sizeof(LeafTriangle); }

 private:
  std::vector<BvhNode> nodes_;
  std::vector<LeafTriangle> triangles_;
  Boxd bounds_;
};

/// Owner of a tree over boxes; see build_boxes.
class BoxTree {
 public:
  BoxTree() = default;
  BoxTree(std::vector<BvhNode> nodes, std::vector<std::uint32_t> items)
      : nodes_(std::move(nodes)), items_(std::move(items)) {}

  BoxTreeView view() const { return {items_.empty() ? nullptr : nodes_.data(), items_.data()}; }
  std::span<const BvhNode> nodes() const { return nodes_; }

 private:
  std::vector<BvhNode> nodes_;
  std::vector<std::uint32_t> items_;
};

}  // namespace manyworlds
