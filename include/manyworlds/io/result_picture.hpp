#pragma once
#include "manyworlds/engine/result.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/io/curves.hpp"
#include "manyworlds/io/heatmap.hpp"

/// What a search found, as pictures.
namespace manyworlds::io {

namespace detail {

/// The scene as a configuration has it: transmitters and movers at their places, absent movers gone.
inline Scene scene_at(const Problem& problem, const Configuration& c) {
  Scene scene = *problem.scene;
  for (std::size_t t = 0; t < c.transmitters.size(); ++t) scene.transmitters[t].position = c.transmitters[t];
  std::vector<bool> gone(scene.objects.size());
  for (std::size_t m = 0; m < c.movers.size(); ++m) {
    const std::size_t i = problem.placement.movers()[m];
    scene.objects[i].mesh = placed(std::move(scene.objects[i].mesh), c.movers[m]);
    gone[i] = c.is_absent(m);
  }
  std::size_t i = 0;
  std::erase_if(scene.objects, [&](const Object&) { return gone[i++]; });
  return scene;
}

}  // namespace detail

/// Values at receivers over the plan as a configuration has it; transmitters and panels are added to the options.
inline Image draw_configuration(const Problem& problem, const Configuration& c, const ReceiverSet& receivers,
                                std::span<const double> values, HeatmapOptions options) {
  for (std::size_t m = 0; m < c.movers.size(); ++m)
    if (!c.is_absent(m)) mark_panel(problem.scene->objects[problem.placement.movers()[m]], c.movers[m], options.plan);
  return draw_heatmap(detail::scene_at(problem, c), receivers, values, options);
}

/// "3 of 224 receivers dead, 5 % -80.1, median -60.3 dBm, 97 % above -90 dBm": without the quantiles that are dead.
inline std::string summary_text(const RssSummary& s, double floor_dbm, double coverage_dbm) {
  char text[64];
  std::string all;
  if (s.dead > 0) all = std::to_string(s.dead) + " of " + std::to_string(s.dbm.size()) + " receivers dead, ";
  for (const auto& [name, value] : {std::pair{"min", s.minimum_dbm}, {"5 %", s.p5_dbm}, {"median", s.median_dbm}}) {
    if (value <= floor_dbm) continue;
    std::snprintf(text, sizeof text, "%s %.1f dBm, ", name, value);
    all += text;
  }
  std::snprintf(text, sizeof text, "%.0f %% above %g dBm", 100 * s.covered, coverage_dbm);
  return all + text;
}

/// The gain from one map to another.
struct Gain {
  std::vector<double> db;  ///< NaN where neither has a path; newly reached and lost ones lie beyond the range
  Range range{};           ///< of the others, about zero
  double mean_db = 0;      ///< of the others
  std::size_t reached = 0, lost = 0;
};

inline Gain gain_of(std::span<const double> before, std::span<const double> after, double floor_dbm) {
  constexpr double beyond = 1e6;
  Gain gain;
  std::vector<double> common;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool was = !detail::is_dead(before[i], floor_dbm), is = !detail::is_dead(after[i], floor_dbm);
    gain.reached += is && !was;
    gain.lost += was && !is;
    if (was && is) common.push_back(after[i] - before[i]);
    gain.db.push_back(was && is ? common.back() : is ? beyond : was ? -beyond : std::nan(""));
  }
  gain.range = symmetric_range(common);
  for (const double db : common) gain.mean_db += db / double(common.size());
  return gain;
}

inline Fate fate_of(const WorldResult& world, const Result& r) {
  if (world.id == r.winner) return Fate::winner;
  if (world.reason == Reason::pruned) return Fate::pruned;
  return world.reason == Reason::non_finite || world.reason == Reason::failed ? Fate::failed : Fate::finished;
}

/// How a world came along: at each row of its history its value, and the best of them so far. As long as physical
/// values are not computed (edges are smoother), losses as descended and the best of these, with a gap at the end since
/// the two do not compare.
struct Course {
  std::vector<double> now, best;  ///< NaN where the loss was not finite
};
inline Course course_of(const WorldResult& world) {
  const History& h = world.history;
  std::size_t physical = h.rows();  // from here on, all values are known
  while (physical > 0 && (std::isfinite(h.value[physical - 1]) || !std::isfinite(h.loss[physical - 1]))) --physical;
  Course course;
  double best = std::nan("");
  for (std::size_t row = 0; row < h.rows(); ++row) {
    if (row == physical) best = std::nan("");
    const bool gap = row + 1 == physical && physical < h.rows();
    const double now = gap || !std::isfinite(h.loss[row]) ? std::nan("") : row < physical ? h.loss[row] : h.value[row];
    if (better(now, best)) best = now;
    course.now.push_back(now);
    course.best.push_back(std::isfinite(now) ? best : now);
  }
  // Rows that a long history has left out, and the start, may have been better.
  const bool ended = physical < h.rows() && std::isfinite(course.best.back());
  if (ended && better(world.value, course.best.back())) course.best.back() = world.value;
  return course;
}

/// The best of each world so far, the winner named, with where it was in each iteration behind.
inline std::vector<Curve> convergence_curves(const Result& r) {
  std::vector<Curve> curves;
  for (const WorldResult& world : r.worlds) {
    const Fate fate = fate_of(world, r);
    Course course = course_of(world);
    if (fate != Fate::winner) course.now.clear();
    curves.push_back({std::move(course.best), std::move(course.now), world.born, world.history.iteration, fate,
                      "World " + std::to_string(world.id)});
  }
  return curves;
}

/// The powers of a result's winner at the receivers of its problem, as a picture.
inline void write_heatmap(const std::filesystem::path& path, const Problem& problem, const Result& result,
                          HeatmapOptions options = {}) {
  options.floor = problem.floor_dbm;
  if (options.plan.title.empty()) options.plan.title = "RSS with World " + std::to_string(result.winner);
  write_png(path, draw_configuration(problem, result.configuration, problem.scene->receivers, result.rss.dbm, options));
}

}  // namespace manyworlds::io
