/// Worlds that learn from each other within a run; the policies alone are in pruning_social_test.cpp.
#include "manyworlds/optimizer/gradient_descent.hpp"
#include "manyworlds/social/differential.hpp"
#include "manyworlds/social/pull.hpp"
#include "manyworlds/social/recombine.hpp"
#include "small_engine.hpp"

namespace mw = manyworlds;
using mw::test::Engine;
using mw::test::four_hills;
using mw::test::small;
using mw::test::two_movers;

namespace {

using Alone = Engine<>;
using Evolved = Engine<mw::optimizer::Adam, mw::pruning::None, mw::social::Differential>;

TEST(Exchange, RecombinationJoinsTwoHalfGoodWorlds) {
  using E = Engine<mw::optimizer::GradientDescent, mw::pruning::None, mw::social::Recombine>;
  auto prm = small<E>(2, 24);
  prm.annealing.from = 1;
  prm.social.every = 4;
  prm.optimizer.rates = {1e-9};  // only recombination moves anything
  prm.convergence = {0, 0, 0, 10};
  prm.starts.given = {{2, 2, 5, 1}, {9, 1, 8, 8}};
  const mw::Result r = mw::run(E{two_movers(), prm}, mw::executor::Serial{});
  EXPECT_NEAR(r.x[0], 2, 1e-4);
  EXPECT_NEAR(r.x[2], 8, 1e-4);
  EXPECT_NEAR(r.rss.minimum_dbm, -50, 0.01);
}

TEST(Exchange, PullBringsWorldsTogether) {
  using Pulled = Engine<mw::optimizer::Adam, mw::pruning::None, mw::social::Pull>;
  const std::vector<std::vector<double>> starts{{2.5, 2}, {8, 7.5}};
  auto alone = small<Alone>(2);
  auto pulled = small<Pulled>(2);
  alone.annealing.from = pulled.annealing.from = 1;
  pulled.social = {.inertia = 0, .cognitive = 0, .social = 0.9, .every = 3};
  alone.starts.given = pulled.starts.given = starts;
  const mw::Result a = mw::run(Alone{four_hills(), alone}, mw::executor::Serial{});
  const mw::Result p = mw::run(Pulled{four_hills(), pulled}, mw::executor::Serial{});
  EXPECT_LT(a.worlds[0].x[0], 4);  // stays on its low hill
  EXPECT_NEAR(p.worlds[0].x[0], 8, 0.5);
}

/// Worlds near three of four hills at the corners of a square; the fourth is the highest.
template <class E>
typename E::Params three_hills_known() {
  auto prm = small<E>(6);
  prm.annealing.from = 1;
  prm.freed = mw::Freed::saved;  // no new start may find the fourth
  prm.convergence.patience = 3;
  prm.starts.given = {{2, 2}, {8, 2}, {2, 8}, {2.1, 2}, {8, 2.1}, {2, 8.1}};
  return prm;
}

TEST(Exchange, TrialsFindAHillThatNoDescentReaches) {
  auto prm = three_hills_known<Evolved>();
  prm.social.every = 1;
  const mw::Result a = mw::run(Alone{four_hills(), three_hills_known<Alone>()}, mw::executor::Serial{});
  const mw::Result e = mw::run(Evolved{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_NEAR(a.x[0], 2, 0.5);
  EXPECT_NEAR(e.x[0], 8, 0.5);
  EXPECT_NEAR(e.x[1], 8, 0.5);
  EXPECT_GT(e.iterations, a.iterations);  // converged worlds go on with trials
}

TEST(Exchange, IsTheSameOnEveryExecutor) {
  auto prm = small<Evolved>(9, 40);
  prm.starts.mode = mw::StartMode::selected;
  prm.convergence.patience = 3;
  prm.social.every = 1;
  const Evolved engine{two_movers(), prm};
  const mw::Result serial = mw::run(engine, mw::executor::Serial{});
  for (int threads : {1, 2, 7}) mw::test::expect_bit_equal(serial, mw::run(engine, mw::executor::Batch{{threads}}));
}

TEST(Exchange, ConvergedWorldsDescendAgainFromABetterPlace) {
  auto prm = three_hills_known<Evolved>();
  prm.convergence.loss = 0.05;
  prm.convergence.patience = 30;  // so late that no new start begins
  prm.social.every = 34;          // once, when all have converged
  const mw::Result asleep = mw::run(Evolved{four_hills(), prm}, mw::executor::Serial{});
  prm.freed = mw::Freed::new_starts;
  const mw::Result awake = mw::run(Evolved{four_hills(), prm}, mw::executor::Serial{});
  ASSERT_EQ(awake.counts.new_starts, 0u);
  EXPECT_EQ(awake.iterations, 40);  // the run waits for the trials though all worlds rest
  std::size_t woken = 0;
  for (std::size_t w = 0; w < 6; ++w) {
    const mw::WorldResult &before = asleep.worlds[w], &after = awake.worlds[w];
    ASSERT_TRUE(mw::is_convergence(before.reason));
    if (after.reason != mw::Reason::iterations) continue;
    ++woken;
    EXPECT_EQ(after.history.rows(), before.history.rows() + 6);  // iterations 34 to 39
    EXPECT_LE(after.value, before.value);
    const std::vector<int>& iterations = after.history.iteration;
    const auto first = std::find(iterations.begin(), iterations.end(), 34);
    ASSERT_NE(first, iterations.end()) << "in the iterations of the run, not in those that it has done";
    EXPECT_LT(first[-1], 33);
    EXPECT_GE(iterations.back(), 39);
  }
  EXPECT_GT(woken, 0u);
  EXPECT_EQ(awake.counts.gradient, asleep.counts.gradient + 6 * woken);
}

TEST(Exchange, OnlyAPlaceThatNoDescentHasBegunFromWakesAWorld) {
  mw::World<mw::optimizer::Adam, mw::social::Differential> world(0, 0, 0.1, {1, 2});
  world.improve({2, 2}, 5);  // it descends from there anyway
  world.record.reason = mw::Reason::loss_change;
  EXPECT_FALSE(world.improved());
  world.improve({3, 2}, 4);
  EXPECT_TRUE(world.improved());
  EXPECT_EQ(world.record.value, 4);
  world.wake();
  EXPECT_TRUE(world.alive());
  world.record.reason = mw::Reason::loss_change;
  EXPECT_FALSE(world.improved());
}

}  // namespace
