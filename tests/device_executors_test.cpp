// A search on devices, which the host stands in for, is the search on the CPU: same questions, same answers to
// rounding, same winner; whatever the number of devices, contexts, groups and losses they have code for.
#include <gtest/gtest.h>

#include "descent_site.hpp"
#include "error_of.hpp"
#include "host_devices.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/cuda.hpp"
#include "manyworlds/loss/coverage.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/minimum.hpp"
#include "manyworlds/loss/sinr.hpp"
#include "manyworlds/loss/stages.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/social/differential.hpp"
#include "user_policies.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using executor::CudaBatch;
using executor::CudaContexts;

std::shared_ptr<HostDevices> devices_with_losses(std::size_t count) {
  auto devices = std::make_shared<HostDevices>(count);
  devices->kinds.add<loss::MeanDb>();
  devices->kinds.add<loss::SoftMinimum>();
  return devices;
}

template <class L, class S = social::None>
using Engine = MultiStart<L, optimizer::Adam, pruning::BottomFraction, S, Problem>;

template <class E>
typename E::Params params(const Visibility& visibility) {
  typename E::Params prm;
  prm.worlds = 9;
  prm.iterations = 12;
  prm.visibility = visibility;
  prm.optimizer.rates = {0.1, 0.03};
  prm.pruning.at = {5};
  return prm;
}

/// Both go the same way; returns how far apart they are at most, relative to the values.
double distance(const Result& found, const Result& expected) {
  EXPECT_EQ(found.winner, expected.winner);
  EXPECT_EQ(found.counts.gradient, expected.counts.gradient);
  EXPECT_EQ(found.counts.forward, expected.counts.forward);
  EXPECT_EQ(found.worlds.size(), expected.worlds.size());
  double worst = 0;
  for (std::size_t w = 0; w < std::min(found.worlds.size(), expected.worlds.size()); ++w) {
    const History &a = found.worlds[w].history, &b = expected.worlds[w].history;
    EXPECT_EQ(a.loss.size(), b.loss.size());
    EXPECT_EQ(found.worlds[w].reason, expected.worlds[w].reason) << w;
    for (std::size_t i = 0; i < std::min(a.loss.size(), b.loss.size()); ++i)
      worst = std::max(worst, std::abs(a.loss[i] - b.loss[i]) / (1 + std::abs(b.loss[i])));
    worst = std::max(
        worst, std::abs(found.worlds[w].value - expected.worlds[w].value) / (1 + std::abs(expected.worlds[w].value)));
  }
  return worst;
}

template <class L, class S = social::None, class Executor>
double compare(const Executor& executor, const Visibility& visibility, Serving serving = Serving::strongest) {
  const DescentSite site(Movers::two, 1, 1, serving);
  using E = Engine<L, S>;
  const E engine{*site.problem, params<E>(visibility)};
  const Result expected = run(engine, executor::Batch{}), found = run(engine, executor);
  EXPECT_GT(expected.counts.gradient, 50u);
  return distance(found, expected);
}

constexpr Visibility soft{};

TEST(DeviceExecutors, SearchAsTheHostDoes) {
  CudaBatch batch;
  batch.devices = devices_with_losses(1);
  EXPECT_LE(compare<loss::MeanDb>(batch, hard), 1e-7);
  EXPECT_LE(compare<loss::MeanDb>(batch, soft, Serving::sum), 1e-6);
  EXPECT_LE((compare<loss::Stages<>, social::Differential>(batch, hard)), 1e-7);
}

TEST(DeviceExecutors, TakeLossesThatDevicesDoNotKnow) {
  CudaBatch batch;
  batch.devices = devices_with_losses(1);
  EXPECT_LE(compare<loss::Minimum>(batch, hard), 1e-7);
  EXPECT_LE(compare<loss::Sinr>(batch, hard), 1e-7);
  EXPECT_LE(compare<Shortfall>(batch, hard), 1e-7);
  EXPECT_LE((compare<loss::Stages<loss::Coverage, loss::SoftMinimum>>(batch, hard, Serving::sum)), 1e-7);
}

