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

/// One search, and what it finds on one made-up device.
struct OneSearch {
  using E = Engine<loss::MeanDb>;
  const DescentSite site{Movers::two, 1, 1, Serving::strongest};
  const E engine{*site.problem, params<E>(hard)};
  std::vector<std::string> said{};
  const Result expected = on(CudaBatch{}, devices_with_losses(1));

  template <class Executor>
  Result on(Executor executor, std::shared_ptr<HostDevices> devices) {
    executor.devices = std::move(devices);
    said.clear();
    executor.say = [this](const std::string& line) { said.push_back(line); };
    return run(engine, executor);
  }
  /// Finds the same with less, and says so.
  template <class Executor>
  void expect_less(const Executor& executor, const std::shared_ptr<HostDevices>& devices,
                   const std::vector<std::string>& lines) {
    EXPECT_EQ(distance(on(executor, devices), expected), 0);
    ASSERT_GE(said.size(), lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(said[i], lines[i]);
  }
};

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
  OneSearch search;
  EXPECT_EQ(distance(search.on(CudaBatch{}, devices_with_losses(3)), search.expected), 0);
  CudaBatch two;
  two.prm.device = {2, 0};
  two.prm.most = 2;
  EXPECT_EQ(distance(search.on(two, devices_with_losses(3)), search.expected), 0);
  const auto devices = devices_with_losses(2);
  EXPECT_EQ(distance(search.on(CudaContexts{}, devices), search.expected), 0);
  EXPECT_EQ(devices->made, 9);
}

TEST(DeviceExecutors, GoOnWithLessWhereMemoryEnds) {
  OneSearch search;
  const auto small = devices_with_losses(1);
  small->most = 4;
  search.expect_less(CudaBatch{}, small,
                     {"9 worlds in 2 groups of 5 after made-up allocation failed",
                      "9 worlds in 3 groups of 3 after made-up allocation failed"});

  const auto few = devices_with_losses(1);
  few->contexts = 5;
  search.expect_less(CudaContexts{}, few, {"4 contexts after made-up context failed"});
  EXPECT_EQ(few->alive, 0);

  const auto two = devices_with_losses(2);
  two->contexts = 5;
  search.expect_less(CudaContexts{}, two, {"2 contexts a device after made-up context failed"});
  two->contexts = 1;
  EXPECT_THROW(search.on(CudaContexts{}, two), backend::OutOfDeviceMemory);

  few->contexts = 0;
  EXPECT_THROW(search.on(CudaContexts{}, few), backend::OutOfDeviceMemory);
}

TEST(DeviceExecutors, StayWithinABudget) {
  OneSearch search;
  const auto expected_bytes = [&](const char* name) { return std::stod(*find_value(search.expected.execution, name)); };
  const double shared = expected_bytes("bytes_shared_expected"), each = expected_bytes("bytes_per_world_expected");
  CudaBatch batch;
  batch.prm.memory_budget_bytes = shared + 4.5 * each;
  const Result staged = search.on(batch, devices_with_losses(1));
  EXPECT_EQ(distance(staged, search.expected), 0);
  ASSERT_FALSE(search.said.empty());
  EXPECT_EQ(search.said[0], "9 worlds in 3 groups of 4");
  const auto bytes = [](const Result& r) { return std::stod(*find_value(r.execution, "bytes_on_devices")); };
  EXPECT_GT(bytes(search.expected), batch.prm.memory_budget_bytes);
  EXPECT_GT(bytes(staged), shared);
  EXPECT_LE(bytes(staged), batch.prm.memory_budget_bytes);  // whatever the lists have grown to
  for (const double worlds : {1.01, 2.0, 3.5}) {            // down to one, which may grow beyond it
    batch.prm.memory_budget_bytes = shared + worlds * each;
    const Result tight = search.on(batch, devices_with_losses(1));
    EXPECT_EQ(distance(tight, search.expected), 0) << worlds;
    EXPECT_GT(bytes(tight), shared) << worlds;
  }
  batch.prm.memory_budget_bytes = shared / 2;
  EXPECT_NE(error_of([&] { search.on(batch, devices_with_losses(1)); }).find("device: expected"), std::string::npos);
}

TEST(DeviceExecutors, SayWhatTheyCannotDo) {
  const DescentSite site(Movers::two, 1, 1, Serving::strongest);
  using E = Engine<loss::MeanDb>;
  CudaBatch batch;
  batch.devices = devices_with_losses(2);
  batch.prm.device = {2};
  EXPECT_EQ(error_of([&] { batch.for_each_world(0, [](std::size_t) {}); }), "device: expected 0 to 1, got 2");
  batch.prm.device = {1, 0, 1};
  EXPECT_EQ(error_of([&] { batch.for_each_world(0, [](std::size_t) {}); }), "device: expected each number once");
  batch.prm.device = {};
  batch.prm.most = -1;
  EXPECT_EQ(error_of([&] { batch.check(); }), "executor.most: expected 0 (as many as memory holds) or more");
  batch.prm.most = 0;
  ProblemOptions tiled{.paths = {.max_depth = 2, .memory_budget_bytes = 100'000}};
  const Problem problem(site.scene,
                        {{placement::FreePose{site.scene.objects[site.movers[0]].name, {1, 1, .8}, {7, 4, 2}}}}, tiled);
  EXPECT_EQ(error_of([&] {
              run(E{problem, params<E>(hard)}, batch);
            }),
            "memory budget: holds the static paths of some receivers only; a batch keeps those of all");
  batch.devices = devices_with_losses(0);
  EXPECT_THROW(run(E{*site.problem, params<E>(hard)}, batch), backend::NoDevice);
}

}  // namespace
