#pragma once
#include <cmath>
#include <vector>

#include "manyworlds/core/random.hpp"
#include "manyworlds/engine/report.hpp"
#include "manyworlds/engine/workspaces.hpp"
#include "manyworlds/loss/loss.hpp"

namespace manyworlds {

/// Derivative-free polish of the best few worlds, for users who score by geometric optics.
struct PolishParams {
  int worlds = 0;  ///< 0 = off; 3 is enough
  int steps = 100;
  double step_m = 0.1;
  template <class V>
  void fields(V&& v) {
    v("worlds", worlds, "best worlds polished without derivatives on hard visibility; 0 = off");
    v("steps", steps, "evaluations per polished world");
    v("step_m", step_m, "first spread of the steps in metres");
  }
  void check() const {
    expect(worlds >= 0, "polish.worlds", "0 or more");
    expect(steps >= 0, "polish.steps", "0 or more");
    expect(step_m > 0, "polish.step_m", "a positive number of metres");
  }
};

/// (1+1) evolution strategy with the 1/5 success rule (Rechenberg 1973): normal steps of one spread in scaled metres,
/// 1.5 times wider after a success, 1.5^(-1/4) times after a failure. x never gets worse.
struct PolishedPoint {
  std::vector<double> x;
  Random random;
  double spread, value;

  template <class Placement>
  std::vector<double> propose(const Placement& placement, std::span<const double> scales) {
    std::vector<double> tried = x;
    for (std::size_t i = 0; i < x.size(); ++i) tried[i] += spread * scales[i] * random.normal();
    placement.repair(tried);
    return tried;
  }
  void judge(std::vector<double> tried, double at) {
    const bool success = better(at, value);
    if (success) {
      x = std::move(tried);
      value = at;
    }
    spread *= success ? 1.5 : 0.9036020036;
  }
};

/// Polishes the best worlds of a result on hard visibility and adds the best outcome to it. `context` has the problem
/// and the loss (engine/job.hpp). `stop()` is asked after each step and ends the polish early.
template <class Context, class Problem, Executor E, class Stop>
void polish_best(const Context& context, const Visibility& visibility, std::span<const double> scales,
                 const PolishParams& prm, std::uint64_t seed, double coverage_dbm, Workspaces<Problem, E>& workspaces,
                 Result& result, const Stop& stop) {
  const Problem& problem = context.problem;
  std::vector<const WorldResult*> order;
  for (const WorldResult& world : result.worlds) order.push_back(&world);
  std::stable_sort(order.begin(), order.end(),
                   [](const WorldResult* a, const WorldResult* b) { return better(a->value, b->value); });
  order.resize(std::min(order.size(), std::size_t(prm.worlds)));
  const Visibility hard = hard_visibility(visibility);
  std::vector<PolishedPoint> points;
  for (const WorldResult* world : order) {
    points.push_back({world->x, Random(seed, world->id, 0, Purpose::search), prm.step_m, 0});
  }
  std::vector<ValueJob> jobs;
  const auto evaluate = [&] {
    workspaces.run(context, jobs);
    result.counts.forward += jobs.size();
  };
  for (const PolishedPoint& point : points) jobs.push_back({1.0, hard, point.x});
  evaluate();
  for (std::size_t i = 0; i < points.size(); ++i) points[i].value = jobs[i].value;
  for (int step = 0; step < prm.steps && !stop(); ++step) {
    for (std::size_t i = 0; i < points.size(); ++i) jobs[i] = {1.0, hard, points[i].propose(problem.placement, scales)};
    evaluate();
    for (std::size_t i = 0; i < points.size(); ++i) points[i].judge(std::move(jobs[i].x), jobs[i].value);
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (better(points[i].value, points[best].value)) best = i;
  }
  Polished& polished = result.polished.emplace();
  polished.world = order[best]->id;
  polished.x = points[best].x;
  polished.value = points[best].value;
  typename Workspaces<Problem, E>::Loan workspace(workspaces);
  problem.place(polished.x, *workspace);
  polished.configuration = (*workspace).configuration;
  polished.rss = summary_of(problem, polished.configuration, hard, coverage_dbm, *workspace);
}

}  // namespace manyworlds
