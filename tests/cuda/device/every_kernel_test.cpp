// Every kernel that the library has runs once, on worlds so small that sanitizers see all of them in a minute; skipped
// where there is no device. Whether the figures are right, parity_test asks.
#include <cmath>

#include "descent_site.hpp"
#include "device_rooms.hpp"
#include "manyworlds/loss/coverage.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/soft_minimum.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using paths::batch::AnyGains;
using paths::batch::Room;

using EveryKernel = OnDevice;

/// Losses and gradients of three steps: without room, recorded as graphs, and launched as such; the same each time.
void take_steps(AnyGains& batch, const Rooms& rooms, const StructCopy& loss) {
  const std::size_t worlds = rooms.worlds.count();
  std::vector<double> first;
  for (int step = 0; step < 3; ++step) {
    std::vector<double> values(worlds), weakest(worlds);
    std::vector<PoseGradient> gradient(rooms.worlds.poses.size());
    ASSERT_TRUE(batch.evaluate(rooms.worlds.poses, loss, values, weakest, gradient));
    std::vector<double> again(worlds);
    ASSERT_TRUE(batch.losses(loss, again));
    EXPECT_EQ(again, values);
    for (const PoseGradient& g : gradient) values.push_back(norm(g.translation) + norm(g.rotation));
    for (const double value : values) EXPECT_TRUE(std::isfinite(value));
    if (step == 0) first = values;
    EXPECT_EQ(values, first);
  }
}
void take_steps(AnyGains& batch, const Rooms& rooms) {
  for (const StructCopy& loss :
       {StructCopy(loss::MeanDb{}), StructCopy(loss::SoftMinimum{}), StructCopy(loss::Coverage{})})
    take_steps(batch, rooms, loss);
  const Answer first(batch, rooms), again(batch, rooms);
  EXPECT_EQ(again.gains, first.gains);
  EXPECT_EQ(relative_difference(again.gradient, first.gradient), 0);
}

/// A board that lets waves through and, where sums are not coherent, a metal panel.
Rooms small_rooms(bool coherent) { return {coherent ? Movers::plasterboard : Movers::two, 2, 3, coherent, 5}; }

TEST_F(EveryKernel, RunsOnBatches) {
  for (const bool coherent : {false, true}) {
    const Rooms rooms = small_rooms(coherent);
    for (const Visibility& visibility : {hard, Visibility{}})
      for (const Fields fields : {Fields::in_double, Fields::in_single})
        take_steps(*device_gains(rooms.arrays, 3, {1, 1, 1, 1}, visibility, fields), rooms);
  }
}

TEST_F(EveryKernel, RunsInContextsSideBySide) {
  const Rooms rooms = small_rooms(false);
  for (const Visibility& visibility : {hard, Visibility{}}) {
    const auto make = [&] { return device_gains(rooms.arrays, 3, {}, visibility, Fields::in_double, Context::own); };
    const auto one = make(), other = make();
    const StructCopy loss(loss::MeanDb{});
    take_steps(*one, rooms, loss);
    take_steps(*other, rooms, loss);
    take_steps(*one, rooms, loss);
  }
}

TEST_F(EveryKernel, RunsInDescents) {
  DescentSite site(Movers::two, 3, 4, Serving::strongest);
  const Room tight{1, 1, 1, 1};
  const auto all_finite = [](const std::vector<double>& losses) {
    EXPECT_EQ(losses.size(), 3u * 4);
    for (const double loss : losses) EXPECT_TRUE(std::isfinite(loss));
  };
  all_finite(device_descent(site.arrays, site.options, site.x, tight));
  site.options.visibility = {};
  all_finite(device_descent_soft_single(site.arrays, site.options, site.x, tight));
}

}  // namespace
