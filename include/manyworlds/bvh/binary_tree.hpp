#pragma once
#include <algorithm>
#include <utility>
#include <vector>

#include "manyworlds/bvh/split.hpp"

namespace manyworlds {

/// What a tree is tuned by; the defaults are for segments through buildings.
struct BvhOptions {
  bool spatial_splits = true;
  double overlap = 1e-3;   ///< spatial splits are tried where object splits overlap by this share of the root's area
  double gain = 0.8;       ///< and kept where they cost less than this share of the object split
  double duplication = 1;  ///< references that spatial splits may add, per triangle
  double node_cost = 2;    ///< cost of a node of eight children, in triangle tests
  std::uint32_t max_leaf = 4;  ///< triangles in a leaf, 1 to BvhChild::max_leaf
};

namespace detail {

/// Binary tree down to single references, built from the top; the items of a subtree are one range.
class BinaryTree {
 public:
  struct Node {
    Boxd box;
    std::uint32_t left = 0, right = 0;   ///< children, after their parent; 0 in leaves
    std::uint32_t first = 0, count = 0;  ///< range of items
    double blocking = 0;                 ///< area of the parts of triangles in it
  };

  std::vector<Node> nodes;
  std::vector<std::uint32_t> items;

  /// `triangles`: empty when the references are whole objects, which cannot be cut.
  BinaryTree(std::vector<Reference> references, std::span<const BvhTriangle> triangles, const BvhOptions& options)
      : triangles_(triangles), references_(std::move(references)) {
    if (references_.empty()) return;
    Boxd box;
    for (const Reference& r : references_) box.extend(r.box);
    spare_ = options.spatial_splits ? std::size_t(options.duplication * double(triangles.size())) : 0;
    min_overlap_ = options.overlap * box.area();
    gain_ = options.gain;
    nodes.reserve(2 * references_.size());
    build(references_.size(), box, 0);
  }

 private:
  /// Below this depth sets are halved, which ends within 27 more levels: see bvh_max_depth.
  static constexpr int max_split_depth = 36;

  /// Builds the node of the last `count` references, which it takes away. Returns its index.
  std::uint32_t build(std::size_t count, const Boxd& box, int depth) {
    const auto index = std::uint32_t(nodes.size());
    nodes.push_back({box, 0, 0, std::uint32_t(items.size()), 1});
    if (count == 1) {
      items.push_back(references_.back().item);
      if (!triangles_.empty()) nodes[index].blocking = clip(triangles_[items.back()], box).area();
      references_.pop_back();
      return index;
    }
    const std::size_t begin = references_.size() - count, middle = divide(begin, box, depth);
    Boxd left_box, right_box;
    for (std::size_t i = begin; i < middle; ++i) left_box.extend(references_[i].box);
    for (std::size_t i = middle; i < references_.size(); ++i) right_box.extend(references_[i].box);
    // The right half stands last and is built first; then the left half is last.
    const std::uint32_t right = build(references_.size() - middle, right_box, depth + 1);
    const std::uint32_t left = build(middle - begin, left_box, depth + 1);
    nodes[index].left = left;
    nodes[index].right = right;
    nodes[index].blocking = nodes[left].blocking + nodes[right].blocking;
    nodes[index].count = std::uint32_t(items.size()) - nodes[index].first;
    return index;
  }

  /// Reorders (or cuts) the references from `begin` on; returns where the right half begins.
  std::size_t divide(std::size_t begin, const Boxd& box, int depth) {
    const auto set = std::span<const Reference>(references_).subspan(begin);
    if (depth >= max_split_depth) return begin + set.size() / 2;
    const Split split = object_split(set);
    if (!split.exists()) return begin + set.size() / 2;
    if (spare_ > 0 && area_or_zero(intersection(split.left, split.right)) >= min_overlap_) {
      const Split space = spatial_split(set, triangles_, box);
      if (space.cost < gain_ * split.cost) return cut_space(begin, space);
    }
    const auto middle =
        std::stable_partition(references_.begin() + std::ptrdiff_t(begin), references_.end(),
                              [&](const Reference& r) { return split.grid.bin(r.box.center()) < split.bin; });
    return std::size_t(middle - references_.begin());
  }

  std::size_t cut_space(std::size_t begin, const Split& split) {
    std::vector<Reference> left, right;
    const int axis = split.grid.axis;
    const double at = split.grid.plane(split.bin);
    for (std::size_t i = begin; i < references_.size(); ++i) {
      const Reference& r = references_[i];
      if (r.whole) {
        (split.grid.bin(r.box.center()) < split.bin ? left : right).push_back(r);
        continue;
      }
      const bool below = split.grid.first(r.box) < split.bin, above = split.grid.last(r.box) >= split.bin;
      if (below != above) {
        (below ? left : right).push_back(r);
        continue;
      }
      const double plane = clamp(at, r.box.lo[axis], r.box.hi[axis]);
      const Polygon polygon = clip(triangles_[r.item], r.box);
      Boxd low = r.box, high = r.box;
      low.hi[axis] = high.lo[axis] = plane;
      left.push_back({inside(cut(polygon, axis, plane, false).bounds(), low), r.item});
      right.push_back({inside(cut(polygon, axis, plane, true).bounds(), high), r.item});
    }
    spare_ -= std::min(spare_, left.size() + right.size() - (references_.size() - begin));
    references_.resize(begin);
    references_.insert(references_.end(), left.begin(), left.end());
    references_.insert(references_.end(), right.begin(), right.end());
    return begin + left.size();
  }

  std::span<const BvhTriangle> triangles_;
  std::vector<Reference> references_;
  std::size_t spare_ = 0;
  double min_overlap_ = 0, gain_ = 1;
};

}  // namespace detail

}  // namespace manyworlds
