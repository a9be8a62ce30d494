#pragma once
#include <array>
#include <cmath>

#include "manyworlds/core/scalar.hpp"
#include "manyworlds/io/canvas.hpp"
#include "manyworlds/io/ticks.hpp"

namespace manyworlds::io {

/// sequential: dark violet over blue-green to yellow, lightness rises evenly (the idea of viridis, van der Walt and
/// Smith 2015); diverging: blue, white at the centre, red, for differences.
enum class ColormapKind { sequential, diverging };

/// Lightness in [0, 1] and the two opponent axes of OKLab (B. Ottosson 2020), where distances follow perception.
struct OkLab {
  double lightness = 0, a = 0, b = 0;
};

/// OKLab to sRGB, clipped to the gamut.
inline Color to_color(OkLab lab) {
  const double l = std::pow(lab.lightness + 0.3963377774 * lab.a + 0.2158037573 * lab.b, 3);
  const double m = std::pow(lab.lightness - 0.1055613458 * lab.a - 0.0638541728 * lab.b, 3);
  const double s = std::pow(lab.lightness - 0.0894841775 * lab.a - 1.2914855480 * lab.b, 3);
  const auto channel = [](double linear) {
    const double v = clamp(linear, 0.0, 1.0);
    return std::uint8_t(std::lround(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055)));
  };
  return {channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s), 1};
}

/// The colour at t in [0, 1]. Sequential: even lightness and hue, chroma as the sRGB gamut allows. Diverging: two arms
/// of even lightness and chroma from white.
inline OkLab colormap_lab(ColormapKind kind, double t) {
  const auto polar = [](double lightness, double chroma, double degrees) {
    return OkLab{lightness, chroma * std::cos(degrees * pi / 180), chroma * std::sin(degrees * pi / 180)};
  };
  if (kind == ColormapKind::sequential)
    return polar(0.30 + 0.62 * t, 0.096 + 0.05 * square(2 * t - 1) + 0.03 * square(t), 312 - 206 * t);
  const double arm = std::abs(2 * t - 1);
  return t < 0.5 ? polar(0.98 - 0.53 * arm, 0.15 * arm, 256) : polar(0.98 - 0.43 * arm, 0.20 * arm, 27);
}

/// Value to colour over a range; values outside get the colour of the nearer end, NaN the colour `dead`.
class Colormap {
 public:
  Colormap(ColormapKind kind, Range range, Color dead = {214, 217, 222, 1}) : range_(range), dead_(dead) {
    for (std::size_t i = 0; i < table_.size(); ++i)
      table_[i] = to_color(colormap_lab(kind, double(i) / double(table_.size() - 1)));
  }

  Color operator()(double value) const {
    if (std::isnan(value)) return dead_;
    const double t = clamp((value - range_.lo) / range_.size(), 0.0, 1.0);
    return table_[std::size_t(std::lround(t * double(table_.size() - 1)))];
  }
  Range range() const { return range_; }

 private:
  Range range_;
  Color dead_;
  std::array<Color, 256> table_;
};

}  // namespace manyworlds::io
