#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "manyworlds/math/box.hpp"
#include "manyworlds/paths/beam.hpp"

namespace manyworlds::paths {

/// Receivers in groups of neighbours, so that a beam culls many at once.
class ReceiverGroups {
 public:
  struct Group {
    Vec3d center{};
    double radius = 0;
    std::uint32_t first = 0, count = 0;  ///< range in order()
  };
  static constexpr std::uint32_t group_size = 16;

  ReceiverGroups() = default;
  explicit ReceiverGroups(std::vector<Vec3d> positions) : positions_(std::move(positions)), order_(positions_.size()) {
    std::iota(order_.begin(), order_.end(), 0u);
    split(0, std::uint32_t(order_.size()));
  }

  const std::vector<Vec3d>& positions() const { return positions_; }
  const std::vector<std::uint32_t>& order() const { return order_; }
  const std::vector<Group>& groups() const { return groups_; }

  /// f(receiver) for every receiver that may lie in the beam.
  template <class F>
  void for_each_in(const Beam& beam, F&& f) const {
    for (const Group& g : groups_) {
      if (!beam.meets_sphere(g.center, g.radius)) continue;
      for (std::uint32_t i = g.first; i < g.first + g.count; ++i)
        if (beam.contains(positions_[order_[i]])) f(order_[i]);
    }
  }

 private:
  /// Halves the longest side at the median until a group is small; ties by index, so the order is reproducible.
  void split(std::uint32_t first, std::uint32_t last) {
    if (first == last) return;
    Boxd box;
    for (std::uint32_t i = first; i < last; ++i) box.extend(positions_[order_[i]]);
    if (last - first <= group_size) {
      const Vec3d center = box.center();
      double radius = 0;
      for (std::uint32_t i = first; i < last; ++i) radius = max(radius, norm(positions_[order_[i]] - center));
      groups_.push_back({center, radius, first, last - first});
      return;
    }
    const Vec3d size = box.size();
    const int axis = size.x >= size.y && size.x >= size.z ? 0 : (size.y >= size.z ? 1 : 2);
    const std::uint32_t mid = first + (last - first) / 2;
    std::nth_element(order_.begin() + first, order_.begin() + mid, order_.begin() + last,
                     [&](std::uint32_t a, std::uint32_t b) {
                       return std::pair(positions_[a][axis], a) < std::pair(positions_[b][axis], b);
                     });
    split(first, mid);
    split(mid, last);
  }

  std::vector<Vec3d> positions_;
  std::vector<std::uint32_t> order_;
  std::vector<Group> groups_;
};

}  // namespace manyworlds::paths
