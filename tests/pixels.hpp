#pragma once
#include <array>

#include "manyworlds/io/canvas.hpp"

/// Colours in pictures, for tests.
namespace manyworlds::test {

inline std::array<int, 3> at(const io::Image& image, io::Point2 p) {
  const std::uint8_t* c = image.pixel(int(std::floor(p.x)), int(std::floor(p.y)));
  return {c[0], c[1], c[2]};
}
inline std::array<int, 3> rgb(io::Color c) { return {c.r, c.g, c.b}; }

}  // namespace manyworlds::test
