#include <manyworlds/manyworlds.hpp>

#include <string>

/// Links what component io brings: a scene that is not there is an error that names it.
int main() {
  try {
    manyworlds::io::load("missing.xml", {.frequency_hz = 3.5e9});
  } catch (const manyworlds::InputError& error) {
    return std::string(error.what()).find("missing.xml") == std::string::npos ? 1 : 0;
  }
  return 1;
}
