#pragma once
#include <array>
#include <optional>
#include <span>

#include "manyworlds/io/plan_picture.hpp"

namespace manyworlds::io {

/// How the run of a world ended.
enum class Fate { finished, pruned, failed, winner };

/// One world's values over the iterations; NaN leaves a gap.
struct Curve {
  std::vector<double> values{};
  std::vector<double> trace{};  ///< a fainter line behind, as many values or none
  int first = 0;                ///< iteration of values[0]
  std::vector<int> after{};     ///< iterations from there to each value; empty: 0, 1, 2, ...
  Fate fate = Fate::finished;
  std::string name{};  ///< used for the winner: "World 7"

  /// Iteration of a value.
  int at(std::size_t i) const { return first + (after.empty() ? int(i) : after[i]); }
};

struct CurvesOptions {
  std::string title{}, subtitle{}, x_label = "iteration", y_label = "loss (dB)";
  std::optional<Range> range{};  ///< of the values; default all finite ones
};

namespace detail {

struct CurveStyle {
  const char* name;
  Color color;
  double width;
  std::pair<double, double> dash;
};
/// In the order of Fate.
inline constexpr std::array<CurveStyle, 4> curve_styles{{{"finished", {37, 99, 200, 0.55}, 1.5, {0, 0}},
                                                         {"pruned", {130, 136, 147, 0.65}, 1.3, {5, 4}},
                                                         {"failed", {217, 119, 6, 0.9}, 1.5, {2, 3.5}},
                                                         {"winner", {225, 29, 72, 1}, 3.2, {0, 0}}}};
inline const CurveStyle& style_of(Fate fate) { return curve_styles[std::size_t(fate)]; }

/// Cross where a world was pruned, filled dot where the winner arrived, square where one failed.
inline void draw_end(Canvas& canvas, Point2 at, Fate fate) {
  Color color = style_of(fate).color;
  color.opacity = 1;
  if (fate == Fate::winner) {
    canvas.fill_circle(at, 7, palette::paper);
    canvas.fill_circle(at, 5.2, color);
  } else if (fate == Fate::failed) {
    canvas.fill_rectangle({at - Point2{3.5, 3.5}, at + Point2{3.5, 3.5}}, color);
  } else if (fate == Fate::pruned) {
    const Polyline cross[] = {{at - Point2{3.5, 3.5}, at + Point2{3.5, 3.5}},
                              {at - Point2{3.5, -3.5}, at + Point2{3.5, -3.5}}};
    canvas.stroke_all(cross, 1.6, color);
  }
}

inline Range range_of(std::span<const Curve> curves) {
  Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const Curve& curve : curves)
    for (const double v : curve.values)
      if (std::isfinite(v)) range = {std::min(range.lo, v), std::max(range.hi, v)};
  if (range.lo > range.hi) return {0, 1};
  return range.size() > 1e-12 ? range : Range{range.lo - 0.5, range.hi + 0.5};
}

}  // namespace detail

