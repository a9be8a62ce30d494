/// What becomes of the evaluations that worlds leave when they stop before the end.
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "small_engine.hpp"

namespace mw = manyworlds;
using mw::test::Engine;
using mw::test::four_hills;
using mw::test::small;

namespace {

/// Worlds from selected starts that converge long before the last iteration.
template <class E>
typename E::Params impatient() {
  auto prm = small<E>(16, 60);
  prm.starts.mode = mw::StartMode::selected;
  prm.convergence.patience = 3;
  prm.convergence.loss = 0.1;
  return prm;
}

/// What the first worlds may cost: to find them, to descend, and to score where each ended.
template <class Params>
double budget(const Params& prm) {
  const double finding = prm.report.gradient_cost * prm.starts.oversampling;
  return prm.worlds * (finding + prm.report.gradient_cost * prm.iterations + 1);
}

TEST(NewStarts, ConvergedWorldsMakeRoomForThem) {
  using E = Engine<>;
  auto prm = impatient<E>();
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_GT(r.counts.new_starts, 16u);
  EXPECT_EQ(r.worlds.size(), 16 + r.counts.new_starts);
  for (std::size_t w = 0; w < r.worlds.size(); ++w) {
    EXPECT_EQ(r.worlds[w].id, w);
    EXPECT_EQ(r.worlds[w].born > 0, w >= 16);
    EXPECT_LE(r.worlds[w].born, 60 - mw::fewest_iterations);
  }
  EXPECT_LE(r.counts.evaluations(), budget(prm));
  EXPECT_GT(r.counts.evaluations(), 0.7 * budget(prm));
  prm.freed = mw::Freed::saved;
  const mw::Result saved = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_EQ(saved.counts.new_starts, 0u);
  EXPECT_LT(saved.counts.evaluations(), 0.7 * budget(prm));
  EXPECT_LE(r.value, saved.value);  // the first worlds are the same
}

TEST(NewStarts, PrunedWorldsMakeRoomForThem) {
  using E = Engine<mw::optimizer::Adam, mw::pruning::BottomFraction>;
  auto prm = small<E>(16, 40);
  prm.starts.mode = mw::StartMode::selected;
  prm.annealing.from = 4;
  prm.pruning = {.fraction = 0.5, .at = {5}};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_EQ(r.counts.new_starts, 6u);  // eight freed pay six, with what it takes to select them and to rank all worlds
  for (std::size_t w = 16; w < 22; ++w) {
    EXPECT_EQ(r.worlds[w].born, 5);
    EXPECT_EQ(r.worlds[w].history.rows(), 36u);
  }
  EXPECT_LE(r.counts.evaluations(), budget(prm));
}

TEST(NewStarts, ALateWorldEndsUnderTheFinalVisibility) {
  using E = Engine<mw::optimizer::Adam, mw::pruning::BottomFraction>;
  auto prm = small<E>(16, 40);
  prm.annealing.from = 4;
  prm.pruning = {.fraction = 0.5, .at = {20}};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  ASSERT_GT(r.counts.new_starts, 0u);
  const mw::History& late = r.worlds[16].history;
  EXPECT_EQ(r.worlds[16].born, 20);
  EXPECT_NE(late.loss[0], late.value[0]);    // it began four times smoother
  EXPECT_EQ(late.loss[18], late.value[18]);  // 90 % of its 20 iterations
}

struct Crowd {
  std::size_t most = 0, reported = 0;
  void iteration(const mw::Progress& p) {
    most = std::max(most, p.alive);
    reported = p.worlds;
  }
};

TEST(NewStarts, NoMoreWorldsLiveAtATimeThanAtFirst) {
  using E = Engine<>;
  Crowd crowd;
  const mw::Result r = mw::run(E{four_hills(), impatient<E>()}, mw::executor::Serial{}, crowd);
  EXPECT_LE(crowd.most, 16u);
  EXPECT_EQ(crowd.reported, r.worlds.size());
}

TEST(NewStarts, AreTheSameOnEveryExecutor) {
  using E = Engine<mw::optimizer::Adam, mw::pruning::BottomFraction>;
  const E engine{four_hills(), impatient<E>()};
  const mw::Result serial = mw::run(engine, mw::executor::Serial{});
  EXPECT_GT(serial.counts.new_starts, 8u);
  for (int threads : {1, 2, 7}) mw::test::expect_bit_equal(serial, mw::run(engine, mw::executor::Batch{{threads}}));
}

TEST(NewStarts, NonFiniteWorldsMakeRoomToo) {
  using E = Engine<>;
  auto problem = mw::test::make_problem({.spots = {{8, 8, 0}}, .peaks = {1e-7}, .poison_below = 3}, {});
  auto prm = small<E>(2, 60);
  prm.annealing.from = 1;
  prm.starts.given = {{1, 1}, {6, 8}};
  const mw::Result r = mw::run(E{problem, prm}, mw::executor::Serial{});
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::non_finite);
  EXPECT_GE(r.counts.new_starts, 1u);
  EXPECT_EQ(r.worlds[2].born, 1);
}

}  // namespace
