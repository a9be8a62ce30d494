#pragma once
#include <string>

#include "manyworlds/io/font.hpp"

namespace manyworlds::io {

/// How a line of text looks. Sizes in pixels.
struct TextStyle {
  double height = 11;  ///< of capital letters
  Color color{31, 41, 55, 1};
  double weight = 0;             ///< stroke width; 0 = suited to the height
  double align = 0;              ///< part of the text that lies left of the anchor: 0 left, 0.5 centred, 1 right
  double raise = 0;              ///< part of the capital height that lies below the anchor: 0 baseline, 0.5 middle
  double turn = 0;               ///< radians counter-clockwise about the anchor
  Color halo{255, 255, 255, 0};  ///< outline that keeps text readable on a busy ground; opacity 0 = none
};

namespace detail {
inline constexpr double cap_units = 14, gap_units = 3.6;
/// A code point of several UTF-8 bytes is one (unknown) character.
inline bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
}  // namespace detail

/// Width in pixels of a line of text whose capitals are `height` pixels high.
inline double text_width(std::string_view text, double height) {
  double units = 0;
  for (const char c : text)
    if (!detail::continues(c)) units += glyph(c).width + detail::gap_units;
  return text.empty() ? 0 : (units - detail::gap_units) * height / detail::cap_units;
}

/// Draws one line of text at an anchor.
inline void draw_text(Canvas& canvas, Point2 at, std::string_view text, const TextStyle& style = {}) {
  const double unit = style.height / detail::cap_units;
  const double c = std::cos(style.turn), s = std::sin(style.turn);
  double pen = -style.align * text_width(text, style.height) / unit;
  std::vector<Polyline> lines;
  for (const char character : text) {
    if (detail::continues(character)) continue;
    for (Polyline& line : glyph_lines(character)) {
      for (Point2& p : line) {
        const double x = (pen + p.x) * unit, y = p.y * unit - style.raise * style.height;
        p = at + Point2{c * x - s * y, -s * x - c * y};
      }
      lines.push_back(std::move(line));
    }
    pen += glyph(character).width + detail::gap_units;
  }
  const double weight = style.weight > 0 ? style.weight : std::max(1.25, 0.115 * style.height);
  if (style.halo.opacity > 0) canvas.stroke_all(lines, weight + 4, style.halo);
  canvas.stroke_all(lines, weight, style.color);
}

/// The height, at most `height`, at which the text is no wider than `width` pixels.
inline double fitted_height(std::string_view text, double height, double width) {
  return std::min(height, height * width / std::max(text_width(text, height), 1e-9));
}

}  // namespace manyworlds::io
