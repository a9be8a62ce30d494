#include <gtest/gtest.h>

#include <cstring>

#include "analytic_problem.hpp"
#include "manyworlds/engine/baselines.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/serial.hpp"
#include "manyworlds/loss/mean_db.hpp"

namespace mw = manyworlds;
using mw::executor::Serial;
using mw::test::four_hills;

namespace {

const mw::loss::MeanDb loss{.prm = {.floor_dbm = -65}};

TEST(ParticleSwarm, FindsTheHighestOfFourHills) {
  const mw::Result r = mw::particle_swarm(four_hills(), loss, {}, Serial{});
  EXPECT_NEAR(r.x[0], 8, 1e-3);
  EXPECT_NEAR(r.x[1], 8, 1e-3);
  EXPECT_EQ(r.method, "pso");
  EXPECT_EQ(r.worlds.size(), 32u);
  EXPECT_EQ(r.worlds[0].history.rows(), 90u);  // 2,880 / 32
}

TEST(ParticleSwarm, BeginsAtTheGivenStarts) {
  const std::vector<std::vector<double>> starts{{1, 2}, {3, 4}};
  const mw::Result r = mw::particle_swarm(four_hills(), loss, {.evaluations = 64}, Serial{}, starts);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(r.worlds[i].history.x[0], starts[i][0]);
    EXPECT_EQ(r.worlds[i].history.x[1], starts[i][1]);
  }
}

TEST(Baselines, SpendTheirBudgetAndNoMore) {
  for (double budget : {1.0, 31.0, 100.0, 1000.0}) {
    const mw::BaselineParams prm{.evaluations = budget};
    EXPECT_EQ(mw::random_search(four_hills(), loss, prm, Serial{}).counts.evaluations(), budget);
    EXPECT_EQ(mw::particle_swarm(four_hills(), loss, prm, Serial{}).counts.evaluations(), budget);
    const double grid = mw::grid_search(four_hills(), loss, prm, Serial{}).counts.evaluations();
    EXPECT_LE(grid, budget);
    EXPECT_GE(grid, budget / 2);
  }
}

TEST(Baselines, StopWhenTheTimeIsSpent) {
  const mw::Result r = mw::random_search(four_hills(), loss, {.evaluations = 1e9, .seconds = 0.02}, Serial{});
  EXPECT_LT(r.counts.evaluations(), 1e8);
  EXPECT_GT(r.counts.evaluations(), 0);
}

TEST(Baselines, BitEqualForAnyNumberOfThreads) {
  const mw::Result a = mw::particle_swarm(four_hills(), loss, {.evaluations = 500}, Serial{});
  const mw::Result b =
      mw::particle_swarm(four_hills(), loss, {.evaluations = 500}, mw::executor::Batch{.prm = {.threads = 5}});
  EXPECT_EQ(a.x, b.x);
  for (std::size_t w = 0; w < a.worlds.size(); ++w) EXPECT_EQ(a.worlds[w].history.x, b.worlds[w].history.x);
}

TEST(RandomSearch, HistoryIsTheBestSoFar) {
  const mw::Result r = mw::random_search(four_hills(), loss, {.evaluations = 960}, Serial{});
  const auto& h = r.worlds[0].history.loss;
  ASSERT_EQ(h.size(), 30u);
  for (std::size_t i = 1; i < h.size(); ++i) EXPECT_LE(h[i], h[i - 1]);
  EXPECT_EQ(h.back(), r.value);
}

TEST(GridSearch, VisitsCellCentresOfAnEvenGrid) {
  const mw::Result r = mw::grid_search(four_hills(), loss, {.evaluations = 25}, Serial{});
  EXPECT_NEAR(r.x[0], 7, 1e-12);  // centres 1, 3, 5, 7, 9: the nearest to (8, 8) come in the order 7, 9
  EXPECT_NEAR(r.x[1], 7, 1e-12);
  EXPECT_EQ(r.counts.forward, 25u);
}

TEST(GridSearch, SpendsPointsWhereTheSpacingIsWidest) {
  const std::vector<mw::placement::Variable> variables{{"u", 0, 20, false}, {"v", 0, 2, false}, {"yaw", -1, 1, true}};
  const std::vector<double> scales{1, 1, 0.5};
  EXPECT_EQ(mw::grid_counts(variables, scales, 10), (std::vector<std::size_t>{10, 1, 1}));
  EXPECT_EQ(mw::grid_counts(variables, scales, 1), (std::vector<std::size_t>{1, 1, 1}));
  const auto counts = mw::grid_counts(variables, scales, 2880);
  EXPECT_LE(counts[0] * counts[1] * counts[2], 2880u);
  EXPECT_NEAR(double(counts[0]) / double(counts[2]), 5, 0.5);  // 20 m against 4 scaled metres
}

TEST(GridSearch, FixedVariablesGetOnePoint) {
  const std::vector<mw::placement::Variable> variables{{"u", 0, 1, false}, {"v", 3, 3, false}};
  EXPECT_EQ(mw::grid_counts(variables, std::vector<double>{1, 1}, 7), (std::vector<std::size_t>{7, 1}));
}

}  // namespace
