// A batch on a device finds the gains and gradients that it finds on the host; skipped where there is no device.
#include "descent_site.hpp"
#include "device_rooms.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/cuda.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "user_policies.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using paths::batch::Room;

using Parity = OnDevice;

/// In single precision, relative to each gain. A fade to a hundredth of the fields that cancel makes their rounding a
/// hundred times larger; the host's own single precision differs by 9.5e-5 here where sums are coherent.
double single_bound(bool coherent) { return coherent ? 1e-3 : 1e-4; }

TEST_F(Parity, GainsAndGradientsAreThoseOfTheHost) {
  for (int which = 0; which < 5; ++which)
    for (int depth = 0; depth <= 3; ++depth) {
      const bool coherent = which == 1;
      const Rooms rooms(Movers(which), depth, 40, coherent);
      const Answer expected(*rooms.on_host(), rooms);
      for (const Context context : {Context::primary, Context::own}) {
        const auto batch =
            device_gains(rooms.arrays, rooms.worlds.count(), rooms.room(), hard, Fields::in_double, context);
        const Answer found(*batch, rooms);
        EXPECT_LE(relative_difference(found.gains, expected.gains), 1e-9) << mover_names[which] << depth;
        EXPECT_LE(relative_difference(found.gradient, expected.gradient), 1e-9) << mover_names[which] << depth;
      }
      const auto single = device_gains(rooms.arrays, rooms.worlds.count(), rooms.room(), hard, Fields::in_single);
      const Answer found(*single, rooms);
      const double bound = single_bound(coherent);
      EXPECT_LE(relative_difference(found.gains, expected.gains), bound) << mover_names[which] << depth;
      EXPECT_LE(relative_difference(found.gradient, expected.gradient), bound) << mover_names[which] << depth;
    }
}

TEST_F(Parity, SoftGainsAndGradientsAreThoseOfTheHost) {
  for (int which = 0; which < 3; ++which)
    for (const Kind& kind : kinds) {
      if (kind.visibility.kind == VisibilityKind::hard) continue;
      const Rooms rooms(Movers(which), 3, 5, which == 1);
      const auto host = paths::batch::make_soft_gains<double>(std::make_unique<backend::Serial>(), rooms.arrays, 5,
                                                              rooms.room(), kind.visibility);
      const auto batch = device_gains(rooms.arrays, 5, rooms.room(), kind.visibility),
                 single = device_gains(rooms.arrays, 5, rooms.room(), kind.visibility, Fields::in_single),
                 tight = device_gains(rooms.arrays, 5, {}, kind.visibility);
      const Answer expected(*host, rooms), found(*batch, rooms), rough(*single, rooms), again(*tight, rooms);
      EXPECT_LE(relative_difference(found.gains, expected.gains), 1e-8) << mover_names[which] << kind.name;
      EXPECT_LE(relative_difference(found.gradient, expected.gradient), 1e-8) << mover_names[which] << kind.name;
      EXPECT_LE(relative_difference(rough.gains, expected.gains), 1e-2) << mover_names[which] << kind.name;
      EXPECT_LE(relative_difference(rough.gradient, expected.gradient), 1e-2) << mover_names[which] << kind.name;
      EXPECT_EQ(again.gains, found.gains);
    }
}

TEST_F(Parity, AForcedOverflowLosesNothing) {
  const Rooms rooms(Movers::two, 3, 33, false);
  const auto roomy = device_gains(rooms.arrays, 33, {1u << 18, 1u << 18, 1u << 18, 1u << 18}),
             tight = device_gains(rooms.arrays, 33, {1, 1, 1, 1});
  const Answer expected(*roomy, rooms), found(*tight, rooms);
  EXPECT_EQ(roomy->steps(), 1u);
  EXPECT_GT(tight->steps(), 1u);
  EXPECT_EQ(found.gains, expected.gains);
  EXPECT_EQ(relative_difference(found.gradient, expected.gradient), 0);
}

