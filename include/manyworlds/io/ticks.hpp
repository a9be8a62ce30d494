#pragma once
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace manyworlds::io {

/// Interval of values; lo < hi.
struct Range {
  double lo = 0, hi = 1;

  double size() const { return hi - lo; }
};

/// Round positions on an axis and how many decimals their labels need.
struct Ticks {
  double step = 1;
  std::vector<double> values{};
  int decimals = 0;

  /// Label of a tick; zero has no sign.
  std::string label(double value) const {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f", decimals, std::abs(value) < step * 1e-6 ? 0.0 : value);
    return text;
  }
};

/// The smallest step of the form {1, 2, 5} x 10^k that gives at most `most` intervals over a length > 0.
inline double nice_step(double length, int most) {
  const double least = length / most, power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/// Multiples of a step inside the range.
inline Ticks ticks_of(double step, Range range) {
  Ticks ticks;
  ticks.step = step;
  ticks.decimals = std::max(0, -int(std::floor(std::log10(ticks.step) + 1e-9)));
  const double slack = 1e-9 * range.size();
  for (double i = std::ceil((range.lo - slack) / ticks.step); i * ticks.step <= range.hi + slack; ++i)
    ticks.values.push_back(i * ticks.step);
  return ticks;
}
inline Ticks nice_ticks(Range range, int most) { return ticks_of(nice_step(range.size(), most), range); }

/// The range grown to multiples of a nice step.
inline Range nice_range(Range range, int most) {
  const double step = nice_step(range.size(), most);
  return {step * std::floor(range.lo / step + 1e-9), step * std::ceil(range.hi / step - 1e-9)};
}

}  // namespace manyworlds::io
