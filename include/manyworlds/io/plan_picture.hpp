#pragma once
#include <functional>
#include <optional>

#include "manyworlds/io/floorplan.hpp"
#include "manyworlds/io/lettering.hpp"
#include "manyworlds/io/ticks.hpp"
#include "manyworlds/math/rectangle.hpp"

namespace manyworlds::io {

/// Colours that all pictures share.
namespace palette {
inline constexpr Color ink{31, 41, 55, 1}, soft_ink{107, 114, 128, 1}, paper{255, 255, 255, 1},
    ground{246, 247, 249, 1}, grid{226, 229, 234, 1}, furniture{96, 103, 115, 0.9}, accent{225, 29, 72, 1},
    marker{255, 255, 255, 1};
}

/// A movable panel in a plan: its rectangle in the world and what to write beside it (may be empty).
struct PanelMark {
  Rectangled rectangle;
  std::string label{};
};

/// A rectangle of the plan that matters, such as the target of a search: dashed outline and what to write beside it.
struct AreaMark {
  Box2 box;
  std::string label{};
};

/// What every picture of a plan says and shows.
struct PlanOptions {
  std::string title{}, subtitle{};
  std::vector<AreaMark> areas{};
  std::vector<PanelMark> panels{};
  std::vector<std::string> hidden{};          ///< objects that are not drawn, such as movers at their place as loaded
  std::optional<Box2> view{};                 ///< part of the plan to show, metres; default all
  std::optional<FloorPlanHeights> heights{};  ///< default: the receivers' height, else 1.5 m above the lowest point
};

/// A key in the legend: draws its symbol into a box of the canvas, then the text follows.
struct LegendEntry {
  std::string text;
  std::function<void(Canvas&, Box2)> symbol;
};

/// The picture of a plan in the making: margins, title, axes and legend around a map of equal aspect.
struct PlanPicture {
  Canvas canvas;
  PlanView view;

