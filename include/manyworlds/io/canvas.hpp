#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "manyworlds/io/png.hpp"

namespace manyworlds::io {

/// Point of the plane: pixels (y down, pixel i covers [i, i+1]) or metres (y up), as the context says.
struct Point2 {
  double x = 0, y = 0;

  friend Point2 operator+(Point2 a, Point2 b) { return {a.x + b.x, a.y + b.y}; }
  friend Point2 operator-(Point2 a, Point2 b) { return {a.x - b.x, a.y - b.y}; }
  friend Point2 operator*(double s, Point2 a) { return {s * a.x, s * a.y}; }
};
inline double length(Point2 a) { return std::hypot(a.x, a.y); }

/// Axis-aligned rectangle; lo is the corner with the smaller coordinates.
struct Box2 {
  Point2 lo, hi;

  bool contains(Point2 p) const { return lo.x <= p.x && p.x <= hi.x && lo.y <= p.y && p.y <= hi.y; }
  bool overlaps(const Box2& b) const { return lo.x < b.hi.x && b.lo.x < hi.x && lo.y < b.hi.y && b.lo.y < hi.y; }
};

/// sRGB colour with opacity in [0, 1].
struct Color {
  std::uint8_t r = 0, g = 0, b = 0;
  double opacity = 1;
};

using Polyline = std::vector<Point2>;

/// Draws anti-aliased shapes on an image. Each call covers the union of its shapes once, so that overlapping parts of
/// one call do not darken each other. Coordinates in pixels; what lies outside the image or the clip is left out.
class Canvas {
 public:
  Canvas(int width, int height) : image_(width, height), mask_(std::size_t(width) * std::size_t(height)) { unclip(); }

  const Image& image() const& { return image_; }
  Image image() && { return std::move(image_); }

  /// Restricts drawing to the pixels inside a box, until unclip().
  void clip(Box2 box) {
    clip_ = {std::max(0, int(std::lround(box.lo.x))), std::max(0, int(std::lround(box.lo.y))),
             std::min(image_.width, int(std::lround(box.hi.x))), std::min(image_.height, int(std::lround(box.hi.y)))};
  }
  void unclip() { clip_ = {0, 0, image_.width, image_.height}; }

  /// One pixel, blended with the given coverage in [0, 1].
  void blend(int x, int y, Color color, double coverage = 1) {
    if (x < clip_.x0 || x >= clip_.x1 || y < clip_.y0 || y >= clip_.y1) return;
    const double a = std::clamp(color.opacity * coverage, 0.0, 1.0);
    std::uint8_t* p = image_.pixel(x, y);
    const auto mix = [a](std::uint8_t below, std::uint8_t above) {
      return std::uint8_t(std::lround((1 - a) * below + a * above));
    };
    p[0] = mix(p[0], color.r), p[1] = mix(p[1], color.g), p[2] = mix(p[2], color.b);
  }

  void fill_rectangle(Box2 box, Color color) {
    fill_polygon(Polyline{box.lo, {box.hi.x, box.lo.y}, box.hi, {box.lo.x, box.hi.y}}, color);
  }
  void stroke_rectangle(Box2 box, double width, Color color) {
    stroke(Polyline{box.lo, {box.hi.x, box.lo.y}, box.hi, {box.lo.x, box.hi.y}, box.lo}, width, color);
  }
  void fill_circle(Point2 center, double radius, Color color) {
    cover_capsule(center, center, radius);
    paint(color);
  }

  /// Closed polygon, even-odd rule; four sub-scanlines a pixel, exact coverage along each.
  void fill_polygon(std::span<const Point2> corners, Color color) {
    constexpr int lines = 4;
    double lo = image_.height, hi = 0;
    for (const Point2& p : corners) lo = std::min(lo, p.y), hi = std::max(hi, p.y);
    const int first = std::max(clip_.y0, int(std::floor(lo))), last = std::min(clip_.y1 - 1, int(std::floor(hi)));
    std::vector<double> crossings;
    for (int y = first; y <= last; ++y)
      for (int line = 0; line < lines; ++line) {
        const double at = y + (line + 0.5) / lines;
        crossings.clear();
        for (std::size_t i = 0; i < corners.size(); ++i) {
          const Point2 a = corners[i], b = corners[(i + 1) % corners.size()];
          if ((a.y <= at) != (b.y <= at)) crossings.push_back(a.x + (at - a.y) / (b.y - a.y) * (b.x - a.x));
        }
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2)
          cover_span(y, crossings[i], crossings[i + 1], 1.0 / lines);
      }
    paint(color);
  }

