#pragma once
#include <cmath>
#include <string>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {

/// Horizontal rectangle lo..hi (metres) at a height, cut into square cells from lo on.
struct ReceiverGrid {
  struct Corner {
    double x = 0, y = 0;
  };
  Corner lo, hi;
  double height = 1.5;   ///< z of the receivers, m
  double spacing = 0.5;  ///< side of a cell, m
};

/// One receiver at the centre of each whole cell; receiver row * columns + column stands in row `row` along y and
/// column `column` along x. Throws InputError for numbers that are not finite, a spacing that is not positive, a
/// rectangle that is reversed or smaller than one cell, and for more than 10 million cells.
inline ReceiverSet receiver_grid(const ReceiverGrid& grid) {
  const std::string where = "receiver grid";
  const double width = grid.hi.x - grid.lo.x, depth = grid.hi.y - grid.lo.y;
  if (!std::isfinite(width) || !std::isfinite(depth) || !std::isfinite(grid.height))
    throw InputError(where, "expected finite corners and height");
  if (!(grid.spacing > 0) || !std::isfinite(grid.spacing))
    throw InputError(where, "expected a positive spacing, found " + to_text(grid.spacing) + " m");
  const std::string size = to_text(width) + " x " + to_text(depth) + " m";
  if (width <= 0 || depth <= 0) throw InputError(where, "expected lo < hi in x and y, found a rectangle of " + size);
  // The slack keeps a cell that rounding would lose, as in 0.3 / 0.1.
  const double columns = std::floor(width / grid.spacing + 1e-6), rows = std::floor(depth / grid.spacing + 1e-6);
  if (columns < 1 || rows < 1)
    throw InputError(where, "a rectangle of " + size + " holds no cell of " + to_text(grid.spacing) + " m");
  if (columns * rows > 1e7)
    throw InputError(where, "expected at most 10 million cells, found " + to_text(columns) + " x " + to_text(rows));

  ReceiverSet set;
  set.rows = static_cast<std::uint32_t>(rows);
  set.columns = static_cast<std::uint32_t>(columns);
  set.spacing = grid.spacing;
  set.positions.reserve(std::size_t(set.rows) * set.columns);
  for (std::uint32_t row = 0; row < set.rows; ++row)
    for (std::uint32_t column = 0; column < set.columns; ++column)
      set.positions.push_back(
          {grid.lo.x + (column + 0.5) * grid.spacing, grid.lo.y + (row + 0.5) * grid.spacing, grid.height});
  return set;
}

}  // namespace manyworlds