TEST(DeviceExecutors, AreAlikeOnSeveralDevicesAndInContexts) {
  const DescentSite site(Movers::two, 1, 1, Serving::strongest);
  using E = Engine<loss::MeanDb>;
  const E engine{*site.problem, params<E>(hard)};
  CudaBatch one;
  one.devices = devices_with_losses(1);
  const Result expected = run(engine, one);
  CudaBatch three = one;
  three.devices = devices_with_losses(3);
  EXPECT_EQ(distance(run(engine, three), expected), 0);
  three.prm.device = {2, 0};
  three.prm.most = 2;
  std::vector<std::string> said;
  three.say = [&](const std::string& line) { said.push_back(line); };
  EXPECT_EQ(distance(run(engine, three), expected), 0);
  CudaContexts contexts;
  contexts.devices = devices_with_losses(2);
  EXPECT_EQ(distance(run(engine, contexts), expected), 0);
  EXPECT_EQ(std::dynamic_pointer_cast<const HostDevices>(contexts.devices)->made, 9);
}

TEST(DeviceExecutors, GoOnWithLessWhereMemoryEnds) {
  const DescentSite site(Movers::two, 1, 1, Serving::strongest);
  using E = Engine<loss::MeanDb>;
  const E engine{*site.problem, params<E>(hard)};
  CudaBatch whole;
  whole.devices = devices_with_losses(1);
  const Result expected = run(engine, whole);
  std::vector<std::string> said;
  const auto say = [&](const std::string& line) { said.push_back(line); };
  CudaBatch small = whole;
  const auto small_devices = devices_with_losses(1);
  small_devices->most = 4;
  small.devices = small_devices;
  small.say = say;
  EXPECT_EQ(distance(run(engine, small), expected), 0);
  ASSERT_GE(said.size(), 2u);
  EXPECT_EQ(said[0], "9 worlds in 2 groups of 5 after made-up allocation failed");
  EXPECT_EQ(said[1], "9 worlds in 3 groups of 3 after made-up allocation failed");

  said.clear();
  CudaContexts contexts;
  const auto few = devices_with_losses(1);
  few->own_contexts_left = std::make_shared<std::atomic<int>>(5);
  contexts.devices = few;
  contexts.say = say;
  EXPECT_THROW(run(engine, contexts), backend::OutOfDeviceMemory);  // these give none back
}

TEST(DeviceExecutors, StayWithinABudget) {
  const DescentSite site(Movers::two, 1, 1, Serving::strongest);
  using E = Engine<loss::MeanDb>;
  const E engine{*site.problem, params<E>(hard)};
  CudaBatch batch;
  batch.devices = devices_with_losses(1);
  const Result whole = run(engine, batch);
  const double shared = std::stod(*find_value(whole.execution, "bytes_shared_expected")),
               each = std::stod(*find_value(whole.execution, "bytes_per_world_expected"));
  batch.prm.memory_budget_bytes = shared + 4.5 * each;
  std::vector<std::string> said;
  batch.say = [&](const std::string& line) { said.push_back(line); };
  const Result staged = run(engine, batch);
  EXPECT_EQ(distance(staged, whole), 0);
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said[0], "9 worlds in 3 groups of 4");
  batch.prm.memory_budget_bytes = shared / 2;
  EXPECT_NE(error_of([&] { run(engine, batch); }).find("device: expected"), std::string::npos);
}

TEST(DeviceExecutors, SayWhatTheyCannotDo) {
  const DescentSite site(Movers::two, 1, 1, Serving::strongest);
  using E = Engine<loss::MeanDb>;
  CudaBatch batch;
  batch.devices = devices_with_losses(2);
  batch.prm.device = {2};
  EXPECT_EQ(error_of([&] { batch.for_each_world(0, [](std::size_t) {}); }), "device: expected 0 to 1, got 2");
  batch.prm.device = {};
  batch.prm.most = -1;
  EXPECT_EQ(error_of([&] { batch.check(); }), "executor.most: expected 0 (as many as memory holds) or more");
  batch.prm.most = 0;
  batch.devices = devices_with_losses(0);
  EXPECT_THROW(run(E{*site.problem, params<E>(hard)}, batch), backend::NoDevice);
}

}  // namespace
