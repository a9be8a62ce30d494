#pragma once
#include <span>
#include <utility>

#include "manyworlds/bvh/clip.hpp"

/// Where to cut a set of references in two: binned surface-area heuristic over objects and over space.
namespace manyworlds::detail {

/// An object, or the part of a triangle, inside `box`.
struct Reference {
  Boxd box;
  std::uint32_t item = 0;
  bool whole = false;  ///< never cut: see fills_box
};

/// Does a triangle fill half of its flat box, as those of walls along the axes do? Cutting it then makes no box
/// smaller, only a big blocker into many small ones.
inline bool fills_box(const BvhTriangle& t, const Boxd& box) {
  return 2 * norm(cross(t.b - t.a, t.c - t.a)) >= 0.99 * box.area();
}

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

/// Extends the boxes of bins first to last by the exact bounds of what the polygon has in them: its corners, and where
/// its edges cross the planes between.
inline void chop(const Polygon& polygon, const BinGrid& grid, int first, int last, Boxd (&part)[bins]) {
  for (int k = 0; k < polygon.size; ++k) {
    Vec3d p = polygon.corner[k], q = polygon.corner[k + 1 < polygon.size ? k + 1 : 0];
    if (p[grid.axis] > q[grid.axis]) std::swap(p, q);
    const int from = clamp(grid.bin(p), first, last), to = clamp(grid.bin(q), first, last);
    part[from].extend(p);
    part[to].extend(q);
    for (int i = from; i < to; ++i) {
      const double plane = grid.plane(i + 1);
      Vec3d x = p + clamp((plane - p[grid.axis]) / (q[grid.axis] - p[grid.axis]), 0.0, 1.0) * (q - p);
      x[grid.axis] = plane;
      part[i].extend(x);
      part[i + 1].extend(x);
    }
  }
}

/// Best split of space, where triangles on both sides are cut (Stich, Friedrich and Dietrich, HPG 2009).
inline Split spatial_split(std::span<const Reference> references, std::span<const BvhTriangle> triangles,
                           const Boxd& box) {
  const BinGrid grid[3] = {{box, 0}, {box, 1}, {box, 2}};
  Bin bin[3][bins];
  for (const Reference& r : references) {
    Polygon polygon;
    for (const BinGrid& g : grid) {
      if (!g.usable()) continue;
      const int first = r.whole ? g.bin(r.box.center()) : g.first(r.box), last = r.whole ? first : g.last(r.box);
      ++bin[g.axis][first].enter;
      ++bin[g.axis][last].leave;
      if (first == last) {
        bin[g.axis][first].box.extend(r.box);
        continue;
      }
      if (polygon.size == 0) polygon = clip(triangles[r.item], r.box);
      Boxd part[bins];
      chop(polygon, g, first, last, part);
      for (int i = first; i <= last; ++i) {
        Boxd slab = r.box;
        if (i > first) slab.lo[g.axis] = min(g.plane(i), r.box.hi[g.axis]);
        if (i < last) slab.hi[g.axis] = max(g.plane(i + 1), r.box.lo[g.axis]);
        bin[g.axis][i].box.extend(inside(part[i], slab));
      }
    }
  }
  Split best;
  for (const BinGrid& g : grid)
    if (g.usable()) sweep(bin[g.axis], g, best);
  return best;
}

}  // namespace manyworlds::detail
