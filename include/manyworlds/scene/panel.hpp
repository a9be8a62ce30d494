#pragma once
#include <string>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {

/// A flat rectangular object of two triangles, centred at the origin with normal +x: width metres along y, height
/// metres along z, of the material with index `material`. Throws InputError for sizes that are not positive.
inline Object make_panel(const std::string& name, double width, double height, std::uint32_t material) {
  if (!(width > 0 && height > 0 && width < 1e6 && height < 1e6))
    throw InputError("panel " + in_quotes(name),
                     "expected a positive width and height, found " + to_text(width) + " x " + to_text(height) + " m");
  const double y = width / 2, z = height / 2;
  Object panel{.name = name, .mesh = {}, .material = material};
  panel.mesh.vertices = {{0, -y, -z}, {0, y, -z}, {0, y, z}, {0, -y, z}};
  panel.mesh.triangles = {{{0, 1, 2}}, {{0, 2, 3}}};
  return panel;
}

}  // namespace manyworlds
