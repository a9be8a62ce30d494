#pragma once
#include <functional>

#include "ctrl_c.hpp"
#include "manyworlds/engine/baselines.hpp"
#include "manyworlds/engine/interrupt.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "search_options.hpp"

/// Gradient descent and the searches it is measured against, with equal means.
namespace examples {

/// What one method found from one master seed.
struct Found {
  std::string method;
  std::string equal;  ///< what it had as much of as the gradient descent: "evaluations" or "time"
  std::uint64_t seed = 0;
  double evaluations = 0, seconds = 0;
  double value = 0;     ///< loss as it was searched with
  double physical = 0;  ///< loss under the edge weight with the tiles of the report
  double hard = 0;      ///< loss under geometric optics
  double covered = 0;   ///< share of the receivers above the threshold, under the edge weight
  std::vector<double> x;
};

inline std::vector<std::string> method_names() {
  return {"gradient", "starts", "grid", "random", "pso", "pso_from_starts"};
}
/// Throws InputError for a method that there is not.
inline void check_methods(const std::string& option, const std::vector<std::string>& methods) {
  const std::vector<std::string> known = method_names();
  for (const std::string& method : methods)
    if (std::find(known.begin(), known.end(), method) == known.end())
      throw mw::unknown_name(option, "method", method, known);
}

/// What a gradient (forward and backward pass) costs in forward passes: the median over 32 starts.
template <mw::Loss L>
double measure_gradient_cost(const mw::Problem& problem, const L& loss, const mw::Visibility& visibility) {
  mw::Problem::Workspace w = problem.make_workspace();
  std::vector<double> x(problem.variables().size()), gradient(x.size()), ratios;
  const auto least_time = [](auto&& job) {
    double least = 1e300;
    for (int repeat = 0; repeat < 3; ++repeat) {
      const mw::Stopwatch watch;
      job();
      least = std::min(least, watch.elapsed());
    }
    return least;
  };
  for (std::uint32_t i = 0; i < 32; ++i) {
    mw::Random random(0, i, 0, mw::Purpose::start);
    problem.placement.start(random, mw::placement::StartKind::bisector, x);
    const double both = least_time([&] { problem.value_and_gradient(loss, x, visibility, w, gradient); });
    ratios.push_back(both / least_time([&] { problem.value(loss, x, visibility, w); }));
  }
  std::nth_element(ratios.begin(), ratios.begin() + 16, ratios.end());
  return std::max(1.0, ratios[16]);
}

/// The methods on one problem; each call appends what it found to `found`.
template <class S>
class Comparison {
 public:
  std::vector<Found> found;

  Comparison(const mw::Problem& problem, const S& search) : problem_(problem), search_(search) {
    loss_.prm = search.prm.loss;
    loss_ = mw::at_progress(loss_, 1.0);
  }

  /// Gradient descent, then the others with as many evaluations and, if wanted, with as much time. False when Ctrl-C
  /// ended it: what was not done to its end then is not in `found`.
  bool run(std::uint64_t seed, const std::vector<std::string>& methods, bool by_evaluations, bool by_time) {
    const auto wanted = [&](const std::string& name) {
      return std::find(methods.begin(), methods.end(), name) != methods.end();
    };
    typename S::Engine::Params prm = search_.prm;
    prm.seed = seed;
    const mw::Result best =
        mw::run(typename S::Engine{problem_, prm}, search_.executor, mw::callback::Interrupt{&interrupted});
    if (best.interrupted) return false;
    if (wanted("gradient")) keep("gradient", "", seed, best);
    prm.iterations = 0;
    prm.polish.worlds = 0;
    const mw::Result starts = mw::run(typename S::Engine{problem_, prm}, search_.executor);
    if (wanted("starts")) keep("starts", "", seed, starts);

    mw::BaselineParams same;
    same.seed = seed;
    same.visibility = prm.visibility;
    same.report = prm.report;
    same.radians_per_metre = prm.optimizer.radians_per_metre;
    for (const bool time : {false, true}) {
      if (!(time ? by_time : by_evaluations)) continue;
      const std::string equal = time ? "time" : "evaluations";
      same.evaluations = time ? 1e9 : best.counts.evaluations();
      same.seconds = time ? best.times.total_s : 0;
      const auto& executor = search_.executor;
      const std::pair<std::string, std::function<void()>> others[]{
          {"grid", [&] { grid(same, equal, time); }},
          {"random", [&] { keep("random", equal, seed, mw::random_search(problem_, loss_, same, executor)); }},
          {"pso", [&] { keep("pso", equal, seed, mw::particle_swarm(problem_, loss_, same, executor)); }},
          {"pso_from_starts", [&] { keep("pso_from_starts", equal, seed, swarm_from(starts, same, time)); }}};
      for (const auto& [name, search] : others) {
        if (interrupted) return false;
        if (wanted(name)) search();
      }
    }
    return true;
  }

