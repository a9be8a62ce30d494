#pragma once
#include <nlohmann/json.hpp>

#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/io/floorplan.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/io/text.hpp"
#include "manyworlds/scene/mover.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/panel.hpp"
#include "manyworlds/scene/receivers.hpp"
#include "options.hpp"

namespace examples {

/// What a search works on.
struct SearchTask {
  mw::Scene scene;
  mw::placement::All placement;
  mw::paths::PathOptions paths{};
};

namespace detail {

using nlohmann::json;

/// World box for the centres of panels on a stretch of a mount wall.
inline mw::Boxd stretch(const json& wall, const json& along, const json& z) {
  const mw::Vec3d from{wall.at("from").at(0), wall.at("from").at(1), 0},
      to{wall.at("to").at(0), wall.at("to").at(1), 0};
  const mw::Vec3d direction = mw::normalized(to - from), side{-direction.y, direction.x, 0};
  mw::Boxd box;
  for (double distance : {-1.0, 1.0})  // across the wall: more than any offset
    for (std::size_t end : {0, 1})
      for (double height : {z.at(0).get<double>(), z.at(1).get<double>()}) {
        mw::Vec3d p = from + along.at(end).get<double>() * direction + distance * side;
        p.z = height;
        box.extend(p);
      }
  return box;
}

inline void add_receivers(mw::Scene& scene, const json& rectangle, double height, double spacing) {
  const std::vector<double> r = rectangle;
  const mw::ReceiverSet grid = mw::receiver_grid({{r.at(0), r.at(1)}, {r.at(2), r.at(3)}, height, spacing});
  std::vector<mw::Vec3d>& all = scene.receivers.positions;
  all.insert(all.end(), grid.positions.begin(), grid.positions.end());
}

/// The loaded mover, and panels of its size and material beside the building for every one beyond the first.
inline std::vector<std::string> add_panels(mw::Scene& scene, const std::string& mover, int count,
                                           const std::string& where) {
  std::vector<std::string> names{mover};
  const mw::Object first = scene.objects[mw::find_object(scene, mover, where)];
  const mw::Rectangled shape = mw::make_mover_shape(first).faces.at(0).rectangle;
  for (int i = 2; i <= count; ++i) {
    names.push_back(mover + "_" + std::to_string(i));
    mw::Object panel = mw::make_panel(names.back(), 2 * shape.half_u, 2 * shape.half_v, first.material);
    for (mw::Vec3d& vertex : panel.mesh.vertices) vertex += mw::bounds_of(scene).lo - mw::Vec3d{2, 0, 0};
    scene.objects.push_back(std::move(panel));
  }
  return names;
}

inline SearchTask read_problem(const json& all, const std::string& file, const std::string& name, double frequency_hz) {
  std::vector<std::string> names;
  for (const auto& [known, ignored] : all.at("problems").items()) names.push_back(known);
  if (!all.at("problems").contains(name)) throw mw::unknown_name("--problem", "problem of " + file, name, names);
  const json& problem = all.at("problems").at(name);

  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  SearchTask task{mw::io::load((folder / all.at("scene").get<std::string>()).string(), {.frequency_hz = frequency_hz}),
                  {}};
  mw::Scene& scene = task.scene;
  const double power = problem.at("power_dbm");
  const json transmitters = problem.value("transmitters", json::object());
  for (const auto& [tx, p] : transmitters.items())
    scene.add({.name = tx, .position = {p.at(0), p.at(1), p.at(2)}, .power_dbm = power});
  for (const auto& [room, rectangle] : problem.at("targets").items())
    add_receivers(scene, rectangle, all.at("receiver_height_m"), problem.at("spacing_m"));

  const double yaw = problem.at("largest_yaw_rad");
  std::vector<mw::placement::OnWall> mounts;
  for (const auto& [wall, along] : problem.at("walls").items()) {
    mw::placement::OnWall& mount = mounts.emplace_back();
    mount.wall = wall;
    mount.offset = problem.at("offset_m");
    mount.yaw = {-yaw, yaw};
    mount.within = stretch(all.at("mount_walls").at(wall), along, problem.at("centre_z"));
  }
  mw::expect(!mounts.empty(), file, "at least one wall for problem '" + name + "'");
  mw::expect(problem.at("panels").get<int>() >= 1, file, "at least one panel for problem '" + name + "'");
  const std::vector<std::string> panels = add_panels(scene, problem.at("mover"), problem.at("panels"), file);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    task.placement.parts.push_back(mounts[i % mounts.size()]);
    std::get<mw::placement::OnWall>(task.placement.parts.back()).object = panels[i];
  }
  if (problem.contains("transmitter_box")) {
    const json &lo = problem.at("transmitter_box").at(0), &hi = problem.at("transmitter_box").at(1);
    const mw::Boxd box{{lo.at(0), lo.at(1), lo.at(2)}, {hi.at(0), hi.at(1), hi.at(2)}};
    scene.add({.name = "ap1", .position = box.center(), .power_dbm = power});
    task.placement.parts.push_back(mw::placement::TransmitterPositions{.lo = box.lo, .hi = box.hi});
  }
  if (panels.size() > 1) task.placement.constraints.min_distance_m = problem.at("min_distance_m");
  task.paths.max_depth = problem.at("max_depth");
  task.paths.transmission = problem.at("transmission");
  return task;
}

}  // namespace detail

/// A problem that a places.json defines (examples/scenes/README.md), with its scene. Throws InputError that names the
/// file, or --problem with the names there are.
inline SearchTask load_problem(const std::string& file, const std::string& name, double frequency_hz) {
  try {
    return detail::read_problem(nlohmann::json::parse(mw::io::read_file(file)), file, name, frequency_hz);
  } catch (const nlohmann::json::exception& e) {
    throw mw::InputError(file, e.what());
  }
}

}  // namespace examples
