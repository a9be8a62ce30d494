#pragma once
#include <string>
#include <string_view>

#include "manyworlds/core/text.hpp"
#include "manyworlds/io/text.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds::io {

/// Triangles of a Wavefront OBJ text as one mesh, in the order of the file: groups, objects and materials are ignored,
/// polygons become fans. Throws InputError with the line for anything that is not a vertex or face as it should be.
inline Mesh parse_obj(std::string_view text, const std::string& file) {
  Mesh mesh;
  std::size_t line_number = 0;
  const auto fail = [&](const std::string& what) { return InputError(at_line(file, line_number), what); };
  const auto vertex = [&](std::string_view rest) {
    double p[3];
    for (double& x : p) {
      const std::string_view word = next_word(rest);
      const auto number = to_number(word);
      if (!number || !std::isfinite(*number)) throw fail("expected a finite coordinate, found " + in_quotes(word));
      x = *number;
    }
    mesh.vertices.push_back({p[0], p[1], p[2]});
  };
  const auto index = [&](std::string_view word) {
    // "v/vt/vn", counted from 1, or from the last vertex backwards when negative.
    const auto i = to_number<long long>(word.substr(0, word.find('/')));
    const auto n = static_cast<long long>(mesh.vertices.size());
    if (!i || *i == 0 || *i > n || *i < -n || n > 0xffffffffll)
      throw fail("expected an index of the " + std::to_string(n) + " vertices so far, found " + in_quotes(word));
    return static_cast<std::uint32_t>(*i > 0 ? *i - 1 : n + *i);
  };
  const auto face = [&](std::string_view rest) {
    std::uint32_t corners[3]{}, count = 0;
    for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
      corners[count < 3 ? count : 2] = index(word);
      if (++count < 3) continue;
      mesh.triangles.push_back({corners[0], corners[1], corners[2]});
      corners[1] = corners[2];
    }
    if (count < 3) throw fail("expected a face of at least 3 vertices, found " + std::to_string(count));
  };
  while (!text.empty()) {
    std::string_view line = next_line(text);
    ++line_number;
    const std::string_view keyword = next_word(line);
    if (keyword == "v") vertex(line);
    if (keyword == "f") face(line);
  }
  return mesh;
}

}  // namespace manyworlds::io