 private:
  void keep(const std::string& method, const std::string& equal, std::uint64_t seed, const mw::Result& r) {
    mw::Problem::Workspace w = problem_.make_workspace();
    mw::Visibility seen = search_.prm.visibility;
    seen.tiles = search_.prm.report.tiles;
    const double physical = problem_.value(loss_, r.x, seen, w);
    const double hard = problem_.value(loss_, r.x, mw::hard_visibility(seen), w);
    found.push_back(
        {method, equal, seed, r.counts.evaluations(), r.times.total_s, r.value, physical, hard, r.rss.covered, r.x});
  }

  /// The grid knows no seed, and its cells are counted before it starts: it runs once, and time is turned into
  /// evaluations at the pace of the swarm.
  void grid(mw::BaselineParams prm, const std::string& equal, bool time) {
    for (const Found& earlier : found) {
      if (earlier.method != "grid" || earlier.equal != equal) continue;
      Found again = earlier;
      again.seed = prm.seed;
      found.push_back(again);
      return;
    }
    if (time) {
      mw::Problem::Workspace w = problem_.make_workspace();
      mw::BaselineParams few = prm;
      few.evaluations = 64;
      few.seconds = 0;
      const mw::Result pace = mw::random_search(problem_, loss_, few, search_.executor);
      prm.evaluations = std::max(1.0, prm.seconds / pace.times.descent_s * few.evaluations);
    }
    keep("grid", equal, prm.seed, mw::grid_search(problem_, loss_, prm, search_.executor));
  }

  /// The swarm from the engine's own starts, which it pays for.
  mw::Result swarm_from(const mw::Result& starts, mw::BaselineParams prm, bool time) const {
    std::vector<std::vector<double>> places;
    for (const mw::WorldResult& world : starts.worlds) places.push_back(world.x);
    const double paid = starts.counts.evaluations();
    if (time)
      prm.seconds = std::max(1e-3, prm.seconds - starts.times.starts_s);
    else
      prm.evaluations = std::max(1.0, prm.evaluations - paid);
    mw::Result r = mw::particle_swarm(problem_, loss_, prm, search_.executor, places);
    r.counts.forward += std::size_t(paid);
    r.times.total_s += starts.times.starts_s;
    return r;
  }

  const mw::Problem& problem_;
  const S& search_;
  typename S::Loss loss_;
};

/// Median of values; their order is lost.
inline double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/// One line per method: medians over the seeds, in brackets the worst.
inline void print_comparison(const std::vector<Found>& found, const std::string& loss, bool interrupted_early) {
  std::printf("%-16s %-12s %11s %8s  %-18s %-18s %s\n", "method", "equal", "evaluations", "seconds", "physical (worst)",
              "hard (worst)", "covered (worst)");
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Found& f : found)
    if (const std::pair row{f.method, f.equal}; std::find(rows.begin(), rows.end(), row) == rows.end())
      rows.push_back(row);
  const auto text = [](double median, double worst) {
    char both[48];
    std::snprintf(both, sizeof both, "%7.2f (%.2f)", median, worst);
    return std::string(both);
  };
  std::size_t seeds = 0;
  for (const auto& [method, equal] : rows) {
    std::vector<double> column[5];
    for (const Found& f : found) {
      if (f.method != method || f.equal != equal) continue;
      const double values[5] = {f.evaluations, f.seconds, f.physical, f.hard, f.covered};
      for (std::size_t i = 0; i < 5; ++i) column[i].push_back(values[i]);
    }
    seeds = std::max(seeds, column[0].size());
    const auto highest = [&](std::size_t i) { return *std::max_element(column[i].begin(), column[i].end()); };
    const double least_covered = *std::min_element(column[4].begin(), column[4].end());
    std::printf("%-16s %-12s %11.0f %8.1f  %-18s %-18s %s\n", method.c_str(), equal.empty() ? "-" : equal.c_str(),
                median_of(column[0]), median_of(column[1]), text(median_of(column[2]), highest(2)).c_str(),
                text(median_of(column[3]), highest(3)).c_str(), text(median_of(column[4]), least_covered).c_str());
  }
  std::printf("%s%zu %s; loss %s, lower is better\n", interrupted_early ? "interrupted; " : "", seeds,
              seeds == 1 ? "seed" : "seeds: medians, in brackets the worst", loss.c_str());
}

}  // namespace examples
