#pragma once
#include "manyworlds/core/text.hpp"
#include "manyworlds/io/canvas.hpp"
#include "manyworlds/io/html.hpp"
#include "manyworlds/io/ticks.hpp"

namespace manyworlds::io {

/// A diagram as inline SVG: a frame with round ticks, into which shapes are written in pixels. Colours and line widths
/// come from the style sheet of the page (report_style.hpp).
class SvgPlot {
 public:
  /// `inner` is the size of the frame in pixels; there is room for ticks and labels around it.
  SvgPlot(Point2 inner, Range x, Range y)
      : x_(x),
        y_(y),
        frame_{{left, top}, {left + inner.x, top + inner.y}},
        size_{left + inner.x + right, top + inner.y + top} {}

  const Box2& frame() const { return frame_; }
  Point2 at(double x, double y) const {
    return {frame_.lo.x + (x - x_.lo) / x_.size() * (frame_.hi.x - frame_.lo.x),
            frame_.hi.y - (y - y_.lo) / y_.size() * (frame_.hi.y - frame_.lo.y)};
  }

  /// Ticks below the frame, whole numbers alone if so wished, and what they count.
  void x_axis(const std::string& label, int most, bool whole = false) {
    const Ticks ticks = nice_ticks(x_, most);
    size_.y = frame_.hi.y + below;
    for (const double v : ticks.values) {
      if (whole && v != std::floor(v)) continue;
      const double x = at(v, 0).x;
      axes_ += "<path d=\"" + path({{x, frame_.hi.y}, {x, frame_.hi.y + 5}}) + "\"/>";
      axes_ += text({x, frame_.hi.y + 20}, whole ? Ticks{}.label(v) : ticks.label(v), "middle");
    }
    axes_ += text({(frame_.lo.x + frame_.hi.x) / 2, frame_.hi.y + 40}, label, "middle");
  }
  /// Ticks left of the frame, with lines across it if so wished.
  void y_axis(const std::string& label, int most, bool grid) {
    const Ticks ticks = nice_ticks(y_, most);
    for (const double v : ticks.values) {
      const double y = at(0, v).y;
      axes_ += grid ? "<path class=\"grid\" d=\"" + path({{frame_.lo.x, y}, {frame_.hi.x, y}}) + "\"/>"
                    : "<path d=\"" + path({{frame_.lo.x - 5, y}, {frame_.lo.x, y}}) + "\"/>";
      axes_ += text({frame_.lo.x - 10, y + 4}, ticks.label(v), "end");
    }
    const double middle = (frame_.lo.y + frame_.hi.y) / 2;
    axes_ += "<text text-anchor=\"middle\" transform=\"translate(16 " + html::fixed(middle, 1) + ") rotate(-90)\">" +
             html::escaped(label) + "</text>";
  }

  /// A word left of the frame, at a height in pixels.
  void row_label(double y, const std::string& words) { axes_ += text({frame_.lo.x - 8, y + 4}, words, "end"); }

  /// Adds markup, of which only what lies in the frame is seen.
  void add(const std::string& markup) { body_ += markup; }
  /// The whole diagram. `name` is unique on the page, `title` says what is seen, `beyond` how many pixels beyond the
  /// frame shapes may reach.
  std::string svg(const std::string& name, const std::string& title, double beyond) const {
    const auto box = [&](double grown) {
      const Point2 lo = frame_.lo - Point2{grown, grown}, extent = frame_.hi - frame_.lo + 2 * Point2{grown, grown};
      return "x=\"" + html::fixed(lo.x, 1) + "\" y=\"" + html::fixed(lo.y, 1) + "\" width=\"" +
             html::fixed(extent.x, 1) + "\" height=\"" + html::fixed(extent.y, 1) + "\"/>";
    };
    const std::string width = html::fixed(size_.x, 0), clip = name + "-clip";
    return "<div class=\"wide\"><svg id=\"" + name + "\" viewBox=\"0 0 " + width + " " + html::fixed(size_.y, 0) +
           "\" style=\"max-width:" + width + "px\" role=\"img\" aria-label=\"" + html::escaped(title) +
           "\"><defs><clipPath id=\"" + clip + "\"><rect " + box(beyond) + "</clipPath></defs><rect class=\"ground\" " +
           box(0) + "<g class=\"axes\">" + axes_ + "</g><g clip-path=\"url(#" + clip + ")\">" + body_ +
           "</g></svg></div>\n";
  }

  /// "M1 2L3 4" with a decimal each.
  static std::string path(std::span<const Point2> points) {
    std::string d;
    for (const Point2 p : points) {
      d += d.empty() ? 'M' : 'L';
      append(d, p.x);
      d += ' ';
      append(d, p.y);
    }
    return d;
  }
  static std::string path(std::initializer_list<Point2> points) {
    return path(std::span(points.begin(), points.size()));
  }
  static std::string circle(Point2 center, double radius, const std::string& attributes = "") {
    return "<circle cx=\"" + html::fixed(center.x, 1) + "\" cy=\"" + html::fixed(center.y, 1) + "\" r=\"" +
           to_text(radius) + "\"" + (attributes.empty() ? "" : " " + attributes) + "/>";
  }
  static std::string text(Point2 at, const std::string& words, const std::string& anchor) {
    return "<text x=\"" + html::fixed(at.x, 1) + "\" y=\"" + html::fixed(at.y, 1) + "\" text-anchor=\"" + anchor +
           "\">" + html::escaped(words) + "</text>";
  }

 private:
  static constexpr double left = 66, right = 14, top = 10, below = 50;

  static void append(std::string& d, double v) {
    std::string text = html::fixed(v, 1);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    d += text;
  }

  Range x_, y_;
  Box2 frame_;
  Point2 size_;
  std::string axes_, body_;
};

}  // namespace manyworlds::io
