#include <gtest/gtest.h>

#include <set>

#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/pruning/none.hpp"
#include "manyworlds/social/differential.hpp"
#include "manyworlds/social/none.hpp"
#include "manyworlds/social/pull.hpp"
#include "manyworlds/social/recombine.hpp"

namespace mw = manyworlds;

namespace {

TEST(BottomFraction, HalvesAtItsRungsOnly) {
  const mw::pruning::BottomFraction half{.prm = {.fraction = 0.5, .at = {5, 20}}};
  for (int i = 0; i < 60; ++i) EXPECT_EQ(half.acts(i), i == 5 || i == 20) << i;
  EXPECT_EQ(half.keep(5, std::vector<double>(32, 1.0)), 16u);
  EXPECT_EQ(half.keep(5, std::vector<double>(7, 1.0)), 4u);
}

TEST(BottomFraction, TheBestWorldAlwaysLives) {
  const mw::pruning::BottomFraction all{.prm = {.fraction = 1, .at = {1}}};
  EXPECT_EQ(all.keep(1, std::vector<double>(9, 1.0)), 1u);
  EXPECT_THROW((mw::pruning::BottomFraction{.prm = {.fraction = 1.5, .at = {}}}.check()), mw::InputError);
}

TEST(PruningNone, KeepsAll) {
  EXPECT_FALSE(mw::pruning::None{}.acts(5));
  EXPECT_EQ(mw::pruning::None{}.keep(5, std::vector<double>(3, 1.0)), 3u);
}

/// Four worlds of four variables in two parts; world ids differ from ranks.
struct Meeting {
  std::vector<std::vector<double>> x{{1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}, {4, 4, 4, 4}};
  std::vector<std::vector<double>> best{{10, 11, 12, 13}, {20, 21, 22, 23}, {30, 31, 32, 33}, {40, 41, 42, 43}};
  std::vector<std::pair<std::size_t, std::size_t>> parts{{0, 2}, {2, 4}};
  std::vector<mw::Peer> peers;
  Meeting() {
    const std::uint32_t ids[] = {2, 0, 3, 1};
    for (std::size_t i = 0; i < 4; ++i) peers.push_back({ids[i], double(i), double(i) - 1, x[i], best[i]});
  }
  mw::Barrier barrier() const { return {20, peers, parts}; }
};

TEST(Pull, MovesBetweenTheOwnAndTheLeadersBest) {
  const Meeting m;
  const mw::social::Pull pull{.prm = {.inertia = 0, .cognitive = 0.5, .social = 0.25, .every = 5}};
  mw::social::Pull::State state;
  mw::Random random(1, 2, 3, mw::Purpose::social), same = random;
  std::vector<double> x = m.x[2];
  ASSERT_TRUE(pull.propose(m.barrier(), 2, state, random, x));
  for (std::size_t i = 0; i < 4; ++i) {
    const double own = same.uniform(), social = same.uniform();
    EXPECT_NEAR(x[i], 3 + 0.5 * own * (m.best[2][i] - 3) + 0.25 * social * (m.best[0][i] - 3), 1e-14) << i;
  }
}

TEST(Pull, InertiaKeepsAShareOfTheLastPull) {
  const Meeting m;
  const mw::social::Pull coasting{.prm = {.inertia = 0.5, .cognitive = 0, .social = 0, .every = 5}};
  mw::social::Pull::State state{{8, 8, 8, 8}};
  mw::Random random(1, 2, 3, mw::Purpose::social);
  std::vector<double> x = m.x[0];
  coasting.propose(m.barrier(), 0, state, random, x);
  EXPECT_EQ(x, (std::vector<double>{5, 5, 5, 5}));
  coasting.propose(m.barrier(), 0, state, random, x);
  EXPECT_EQ(x, (std::vector<double>{7, 7, 7, 7}));
}

TEST(Pull, ActsEveryFewIterations) {
  const mw::social::Pull pull;
  EXPECT_TRUE(pull.acts(5));
  EXPECT_FALSE(pull.acts(6));
  EXPECT_FALSE((mw::social::Pull{.prm = {.inertia = 0, .cognitive = 0, .social = 0, .every = 0}}.acts(5)));
}

TEST(Differential, AddsTwoDifferencesOfBestPlacesToTheOwn) {
  const Meeting m;
  const mw::social::Differential evolve{
      .prm = {.every = 1, .leaders = 0.5, .swap = 0, .crossover = 1, .shortest = 0.5, .longest = 0.5}};
  mw::social::Differential::State state;
  std::set<std::vector<double>> seen;
  for (std::uint32_t draw = 0; draw < 200; ++draw) {
    mw::Random random(1, draw, 0, mw::Purpose::social);
    std::vector<double> x = m.x[1];
    ASSERT_TRUE(evolve.propose(m.barrier(), 1, state, random, x));
    seen.insert(x);
  }
  std::set<std::vector<double>> possible;
  for (std::size_t leader : {0, 1})
    for (std::size_t one : {0, 2, 3})
      for (std::size_t another : {0, 2, 3}) {
        if (one == another) continue;
        std::vector<double> x = m.best[1];
        for (std::size_t i = 0; i < 4; ++i)
          x[i] += 0.5 * (m.best[leader][i] - m.best[1][i]) + 0.5 * (m.best[one][i] - m.best[another][i]);
        possible.insert(x);
      }
  EXPECT_EQ(seen, possible);
}

TEST(Differential, ChangesAtLeastOneVariableAndNeedsThreeWorlds) {
  Meeting m;
  const mw::social::Differential evolve{
      .prm = {.every = 1, .leaders = 0.5, .swap = 0, .crossover = 0, .shortest = 0.5, .longest = 0.5}};
  mw::social::Differential::State state;
  mw::Random random(1, 0, 0, mw::Purpose::social);
  std::vector<double> x = m.x[3];
  ASSERT_TRUE(evolve.propose(m.barrier(), 3, state, random, x));
  int changed = 0;
  for (std::size_t i = 0; i < 4; ++i) changed += x[i] != m.best[3][i];
  EXPECT_EQ(changed, 1);
  m.peers.resize(2);
  EXPECT_FALSE(evolve.propose(m.barrier(), 0, state, random, x));
  EXPECT_THROW((mw::social::Differential{.prm = {.every = 1, .shortest = 1, .longest = 0.5}}.check()), mw::InputError);
}

TEST(Differential, TakesOverPartsAsOftenAsItIsTold) {
  const Meeting m;
  const auto recombined = [&](double swap) {
    const mw::social::Differential evolve{.prm = {.swap = swap, .crossover = 1}};
    mw::social::Differential::State state;
    int count = 0;
    for (std::uint32_t draw = 0; draw < 200; ++draw) {
      mw::Random random(1, draw, 0, mw::Purpose::social);
      std::vector<double> x = m.x[2];
      evolve.propose(m.barrier(), 2, state, random, x);
      int own = 0;
      for (std::size_t i = 0; i < 4; ++i) own += x[i] == m.best[2][i];
      count += own == 2;  // the other part is another world's
    }
    return count;
  };
  EXPECT_EQ(recombined(0), 0);
  EXPECT_NEAR(recombined(0.5), 100, 25);
  EXPECT_EQ(recombined(1), 200);
}

TEST(Recombine, TakesExactlyOnePartFromAnotherGoodWorld) {
  const Meeting m;
  const mw::social::Recombine recombine;
  mw::social::Recombine::State state;
  for (std::size_t rank = 0; rank < 4; ++rank) {
    bool took_first = false, took_second = false;
    for (std::uint32_t draw = 0; draw < 40; ++draw) {
      mw::Random random(1, draw, 0, mw::Purpose::social);
      std::vector<double> x = m.x[rank];
      ASSERT_TRUE(recombine.propose(m.barrier(), rank, state, random, x));
      const bool first = x[0] != m.best[rank][0], second = x[2] != m.best[rank][2];
      ASSERT_NE(first, second);
      took_first = took_first || first;
      took_second = took_second || second;
      const double donor = std::floor((first ? x[0] : x[2]) / 10) - 1;  // rank of the world it came from
      EXPECT_NE(donor, double(rank));
      EXPECT_LE(donor, rank <= 1 ? 2 : 1);  // the better half of the others
      EXPECT_EQ(x[1] - x[0], 1);            // whole parts
      EXPECT_EQ(x[3] - x[2], 1);
    }
    EXPECT_TRUE(took_first && took_second);
  }
}

TEST(Recombine, HasNothingToDoWithOnePartOrOneWorld) {
  Meeting m;
  mw::social::Recombine::State state;
  mw::Random random(1, 0, 0, mw::Purpose::social);
  std::vector<double> x = m.x[0];
  m.parts = {{0, 4}};
  EXPECT_FALSE(mw::social::Recombine{}.propose(m.barrier(), 0, state, random, x));
  m = Meeting{};
  m.peers.resize(1);
  EXPECT_FALSE(mw::social::Recombine{}.propose(m.barrier(), 0, state, random, x));
  EXPECT_EQ(x, m.x[0]);
}

}  // namespace