  static constexpr double most_wide = 1100, most_high = 820;  ///< of the map, pixels
  static constexpr double row = 26;                           ///< of the legend, pixels
  static constexpr double symbol_wide = 26, entry_gap = 28;
};

namespace detail {

/// Left edges and rows of legend entries that wrap at a width; .y counts rows.
inline std::vector<Point2> legend_places(const std::vector<LegendEntry>& entries, double width) {
  std::vector<Point2> places;
  double x = 0, y = 0;
  for (const LegendEntry& entry : entries) {
    const double wide = PlanPicture::symbol_wide + 8 + text_width(entry.text, 11);
    if (x > 0 && x + wide > width) x = 0, ++y;
    places.push_back({x, y});
    x += wide + PlanPicture::entry_gap;
  }
  return places;
}

inline void draw_title(Canvas& canvas, double left, double width, const std::string& title,
                       const std::string& subtitle) {
  const double height = fitted_height(title, 17, width);
  draw_text(canvas, {left, subtitle.empty() ? 47.5 : 39.5}, title,
            {.height = height, .color = palette::ink, .weight = 0.145 * height});
  draw_text(canvas, {left, 65.5}, subtitle,
            {.height = fitted_height(subtitle, 11.5, width), .color = palette::soft_ink});
}

/// Tick marks and labels in metres at the lower and left side of the map.
inline void draw_metre_axes(Canvas& canvas, const PlanView& view) {
  const Box2 map = view.map;
  const double step = nice_step(55 / view.scale, 1);
  const Ticks x = ticks_of(step, {view.world.lo.x, view.world.hi.x}),
              y = ticks_of(step, {view.world.lo.y, view.world.hi.y});
  const TextStyle style{.height = 10.5, .color = palette::soft_ink};
  for (const double value : x.values) {
    const double at = std::floor(view.to_pixel({value, 0}).x) + 0.5;
    canvas.line({at, map.hi.y + 1}, {at, map.hi.y + 6}, 1, palette::soft_ink);
    TextStyle centred = style;
    centred.align = 0.5, centred.raise = 1;
    draw_text(canvas, {at, map.hi.y + 11.5}, x.label(value), centred);
  }
  for (const double value : y.values) {
    const double at = std::floor(view.to_pixel({0, value}).y) + 0.5;
    canvas.line({map.lo.x - 6, at}, {map.lo.x - 1, at}, 1, palette::soft_ink);
    TextStyle right = style;
    right.align = 1, right.raise = 0.5;
    draw_text(canvas, {map.lo.x - 11, at}, y.label(value), right);
  }
  draw_text(canvas, {(map.lo.x + map.hi.x) / 2, map.hi.y + 45.5}, "x (m)",
            {.height = 11, .color = palette::ink, .align = 0.5});
  draw_text(canvas, {map.lo.x - 50, (map.lo.y + map.hi.y) / 2}, "y (m)",
            {.height = 11, .color = palette::ink, .align = 0.5, .turn = pi / 2});
}

}  // namespace detail

/// Lays out a picture for a part of the world: room for the title above, axes and legend below, `right_margin` pixels
/// on the right. Draws the title, the axes, the ground of the map and the legend.
inline PlanPicture begin_plan_picture(Box2 world, const PlanOptions& options, const std::vector<LegendEntry>& legend,
                                      double right_margin) {
  const double wide = std::max(world.hi.x - world.lo.x, 1e-3), high = std::max(world.hi.y - world.lo.y, 1e-3);
  const double scale = std::min(PlanPicture::most_wide / wide, PlanPicture::most_high / high);
  const double left = 86, top = 88, below = 62;
  const double map_wide = std::ceil(wide * scale), map_high = std::ceil(high * scale);
  const double inner = std::max(map_wide, 700.0), width = left + inner + right_margin;
  const std::vector<Point2> places = detail::legend_places(legend, inner);
  const double rows = places.empty() ? 0 : places.back().y + 1;
  const double height = top + std::max(map_high, 240.0) + below + rows * PlanPicture::row + 18;

  PlanPicture picture{Canvas(int(width), int(height)), {}};
  const double x0 = left + std::floor((inner - map_wide) / 2);
  picture.view = {world, {{x0, top}, {x0 + map_wide, top + map_high}}, scale};
  Canvas& canvas = picture.canvas;
  canvas.fill_rectangle(picture.view.map, palette::ground);
  detail::draw_title(canvas, left, width - left - 30, options.title, options.subtitle);
  detail::draw_metre_axes(canvas, picture.view);
  for (std::size_t i = 0; i < legend.size(); ++i) {
    const double x = left + places[i].x,
                 y = std::floor(height - 18 - (rows - places[i].y - 0.5) * PlanPicture::row) + 0.5;
    legend[i].symbol(canvas, {{x, y - 8}, {x + PlanPicture::symbol_wide, y + 8}});
    draw_text(canvas, {x + PlanPicture::symbol_wide + 8, y}, legend[i].text, {.height = 11, .raise = 0.5});
  }
  return picture;
}

/// Walls with a light edge, furniture finer; call after the map is coloured.
inline void draw_floor_plan(PlanPicture& picture, const FloorPlan& plan) {
  const auto lines = [&](const std::vector<Segment2>& segments) {
    std::vector<Polyline> all;
    all.reserve(segments.size());
    for (const Segment2& s : segments) all.push_back({picture.view.to_pixel(s.a), picture.view.to_pixel(s.b)});
    return all;
  };
  const std::vector<Polyline> walls = lines(plan.walls);
  const double width = clamp(0.09 * picture.view.scale, 1.2, 3.2);
  picture.canvas.clip(picture.view.map);
  picture.canvas.stroke_all(lines(plan.furniture), 2.8, {255, 255, 255, 0.35});
  picture.canvas.stroke_all(lines(plan.furniture), 1.2, palette::furniture);
  picture.canvas.stroke_all(walls, width + 2.4, {255, 255, 255, 0.75});
  picture.canvas.stroke_all(walls, width, palette::ink);
  picture.canvas.unclip();
  picture.canvas.stroke_rectangle({picture.view.map.lo - Point2{0.5, 0.5}, picture.view.map.hi + Point2{0.5, 0.5}}, 1,
                                  palette::soft_ink);
}

}  // namespace manyworlds::io
