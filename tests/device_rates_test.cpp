/// What the benchmark of devices asks of segments and chains (cuda/device/rates.hpp), asked of the host.
#include <gtest/gtest.h>

#include "cuda/device/rates.hpp"
#include "error_of.hpp"
#include "manyworlds/backend/serial.hpp"
#include "manyworlds/paths/batch/make_arrays.hpp"
#include "path_model.hpp"
#include "two_rooms.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;

struct RatesOnHost : testing::Test {
  Scene scene = two_rooms();
  paths::batch::Arrays arrays(bool transmission) {
    const std::vector<std::uint32_t> movers = add_movers(scene, Movers::metal, 1, 2);
    Random random(1, 0, 0, Purpose::test);
    place_devices(scene, random, 1, 40, {.3, .3, .3}, {7.7, 4.7, 2.5});
    return paths::batch::make_arrays(
        test::PathModel(scene, movers, {.max_depth = 2, .transmission = transmission}).world());
  }
  static Rates ask(const paths::batch::Arrays& arrays, std::uint32_t least) {
    backend::Serial serial;
    return measure_rates(serial, arrays, least, [](const auto& call) { return call(), 1.0; });
  }
};

TEST_F(RatesOnHost, SegmentsOfPathsAreFreeWhereNothingLetsWavesThrough) {
  const paths::batch::Arrays free = arrays(false);
  const Rates rates = ask(free, 1);
  EXPECT_EQ(rates.in_order.asked, path_segments(free).size());
  EXPECT_EQ(rates.in_order.yes, 0u);
  EXPECT_EQ(rates.shuffled.yes, 0u);
}

TEST_F(RatesOnHost, AnswersDoNotDependOnTheOrderAndAreTheSameInEachRound) {
  const paths::batch::Arrays with_walls = arrays(true);
  const auto segments = std::uint32_t(path_segments(with_walls).size());
  const Rates once = ask(with_walls, 1), thrice = ask(with_walls, 3 * segments);
  EXPECT_GT(once.in_order.yes, 0u);
  EXPECT_LT(once.in_order.yes, segments);
  EXPECT_EQ(once.shuffled.yes, once.in_order.yes);
  EXPECT_EQ(thrice.in_order.asked, 3 * segments);
  EXPECT_EQ(thrice.in_order.yes, 3 * once.in_order.yes);
}

TEST_F(RatesOnHost, EveryPathReachesItsOwnReceiver) {
  const paths::batch::Arrays all = arrays(true);
  const Rates rates = ask(all, 1);
  const auto paths = std::uint32_t(reflected_paths(all).size());
  EXPECT_EQ(rates.solves.asked, 32 * paths);
  EXPECT_EQ(rates.own_solved, paths);
  EXPECT_LT(rates.solves.yes, rates.solves.asked);
}

TEST_F(RatesOnHost, NeedPathsToAskAbout) {
  paths::batch::Arrays none = arrays(true);
  none.paths.clear();
  EXPECT_EQ(error_of([&] { ask(none, 1); }), "rates: expected static paths with reflections");
}

}  // namespace
