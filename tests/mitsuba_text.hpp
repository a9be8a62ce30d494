#pragma once
#include "manyworlds/io/load.hpp"

/// Mitsuba scenes as text, for tests of the loader.
namespace manyworlds::test {

/// Scene text around some elements; the first of them stands in line 2, after a concrete "c" in line 1.
inline Scene parse(const std::string& elements, const io::Parameters& parameters = {}) {
  return io::parse_mitsuba(
      "<scene><bsdf type='itu-radio-material' id='c'><string name='type' value='concrete'/></bsdf>\n" + elements +
          "</scene>",
      "s.xml", 3.5e9, parameters);
}

inline const std::string wall = "<shape type='rectangle' id='mesh-wall'><ref id='c'/></shape>";

}  // namespace manyworlds::test
