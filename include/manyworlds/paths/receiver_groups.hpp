#pragma once
#include "manyworlds/paths/beam.hpp"

namespace manyworlds::paths {

/// Receivers in a tree of boxes, so that a beam culls many at once.
class ReceiverGroups {
 public:
  ReceiverGroups() = default;
  explicit ReceiverGroups(std::vector<Vec3d> positions) : positions_(std::move(positions)) {
    std::vector<Boxd> points;
    for (Vec3d p : positions_) points.push_back({p, p});
    tree_ = build_boxes(points);
  }

  const std::vector<Vec3d>& positions() const { return positions_; }

  /// f(receiver) for every receiver in the beam.
  template <class F>
  void for_each_in(const Beam& beam, F&& f) const {
    visit(tree_.view(), [&](const BvhNode& node, int (&met)[bvh_width]) { beam.meets(node, met); },
          [&](std::uint32_t rx) {
            if (beam.contains(positions_[rx])) f(rx);
          });
  }

 private:
  std::vector<Vec3d> positions_;
  BoxTree tree_{{}, {}};
};

}  // namespace manyworlds::paths
