// Histories of long runs: thinned, but with the first row, the last row, and rows that belong together.
#include <gtest/gtest.h>

#include "manyworlds/engine/result.hpp"

namespace mw = manyworlds;

namespace {

mw::History history(int iterations, std::size_t most_rows) {
  mw::History h;
  h.most_rows = most_rows;
  for (int i = 0; i < iterations; ++i) h.push(i, -i, std::vector<double>{10.0 * i, 20.0 * i});
  return h;
}

}  // namespace

TEST(History, KeepsEveryIterationOfShortRuns) {
  const mw::History h = history(500, 500);
  ASSERT_EQ(h.rows(), 500u);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(h.iteration[std::size_t(i)], i);
}

TEST(History, OfLongRunsKeepsFirstAndLastAndRowsThatBelongTogether) {
  for (int iterations : {7, 8, 9, 16, 17, 100, 1023, 1024, 1025, 10000}) {
    const mw::History h = history(iterations, 8);
    EXPECT_LE(h.rows(), 8u);
    EXPECT_GE(h.rows(), std::min<std::size_t>(std::size_t(iterations), 4)) << iterations;
    EXPECT_TRUE(h.fits(2));
    EXPECT_EQ(h.iteration.front(), 0);
    EXPECT_EQ(h.iteration.back(), iterations - 1);
    for (std::size_t row = 0; row < h.rows(); ++row) {
      const int i = h.iteration[row];
      EXPECT_TRUE(i % h.every == 0 || i == iterations - 1) << i << " of " << iterations;
      EXPECT_EQ(h.loss[row], i);
      EXPECT_EQ(h.value[row], -i);
      EXPECT_EQ(h.x[2 * row], 10 * i);
      EXPECT_EQ(h.x[2 * row + 1], 20 * i);
    }
  }
}

TEST(History, RowsAfterARestAreDatedByTheRun) {
  mw::History h = history(4, 8);
  for (int i = 10; i < 13; ++i) {
    h.push(i, -i, std::vector<double>{10.0 * i, 20.0 * i});
    if (i == 10) h.date(10);
  }
  EXPECT_EQ(h.iteration, (std::vector<int>{0, 1, 2, 3, 10, 11, 12}));
  EXPECT_TRUE(h.fits(2));
  for (int i = 13; i < 1000; ++i) h.push(i, -i, std::vector<double>{10.0 * i, 20.0 * i});
  for (std::size_t row = 0; row < h.rows(); ++row) EXPECT_EQ(h.loss[row], h.iteration[row]);
}

TEST(History, IsTheSameInOnePieceAndInSteps) {
  const mw::History whole = history(100, 8);
  mw::History steps = history(1, 8);
  for (int i = 1; i < 100; ++i) {
    mw::History one;  // as a worker sends it
    one.push(i, -i, std::vector<double>{10.0 * i, 20.0 * i});
    steps.append(one);
  }
  EXPECT_EQ(steps.iteration, whole.iteration);
  EXPECT_EQ(steps.x, whole.x);
}
