// libFuzzer target for everything that reads files: the first byte of an input chooses the reader ('x' Mitsuba XML,
// 'p' PLY, 'o' OBJ, 'c' receivers as CSV), the rest is the text. Whatever the text, a reader either throws InputError
// with one line that names the file, or gives something that passes validation.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "manyworlds/io/load.hpp"
#include "manyworlds/io/receivers_csv.hpp"
#include "manyworlds/scene/validate.hpp"

namespace {

using namespace manyworlds;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what.c_str());
  std::abort();
}

/// Scene of one mesh, or nothing when no triangle has an area.
Scene scene_of(Mesh mesh) {
  Scene scene;
  scene.materials.push_back({.name = "m", .itu = {}});
  io::drop_degenerate(mesh);
  if (!mesh.triangles.empty()) scene.objects.push_back({.name = "o", .mesh = std::move(mesh), .material = 0});
  return scene;
}

Scene read(char reader, const std::string& text) {
  Scene scene;
  if (reader == 'x') scene = io::parse_mitsuba(text, "fuzz.xml", 3.5e9);
  if (reader == 'p') scene = scene_of(io::parse_ply(text, "fuzz.ply"));
  if (reader == 'o') scene = scene_of(io::parse_obj(text, "fuzz.obj"));
  if (reader == 'c') {
    scene.receivers = io::parse_receivers(text, "fuzz.csv");
    scene.transmitters.push_back({});
    validate_devices(scene);
  }
  return scene;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return -1;
  Scene scene;
  try {
    scene = read(static_cast<char>(data[0]), std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  } catch (const InputError& error) {
    const std::string what = error.what();
    expect(what.rfind("fuzz.", 0) == 0, "an error begins with the file: " + what);
    expect(what.find('\n') == std::string::npos, "an error is one line: " + what);
    return 0;
  }
  for (const std::string& warning : scene.warnings)
    expect(warning.find('\n') == std::string::npos, "a warning is one line: " + warning);
  try {
    if (!scene.objects.empty()) validate_geometry(scene);
  } catch (const InputError& error) {
    expect(false, std::string("what was read is valid: ") + error.what());
  }
  return 0;
}
