// A descent of many worlds that never leaves its backend goes where the engine's problem and optimizers lead each
// world.
#include <gtest/gtest.h>

#include "descent_site.hpp"
#include "error_of.hpp"
#include "manyworlds/backend/serial.hpp"
#include "manyworlds/loss/coverage.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/soft_minimum.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/optimizer/momentum.hpp"
#include "manyworlds/paths/batch/soft_finder.hpp"
#include "user_policies.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using backend::Serial;
using paths::batch::Room;

template <class V = double, class Finder = paths::batch::PathFinder<Serial>, class L, class O>
void compare(Movers which, Serving serving, const L& loss, const O& rule, const Visibility& visibility = hard) {
  constexpr int steps = 12;
  DescentSite site(which, 35, steps, serving);
  Serial serial;
  site.options.visibility = visibility;
  paths::batch::Descent<Serial, L, O, FreePanel, double, V, Finder> batch(serial, site.arrays, loss, rule, site.options,
                                                                          site.x, Room{});
  const std::vector<double> start = site.x;
  batch.run(5);
  EXPECT_EQ(batch.steps(), 5u);
  batch.run(100);
  EXPECT_EQ(batch.steps(), std::uint32_t(steps));
  const std::vector<double> expected = site.by_engine(loss, rule, visibility), found = batch.history(), x = batch.x();
  ASSERT_EQ(found.size(), expected.size());
  double moved = 0;
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-7 * (1 + std::abs(expected[i])));
  ASSERT_EQ(x.size(), site.x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(x[i], site.x[i], 1e-6);
    moved += std::abs(x[i] - start[i]);
  }
  EXPECT_GT(moved, 1);
  const std::vector<double> best = batch.best_values();
  for (std::uint32_t w = 0; w < site.worlds; ++w) {
    double least = 1e300;
    for (int i = 0; i < steps; ++i) least = std::min(least, found[std::size_t(i) * site.worlds + w]);
    EXPECT_EQ(best[w], least);
  }
}

TEST(BatchDescent, GoesWhereTheEngineGoes) {
  compare(Movers::metal, Serving::strongest, loss::MeanDb{}, optimizer::Adam{});
  compare(Movers::two, Serving::sum, loss::SoftMinimum{}, optimizer::Momentum{});
  compare(Movers::plasterboard, Serving::sum, loss::Coverage{{-55, 5}}, optimizer::Adam{});
}

TEST(BatchDescent, GoesWhereTheEngineGoesUnderSoftVisibility) {
  compare<kernels::Grouped<double>, paths::batch::SoftFinder<Serial>>(Movers::metal, Serving::sum, loss::MeanDb{},
                                                                      optimizer::Adam{}, Visibility{});
}

TEST(BatchDescent, TakesPoliciesOfOnesOwn) { compare(Movers::two, Serving::strongest, Shortfall{{-30}}, HeavyBall{}); }

TEST(BatchDescent, IsTheSameWhateverRoomItBeginsWith) {
  DescentSite site(Movers::two, 4, 40, Serving::strongest);
  Serial serial;
  using Batch = paths::batch::Descent<Serial, loss::MeanDb, optimizer::Adam>;
  Batch tight(serial, site.arrays, {}, {}, site.options, site.x, Room{1, 1, 1, 1});
  Batch roomy(serial, site.arrays, {}, {}, site.options, site.x, Room{1 << 14, 1 << 14, 1 << 14, 1 << 14});
  tight.run(40);
  roomy.run(40);
  EXPECT_EQ(tight.history(), roomy.history());
  EXPECT_EQ(tight.x(), roomy.x());
  EXPECT_EQ(tight.best_x(), roomy.best_x());
}

TEST(BatchDescent, SaysWhatDoesNotFit) {
  DescentSite site(Movers::two, 2, 3, Serving::strongest);
  Serial serial;
  using Batch = paths::batch::Descent<Serial, loss::MeanDb, optimizer::Adam>;
  const auto error = [&](const DescentOptions<FreePanel>& options, std::span<const double> x) {
    return error_of([&] { Batch(serial, site.arrays, {}, {}, options, x, Room{}); });
  };
  DescentOptions<FreePanel> wrong = site.options;
  wrong.designs.pop_back();
  EXPECT_EQ(error(wrong, site.x), "descent: expected 2 designs, not 1");
  wrong = site.options;
  wrong.weights.push_back(1);
  EXPECT_EQ(error(wrong, site.x), "reception: expected 60 weights, not 61");
  EXPECT_EQ(error(site.options, std::span(site.x).first(7)), "descent: expected 20 variables, not 7");
}

}  // namespace
