/// What callbacks are told while a run goes on: the best value so far, and who rests.
#include "manyworlds/engine/console.hpp"
#include "manyworlds/social/differential.hpp"
#include "small_engine.hpp"

namespace manyworlds {
namespace {

using test::four_hills;
using Evolved = test::Engine<optimizer::Adam, pruning::None, social::Differential>;

struct Watch {
  std::vector<Progress> told{};
  void iteration(const Progress& p) {
    told.push_back(p);
    told.back().states = {};
    std::size_t resting = 0;
    double best = std::nan("");
    for (const WorldState& w : p.states) {
      resting += is_convergence(w.reason);
      if (better(w.value, best)) best = w.value;
    }
    EXPECT_EQ(p.resting, resting);
    EXPECT_EQ(p.best_value, best);
  }
};

TEST(Progress, TheBestValueNeverRisesAndIsThatOfTheWinner) {
  auto prm = test::small<Evolved>(8, 60);
  prm.annealing.from = 1;
  prm.convergence.patience = 3;
  Watch watch;
  const Result r = run(Evolved{four_hills(), prm}, executor::Serial{}, watch);
  bool rose = false, rested = false;
  for (std::size_t i = 1; i < watch.told.size(); ++i) {
    EXPECT_LE(watch.told[i].best_value, watch.told[i - 1].best_value);
    rose = rose || watch.told[i].best_loss > watch.told[i - 1].best_loss;
    rested = rested || watch.told[i].resting > 0;
    EXPECT_TRUE(watch.told[i].comparable);
  }
  EXPECT_TRUE(rose && rested) << "or this would be no test";
  EXPECT_LE(r.value, watch.told.back().best_value);
  EXPECT_NEAR(r.value, watch.told.back().best_value, 1e-3) << "the last step may still gain";
}

TEST(Progress, SaysWhenWorldsDescendOnSomethingElseThanTheValue) {
  auto prm = test::small<Evolved>(8, 40);
  prm.annealing.from = 4;
  Watch watch;
  run(Evolved{four_hills(), prm}, executor::Serial{}, watch);
  EXPECT_FALSE(watch.told.front().comparable);
  EXPECT_TRUE(watch.told.back().comparable);
}

TEST(Progress, IsOneLineWithTheBestValueFirst) {
  Progress p;
  p.alive = 5, p.resting = 27;
  p.best_value_world = 1, p.best_value = 55.25;
  p.best_world = 2, p.best_loss = 57.5;
  EXPECT_EQ(detail::best_text(p), "best 55.25 (world 1)");
  EXPECT_EQ(detail::running_text(p), "5 running, 27 at rest");
  p.comparable = false;
  EXPECT_EQ(detail::best_text(p), "best 55.25 (world 1), smoothed or staged now 57.50 (world 2)");
  p.best_value = p.best_loss = std::nan("");
  EXPECT_EQ(detail::best_text(p), "best -, smoothed or staged now -");
}

TEST(Progress, TheTableIsSortedByTheBestValueNotByWhereWorldsAreNow) {
  const std::vector<WorldState> states{
      {.id = 0, .loss = 1, .value = 0.9}, {.id = 1, .loss = 5, .value = 0.5}, {.id = 2, .loss = 0.1}};
  Progress p;
  p.states = states, p.best_value_world = 1;
  const std::vector<std::string> lines = world_table(p, {}, {10, 80});
  EXPECT_NE(lines.at(3).find("0.5000"), std::string::npos);
  EXPECT_EQ(lines.at(3).substr(0, 4), "\033[1m") << "and it stands out";
  EXPECT_NE(lines.at(4).find("0.9000"), std::string::npos);
}

}  // namespace
}  // namespace manyworlds
