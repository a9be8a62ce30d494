#pragma once
#include "manyworlds/paths/beam.hpp"

namespace manyworlds::paths {

/// Receivers in groups of neighbours, so that a beam culls many at once.
class ReceiverGroups {
 public:
  ReceiverGroups() = default;
  explicit ReceiverGroups(std::vector<Vec3d> positions) : positions_(std::move(positions)) {
    std::vector<SphereTree::Sphere> points;
    for (Vec3d p : positions_) points.push_back({p, 0});
    tree_ = {std::move(points), 8};
  }

  const std::vector<Vec3d>& positions() const { return positions_; }

  /// f(receiver) for every receiver in the beam.
  template <class F>
  void for_each_in(const Beam& beam, F&& f) const {
    tree_.for_each([&](Vec3d center, double radius) { return beam.meets_sphere(center, radius); },
                   [&](std::uint32_t rx) {
                     if (beam.contains(positions_[rx])) f(rx);
                   });
  }

 private:
  std::vector<Vec3d> positions_;
  SphereTree tree_;
};

}  // namespace manyworlds::paths
