#pragma once
#include <span>

#include "manyworlds/io/colormap.hpp"
#include "manyworlds/io/marks.hpp"

namespace manyworlds::io {

/// How a map of values at receivers is drawn.
struct HeatmapOptions {
  PlanOptions plan{};
  std::string quantity = "RSS", unit = "dBm";
  std::optional<Range> range{};  ///< of the colours; default robust_range, for a diverging map symmetric_range
  ColormapKind colormap = ColormapKind::sequential;
  double floor = -std::numeric_limits<double>::infinity();  ///< values at or below it are dead, as NaN is
  std::string dead = "no path";                             ///< what the legend calls dead receivers
};

namespace detail {
inline bool is_dead(double value, double floor) { return !std::isfinite(value) || value <= floor; }
}  // namespace detail

/// Range from the 2 % to the 98 % quantile of the finite values above the floor, grown to multiples of a round step.
/// Maps that are compared should share one: pass the values of all.
inline Range robust_range(std::span<const double> values, double floor = -std::numeric_limits<double>::infinity()) {
  std::vector<double> live;
  std::copy_if(values.begin(), values.end(), std::back_inserter(live),
               [=](double v) { return !detail::is_dead(v, floor); });
  if (live.empty()) return {0, 1};
  std::sort(live.begin(), live.end());
  const auto quantile = [&](double q) { return live[std::size_t(std::lround(q * double(live.size() - 1)))]; };
  const Range range{quantile(0.02), quantile(0.98)};
  if (range.size() < 1e-9) return {range.lo - 0.5, range.lo + 0.5};
  return nice_range(range, 12);
}

/// Range about zero that holds 99.5 % of the finite values: for differences, most of which may be zero. At least +-1.
inline Range symmetric_range(std::span<const double> values) {
  std::vector<double> sizes;
  for (const double v : values)
    if (std::isfinite(v)) sizes.push_back(std::abs(v));
  if (sizes.empty()) return {-1, 1};
  std::sort(sizes.begin(), sizes.end());
  const double most = std::max(1.0, sizes[std::size_t(std::lround(0.995 * double(sizes.size() - 1)))]);
  return nice_range({-most, most}, 12);
}

namespace detail {

/// Grey with darker diagonals: cannot be mistaken for a colour of a map.
inline Color dead_color(int x, int y) {
  const bool stripe = ((x + y) % 9 + 9) % 9 < 2;
  return stripe ? Color{166, 171, 180, 1} : Color{214, 217, 222, 1};
}

/// Spacing and first point of a grid of receivers, from its points; one row or column takes the set's spacing.
struct GridShape {
  Point2 first;
  double dx, dy;
  int columns, rows;

  explicit GridShape(const ReceiverSet& set)
      : first{set.positions[0].x, set.positions[0].y},
        dx(set.columns > 1 ? set.positions[1].x - first.x : set.spacing),
        dy(set.rows > 1 ? set.positions[set.columns].y - first.y : set.spacing),
        columns(int(set.columns)),
        rows(int(set.rows)) {}

