// Our side of sionna_rt.sh: steps of a panel that walks through a scene, the exact map of its first place, and its
// paths.
//   office_step SCENE REQUEST: REQUEST is JSON with frequency_hz, max_depth, transmission, visibility (hard, fresnel),
//   transmitters [[x, y, z], ...], mover (name), pose [x, y, z, yaw, pitch, roll], size [x, y] of the map from the
//   origin on, height, cells and points (of a cell) per axis, and what to do: steps (number), gains, paths (boolean).
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>

#include "../timing.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/io/paths_json.hpp"
#include "manyworlds/paths/radio_map.hpp"
#include "manyworlds/scene/names.hpp"

namespace {

using namespace manyworlds;
using bench::median, bench::seconds;
using Json = nlohmann::json;

Vec3d vec(const Json& v, std::size_t from = 0) { return {v[from], v[from + 1], v[from + 2]}; }

/// Points of a cell follow each other, cells row by row along y.
std::vector<Vec3d> points(const Json& request) {
  const int cells = request["cells"], per_axis = request["points"];
  const double width = request["size"][0], depth = request["size"][1], height = request["height"];
  const auto at = [&](int cell, int point, double size) { return (cell + (point + 0.5) / per_axis) * size / cells; };
  std::vector<Vec3d> all;
  for (int row = 0; row < cells; ++row)
    for (int column = 0; column < cells; ++column)
      for (int i = 0; i < per_axis * per_axis; ++i)
        all.push_back({at(column, i % per_axis, width), at(row, i / per_axis, depth), height});
  return all;
}

/// Median seconds of steps with the gradient of the mean gain in dB, along a walk by 2 cm and 0.3 degrees each, 200 of
/// them forth and again.
double time_steps(const paths::PathModel& model, const Configuration& first, const Visibility& visibility, int steps) {
  paths::Workspace w = model.make_workspace();
  ConfigurationGradient gradient;
  std::vector<double> bar(model.transmitters() * model.receivers()), whole;
  for (int i = 0; i < steps; ++i) {
    Configuration c = first;
    c.movers[0].position.x += 0.02 * (i % 200);
    c.movers[0].rotation = rotation(0.005 * (i % 200), 0.0, 0.0) * c.movers[0].rotation;
    const double start = seconds();
    model.gains(c, visibility, w);
    for (std::size_t k = 0; k < bar.size(); ++k) bar[k] = 1 / (w.gains[k] + 1e-14);
    model.pullback(bar, w, gradient);
    whole.push_back(seconds() - start);
  }
  return median(whole);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::cerr << "usage: office_step SCENE REQUEST\n", 2;
  try {
    Json request, result;
    std::ifstream(argv[2]) >> request;
    Scene scene = io::load(argv[1], {.frequency_hz = request["frequency_hz"]});
    Configuration c;
    for (const Json& t : request["transmitters"]) {
      scene.add({"tx", vec(t), {}, 0, {}});
      c.transmitters.push_back(vec(t));
    }
    scene.receivers.positions = points(request);
    const std::vector<std::uint32_t> movers{std::uint32_t(find_object(scene, request["mover"].get<std::string>()))};
    c.movers = {make_pose(vec(request["pose"]), vec(request["pose"], 3))};
    const paths::PathOptions options{.max_depth = request["max_depth"], .transmission = request["transmission"]};
    const Visibility visibility{.kind =
                                    request["visibility"] == "hard" ? VisibilityKind::hard : VisibilityKind::fresnel};

    if (request["gains"]) {
      const std::vector<double> gains = paths::radio_map(scene, movers, c, visibility, options).gains;
      const int per_axis = request["points"];
      const std::size_t in_cell = std::size_t(per_axis) * std::size_t(per_axis);
      std::vector<double> of_cells(gains.size() / in_cell, 0.0);
      for (std::size_t i = 0; i < gains.size(); ++i) of_cells[i / in_cell] += gains[i] / double(in_cell);
      result["gains"] = of_cells;
    }
    if (request["steps"] > 0 || request["paths"]) {
      if (request["paths"]) scene.receivers.antenna = Antenna{};
      const double start = seconds();
      const paths::PathModel model(scene, movers, options);
      result["start_s"] = seconds() - start;
      if (request["steps"] > 0) {
        result["step_s"] = time_steps(model, c, visibility, request["steps"]);
        parallel::without_help(
            [&] { result["one_thread_step_s"] = time_steps(model, c, visibility, request["steps"]); });
      }
      if (request["paths"]) {
        paths::Workspace w = model.make_workspace();
        model.gains(c, visibility, w);
        result["paths"] = Json::array();
        paths::for_each_path(
            model, w, [&](const kernels::Path& path, const kernels::FieldView<double>& view, std::size_t) {
              result["paths"].push_back(
                  io::path_json(scene, paths::describe(model.geometry(w), view, path), 0, path.tx, -1, -1));
            });
      }
    }
    std::cout << result << '\n';
  } catch (const std::exception& e) {
    return std::cerr << "office_step: " << e.what() << '\n', 2;
  }
}
