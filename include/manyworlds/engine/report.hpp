#pragma once
#include <chrono>

#include "manyworlds/engine/problem.hpp"
#include "manyworlds/engine/result.hpp"
#include "manyworlds/loss/loss.hpp"

namespace manyworlds {

/// How results are reported, and what they are compared by.
struct ReportParams {
  int tiles = 3;               ///< of the physical weight in the report
  double coverage_dbm = -90;   ///< a receiver above this counts as covered
  double gradient_cost = 1.5;  ///< of a gradient in forward evaluations, as measured
  int history_rows = 400;      ///< of a world, at most; longer histories are thinned
  template <class V>
  void fields(V&& v) {
    v("tiles", tiles, "tiles per panel side in the report");
    v("coverage_dbm", coverage_dbm, "a receiver above this power counts as covered");
    v("gradient_cost", gradient_cost, "what a gradient counts in evaluations");
    v("history_rows", history_rows, "rows of a world's history that are kept; of more every second");
  }
  void check() const {
    if (tiles < 1 || tiles > 8) throw InputError("report.tiles", "expected 1 to 8");
    expect(history_rows >= 2, "report.history_rows", "at least 2");
    if (!(gradient_cost >= 1)) throw InputError("report.gradient_cost", "expected at least 1");
  }
};

/// Seconds since it was made or last asked.
class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }
  double elapsed() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - last_).count(); }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

inline Visibility hard_visibility(Visibility v) {
  v.kind = VisibilityKind::hard;
  return v;
}

template <class Problem>
RssSummary summary_of(const Problem& problem, const Configuration& configuration, const Visibility& visibility,
                      double coverage_dbm, typename Problem::Workspace& w) {
  problem.powers(configuration, visibility, w);
  return summarise(w.combined_dbm, w.weights, problem.floor_dbm, coverage_dbm);
}

/// Chooses the winner among result.worlds (best value, then lowest id) and fills everything that describes it: x,
/// configuration, powers before and after under the physical weight and under hard geometric optics. `final_loss` is
/// what the values are of.
template <Loss L, class Problem>
void describe_winner(const Problem& problem, const L& final_loss, Visibility visibility, const ReportParams& prm,
                     Result& result, typename Problem::Workspace& w) {
  const WorldResult* best = &result.worlds.front();
  for (const WorldResult& world : result.worlds) {
    if (better(world.value, best->value)) best = &world;
  }
  result.winner = best->id;
  result.value = best->value;
  result.x = best->x;
  result.variables = problem.variables();
  problem.place(result.x, w);
  result.configuration = w.configuration;
  visibility.tiles = prm.tiles;
  const Visibility hard = hard_visibility(visibility);
  result.rss = summary_of(problem, result.configuration, visibility, prm.coverage_dbm, w);
  result.rss_before = summary_of(problem, problem.before(), visibility, prm.coverage_dbm, w);
  result.value_before = problem.value_of(final_loss, w);
  result.rss_hard = summary_of(problem, result.configuration, hard, prm.coverage_dbm, w);
  result.rss_hard_before = summary_of(problem, problem.before(), hard, prm.coverage_dbm, w);
}

}  // namespace manyworlds
