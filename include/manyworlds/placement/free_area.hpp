#pragma once
#include <algorithm>
#include <vector>

#include "manyworlds/core/random.hpp"

/// A rectangle less rectangular holes, for a point: exact nearest point, uniform draws.
namespace manyworlds::placement {

/// In metres.
struct Area {
  double u0 = 0, u1 = 0, v0 = 0, v1 = 0;
};

/// A point of a wall, metres from its centre.
struct Point2 {
  double u = 0, v = 0;
};

/// What is left of a rectangle without its holes: where the centre of a panel may be on a wall.
class FreeArea {
 public:
  FreeArea() = default;
  /// Holes are open: a point on their rim is free. A bound may be a line or a point (u0 = u1).
  FreeArea(Area bounds, const std::vector<Area>& holes) : bounds_(bounds) {
    const std::vector<double> us = cuts(bounds.u0, bounds.u1, holes, &Area::u0, &Area::u1);
    const std::vector<double> vs = cuts(bounds.v0, bounds.v1, holes, &Area::v0, &Area::v1);
    for (std::size_t i = 0; i + 1 < us.size(); ++i) {
      bool open = false;  // the cell below is free too: make it taller
      for (std::size_t j = 0; j + 1 < vs.size(); ++j) {
        const double u = (us[i] + us[i + 1]) / 2, v = (vs[j] + vs[j + 1]) / 2;
        const bool taken = std::any_of(holes.begin(), holes.end(),
                                       [&](const Area& h) { return h.u0 < u && u < h.u1 && h.v0 < v && v < h.v1; });
        if (!taken && open) cells_.back().v1 = vs[j + 1];
        if (!taken && !open) cells_.push_back({us[i], us[i + 1], vs[j], vs[j + 1]});
        open = !taken;
      }
    }
    for (const Area& c : cells_) measure_.push_back((measure_.empty() ? 0 : measure_.back()) + size(c));
  }

  bool empty() const { return cells_.empty(); }
  const Area& bounds() const { return bounds_; }

  bool contains(Point2 p, double tolerance) const {
    const Point2 q = nearest(p);
    return std::abs(p.u - q.u) <= tolerance && std::abs(p.v - q.v) <= tolerance;
  }

  /// The nearest free point; the area must not be empty.
  Point2 nearest(Point2 p) const {
    Point2 best;
    double least = 1e300;
    for (const Area& c : cells_) {
      const Point2 q{clamp(p.u, c.u0, c.u1), clamp(p.v, c.v0, c.v1)};
      const double d = square(p.u - q.u) + square(p.v - q.v);
      if (d < least) least = d, best = q;
    }
    return best;
  }

  /// The free point at three numbers in [0, 1): the first chooses the cell; uniform numbers give uniform points.
  Point2 at(double a, double b, double c) const {
    const auto i = std::upper_bound(measure_.begin(), measure_.end(), a * measure_.back()) - measure_.begin();
    const Area& cell = cells_[min(std::size_t(i), cells_.size() - 1)];
    return {cell.u0 + b * (cell.u1 - cell.u0), cell.v0 + c * (cell.v1 - cell.v0)};
  }

  template <class A>
  void archive(A& a) {
    a(bounds_, cells_, measure_);
  }

 private:
  static std::vector<double> cuts(double lo, double hi, const std::vector<Area>& holes, double Area::*a,
                                  double Area::*b) {
    if (lo == hi) return {lo, hi};
    std::vector<double> at{lo, hi};
    for (const Area& h : holes)
      for (double x : {h.*a, h.*b})
        if (lo < x && x < hi) at.push_back(x);
    std::sort(at.begin(), at.end());
    at.erase(std::unique(at.begin(), at.end()), at.end());
    return at;
  }
  double size(const Area& c) const {
    return (bounds_.u0 < bounds_.u1 ? c.u1 - c.u0 : 1) * (bounds_.v0 < bounds_.v1 ? c.v1 - c.v0 : 1);
  }

  Area bounds_;
  std::vector<Area> cells_;
  std::vector<double> measure_;  ///< running sum of the cells' sizes
};

}  // namespace manyworlds::placement
