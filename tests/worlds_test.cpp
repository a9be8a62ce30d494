// What one world does in a search: bad gradients, convergence, annealing, stages, and steps that others did for it.
#include "manyworlds/engine/step.hpp"
#include "manyworlds/loss/stages.hpp"
#include "manyworlds/optimizer/gradient_descent.hpp"
#include "manyworlds/social/pull.hpp"
#include "small_engine.hpp"

namespace mw = manyworlds;
using mw::test::Engine;
using mw::test::four_hills;
using mw::test::make_problem;
using mw::test::small;

namespace {

TEST(Worlds, ANonFiniteStartStopsOnlyItsWorld) {
  using E = Engine<>;
  auto problem = make_problem({.spots = {{2, 2, 0}, {8, 8, 0}}, .peaks = {1e-8, 1e-7}, .poison_below = 3}, {});
  auto prm = small<E>(3, 30);
  prm.starts.given = {{1, 1}, {7, 7}, {6, 8}};
  const mw::Result r = mw::run(E{problem, prm}, mw::executor::Serial{});
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::non_finite);
  EXPECT_TRUE(std::isnan(r.worlds[0].value));
  EXPECT_NE(r.winner, 0u);
  EXPECT_EQ(r.worlds[1].reason, mw::Reason::iterations);
  EXPECT_NEAR(r.x[0], 8, 0.1);
}

TEST(Worlds, RetriesFromTheLastGoodPointWithHalfTheRateThenStops) {
  using E = Engine<mw::optimizer::GradientDescent>;
  auto problem = make_problem({.spots = {{2, 5, 0}}, .peaks = {1e-7}, .poison_below = 3}, {});
  auto prm = small<E>(2, 60);
  prm.loss.floor_dbm = -150;
  prm.annealing.from = 1;
  prm.optimizer.rates = {2};
  prm.optimizer.clip_norm = 1;  // steps of exactly 2 m towards x = 2
  prm.starts.given = {{5.5, 5}, {4.125, 5}};
  const mw::Result r = mw::run(E{problem, prm}, mw::executor::Serial{});
  // 5.5 -> 3.5; then 1.5 and 2.5 are bad, 3 is not; then 2.5 is bad, and 2.75 ends it.
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::non_finite);
  EXPECT_EQ(r.worlds[0].retries, 3);
  EXPECT_TRUE(std::isfinite(r.worlds[0].value));
  for (double x : r.worlds[0].history.x) EXPECT_TRUE(std::isfinite(x));
  for (double loss : r.worlds[0].history.loss) EXPECT_TRUE(std::isfinite(loss));
  EXPECT_NEAR(r.worlds[0].history.x[2], 3.5, 1e-12);
  EXPECT_NEAR(r.worlds[0].history.x[4], 3, 1e-12);
  EXPECT_NEAR(r.worlds[1].history.x[2], 3.125, 1e-12);  // 4.125 - 2 is bad, - 1 is good
}

TEST(Convergence, NoGradientStopsAfterPatience) {
  using E = Engine<>;
  auto prm = small<E>(1, 40);
  prm.convergence.patience = 4;
  prm.starts.given = {{0, 5}};
  auto problem = make_problem({.spots = {{900, 900, 0}}, .peaks = {1e-7}}, {});
  const mw::Result r = mw::run(E{problem, prm}, mw::executor::Serial{});
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::gradient);
  EXPECT_EQ(r.worlds[0].history.rows(), 4u);
  EXPECT_EQ(r.iterations, 4);
}

TEST(Convergence, ShrinkingStepsAreAReason) {
  using E = Engine<>;
  auto prm = small<E>(1, 40);
  prm.optimizer.schedule = {.kind = mw::optimizer::ScheduleKind::geometric, .factor = 0.1};
  prm.convergence = {.gradient = 0, .step = 1e-6, .loss = 0, .patience = 3};
  prm.starts.given = {{6, 6}};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::step);
  EXPECT_LT(r.iterations, 12);
}

TEST(Convergence, LossWithoutGainIsAReasonOnceNotAnnealed) {
  using E = Engine<>;
  auto prm = small<E>(1, 100);
  prm.annealing = {.from = 4, .share = 0.5};
  prm.convergence = {.gradient = 0, .step = 0, .loss = 1e-3, .patience = 5};
  prm.starts.given = {{8, 8}};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::loss_change);
  EXPECT_GE(r.iterations, 55);
  EXPECT_LT(r.iterations, 100);
}

TEST(Annealing, StartsSmoothAndEndsExact) {
  const mw::Annealing annealing{.from = 4, .share = 0.9};
  const mw::Visibility final{};
  EXPECT_NEAR(annealing.at(0, final).smoothing_wavelengths, 4, 1e-12);
  EXPECT_NEAR(annealing.at(0.45, final).smoothing_wavelengths, 2, 1e-12);
  EXPECT_EQ(annealing.at(0.9, final).smoothing_wavelengths, 1);
  EXPECT_NEAR(annealing.at(0, final).alpha, final.alpha / 4, 1e-12);
}

TEST(Stages, WorldsAreRankedByTheLastLoss) {
  using E = Engine<mw::optimizer::Adam, mw::pruning::None, mw::social::None, mw::loss::Stages<>>;
  auto prm = small<E>(2, 20);
  prm.annealing.from = 1;
  prm.loss.switch_at = 0.5;
  const auto problem = four_hills();
  const mw::Result r = mw::run(E{problem, prm}, mw::executor::Serial{});
  const mw::History& h = r.worlds[0].history;
  auto workspace = problem.make_workspace();
  const std::vector<double> x(h.x.begin(), h.x.begin() + 2);
  EXPECT_NEAR(h.loss[0], problem.value(mw::loss::MeanDb{}, x, {}, workspace), 1e-12);
  EXPECT_NEAR(h.value[0], problem.value(mw::loss::SoftMinimum{}, x, {}, workspace), 1e-12);
  ASSERT_EQ(h.rows(), 21u);  // the soft minimum did not improve in the first stage: no reason to stop
  EXPECT_EQ(h.loss[15], h.value[15]);
  EXPECT_NE(h.loss[5], h.value[5]);
}

TEST(Steps, TakeOnlyAnswersThatTheirWorldCanGive) {
  using World = mw::World<mw::optimizer::Adam, mw::social::Pull>;
  const auto answer = [](World world, World by) {
    mw::ArchiveWriter writer;
    by.write_step(writer);
    const std::string bytes = writer.take();
    mw::ArchiveReader reader(bytes);
    mw::Step<World> step(&world, 0);
    step.answer(reader);
    step.finish();
    return world;
  };
  const World own(7, 0, 0.1, {1, 2});
  EXPECT_EQ(answer(own, World(7, 0, 0.1, {3, 4})).x, (std::vector<double>{3, 4}));
  for (const World& other : {World(7, 0, 0.1, {1, 2, 3}), World(0, 0, 0.1, {1, 2}), World(7, 5, 0.1, {1, 2})})
    EXPECT_THROW(answer(own, other), mw::ArchiveError) << other.record.id << ' ' << other.record.born;
}

}  // namespace
