#pragma once
#include <string>

#include "manyworlds/io/mitsuba.hpp"
#include "manyworlds/io/text.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds::io {

struct LoadOptions {
  double frequency_hz = 3.5e9;  ///< 0.1 to 100 GHz; ITU materials are evaluated at it
  Parameters parameters{};      ///< values for the `$name`s of the file
};

/// Loads a scene from a Mitsuba 3 XML file with the materials of Sionna RT. What the file holds beyond geometry and
/// radio materials is skipped; lines that could not be used are listed in Scene::warnings. Throws InputError with the
/// place of the mistake.
inline Scene load(const std::string& file, const LoadOptions& options = {}) {
  return parse_mitsuba(read_file(file), file, options.frequency_hz, options.parameters);
}

}  // namespace manyworlds::io