  Box2 cells() const {
    return {first - Point2{dx / 2, dy / 2}, first + Point2{(columns - 0.5) * dx, (rows - 0.5) * dy}};
  }
  /// Index of the receiver whose cell holds the point, -1 outside.
  long index(Point2 p) const {
    const double column = std::floor((p.x - first.x) / dx + 0.5), row = std::floor((p.y - first.y) / dy + 0.5);
    const bool inside = column >= 0 && column < columns && row >= 0 && row < rows;
    return inside ? long(row) * columns + long(column) : -1;
  }
};

inline void draw_cells(PlanPicture& picture, const GridShape& grid, std::span<const double> values,
                       const Colormap& color, double floor) {
  const Box2 map = picture.view.map;
  for (int y = int(map.lo.y); y < int(map.hi.y); ++y)
    for (int x = int(map.lo.x); x < int(map.hi.x); ++x) {
      const long i = grid.index(picture.view.to_world({x + 0.5, y + 0.5}));
      if (i < 0) continue;
      const double value = values[std::size_t(i)];
      picture.canvas.blend(x, y, is_dead(value, floor) ? dead_color(x, y) : color(value));
    }
  const Box2 cells = grid.cells();
  const Point2 a = picture.view.to_pixel({cells.lo.x, cells.hi.y}), b = picture.view.to_pixel({cells.hi.x, cells.lo.y});
  picture.canvas.clip(map);
  picture.canvas.stroke_rectangle({a, b}, 1, palette::soft_ink);
  picture.canvas.unclip();
}

inline void draw_points(PlanPicture& picture, const ReceiverSet& set, std::span<const double> values,
                        const Colormap& color, double floor) {
  const double radius = clamp(350 / std::sqrt(double(values.size())), 2.5, 7.0);
  picture.canvas.clip(picture.view.map);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Point2 at = picture.view.to_pixel({set.positions[i].x, set.positions[i].y});
    const bool dead = is_dead(values[i], floor);
    picture.canvas.fill_circle(at, radius + 1, dead ? Color{166, 171, 180, 1} : palette::ink);
    picture.canvas.fill_circle(at, radius, dead ? dead_color(2, 0) : color(values[i]));
  }
  picture.canvas.unclip();
}

/// Scale on the right of the map; a pointed end says that values beyond the range exist.
inline void draw_color_bar(PlanPicture& picture, const Colormap& color, const std::string& quantity,
                           const std::string& unit, bool below, bool above) {
  Canvas& canvas = picture.canvas;
  const Box2 map = picture.view.map;
  const double x0 = map.hi.x + 32, x1 = x0 + 20, middle = (x0 + x1) / 2, point = 13;
  const double y0 = map.lo.y + 44, y1 = std::max(map.hi.y, map.lo.y + 220) - point - 1;
  const Range range = color.range();
  draw_text(canvas, {x0, map.lo.y + 9.5}, quantity + " (" + unit + ")", {.height = 11});
  for (int row = 0; y0 + row < y1; ++row)
    canvas.fill_rectangle({{x0, y0 + row}, {x1, y0 + row + 1}},
                          color(range.hi - (row + 0.5) / (y1 - y0) * range.size()));
  Polyline outline{{x0, y1}, {x0, y0}};
  if (above) {
    canvas.fill_polygon(Polyline{{x0, y0}, {middle, y0 - point}, {x1, y0}}, color(range.hi));
    outline.push_back({middle, y0 - point});
  }
  outline.insert(outline.end(), {{x1, y0}, {x1, y1}});
  if (below) {
    canvas.fill_polygon(Polyline{{x0, y1}, {middle, y1 + point}, {x1, y1}}, color(range.lo));
    outline.push_back({middle, y1 + point});
  }
  outline.push_back({x0, y1});
  canvas.stroke(outline, 1, palette::ink);
  const Ticks ticks = nice_ticks(range, std::max(2, int((y1 - y0) / 45)));
  for (const double value : ticks.values) {
    const double y = std::floor(y1 - (value - range.lo) / range.size() * (y1 - y0)) + 0.5;
    canvas.line({x1 + 1, y}, {x1 + 6, y}, 1, palette::ink);
    draw_text(canvas, {x1 + 11, y}, ticks.label(value), {.height = 10.5, .raise = 0.5});
  }
}

}  // namespace detail

/// Part of the world that holds the plan, the receivers, the transmitters and the panels, with a margin, and
/// no side much shorter than a quarter of the other; metres.
inline Box2 plan_extent(const FloorPlan& plan, const Scene& scene, const ReceiverSet& receivers,
                        const PlanOptions& options) {
  if (options.view) return *options.view;
  Box2 box = plan.extent;
  const auto extend = [&box](Point2 lo, Point2 hi) {
    box.lo = {std::min(box.lo.x, lo.x), std::min(box.lo.y, lo.y)};
    box.hi = {std::max(box.hi.x, hi.x), std::max(box.hi.y, hi.y)};
  };
  const auto extend_point = [&](Vec3d p) { extend({p.x, p.y}, {p.x, p.y}); };
  for (const Vec3d& p : receivers.positions) extend_point(p);
  if (receivers.rows > 0) extend(detail::GridShape(receivers).cells().lo, detail::GridShape(receivers).cells().hi);
  for (const Transmitter& tx : scene.transmitters) extend_point(tx.position);
  for (const PanelMark& panel : options.panels) extend_point(panel.rectangle.center);
  if (box.lo.x > box.hi.x) box = {{0, 0}, {1, 1}};
  const Point2 size = box.hi - box.lo;
  const double longest = std::max(size.x, size.y), margin = std::max(0.02 * longest, 0.2);
  const auto around = [&](double side) { return margin + std::max(0.0, 0.25 * longest - side) / 2; };
  const Point2 room{around(size.x), around(size.y)};
  return {box.lo - room, box.hi + room};
}

