#pragma once
#include <string>

#include "manyworlds/bvh/collapse.hpp"
#include "manyworlds/core/error.hpp"

namespace manyworlds {

namespace detail {

inline bool finite(const Boxd& box) { return std::isfinite(norm2(box.lo)) && std::isfinite(norm2(box.hi)); }

inline void check_count(const std::string& what, std::size_t count) {
  if (count >= BvhChild::max_items / 2)
    throw InputError(what, std::to_string(count) + " are too many; expected fewer than 67108864");
}

/// What a tree over triangles is built from; `bounds` becomes the box around all of them. Throws InputError for a
/// triangle with a coordinate that is not finite, and for too many of them.
inline std::vector<Reference> references_of(std::span<const BvhTriangle> triangles, Boxd& bounds) {
  check_count("triangles", triangles.size());
  std::vector<Reference> references;
  references.reserve(triangles.size());
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    Boxd box;
    for (Vec3d corner : {triangles[i].a, triangles[i].b, triangles[i].c}) {
      if (!std::isfinite(norm2(corner)))
        throw InputError("triangle " + std::to_string(i), "expected finite coordinates");
      box.extend(corner);
    }
    bounds.extend(box);
    references.push_back({box, std::uint32_t(i), fills_box(triangles[i], box)});
  }
  return references;
}

}  // namespace detail

/// Builds a tree over triangles: binned surface-area heuristic with spatial splits, then nodes of eight. The same
/// input gives the same tree. Throws InputError for a triangle with a coordinate that is not finite.
inline Bvh build_bvh(std::span<const BvhTriangle> triangles, BvhOptions options = {}) {
  options.max_leaf = clamp(options.max_leaf, 1u, BvhChild::max_leaf);
  options.duplication = clamp(options.duplication, 0.0, 1.0);
  Boxd bounds;
  std::vector<detail::Reference> references = detail::references_of(triangles, bounds);
  const detail::BinaryTree tree(std::move(references), triangles, options);
  std::vector<LeafTriangle> leaves;
  leaves.reserve(tree.items.size());
  for (std::uint32_t item : tree.items) leaves.emplace_back(triangles[item]);
  return {detail::Collapse(tree, options).nodes, std::move(leaves), bounds};
}

/// Builds a tree over boxes, to be searched by `visit`. Throws InputError for a box that is empty or not finite.
inline BoxTree build_boxes(std::span<const Boxd> boxes) {
  detail::check_count("boxes", boxes.size());
  BvhOptions options;
  options.spatial_splits = false;
  options.max_leaf = 1;
  std::vector<detail::Reference> references;
  references.reserve(boxes.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (boxes[i].empty() || !detail::finite(boxes[i]))
      throw InputError("box " + std::to_string(i), "expected finite corners with lo <= hi");
    references.push_back({boxes[i], std::uint32_t(i)});
  }
  const detail::BinaryTree tree(std::move(references), {}, options);
  return {detail::Collapse(tree, options).nodes, tree.items};
}

}  // namespace manyworlds
