// Prints what a scene file holds as JSON, for comparison with other programs: dump_scene FILE [FREQUENCY_HZ]
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "manyworlds/io/load.hpp"
#include "manyworlds/scene/validate.hpp"

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: dump_scene FILE [FREQUENCY_HZ]\n", stderr), 2;
  try {
    const double frequency_hz = argc > 2 ? std::atof(argv[2]) : 3.5e9;
    const manyworlds::Scene scene = manyworlds::io::load(argv[1], {.frequency_hz = frequency_hz, .parameters = {}});
    manyworlds::validate_geometry(scene);
    nlohmann::json objects;
    for (const auto& object : scene.objects) {
      const auto& material = scene.materials[object.material];
      const auto& mesh = object.mesh;
      auto index = mesh.source_index;
      for (std::size_t i = index.size(); i < mesh.triangles.size(); ++i) index.push_back(static_cast<std::uint32_t>(i));
      auto centroids = nlohmann::json::array();
      for (const auto& t : mesh.triangles) {
        const auto p = (mesh.vertices[t[0]] + mesh.vertices[t[1]] + mesh.vertices[t[2]]) / 3.0;
        centroids.push_back({p.x, p.y, p.z});
      }
      objects[object.name] = {{"index", index},
                              {"centroids", centroids},
                              {"material", material.name},
                              {"itu_type", material.itu},
                              {"eps_r", material.eps_r},
                              {"sigma", material.sigma},
                              {"thickness", material.thickness},
                              {"scattering", material.scattering}};
    }
    std::cout << nlohmann::json{{"objects", objects}, {"warnings", scene.warnings}} << '\n';
  } catch (const manyworlds::InputError& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 2;
  }
}
