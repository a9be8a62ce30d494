#pragma once
#include <cmath>
#include <vector>

#include "manyworlds/core/random.hpp"
#include "manyworlds/engine/lanes.hpp"
#include "manyworlds/engine/report.hpp"
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

struct PolishedPoint {
  std::vector<double> x;
  double value = 0;
  std::size_t evaluations = 0;
};

/// (1+1) evolution strategy with the 1/5 success rule (Rechenberg 1973): normal steps of one spread in scaled metres,
/// 1.5 times wider after a success, 1.5^(-1/4) times after a failure. Never returns a worse point than x.
template <Loss L, class Problem>
PolishedPoint polish(const Problem& problem, const L& loss, const Visibility& visibility, std::vector<double> x,
                     std::span<const double> scales, const PolishParams& prm, Random random,
                     typename Problem::Workspace& workspace) {
  PolishedPoint best{x, problem.value(loss, x, visibility, workspace), 1};
  double spread = prm.step_m;
  for (int step = 0; step < prm.steps; ++step) {
    x = best.x;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += spread * scales[i] * random.normal();
    problem.placement.repair(x);
    const double value = problem.value(loss, x, visibility, workspace);
    ++best.evaluations;
    const bool success = better(value, best.value);
    if (success) {
      best.x = x;
      best.value = value;
    }
    spread *= success ? 1.5 : 0.9036020036;
  }
  return best;
}

/// Polishes the best worlds of a result on hard visibility and adds the best outcome to it.
template <Loss L, class Problem, Executor E>
void polish_best(const Problem& problem, const L& loss, const Visibility& visibility, std::span<const double> scales,
                 const PolishParams& prm, std::uint64_t seed, double coverage_dbm, Lanes<Problem, E>& lanes,
                 Result& result) {
  std::vector<const WorldResult*> order;
  for (const WorldResult& world : result.worlds) order.push_back(&world);
  std::stable_sort(order.begin(), order.end(),
                   [](const WorldResult* a, const WorldResult* b) { return better(a->value, b->value); });
  order.resize(std::min(order.size(), std::size_t(prm.worlds)));
  const Visibility hard = hard_visibility(visibility);
  std::vector<PolishedPoint> points(order.size());
  lanes.for_each(order.size(), [&](std::size_t i, typename Problem::Workspace& workspace) {
    const Random random(seed, order[i]->id, 0, Purpose::search);
    points[i] = polish(problem, loss, hard, order[i]->x, scales, prm, random, workspace);
  });
  std::size_t best = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    result.counts.forward += points[i].evaluations;
    if (better(points[i].value, points[best].value)) best = i;
  }
  Polished& polished = result.polished.emplace();
  polished.world = order[best]->id;
  polished.x = points[best].x;
  polished.value = points[best].value;
  problem.place(polished.x, lanes[0]);
  polished.configuration = lanes[0].configuration;
  polished.rss = summary_of(problem, polished.configuration, hard, coverage_dbm, lanes[0]);
}

}  // namespace manyworlds