/// Convergence of all worlds in one diagram of 1200 x 760 pixels: finished ones thin, pruned ones dashed and grey with
/// a cross at their end, the winner on top; traces are cut off beyond the values. Errors: InputError when there are no
/// curves or the range is reversed.
inline Image draw_curves(std::span<const Curve> curves, const CurvesOptions& options = {}) {
  const std::string where = "curves '" + options.title + "'";
  if (curves.empty()) throw InputError(where, "there are no curves to draw");
  if (options.range && !(options.range->lo < options.range->hi))
    throw InputError(where, "the range of values is empty");
  Range y = nice_range(options.range.value_or(detail::range_of(curves)), 8);
  int last = 1, first = curves[0].first;
  for (const Curve& curve : curves) {
    first = std::min(first, curve.first);
    last = std::max(last, curve.values.empty() ? last : curve.at(curve.values.size() - 1));
  }
  const Range x{double(first), double(std::max(last, first + 1))};

  Canvas canvas(1200, 760);
  const Box2 plot{{96, 92}, {1168, 650}};
  const auto pixel = [&](double i, double v) {
    return Point2{plot.lo.x + (i - x.lo) / x.size() * (plot.hi.x - plot.lo.x),
                  plot.hi.y - (v - y.lo) / y.size() * (plot.hi.y - plot.lo.y)};
  };
  detail::draw_title(canvas, plot.lo.x, plot.hi.x - plot.lo.x, options.title, options.subtitle);
  const Ticks across = nice_ticks(x, 12), up = nice_ticks(y, 8);
  for (const double v : up.values) {
    const double at = std::floor(pixel(0, v).y) + 0.5;
    canvas.line({plot.lo.x, at}, {plot.hi.x, at}, 1, palette::grid);
    draw_text(canvas, {plot.lo.x - 11, at}, up.label(v),
              {.height = 10.5, .color = palette::soft_ink, .align = 1, .raise = 0.5});
  }
  for (const double i : across.values) {
    if (i != std::floor(i)) continue;  // iterations are whole
    const double at = std::floor(pixel(i, 0).x) + 0.5;
    canvas.line({at, plot.hi.y}, {at, plot.hi.y + 5}, 1, palette::soft_ink);
    draw_text(canvas, {at, plot.hi.y + 11.5}, Ticks{}.label(i),
              {.height = 10.5, .color = palette::soft_ink, .align = 0.5, .raise = 1});
  }
  canvas.line({plot.lo.x, plot.lo.y}, {plot.lo.x, plot.hi.y + 0.5}, 1, palette::soft_ink);
  canvas.line({plot.lo.x, plot.hi.y + 0.5}, {plot.hi.x, plot.hi.y + 0.5}, 1, palette::soft_ink);
  draw_text(canvas, {(plot.lo.x + plot.hi.x) / 2, plot.hi.y + 46.5}, options.x_label, {.height = 11, .align = 0.5});
  draw_text(canvas, {30, (plot.lo.y + plot.hi.y) / 2}, options.y_label, {.height = 11, .align = 0.5, .turn = pi / 2});

  std::array<int, 4> counts{};
  std::string winner = "winner";
  for (const Fate fate : {Fate::pruned, Fate::failed, Fate::finished, Fate::winner})
    for (const Curve& curve : curves) {
      if (curve.fate != fate) continue;
      ++counts[std::size_t(fate)];
      if (fate == Fate::winner && !curve.name.empty()) winner = "winner: " + curve.name;
      const detail::CurveStyle& style = detail::style_of(fate);
      canvas.clip({plot.lo - Point2{0, 2}, plot.hi + Point2{0, 2}});
      std::optional<Point2> end;
      const auto draw = [&](const std::vector<double>& values, double width, Color color) {
        Polyline line;
        const auto flush = [&] {
          if (!line.empty()) canvas.stroke(line, width, color, style.dash);
          line.clear();
        };
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (!std::isfinite(values[i])) {
            flush();
            continue;
          }
          end = pixel(double(curve.at(i)), values[i]);
          line.push_back(*end);
        }
        flush();
      };
      Color faint = style.color;
      faint.opacity *= 0.35;
      draw(curve.trace, 1.3, faint);
      draw(curve.values, style.width, style.color);
      canvas.clip({plot.lo - Point2{8, 8}, plot.hi + Point2{8, 8}});
      if (end) detail::draw_end(canvas, *end, fate);
      canvas.unclip();
    }

  double at = plot.lo.x;
  for (const Fate fate : {Fate::winner, Fate::finished, Fate::pruned, Fate::failed}) {
    const int count = counts[std::size_t(fate)];
    if (count == 0) continue;
    const detail::CurveStyle& style = detail::style_of(fate);
    const double row = 730.5;
    const std::string text =
        fate == Fate::winner ? winner : std::string(style.name) + " (" + std::to_string(count) + ")";
    canvas.stroke(Polyline{{at, row}, {at + 34, row}}, style.width, style.color, style.dash);
    detail::draw_end(canvas, {at + 34, row}, fate);
    draw_text(canvas, {at + 46, row}, text, {.height = 11, .raise = 0.5});
    at += 46 + text_width(text, 11) + 34;
  }
  return std::move(canvas).image();
}

}  // namespace manyworlds::io