TEST_F(Parity, ADescentGoesWhereTheHostsGoes) {
  DescentSite site(Movers::two, 40, 20, Serving::strongest);
  const Room tight{1, 1, 1, 1};
  backend::Serial serial;
  paths::batch::Descent<backend::Serial, Shortfall, HeavyBall> expected(serial, site.arrays, {{-30}}, {}, site.options,
                                                                        site.x, tight);
  expected.run(20);
  const std::vector<double> found = device_descent(site.arrays, site.options, site.x, tight);
  ASSERT_EQ(found.size(), expected.history().size());
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found[i], expected.history()[i], 1e-4 * (1 + std::abs(found[i])));
}

TEST_F(Parity, ASoftDescentInSinglePrecisionGoesWhereTheHostsGoes) {
  using backend::Serial;
  DescentSite site(Movers::metal, 5, 5, Serving::sum);
  site.options.visibility = {};
  const Room tight{1, 1, 1, 1};
  Serial serial;
  paths::batch::Descent<Serial, Shortfall, HeavyBall, FreePanel, float, kernels::Grouped<float>,
                        paths::batch::SoftFinder<Serial>>
      expected(serial, site.arrays, {{-30}}, {}, site.options, site.x, tight);
  expected.run(5);
  const std::vector<double> found = device_descent_soft_single(site.arrays, site.options, site.x, tight);
  ASSERT_EQ(found.size(), expected.history().size());
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found[i], expected.history()[i], 1e-2 * (1 + std::abs(found[i])));
}

TEST_F(Parity, StepsAreEqualFromRunToRunAndTakeNoMemory) {
  const Rooms rooms(Movers::box_and_panel, 3, 33, false);
  const auto batch = device_gains(rooms.arrays, 33, rooms.room());
  const Answer first(*batch, rooms);
  for (int i = 0; i < 2; ++i) Answer(*batch, rooms);  // the graphs are recorded, then launched for the first time
  const std::size_t free_before = executor::cuda_devices()->list()[0].free_bytes;
  for (int i = 0; i < 10'000; ++i) {
    const Answer again(*batch, rooms);
    ASSERT_EQ(again.gains, first.gains);
    ASSERT_EQ(relative_difference(again.gradient, first.gradient), 0);
  }
  constexpr std::size_t driver = 4u << 20;  // what is free is counted for the whole device
  EXPECT_GE(executor::cuda_devices()->list()[0].free_bytes + driver, free_before);
}

template <class L, class Executor>
void compare_searches(const Executor& device, const Visibility& visibility, std::uint64_t seeds) {
  const DescentSite site(Movers::two, 1, 1, Serving::strongest);
  using Engine = MultiStart<L, optimizer::Adam, pruning::None, social::None, Problem>;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    typename Engine::Params prm;
    prm.worlds = 8;
    prm.iterations = 20;
    prm.seed = seed;
    prm.visibility = visibility;
    const Engine engine{*site.problem, prm};
    const Result expected = run(engine, executor::Batch{}), found = run(engine, device);
    EXPECT_EQ(found.winner, expected.winner) << seed;
    EXPECT_NEAR(found.value, expected.value, 1e-4 * (1 + std::abs(expected.value))) << seed;
  }
}

TEST_F(Parity, SearchesHaveTheWinnersOfTheHost) {
  compare_searches<loss::MeanDb>(executor::CudaBatch{}, hard, 5);
  compare_searches<loss::MeanDb>(executor::CudaBatch{}, {}, 2);
  compare_searches<loss::MeanDb>(executor::CudaContexts{}, hard, 2);
  executor::CudaBatch own;
  own.devices = devices_with_own_loss();
  compare_searches<Shortfall>(own, hard, 2);
  compare_searches<Shortfall>(executor::CudaBatch{}, hard, 1);  // the loss on the host
}

}  // namespace