  /// Connected line with round joins and ends. A dash pattern {on, off} in pixels runs along the whole line.
  void stroke(std::span<const Point2> line, double width, Color color, std::pair<double, double> dash = {0, 0}) {
    cover_line(line, width / 2, dash);
    paint(color);
  }
  void line(Point2 a, Point2 b, double width, Color color) { stroke(Polyline{a, b}, width, color); }
  /// Several lines, painted as one shape.
  void stroke_all(std::span<const Polyline> lines, double width, Color color) {
    for (const Polyline& line : lines) cover_line(line, width / 2, {0, 0});
    paint(color);
  }

 private:
  struct Bounds {
    int x0, y0, x1, y1;
  };

  float& mask(int x, int y) { return mask_[std::size_t(y) * std::size_t(image_.width) + std::size_t(x)]; }

  void touch(int x0, int y0, int x1, int y1) {
    dirty_ = {std::min(dirty_.x0, x0), std::min(dirty_.y0, y0), std::max(dirty_.x1, x1), std::max(dirty_.y1, y1)};
  }

  void cover_span(int y, double from, double to, double weight) {
    const int x0 = int(std::clamp(std::floor(from), double(clip_.x0), double(clip_.x1)));
    const int x1 = int(std::clamp(std::ceil(to), double(clip_.x0), double(clip_.x1)));
    for (int x = x0; x < x1; ++x) {
      const double inside = std::min(to, x + 1.0) - std::max(from, double(x));
      if (inside > 0) mask(x, y) = std::min(1.0f, mask(x, y) + float(inside * weight));
    }
    touch(x0, y, x1, y + 1);
  }

  /// All points within the radius of the segment; lines thinner than a pixel become fainter instead.
  void cover_capsule(Point2 a, Point2 b, double radius) {
    const double faint = std::min(1.0, 2 * radius), r = std::max(radius, 0.5), reach = r + 1;
    const auto cell = [](double v, int lo, int hi) { return int(std::clamp(std::floor(v), double(lo), double(hi))); };
    const int x0 = cell(std::min(a.x, b.x) - reach, clip_.x0, clip_.x1),
              x1 = cell(std::max(a.x, b.x) + reach + 1, clip_.x0, clip_.x1);
    const int y0 = cell(std::min(a.y, b.y) - reach, clip_.y0, clip_.y1),
              y1 = cell(std::max(a.y, b.y) + reach + 1, clip_.y0, clip_.y1);
    const Point2 d = b - a;
    const double d2 = d.x * d.x + d.y * d.y;
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x) {
        const Point2 p = Point2{x + 0.5, y + 0.5} - a;
        const double t = d2 > 0 ? std::clamp((p.x * d.x + p.y * d.y) / d2, 0.0, 1.0) : 0.0;
        const double coverage = faint * std::clamp(r + 0.5 - length(p - t * d), 0.0, 1.0);
        mask(x, y) = std::max(mask(x, y), float(coverage));
      }
    touch(x0, y0, x1, y1);
  }

  void cover_line(std::span<const Point2> line, double radius, std::pair<double, double> dash) {
    const auto [on, off] = dash;
    double walked = 0;  // along the whole line, for the dashes
    if (line.size() == 1) cover_capsule(line[0], line[0], radius);
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      const Point2 a = line[i], d = line[i + 1] - a;
      const double total = length(d);
      // Short pieces keep the boxes that are searched for covered pixels small.
      for (double s = 0; s < total || (s == 0 && total == 0);) {
        const double phase = off > 0 ? std::fmod(walked + s, on + off) : 0;
        const bool drawn = off <= 0 || phase < on;
        const double left = off <= 0 ? 24.0 : (drawn ? on - phase : on + off - phase);
        const double next = std::min({total, s + 24.0, s + std::max(left, 1e-3)});
        if (drawn) cover_capsule(a + (total > 0 ? s / total : 0) * d, a + (total > 0 ? next / total : 0) * d, radius);
        if (total == 0) break;
        s = next;
      }
      walked += total;
    }
  }

  void paint(Color color) {
    for (int y = dirty_.y0; y < dirty_.y1; ++y)
      for (int x = dirty_.x0; x < dirty_.x1; ++x) {
        float& coverage = mask(x, y);
        if (coverage > 0) blend(x, y, color, double(coverage));
        coverage = 0;
      }
    dirty_ = {image_.width, image_.height, 0, 0};
  }

  Image image_;
  std::vector<float> mask_;
  Bounds clip_{}, dirty_{image_.width, image_.height, 0, 0};
};

}  // namespace manyworlds::io
