#pragma once
#include <span>

#include "manyworlds/bvh/clip.hpp"

/// Where to cut a set of references in two: binned surface-area heuristic over objects and over space.
namespace manyworlds::detail {

/// An object, or the part of a triangle, inside `box`.
struct Reference {
  Boxd box;
  std::uint32_t item = 0;
};

inline constexpr int bins = 16;

/// Equal bins along one axis of a box.
struct BinGrid {
  int axis = 0;
  double lo = 0, size = 0;

  BinGrid() = default;
  BinGrid(const Boxd& box, int along) : axis(along), lo(box.lo[along]), size((box.hi[along] - box.lo[along]) / bins) {}

  bool usable() const { return size > 1e-300; }
  double plane(int bin) const { return lo + bin * size; }
  int bin(Vec3d p) const { return clamp(int((p[axis] - lo) / size), 0, bins - 1); }
  /// First and last bin that a box has a part in; ending on a plane is no part in the bin above it.
  int first(const Boxd& box) const { return bin(box.lo); }
  int last(const Boxd& box) const {
    return max(first(box), clamp(int(std::ceil((box.hi[axis] - lo) / size)) - 1, 0, bins - 1));
  }
};

/// A way to cut a set in two, below and from `bin` on; infinite cost: there is none.
struct Split {
  double cost = std::numeric_limits<double>::infinity();  ///< sum over both sides of area times count
  BinGrid grid;
  int bin = 0;
  Boxd left, right;

  bool exists() const { return cost < std::numeric_limits<double>::infinity(); }
};

struct Bin {
  Boxd box;
  std::size_t enter = 0, leave = 0;  ///< references whose first, whose last bin this is
};

/// Area of a box that may be empty.
inline double area_or_zero(const Boxd& box) { return box.empty() ? 0 : box.area(); }

/// Keeps the cheapest plane between bins in `best`.
inline void sweep(const Bin (&bin)[bins], const BinGrid& grid, Split& best) {
  Boxd right_box[bins], left_box;
  std::size_t right_count[bins], count = 0;
  for (int i = bins - 1; i > 0; --i) {
    right_box[i] = bin[i].box;
    if (i + 1 < bins) right_box[i].extend(right_box[i + 1]);
    right_count[i] = count += bin[i].leave;
  }
  count = 0;
  for (int i = 1; i < bins; ++i) {
    left_box.extend(bin[i - 1].box);
    count += bin[i - 1].enter;
    if (count == 0 || right_count[i] == 0) continue;
    const double cost = area_or_zero(left_box) * double(count) + area_or_zero(right_box[i]) * double(right_count[i]);
    if (cost < best.cost) best = {cost, grid, i, left_box, right_box[i]};
  }
}

/// Best split of the objects by the centres of their boxes (Wald 2007).
inline Split object_split(std::span<const Reference> references) {
  Boxd centers;
  for (const Reference& r : references) centers.extend(r.box.center());
  Split best;
  for (int axis = 0; axis < 3; ++axis) {
    const BinGrid grid(centers, axis);
    if (!grid.usable()) continue;
    Bin bin[bins];
    for (const Reference& r : references) {
      Bin& b = bin[grid.bin(r.box.center())];
      b.box.extend(r.box);
      ++b.enter;
      ++b.leave;
    }
    sweep(bin, grid, best);
  }
  return best;
}

/// Best split of space, where triangles on both sides are cut (Stich, Friedrich and Dietrich, HPG 2009); each bin
/// gets the exact bounds of what the triangles have in it.
inline Split spatial_split(std::span<const Reference> references, std::span<const BvhTriangle> triangles,
                           const Boxd& box) {
  Split best;
  for (int axis = 0; axis < 3; ++axis) {
    const BinGrid grid(box, axis);
    if (!grid.usable()) continue;
    Bin bin[bins];
    for (const Reference& r : references) {
      const int first = grid.first(r.box), last = grid.last(r.box);
      ++bin[first].enter;
      ++bin[last].leave;
      if (first == last) {
        bin[first].box.extend(r.box);
        continue;
      }
      const Polygon polygon = clip(triangles[r.item], r.box);
      for (int i = first; i <= last; ++i) {
        Boxd slab = r.box;
        if (i > first) slab.lo[axis] = grid.plane(i);
        if (i < last) slab.hi[axis] = grid.plane(i + 1);
        bin[i].box.extend(slab_bounds(polygon, slab, axis));
      }
    }
    sweep(bin, grid, best);
  }
  return best;
}

}  // namespace manyworlds::detail
