#include <functional>

#include "manyworlds/optimizer/gradient_descent.hpp"
#include "manyworlds/optimizer/lbfgs.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/social/pull.hpp"
#include "small_engine.hpp"

namespace mw = manyworlds;
using mw::test::Engine;
using mw::test::expect_bit_equal;
using mw::test::four_hills;
using mw::test::HillProblem;
using mw::test::make_problem;
using mw::test::same_bits;
using mw::test::small;
using mw::test::two_movers;

namespace {

TEST(MultiStart, FindsTheHighestOfFourHills) {
  using E = Engine<>;
  auto prm = small<E>(32, 60);
  prm.starts.mode = mw::StartMode::selected;
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_NEAR(r.x[0], 8, 0.05);
  EXPECT_NEAR(r.x[1], 8, 0.05);
  EXPECT_NEAR(r.rss.dbm[3], -50, 0.01);  // 20 dBm and a peak gain of 1e-7
  EXPECT_EQ(r.worlds[r.winner].value, r.value);
  for (const mw::WorldResult& w : r.worlds) EXPECT_GE(w.value, r.value);
  EXPECT_EQ(r.pose().position.x, r.x[0]);
}

TEST(MultiStart, AnyOptimizerClimbsTheHill) {
  using E = Engine<mw::optimizer::Lbfgs>;
  auto prm = small<E>(1);
  prm.optimizer.rates = {0.5};
  prm.annealing.from = 1;
  prm.starts.given = {{6.5, 7}};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_NEAR(r.x[0], 8, 1e-4);
  EXPECT_NEAR(r.x[1], 8, 1e-4);
}

TEST(MultiStart, BitEqualForSerialAndAnyNumberOfThreads) {
  using E = Engine<mw::optimizer::Adam, mw::pruning::BottomFraction, mw::social::Pull>;
  auto prm = small<E>(9, 30);
  prm.starts.mode = mw::StartMode::selected;
  prm.optimizer.rates = {0.1, 0.03};
  const E engine{four_hills(), prm};
  const mw::Result reference = mw::run(engine, mw::executor::Serial{});
  for (int threads : {1, 2, 7}) {
    const mw::Result r = mw::run(engine, mw::executor::Batch{.prm = {.threads = threads}});
    expect_bit_equal(reference, r);
  }
  prm.seed = 2;
  const mw::Result other = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_FALSE(same_bits(reference.worlds[0].history.x, other.worlds[0].history.x));
}

TEST(MultiStart, AnExceptionInOneWorldReachesTheCaller) {
  const mw::executor::Batch batch{.prm = {.threads = 3}};
  EXPECT_THROW(batch.for_each_world(10,
                                    [](std::size_t i) {
                                      if (i == 4) throw mw::InputError("here", "what");
                                    }),
               mw::InputError);
}

TEST(MultiStart, HistoriesHaveOneRowPerIterationAndOneForTheEnd) {
  using E = Engine<>;
  const mw::Result r = mw::run(E{four_hills(), small<E>(5, 20)}, mw::executor::Serial{});
  ASSERT_EQ(r.worlds.size(), 5u);
  for (const mw::WorldResult& w : r.worlds) {
    EXPECT_EQ(w.history.rows(), 21u);
    EXPECT_EQ(w.history.value.size(), 21u);
    EXPECT_EQ(w.history.x.size(), 42u);
    EXPECT_EQ(w.reason, mw::Reason::iterations);
    EXPECT_TRUE(std::isfinite(w.history.value[0]));      // where it started
    EXPECT_TRUE(std::isnan(w.history.value[1]));         // annealed: not comparable
    EXPECT_EQ(w.history.loss[19], w.history.value[19]);  // final visibility
    EXPECT_TRUE(std::isfinite(w.history.value[20]));
  }
}

TEST(MultiStart, KeepsTheBestOfTheLastIterates) {
  using E = Engine<mw::optimizer::GradientDescent>;
  auto prm = small<E>(1, 30);
  prm.annealing.from = 1;
  prm.optimizer.rates = {6};  // far too long: it swings across the hill
  prm.optimizer.clip_norm = 1;
  prm.convergence = {0, 0, 0, 10};
  prm.starts.given = {{7.5, 8.2}};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  const auto& values = r.worlds[0].history.value;
  EXPECT_EQ(r.value, *std::min_element(values.begin(), values.end()));
  EXPECT_LT(r.value, values.back());
}

TEST(MultiStart, CountsEveryEvaluation) {
  using E = Engine<>;
  auto prm = small<E>(6, 10);
  const auto count = [&](const E::Params& p) { return mw::run(E{four_hills(), p}, mw::executor::Serial{}).counts; };
  EXPECT_EQ(count(prm).gradient, 60u);
  EXPECT_EQ(count(prm).forward, 6u + 6u);  // where each world started, for it was annealed, and where it ended
  EXPECT_EQ(count(prm).evaluations(), 102);
  prm.starts.mode = mw::StartMode::selected;
  EXPECT_EQ(count(prm).gradient, 60u + 24u);
  EXPECT_EQ(count(prm).forward, 6u);
  EXPECT_EQ(count(prm).starts_drawn, 24u);
  prm.report.gradient_cost = 2;
  EXPECT_EQ(count(prm).evaluations(), 6 + 2 * 84);
  prm.iterations = 0;
  EXPECT_EQ(count(prm).gradient, 24u);
  EXPECT_EQ(count(prm).forward, 6u);
}

TEST(MultiStart, SelectedStartsAreTheBestOfThoseDrawn) {
  using E = Engine<>;
  auto prm = small<E>(4, 0);
  prm.annealing.from = 1;
  prm.starts.mode = mw::StartMode::selected;
  prm.starts.oversampling = 8;
  const mw::Result selected = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  prm.worlds = 32;
  prm.starts.mode = mw::StartMode::plain;  // the same draws, as the test's placement knows one kind
  const mw::Result all = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  std::vector<double> values, chosen;
  for (const auto& w : all.worlds) values.push_back(w.value);
  for (const auto& w : selected.worlds) chosen.push_back(w.value);
  std::sort(values.begin(), values.end());
  values.resize(4);
  EXPECT_EQ(chosen, values);
}

TEST(MultiStart, StartsWithoutAGradientAreRejectedAndCounted) {
  using E = Engine<>;
  auto prm = small<E>(4, 0);
  prm.starts.mode = mw::StartMode::selected;
  prm.visibility.kind = mw::VisibilityKind::hard;
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_EQ(r.counts.starts_drawn, 64u);  // four rounds of 16
  EXPECT_EQ(r.counts.starts_rejected, 64u);
}

TEST(MultiStart, GivenStartsComeFirstAndRatesAreSpread) {
  using E = Engine<>;
  auto prm = small<E>(4, 3);
  prm.starts.given = {{1, 2}, {3, 40}};
  prm.optimizer.rates = {0.1, 0.01};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  const auto start = [&](std::size_t w) {
    return std::vector<double>(r.worlds[w].history.x.begin(), r.worlds[w].history.x.begin() + 2);
  };
  EXPECT_EQ(start(0), (std::vector<double>{1, 2}));
  EXPECT_EQ(start(1), (std::vector<double>{3, 10}));  // projected on the bounds
  EXPECT_NE(start(2), start(3));
  for (std::size_t w = 0; w < 4; ++w) EXPECT_EQ(r.worlds[w].rate, w % 2 ? 0.01 : 0.1);
}

TEST(MultiStart, VariablesStayWithinTheirBounds) {
  using E = Engine<>;
  auto prm = small<E>(8, 30);
  prm.optimizer.rates = {2};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  for (const auto& w : r.worlds) {
    for (double x : w.history.x) EXPECT_TRUE(x >= 0 && x <= 10);
  }
}

/// Best value of the starts of all worlds under the final loss and visibility.
template <class E>
double best_start(const HillProblem& problem, const typename E::Params& prm, const mw::Result& r) {
  auto loss = mw::make_policy<mw::loss::MeanDb>({});
  if constexpr (requires { prm.loss.floor_dbm; }) loss.prm = prm.loss;
  auto workspace = problem.make_workspace();
  double best = std::nan("");
  for (const mw::WorldResult& w : r.worlds) {
    const std::span<const double> start = std::span(w.history.x).first(problem.variables().size());
    const double value = problem.value(loss, start, prm.visibility, workspace);
    if (mw::better(value, best)) best = value;
  }
  return best;
}

TEST(MultiStart, NeverEndsWorseThanItsStarts) {
  using E = Engine<mw::optimizer::GradientDescent, mw::pruning::BottomFraction, mw::social::Pull>;
  auto prm = small<E>(6, 12);
  prm.optimizer.rates = {3};
  prm.optimizer.clip_norm = 1;  // steps of 3 m lead nowhere
  for (const mw::StartMode mode : {mw::StartMode::plain, mw::StartMode::selected, mw::StartMode::assembled})
    for (const double from : {1.0, 8.0})
      for (const int iterations : {0, 1, 12}) {
        prm.starts.mode = mode;
        prm.annealing.from = from;
        prm.iterations = iterations;
        const mw::Result r = mw::run(E{two_movers(), prm}, mw::executor::Serial{});
        if (iterations > 0) {
          EXPECT_LE(r.value, best_start<E>(two_movers(), prm, r)) << "annealed from " << from;
        }
        for (const mw::WorldResult& w : r.worlds) EXPECT_LE(w.value, w.history.value.front());
      }
}

TEST(Pruning, HalvesAtFiveByPhysicalValue) {
  using E = Engine<mw::optimizer::Adam, mw::pruning::BottomFraction>;
  auto prm = small<E>(8, 20);
  prm.pruning = {.fraction = 0.5, .at = {5}};
  prm.freed = mw::Freed::saved;
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  double worst_kept = -1e9, best_pruned = 1e9;
  int pruned = 0;
  for (const auto& w : r.worlds) {
    const double at_five = w.history.value.at(5);
    if (w.reason == mw::Reason::pruned) {
      ++pruned;
      EXPECT_EQ(w.history.rows(), 6u);
      best_pruned = std::min(best_pruned, at_five);
    } else {
      EXPECT_EQ(w.history.rows(), 21u);
      worst_kept = std::max(worst_kept, at_five);
    }
  }
  EXPECT_EQ(pruned, 4);
  EXPECT_EQ(r.worlds.size(), 8u);
  EXPECT_LE(worst_kept, best_pruned);
  EXPECT_EQ(r.counts.gradient, 8u * 5 + 4u * 15);
}

TEST(Assembly, LightsEachReceiverWithAnotherMover) {
  using E = Engine<>;
  auto prm = small<E>(8, 0);
  prm.starts.mode = mw::StartMode::automatic;  // several movers: assembled
  const mw::Result r = mw::run(E{two_movers(), prm}, mw::executor::Serial{});
  EXPECT_EQ(r.counts.pool, 256u);
  EXPECT_EQ(r.counts.forward, 257u + 8u);
  for (const auto& w : r.worlds) {
    const mw::Vec3d a{w.x[0], w.x[1], 0}, b{w.x[2], w.x[3], 0}, low{2, 2, 0}, high{8, 8, 0};
    const double direct = std::max(norm(a - low), norm(b - high)), crossed = std::max(norm(a - high), norm(b - low));
    EXPECT_LT(std::min(direct, crossed), 3) << "world " << w.id;
  }
  prm.starts.mode = mw::StartMode::plain;
  EXPECT_LT(r.value, mw::run(E{two_movers(), prm}, mw::executor::Serial{}).value);
}

TEST(Assembly, MovementOwnersAreFound) {
  const mw::PartOwners owners = mw::find_owners(two_movers(), 1);
  EXPECT_EQ(owners.movers, (std::vector<std::vector<std::size_t>>{{0}, {1}}));
  EXPECT_FALSE(owners.moves_transmitters);
}

TEST(Result, SummaryCountsDeadAndCoveredReceiversByWeight) {
  const std::vector<double> weights{1, 1, 2, 0};
  const mw::RssSummary s = mw::summarise({-200, -80, -60, -300}, weights, -200, -85);
  EXPECT_EQ(s.dead, 2u);
  EXPECT_EQ(s.covered, 0.75);
  EXPECT_EQ(s.minimum_dbm, -200);
  EXPECT_EQ(s.median_dbm, -80);
  EXPECT_EQ(s.mean_dbm, -100);
  EXPECT_EQ(s.mean_reached_dbm, -200.0 / 3);
  EXPECT_TRUE(std::isnan(mw::summarise({-200}, std::vector<double>{1}, -200, -85).mean_reached_dbm));
}

TEST(Result, SaysWhatWasBeforeAndWhatItRanWith) {
  using E = Engine<>;
  auto prm = small<E>(4, 20);
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  EXPECT_NEAR(r.rss_before.dbm[3], -100, 0.1);  // static gain only: the mover rests at the origin
  mw::loss::MeanDb loss;
  loss.prm = prm.loss;
  const std::vector<double> even(4, 0.25);
  EXPECT_EQ(r.value_before, mw::loss_value(loss, {.dbm = r.rss_before.dbm, .receivers = 4, .weights = even}));
  EXPECT_LT(r.value, r.value_before);
  EXPECT_EQ(r.rss_hard.dbm.size(), 4u);
  EXPECT_GT(r.bytes_per_world, 4 * 8u);
  EXPECT_GT(r.bytes_of_workspaces, 4 * 8u);
  EXPECT_GE(r.times.total_s, r.times.descent_s);
  auto find = [&](const std::string& name) {
    for (const auto& [key, text] : r.params)
      if (key == name) return text;
    return std::string("missing");
  };
  EXPECT_EQ(find("optimizer"), "adam");
  EXPECT_EQ(find("loss.floor_dbm"), "-65");
  EXPECT_EQ(find("annealing.from"), "4");  // chosen by the engine for plain starts
}

TEST(Engine, RefusesBadParametersBeforeWork) {
  using E = Engine<mw::optimizer::Adam, mw::pruning::BottomFraction>;
  const auto refuses = [](const std::function<void(E::Params&)>& spoil, HillProblem problem = four_hills()) {
    E::Params prm;
    spoil(prm);
    EXPECT_THROW(mw::run(E{problem, prm}, mw::executor::Serial{}), mw::InputError);
  };
  refuses([](E::Params& p) { p.worlds = 0; });
  refuses([](E::Params& p) { p.iterations = -1; });
  refuses([](E::Params& p) { p.optimizer.rates = {}; });
  refuses([](E::Params& p) { p.optimizer.rates = {-0.1}; });
  refuses([](E::Params& p) { p.starts.given = {{1, 2, 3}}; });
  refuses([](E::Params& p) { p.annealing.from = 0.5; });
  refuses([](E::Params& p) { p.visibility.tiles = 9; });
  refuses([](E::Params& p) { p.pruning.fraction = 2; });
  refuses([](E::Params& p) { p.optimizer.beta1 = 1; });
  refuses([](E::Params& p) { p.optimizer.schedule.factor = 0; });
  refuses([](E::Params& p) { p.convergence.patience = 0; });
  refuses([](E::Params& p) { p.polish.step_m = 0; });
  refuses([](E::Params& p) { p.loss.floor_dbm = std::nan(""); });
  refuses([](E::Params& p) { p.visibility.alpha = 0; });
  HillProblem weights = four_hills();
  weights.weights = {0, 0, 0, 0};
  refuses([](E::Params&) {}, weights);
  weights.weights = {1, 1};
  refuses([](E::Params&) {}, weights);
}

}  // namespace
