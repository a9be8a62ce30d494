/// Receivers cut into tiles, so that static paths keep to a memory budget.
#include <gtest/gtest.h>

#include <set>

#include "error_of.hpp"
#include "manyworlds/paths/listing.hpp"
#include "two_rooms.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

struct MemoryBudget : testing::Test {
  Scene scene = two_rooms();
  std::vector<std::uint32_t> movers = add_movers(scene, Movers::two, 0, 1);
  Configuration c;

  MemoryBudget() {
    Random random(105, 0, 0, Purpose::test);
    place_devices(scene, random, 2, 500, {0.1, 0.1, 0.1}, {7.9, 4.9, 2.7});
    c = at_home(scene, movers.size());
    for (Pose& pose : c.movers) pose = random_pose(random, {1, 1, .5}, {5, 3, 1.5}, 0.5);
  }

  PathModel model(PathOptions options, std::size_t budget) const {
    options.memory_budget_bytes = budget;
    return {scene, movers, options};
  }
  /// The least budget that the scene's error names.
  std::size_t least(const PathOptions& options) const {
    const std::string error = error_of([&] { model(options, 1); });
    const std::string before = "at least ";
    return std::stoul(error.substr(error.find(before) + before.size()));
  }
};

std::vector<double> bar_of(const Workspace& w) {
  std::vector<double> bar;
  for (const double g : w.gains) bar.push_back(1 / (g + 1e-14));
  return bar;
}

/// Counts receivers' derivatives by receiver.
struct ReceiverSink {
  static constexpr bool wants_materials = false, wants_receivers = true, wants_static = true;
  std::vector<Vec3d> receivers;
  void transmitter(std::uint32_t, Vec3d) {}
  void receiver(std::uint32_t rx, Vec3d v) { receivers.at(rx) += v; }
  void material(std::uint32_t, double, double, double) {}
  void face(std::uint32_t, Vec3d, Vec3d, double, double) {}
};

double largest(const std::vector<double>& all) {
  double most = 0;
  for (const double x : all) most = std::max(most, std::abs(x));
  return most;
}

std::vector<double> numbers(const ConfigurationGradient& g) {
  std::vector<double> all;
  const auto add = [&](Vec3d v) { all.insert(all.end(), {v.x, v.y, v.z}); };
  for (const PoseGradient& m : g.movers) add(m.translation), add(m.rotation);
  for (const Vec3d& t : g.transmitters) add(t);
  return all;
}

TEST_F(MemoryBudget, TilesGiveTheSameGainsAndGradientsWithinTheBudget) {
  for (const Kind& kind : {kinds[0], kinds[1]})
    for (const bool coherent : {false, true}) {
      const PathOptions options{.max_depth = 2, .coherent = coherent, .moving_transmitters = coherent};
      Configuration moved = c;
      if (coherent) moved.transmitters[0] += {0.2, 0.1, 0};
      const PathModel whole = model(options, 0);
      Workspace w = whole.make_workspace();
      whole.gains(moved, kind.visibility, w);
      ConfigurationGradient gradient;
      whole.pullback(bar_of(w), w, gradient);
      const std::vector<double> expected = numbers(gradient);
      EXPECT_GT(largest(expected), 0);
      const std::size_t smallest = least(options);
      EXPECT_LT(smallest, whole.world().bytes());
      for (const std::size_t budget : {smallest, smallest + smallest / 4}) {
        const PathModel tiles = model(options, budget);
        EXPECT_GT(tiles.receiver_tiles(), 2u);
        Workspace own = tiles.make_workspace();
        tiles.gains(moved, kind.visibility, own);
        EXPECT_EQ(own.gains, w.gains) << kind.name;
        tiles.pullback(bar_of(own), own, gradient);
        const std::vector<double> found = numbers(gradient);
        for (std::size_t i = 0; i < expected.size(); ++i)
          EXPECT_NEAR(found[i], expected[i], 1e-11 * largest(expected)) << kind.name << ", number " << i;
        EXPECT_LT(tiles.world().bytes() + own.bytes_of_tile, budget);
      }
    }
}

TEST_F(MemoryBudget, ReceiversKeepTheirNumbersInSinksAndLists) {
  const PathOptions options{.max_depth = 2};
  const PathModel whole = model(options, 0), tiles = model(options, least(options));
  Workspace w = whole.make_workspace(), own = tiles.make_workspace();
  whole.gains(c, {}, w);
  tiles.gains(c, {}, own);
  ReceiverSink expected{std::vector<Vec3d>(whole.receivers())}, found = expected;
  whole.pullback(bar_of(w), w, expected);
  tiles.pullback(bar_of(own), own, found);
  for (std::size_t r = 0; r < whole.receivers(); ++r)
    EXPECT_LE(norm(found.receivers[r] - expected.receivers[r]), 1e-9 * norm(expected.receivers[r]));

  using Row = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, double>;
  const auto list = [](const PathModel& m, const Workspace& of) {
    std::multiset<Row> rows;
    std::set<std::size_t> groups;
    for_each_path(m, of, [&](const kernels::Path& path, const auto& view, std::size_t group) {
      rows.insert({path.tx, path.rx, path.hops, norm2(kernels::path_field(view, path))});
      groups.insert(group);
    });
    return std::pair(rows, groups.size());
  };
  EXPECT_EQ(list(tiles, own), list(whole, w));
}

TEST_F(MemoryBudget, WhatFitsIsNotCut) {
  const PathOptions options{.max_depth = 2};
  EXPECT_EQ(model(options, 0).receiver_tiles(), 1u);
  EXPECT_EQ(model(options, std::size_t(1) << 30).receiver_tiles(), 1u);
}

TEST_F(MemoryBudget, OneTooSmallForAnyTileIsAnErrorThatNamesTheLeast) {
  const PathOptions options{.max_depth = 2};
  const std::size_t smallest = least(options);
  EXPECT_NO_THROW(model(options, smallest));
  EXPECT_NE(error_of([&] { model(options, smallest - 1000); }).find(std::to_string(smallest)), std::string::npos);
}

}  // namespace
