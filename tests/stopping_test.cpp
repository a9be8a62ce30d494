/// Callbacks, and runs that they end at any time.
#include "manyworlds/engine/interrupt.hpp"
#include "small_engine.hpp"

namespace mw = manyworlds;
using mw::test::Engine;
using mw::test::four_hills;
using mw::test::small;
using mw::test::two_movers;

namespace {

using E = Engine<>;

struct Recorder {
  int starts = 0, iterations = 0, stopped = 0, ends = 0, end_after = 1000;
  void start(const mw::Progress&) { ++starts; }
  bool iteration(const mw::Progress& p) {
    EXPECT_EQ(p.iteration, ++iterations);
    EXPECT_TRUE(std::isfinite(p.best_loss) && p.best_rss_dbm < 0 && p.best_x.size() == 2);
    return iterations == end_after;
  }
  void world_stopped(const mw::Progress&, const mw::WorldResult& w) {
    EXPECT_NE(w.reason, mw::Reason::running);
    ++stopped;
  }
  void end(const mw::Result&) { ++ends; }
};

TEST(Callbacks, EachHookIsCalledAndTrueEndsTheRun) {
  Recorder all, brief{.end_after = 3};
  const E engine{four_hills(), small<E>(4, 10)};
  EXPECT_FALSE(mw::run(engine, mw::executor::Serial{}, all).interrupted);
  EXPECT_EQ(all.starts, 1);
  EXPECT_EQ(all.iterations, 10);
  EXPECT_EQ(all.stopped, 4);
  EXPECT_EQ(all.ends, 1);
  const mw::Result r = mw::run(engine, mw::executor::Serial{}, brief);
  EXPECT_TRUE(r.interrupted);
  EXPECT_EQ(r.iterations, 3);
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::stopped);
  EXPECT_TRUE(std::isfinite(r.value));  // what is there is scored
  EXPECT_EQ(brief.ends, 1);
}

/// Sets the flag of an Interrupt, as a signal does: after an iteration, or when the run has asked a number of times.
struct Signal {
  volatile std::sig_atomic_t flag = 0;
  int at_iteration = -1, after_asking = -1, asked = 0;

  bool stop() {
    if (asked++ == after_asking) flag = 1;
    return mw::callback::Interrupt{&flag}.stop();
  }
  void iteration(const mw::Progress& p) {
    if (p.iteration == at_iteration) flag = 1;
  }
};

TEST(Interrupt, EndsTheRunAfterTheIteration) {
  Signal signal{.at_iteration = 2};
  const mw::Result r = mw::run(E{four_hills(), small<E>(2, 10)}, mw::executor::Serial{}, signal);
  EXPECT_EQ(r.iterations, 2);
  EXPECT_TRUE(r.interrupted);
}

TEST(Interrupt, EndsTheSelectionOfStartsAfterABatch) {
  auto prm = small<E>(8, 10);
  prm.starts.mode = mw::StartMode::selected;
  prm.starts.oversampling = 50;
  Signal signal{.after_asking = 2};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{}, signal);
  EXPECT_TRUE(r.interrupted);
  EXPECT_EQ(r.iterations, 0);
  EXPECT_EQ(r.counts.gradient, 24u);  // three batches
  EXPECT_EQ(r.worlds.size(), 8u);
  EXPECT_EQ(r.worlds[0].reason, mw::Reason::stopped);
  EXPECT_TRUE(std::isfinite(r.value));
}

TEST(Interrupt, EndsAssemblyAfterABatch) {
  auto prm = small<E>(8, 10);
  prm.starts.mode = mw::StartMode::assembled;
  Signal signal{.after_asking = 0};
  const mw::Result r = mw::run(E{two_movers(), prm}, mw::executor::Serial{}, signal);
  EXPECT_TRUE(r.interrupted);
  EXPECT_EQ(r.counts.pool, 8u);  // of 256
  EXPECT_EQ(r.worlds.size(), 8u);
  EXPECT_TRUE(std::isfinite(r.value));
}

TEST(Interrupt, EndsThePolishAfterAStepAndKeepsWhatItFound) {
  auto prm = small<E>(4, 5);
  prm.starts.given = {{6.9, 8}};
  prm.polish.worlds = 3;
  const mw::Result whole = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  Signal signal;
  mw::run(E{four_hills(), prm}, mw::executor::Serial{}, signal);
  Signal late{.after_asking = signal.asked - 80};  // a hundred steps of polish ask last
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{}, late);
  EXPECT_TRUE(r.interrupted);
  EXPECT_EQ(r.iterations, 5);
  ASSERT_TRUE(r.polished.has_value());
  EXPECT_LT(r.counts.forward, whole.counts.forward);
  EXPECT_GT(r.counts.forward, whole.counts.forward - 3u * 100);
  EXPECT_EQ(r.polished->rss.dbm.size(), 4u);
}

TEST(Polish, ImprovesTheHardScoreAndReportsBoth) {
  auto prm = small<E>(4, 10);
  prm.polish.worlds = 3;
  prm.starts.given = {{6.9, 8}};
  const mw::Result r = mw::run(E{four_hills(), prm}, mw::executor::Serial{});
  ASSERT_TRUE(r.polished.has_value());
  EXPECT_LE(r.polished->value, mw::loss_value(mw::loss::MeanDb{.prm = {.floor_dbm = -65}},
                                              {r.rss_hard.dbm, 1, 4, std::vector<double>(4, 0.25), 0}));
  EXPECT_EQ(r.counts.forward, 2u * 4 + 3u * 101);
}

}  // namespace
