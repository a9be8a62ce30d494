#pragma once
#include "manyworlds/engine/report.hpp"
#include "manyworlds/io/loss_text.hpp"
#include "manyworlds/paths/listing.hpp"
#include "place_report.hpp"

/// What the driver `place` tells on the terminal.
namespace examples {

/// "office_v1 at 3.5 GHz: 98 objects, 1 transmitter, 224 receivers, 4 variables (Reflector.u, ...)"
inline std::string problem_text(const mw::Problem& problem, const ReportOptions& options) {
  const auto count = [](std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  std::string variables;
  for (const mw::placement::Variable& v : problem.variables()) variables += (variables.empty() ? "" : ", ") + v.name;
  return options.scene + " at " + mw::to_text(problem.scene->frequency_hz / 1e9) +
         " GHz: " + count(problem.scene->objects.size(), "object") + ", " +
         count(problem.transmitters(), "transmitter") + ", " + count(problem.receivers(), "receiver") + ", " +
         count(problem.variables().size(), "variable") + " (" + variables + ")";
}

/// Number of paths of a configuration; the tiles of a panel count as one path.
inline std::size_t count_paths(const mw::Problem& problem, const mw::Configuration& c,
                               const mw::Visibility& visibility) {
  mw::Problem::Workspace w = problem.make_workspace();
  problem.powers(c, visibility, w);
  std::size_t groups = 0;
  mw::paths::for_each_path(*problem.model, w.model,
                           [&](const auto&, const auto&, std::size_t group) { groups = group + 1; });
  return groups;
}

/// Where the winner has movers and moved transmitters, in the form that --pose and --tx take.
inline void print_places(const mw::Problem& problem, const mw::Configuration& c) {
  for (std::size_t m = 0; m < c.movers.size(); ++m) {
    const mw::Vec3d p = c.movers[m].position, a = mw::io::euler_angles(c.movers[m].rotation);
    std::printf("  %s=%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n",
                problem.scene->objects[problem.placement.movers()[m]].name.c_str(), p.x, p.y, p.z, a.x, a.y, a.z);
  }
  for (std::size_t t = 0; t < c.transmitters.size(); ++t) {
    const mw::Vec3d p = c.transmitters[t];
    if (problem.placement.moves_transmitters())
      std::printf("  %s=%.4f,%.4f,%.4f\n", problem.scene->transmitters[t].name.c_str(), p.x, p.y, p.z);
  }
}

/// Names the receivers that no path reaches.
inline void print_dead(const mw::Problem& problem, const mw::RssSummary& s) {
  constexpr std::size_t most = 8;
  if (s.dead == 0) return;
  std::printf("\n%zu of %zu receivers stay dead (no path; the loss counts them as %g dBm):", s.dead,
              problem.receivers(), problem.floor_dbm);
  std::size_t named = 0;
  for (std::size_t i = 0; i < s.dbm.size() && named < most; ++i) {
    if (s.dbm[i] > problem.floor_dbm) continue;
    const mw::Vec3d p = problem.scene->receivers.positions[i];
    std::printf("%s %zu (%.2f, %.2f)", named++ > 0 ? "," : "", i, p.x, p.y);
  }
  std::printf("%s\n", s.dead > most ? ", ..." : "");
}

/// How complete the paths are, when rays found them.
inline void print_recall(const nlohmann::ordered_json& finder) {
  if (finder.at("finder") != "shooting" || finder.at("half_rays_recall").is_null()) return;
  std::printf("\npaths found by %llu rays of each transmitter; half of them find %.1f %% of its paths without movers\n",
              static_cast<unsigned long long>(finder.at("rays").get<std::uint64_t>()),
              100 * finder.at("half_rays_recall").get<double>());
}

/// The winner, the powers before and after, what it cost, and where the files are, on stdout.
inline void print_summary(const mw::Problem& problem, const mw::Result& r, const ReportOptions& options,
                          const std::string& folder, const std::vector<std::string>& files, double writing_s) {
  std::printf("\nWorld %u of %s wins: loss %s (%s, lower is better) after %d iterations%s\n", r.winner,
              mw::io::count_worlds(r).c_str(), mw::io::loss_change(r).c_str(), mw::io::loss_name(r).c_str(),
              r.iterations, r.interrupted ? ", interrupted" : "");
  print_places(problem, r.configuration);

  char above[32];
  std::snprintf(above, sizeof above, "> %g dBm", options.coverage_dbm);
  std::printf("\n%-26s %8s %8s %8s %13s %10s %6s %8s\n", "RSS in dBm", "min", "5 %", "median", "mean reached", above,
              "dead", "paths");
  const auto row = [&](const char* name, const mw::RssSummary& s, const mw::Configuration& c, const mw::Visibility& v) {
    std::printf("%-26s", name);
    for (const auto& [dbm, width] :
         {std::pair{s.minimum_dbm, 8}, {s.p5_dbm, 8}, {s.median_dbm, 8}, {s.mean_reached_dbm, 13}})
      dbm > problem.floor_dbm ? std::printf(" %*.1f", width, dbm) : std::printf(" %*s", width, "dead");
    std::printf(" %8.1f %% %6zu %8zu\n", 100 * s.covered, s.dead, count_paths(problem, c, v));
  };
  const mw::Visibility hard = mw::hard_visibility(options.visibility);
  row("before", r.rss_before, problem.before(), options.visibility);
  row("after", r.rss, r.configuration, options.visibility);
  row("before, geometric optics", r.rss_hard_before, problem.before(), hard);
  row("after, geometric optics", r.rss_hard, r.configuration, hard);
  if (r.polished) row("polished, geom. optics", r.polished->rss, r.polished->configuration, hard);
  print_dead(problem, r.rss);
  print_recall(options.finder);

  std::printf(
      "\n%zu gradients and %zu evaluations in %.1f s (starts %.1f, descent %.1f, pruning and exchange %.1f, "
      "scoring %.1f), pictures %.1f s\n",
      r.counts.gradient, r.counts.forward, r.times.total_s, r.times.starts_s, r.times.descent_s, r.times.barriers_s,
      r.times.scoring_s, writing_s);
  if (r.bytes_of_workspaces > 0) std::printf("%.1f MB of workspaces and ", double(r.bytes_of_workspaces) / 1e6);
  std::printf("%.1f kB per world\n", double(r.bytes_per_world) / 1e3);
  if (mw::find_value(r.execution, "bytes_per_worker"))
    std::printf("workers took %.0f MB each at most and %.0f MB in all\n", told(r.execution, "bytes_per_worker") / 1e6,
                told(r.execution, "bytes_of_workers") / 1e6);
  std::printf("wrote");
  for (std::size_t i = 0; i < files.size(); ++i)
    std::printf("%s %s", i == 0 ? "" : i + 1 == files.size() ? " and" : ",", files[i].c_str());
  std::printf(" to %s\n", folder.c_str());
}

}  // namespace examples
