// Finds the paths of a scene with a given finder, and writes them and what the search cost as JSON; see big_scenes.sh.
//   find_paths SCENE REQUEST: REQUEST is JSON with frequency_hz, max_depth, transmission, finder (automatic, beams,
//   shooting), rays, tx [3], rx [[3], ...], and panel [3] for a metal panel of 1 m that then moves.
#include <ctime>
#include <fstream>
#include <iostream>

#include "manyworlds/io/load.hpp"
#include "manyworlds/io/paths_json.hpp"
#include "manyworlds/scene/panel.hpp"

namespace {

using namespace manyworlds;

/// CPU time of the process so far, s.
double seconds() { return double(std::clock()) / CLOCKS_PER_SEC; }

/// Most memory that the process ever held, MB.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmHWM:") {
      double kilobytes = 0;
      status >> kilobytes;
      return kilobytes / 1024;
    }
  return 0;
}

Vec3d vec(const nlohmann::json& v) { return {v[0], v[1], v[2]}; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::cerr << "usage: find_paths SCENE REQUEST\n", 2;
  try {
    nlohmann::json request;
    std::ifstream(argv[2]) >> request;
    const double start = seconds();
    Scene scene = io::load(argv[1], {.frequency_hz = request["frequency_hz"]});
    scene.add({});
    scene.transmitters[0].position = vec(request["tx"]);
    for (const auto& rx : request["rx"]) scene.receivers.positions.push_back(vec(rx));
    scene.receivers.antenna = Antenna{};

    std::vector<std::uint32_t> movers;
    if (request.contains("panel")) {
      Material metal;
      metal.name = "panel", metal.pec = true;
      scene.materials.push_back(metal);
      movers.push_back(std::uint32_t(scene.objects.size()));
      scene.objects.push_back(make_panel("panel", 1, 1, std::uint32_t(scene.materials.size() - 1)));
    }

    const double loaded = seconds();
    const std::string finder = request["finder"];
    paths::PathOptions options{.max_depth = request["max_depth"], .transmission = request["transmission"]};
    options.finder = finder == "beams"      ? paths::Finder::beams
                     : finder == "shooting" ? paths::Finder::shooting
                                            : paths::Finder::automatic;
    options.rays = request["rays"];
    const paths::PathModel model(scene, movers, options);
    const double found = seconds();

    Configuration c{{}, {scene.transmitters[0].position}};
    paths::Workspace w = model.make_workspace();
    double steps[2] = {};  // the first one searches around the panel, the second one finds it within the ball searched
    if (!movers.empty()) {
      c.movers.push_back({vec(request["panel"]), {}});
      for (double& step : steps) {
        const double before = seconds();
        model.gains(c, {}, w);
        step = seconds() - before;
        c.movers[0].position.x += 0.01;
      }
    } else {
      model.gains(c, {.kind = VisibilityKind::hard}, w);
    }
    const paths::TransmitterCache& cache = model.world().static_paths[0]->cache;
    nlohmann::json result{{"load_s", loaded - start},
                          {"start_s", found - loaded},
                          {"first_step_s", steps[0]},
                          {"step_s", steps[1]},
                          {"panel_paths", w.table.groups.size()},
                          {"peak_mb", peak_megabytes()},
                          {"faces", model.world().fixed.size()},
                          {"beams", cache.beams},
                          {"chains", cache.chains},
                          {"finder", cache.finder == paths::Finder::shooting ? "shooting" : "beams"},
                          {"paths", nlohmann::json::array()}};
    paths::for_each_path(model, w, [&](const kernels::Path& path, const kernels::FieldView<double>& view, std::size_t) {
      result["paths"].push_back(
          io::path_json(scene, paths::describe(model.geometry(w), view, path), 0, path.tx, -1, -1));
    });
    std::cout << result << '\n';
  } catch (const std::exception& e) {
    return std::cerr << "find_paths: " << e.what() << '\n', 2;
  }
}
