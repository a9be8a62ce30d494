#pragma once
#include <nlohmann/json.hpp>

#include "manyworlds/engine/result.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/io/csv.hpp"
#include "manyworlds/io/loss_text.hpp"
#include "manyworlds/io/paths_json.hpp"

namespace manyworlds::io {

/// Of the layout of result_json; grows when a reader of an older one could misunderstand a newer one.
inline constexpr int result_version = 2;

/// Yaw, pitch and roll in radians of a rotation Rz(yaw) Ry(pitch) Rx(roll).
inline Vec3d euler_angles(const Mat3d& r) {
  return {std::atan2(r.x.y, r.x.x), std::asin(clamp(-r.x.z, -1.0, 1.0)), std::atan2(r.y.z, r.z.z)};
}

namespace detail {

using json = nlohmann::ordered_json;

inline json configuration_json(const Problem& problem, const Configuration& c) {
  json poses = json::array(), transmitters = json::array();
  for (std::size_t m = 0; m < c.movers.size(); ++m) {
    const std::string& name = problem.scene->objects[problem.placement.movers()[m]].name;
    poses.push_back({{"object", name},
                     {"absent", c.is_absent(m)},
                     {"position", to_json(c.movers[m].position)},
                     {"orientation", to_json(euler_angles(c.movers[m].rotation))}});
  }
  for (std::size_t t = 0; t < c.transmitters.size(); ++t)
    transmitters.push_back({{"name", problem.scene->transmitters[t].name}, {"position", to_json(c.transmitters[t])}});
  return {{"movers", poses}, {"transmitters", transmitters}};
}

inline json summary_json(const RssSummary& s, double floor_dbm) {
  std::vector<std::size_t> dead;
  for (std::size_t i = 0; i < s.dbm.size(); ++i)
    if (s.dbm[i] <= floor_dbm) dead.push_back(i);
  return {{"minimum_dbm", s.minimum_dbm},
          {"p5_dbm", s.p5_dbm},
          {"median_dbm", s.median_dbm},
          {"mean_dbm", s.mean_dbm},
          {"mean_reached_dbm", s.mean_reached_dbm},
          {"covered", s.covered},
          {"dead", s.dead},
          {"dead_receivers", dead},
          {"rss_dbm", s.dbm}};
}

inline json antenna_json(const Antenna& antenna) {
  constexpr std::array<const char*, 4> patterns{"iso", "dipole", "hw_dipole", "tr38901"};
  return {{"pattern", patterns.at(std::size_t(antenna.pattern))}, {"slants", antenna.slants}};
}
/// The transmitters as they were given: where, turned how, and how strong.
inline json transmitters_json(const Scene& scene) {
  json all = json::array();
  for (const Transmitter& t : scene.transmitters) {
    all.push_back({{"name", t.name},
                   {"position", to_json(t.position)},
                   {"orientation", to_json(t.orientation)},
                   {"power_dbm", t.power_dbm}});
    all.back().update(antenna_json(t.antenna));
  }
  return all;
}
/// The receivers in the order of all lists of powers. What is left out is alike: weights and orientations; without
/// rows and columns it is no grid, without a pattern an isotropic antenna for both polarisations.
inline json receivers_json(const ReceiverSet& receivers) {
  json positions = json::array();
  for (const Vec3d& p : receivers.positions) positions.emplace_back(to_json(p));
  json all{{"positions", positions}};
  if (!receivers.weights.empty()) all["weights"] = receivers.weights;
  if (!receivers.orientations.empty()) {
    all["orientations"] = json::array();
    for (const Vec3d& o : receivers.orientations) all["orientations"].emplace_back(to_json(o));
  }
  if (receivers.rows > 0)
    all.update({{"rows", receivers.rows}, {"columns", receivers.columns}, {"spacing", receivers.spacing}});
  if (receivers.antenna) all.update(antenna_json(*receivers.antenna));
  return all;
}

inline json world_json(const WorldResult& world, std::size_t variables) {
  json x = json::array();
  for (std::size_t row = 0; row < world.history.rows(); ++row)
    x.push_back(std::vector<double>(world.history.x.begin() + std::ptrdiff_t(row * variables),
                                    world.history.x.begin() + std::ptrdiff_t((row + 1) * variables)));
  json result{{"id", world.id},
              {"born", world.born},
              {"rate", world.rate},
              {"reason", choices(world.reason).at(std::size_t(world.reason))},
              {"retries", world.retries},
              {"value", world.value},
              {"x", world.x},
              {"history",
               {{"iteration", world.history.iteration},
                {"loss", world.history.loss},
                {"value", world.history.value},
                {"x", x}}}};
  if (world.reason == Reason::failed) result["failure"] = world.failure;
  return result;
}

/// Where the run was: all that may differ between two runs of the same search, but for the times.
inline json execution_json(const Result& r) {
  json execution = json::object(), worlds = json::array();
  for (const auto& [name, value] : r.execution) execution[name] = value;
  execution["bytes_of_workspaces"] = r.bytes_of_workspaces;
  for (const WorldResult& world : r.worlds)
    if (world.pid != 0)
      worlds.push_back(
          {{"id", world.id}, {"pid", world.pid}, {"restarts", world.restarts}, {"resident_bytes", world.bytes}});
  execution["worlds"] = worlds;
  return execution;
}

/// Objects a member a line, lists of plain values on one line.
inline void print_json(const json& value, std::string& text, std::size_t depth = 0) {
  const bool plain_list =
      value.is_array() && std::none_of(value.begin(), value.end(), [](const json& v) { return v.is_structured(); });
  if (!value.is_structured() || value.empty() || plain_list) {
    text += value.dump();
    return;
  }
  const std::string indent(depth + 1, ' ');
  text += value.is_object() ? '{' : '[';
  const char* separator = "\n";
  for (const auto& [key, item] : value.items()) {
    text += separator + indent;
    if (value.is_object()) text += json(key).dump() + ": ";
    print_json(item, text, depth + 1);
    separator = ",\n";
  }
  text += '\n' + std::string(depth, ' ') + (value.is_object() ? '}' : ']');
}

}  // namespace detail

/// Everything a Result holds, numbers that are not finite as null. Positions in metres, orientations as yaw, pitch and
/// roll in radians, powers in dBm, times in seconds; "params" under their dotted names; "before" is the scene without
/// movers. "mean_dbm" counts dead receivers as "floor_dbm", "mean_reached_dbm" leaves them out. Two runs of the same
/// search differ in "times" and "execution" only, wherever they ran.
inline nlohmann::ordered_json result_json(const Problem& problem, const Result& r) {
  using json = nlohmann::ordered_json;
  json variables = json::array(), worlds = json::array(), params = json::object();
  for (const placement::Variable& v : r.variables)
    variables.push_back({{"name", v.name}, {"lower", v.lower}, {"upper", v.upper}, {"unit", v.angle ? "rad" : "m"}});
  for (const WorldResult& world : r.worlds) worlds.push_back(detail::world_json(world, r.variables.size()));
  for (const auto& [name, value] : r.params) params[name] = value;
  const std::string loss = loss_name(r), unit = loss_unit(loss);
  const double floor = problem.floor_dbm;
  const auto summaries = [&](const RssSummary& physical, const RssSummary& hard) {
    return json{{"physical", detail::summary_json(physical, floor)}, {"hard", detail::summary_json(hard, floor)}};
  };
  json winner{{"world", r.winner}, {"value", r.value}, {"x", r.x}};
  winner.update(detail::configuration_json(problem, r.configuration));
  json result{{"format", "manyworlds result"},
              {"version", result_version},
              {"method", r.method},
              {"iterations", r.iterations},
              {"interrupted", r.interrupted},
              {"winner", winner},
              {"loss", {{"name", loss}, {"unit", unit.empty() ? json() : json(unit)}}},
              {"variables", variables},
              {"before", summaries(r.rss_before, r.rss_hard_before)},
              {"after", summaries(r.rss, r.rss_hard)},
              {"polished", nullptr},
              {"floor_dbm", floor},
              {"counts",
               {{"forward", r.counts.forward},
                {"gradient", r.counts.gradient},
                {"gradient_cost", r.counts.gradient_cost},
                {"evaluations", r.counts.evaluations()},
                {"starts_drawn", r.counts.starts_drawn},
                {"starts_rejected", r.counts.starts_rejected},
                {"new_starts", r.counts.new_starts},
                {"pool", r.counts.pool}}},
              {"times",
               {{"starts_s", r.times.starts_s},
                {"descent_s", r.times.descent_s},
                {"barriers_s", r.times.barriers_s},
                {"scoring_s", r.times.scoring_s},
                {"total_s", r.times.total_s}}},
              {"bytes_per_world", r.bytes_per_world},
              {"execution", detail::execution_json(r)},
              {"params", params},
              {"transmitters", detail::transmitters_json(*problem.scene)},
              {"receivers", detail::receivers_json(problem.scene->receivers)},
              {"worlds", worlds}};
  result["before"].update(detail::configuration_json(problem, problem.before()));
  result["before"]["loss"] = r.value_before;
  result["after"]["loss"] = r.value;
  if (r.polished) {
    result["polished"] = {{"world", r.polished->world},
                          {"value", r.polished->value},
                          {"x", r.polished->x},
                          {"hard", detail::summary_json(r.polished->rss, floor)}};
    result["polished"].update(detail::configuration_json(problem, r.polished->configuration));
  }
  return result;
}

/// The text of a JSON file: a member a line, lists of plain values on one line.
inline std::string json_text(const nlohmann::ordered_json& value) {
  std::string text;
  detail::print_json(value, text);
  return text + '\n';
}

/// One row per world and iteration: world, iteration (of the run, not of the world), loss as descended, physical value
/// (nan where it was not computed), and the variables under their names. The last row of a world is where it ended.
inline CsvTable history_table(const Result& r) {
  std::vector<std::string> header{"world", "iteration", "loss", "value"};
  for (const placement::Variable& v : r.variables) header.push_back(v.name);
  CsvTable table(header);
  const std::size_t n = r.variables.size();
  for (const WorldResult& world : r.worlds)
    for (std::size_t row = 0; row < world.history.rows(); ++row)
      table.row(world.id, std::size_t(world.born + world.history.iteration[row]), world.history.loss[row],
                world.history.value[row], std::span(world.history.x).subspan(row * n, n));
  return table;
}

}  // namespace manyworlds::io
