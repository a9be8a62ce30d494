#pragma once
#include <gtest/gtest.h>

#include "device_gains.hpp"
#include "manyworlds/backend/serial.hpp"
#include "manyworlds/paths/batch/owned_gains.hpp"
#include "world_batch.hpp"

/// Batches that tests run on a device and on the host.
namespace manyworlds::test {

/// Tests that are skipped where there is no device.
struct OnDevice : testing::Test {
  void SetUp() override {
    try {
      executor::cuda_devices()->list();
    } catch (const backend::NoDevice& error) {
      GTEST_SKIP() << error.what();
    }
  }
};

/// Two rooms with one of the sorts of movers.
struct Rooms {
  using AnyGains = paths::batch::AnyGains;
  using Room = paths::batch::Room;
  Scene scene = two_rooms();
  std::vector<std::uint32_t> movers;
  Random random;
  paths::batch::Arrays arrays;
  Worlds worlds;
  std::vector<double> gain_bar;

  Rooms(Movers which, int depth, std::uint32_t count, bool coherent, std::uint32_t receivers = 50)
      : movers(add_movers(scene, which, 1, 2)),
        random(21, std::uint32_t(which), std::uint32_t(depth), Purpose::test),
        arrays(
            (place_devices(scene, random, 2, receivers, {.3, .3, .3}, {7.7, 4.7, 2.5}),
             paths::batch::make_arrays(PathModel(scene, movers, {.max_depth = depth, .coherent = coherent}).world()))),
        worlds(scene, movers.size(), count, random, {1, 1, .8}, {7, 4, 2}) {
    std::vector<double> gains(count * arrays.links());
    on_host()->gains(worlds.poses, gains);
    gain_bar = balanced(gains, random);
  }
  std::unique_ptr<AnyGains> on_host() const {
    return paths::batch::make_gains<double>(std::make_unique<backend::Serial>(), arrays, worlds.count(), room());
  }
  Room room() const { return Room::of(worlds.count()); }
};

/// Gains of all worlds, and gradients of what gain_bar weighs.
struct Answer {
  std::vector<double> gains;
  std::vector<PoseGradient> gradient;
  Answer(paths::batch::AnyGains& batch, const Rooms& rooms)
      : gains(rooms.worlds.count() * rooms.arrays.links()), gradient(rooms.worlds.poses.size()) {
    batch.gains(rooms.worlds.poses, gains);
    batch.pullback(rooms.gain_bar, gradient);
  }
};

}  // namespace manyworlds::test