/// The plan of a scene with transmitters and panels, without values.
inline Image draw_floorplan(const Scene& scene, const PlanOptions& options = {}) {
  const Boxd bounds = bounds_of(scene);
  const FloorPlan plan =
      floor_plan(scene, options.heights.value_or(heights_around((bounds.empty() ? 0 : bounds.lo.z) + 1.5, bounds)),
                 options.hidden);
  const Box2 world = plan_extent(plan, scene, {}, options);
  PlanPicture picture = begin_plan_picture(world, options, mark_keys(world, options.panels, scene.transmitters), 40);
  draw_floor_plan(picture, plan);
  draw_marks(picture, options, scene.transmitters);
  return std::move(picture.canvas).image();
}

/// Values at receivers over the plan of a scene: cells of a grid, or dots for scattered receivers. values[i] belongs to
/// receivers.positions[i]. Errors: InputError for an empty set, for another number of values than receivers, for a grid
/// whose shape does not fit its points and for a reversed range or view.
inline Image draw_heatmap(const Scene& scene, const ReceiverSet& receivers, std::span<const double> values,
                          const HeatmapOptions& options = {}) {
  const std::string where = "heatmap '" + options.plan.title + "'";
  if (receivers.positions.empty()) throw InputError(where, "there are no receivers to draw");
  if (values.size() != receivers.positions.size())
    throw InputError(where, "expected " + std::to_string(receivers.positions.size()) +
                                " values, one per receiver, found " + std::to_string(values.size()));
  const bool is_grid = receivers.rows > 0;
  if (is_grid && std::size_t(receivers.rows) * receivers.columns != values.size())
    throw InputError(where, "a grid of " + std::to_string(receivers.rows) + " x " + std::to_string(receivers.columns) +
                                " does not hold " + std::to_string(values.size()) + " receivers");
  if (is_grid && !(detail::GridShape(receivers).dx > 0 && detail::GridShape(receivers).dy > 0))
    throw InputError(where, "the points of a grid must rise along x and y, or have a spacing > 0");
  if (options.range && !(options.range->lo < options.range->hi))
    throw InputError(where, "the range of values is empty");
  if (const auto& view = options.plan.view; view && !(view->lo.x < view->hi.x && view->lo.y < view->hi.y))
    throw InputError(where, "the view is empty");

  const Range range = options.range                                 ? *options.range
                      : options.colormap == ColormapKind::diverging ? symmetric_range(values)
                                                                    : robust_range(values, options.floor);
  std::size_t dead = 0;
  bool below = false, above = false;
  for (const double v : values) {
    if (detail::is_dead(v, options.floor))
      ++dead;
    else
      below = below || v < range.lo, above = above || v > range.hi;
  }
  const double height = receivers.positions[0].z;
  const FloorPlan plan =
      floor_plan(scene, options.plan.heights.value_or(heights_around(height, bounds_of(scene))), options.plan.hidden);
  const Box2 world = plan_extent(plan, scene, receivers, options.plan);
  std::vector<LegendEntry> legend = mark_keys(world, options.plan.panels, scene.transmitters);
  if (dead > 0)
    legend.push_back(
        {options.dead + " (" + std::to_string(dead) + " of " + std::to_string(values.size()) + " receivers)",
         [](Canvas& canvas, Box2 box) {
           for (int y = int(box.lo.y); y < int(box.hi.y); ++y)
             for (int x = int(box.lo.x); x < int(box.hi.x); ++x) canvas.blend(x, y, detail::dead_color(x, y));
         }});

  PlanPicture picture = begin_plan_picture(world, options.plan, legend, 130);
  const Colormap color(options.colormap, range);
  if (is_grid) detail::draw_cells(picture, detail::GridShape(receivers), values, color, options.floor);
  draw_floor_plan(picture, plan);
  if (!is_grid) detail::draw_points(picture, receivers, values, color, options.floor);
  draw_marks(picture, options.plan, scene.transmitters);
  detail::draw_color_bar(picture, color, options.quantity, options.unit, below, above);
  return std::move(picture.canvas).image();
}

}  // namespace manyworlds::io
