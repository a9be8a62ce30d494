#pragma once
#include "manyworlds/paths/beam.hpp"

namespace manyworlds::paths {

/// Receivers in a tree of boxes, so that a beam culls many at once; neighbours lie in blocks that are tested together.
class ReceiverGroups {
 public:
  ReceiverGroups() = default;
  explicit ReceiverGroups(std::vector<Vec3d> positions) : positions_(std::move(positions)) {
    std::vector<Boxd> boxes;
    for (Vec3d p : positions_) boxes.push_back({p, p});
    const BoxTree points = build_boxes(boxes);
    std::vector<std::uint32_t> order;  // neighbours next to each other
    visit(
        points.view(), [](const BvhNode&) { return (1u << bvh_width) - 1; },
        [&](std::uint32_t rx) { order.push_back(rx); });
    boxes.clear();
    for (std::size_t first = 0; first < order.size(); first += width) {
      Block& block = blocks_.emplace_back();
      Boxd& box = boxes.emplace_back();
      block.count = std::uint32_t(std::min(width, order.size() - first));
      for (std::size_t i = 0; i < width; ++i) {
        const std::uint32_t rx = order[std::min(first + i, order.size() - 1)];
        const Vec3d p = positions_[rx];
        block.x[i] = p.x, block.y[i] = p.y, block.z[i] = p.z;
        block.receiver[i] = rx;
        box.extend(p);
      }
    }
    tree_ = build_boxes(boxes);
  }

  const std::vector<Vec3d>& positions() const { return positions_; }

  static constexpr std::size_t width = 8;
  struct Block {
    double x[width], y[width], z[width];
    std::uint32_t receiver[width], count = 0;  ///< the last one again where there are fewer
  };

  /// f(receiver) for every receiver in the beam.
  template <class F>
  void for_each_in(const Beam& beam, F&& f) const {
    for_each_in(
        beam, [](const Block&, int(&)[width]) {}, f);
  }
  /// The same for those that also pass a test, which clears the entries of `inside`: test(block, inside).
  template <class Test, class F>
  void for_each_in(const Beam& beam, Test&& test, F&& f) const {
    visit(
        tree_.view(), [&](const BvhNode& node) { return beam.meets(node); },
        [&](std::uint32_t number) {
          const Block& b = blocks_[number];
          const std::uint32_t met = beam.meets([&](int axis, bool) { return axis == 0 ? b.x : axis == 1 ? b.y : b.z; });
          if (met == 0) return;
          int inside[width];
          for (std::size_t i = 0; i < width; ++i) inside[i] = int(met >> i & 1);
          test(b, inside);
          for (std::uint32_t i = 0; i < b.count; ++i)
            if (inside[i]) f(b.receiver[i]);
        });
  }

 private:
  std::vector<Vec3d> positions_;
  std::vector<Block> blocks_;
  BoxTree tree_{{}, {}};  ///< over the blocks
};

}  // namespace manyworlds::paths
