// Choosing devices and spreading worlds over them, with made-up devices.
#include "manyworlds/backend/device.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::backend;

constexpr std::size_t gib = std::size_t(1) << 30;

DeviceInfo device(int index, std::size_t free_bytes, int multiprocessors, double clock_ghz = 1.5) {
  return {index, "made up", 9, 0, 80 * gib, free_bytes, multiprocessors, clock_ghz};
}

template <class F>
std::string no_device(F&& call) {
  try {
    call();
  } catch (const NoDevice& error) {
    return error.what();
  }
  return "no error";
}

TEST(Devices, NoneIsOneClearLine) {
  const std::string line = "no CUDA device: none was found; the executors 'batch' and 'serial' need none";
  EXPECT_EQ(no_device([] { device_at({}, 0); }), line);
  EXPECT_EQ(no_device([] { spread_worlds(3, {}, 0, 1); }), line);
}

TEST(Devices, AreChosenByNumber) {
  const std::vector<DeviceInfo> two{device(0, gib, 10), device(1, 2 * gib, 20)};
  EXPECT_EQ(device_at(two, 1).multiprocessors, 20);
  EXPECT_EQ(test::error_of([&] { device_at(two, 2); }), "device: expected 0 to 1, got 2");
  EXPECT_EQ(test::error_of([&] { device_at(two, -1); }), "device: expected 0 to 1, got -1");
}

TEST(Devices, ErrorsNameCallDeviceAndError) {
  const DeviceError error("launch 'overlay'", 1, "cudaErrorIllegalAddress", "an illegal memory access");
  EXPECT_STREQ(error.what(), "launch 'overlay' on CUDA device 1: cudaErrorIllegalAddress: an illegal memory access");
  EXPECT_EQ(error.call, "launch 'overlay'");
  EXPECT_EQ(error.device, 1);
  EXPECT_EQ(error.name, "cudaErrorIllegalAddress");
  EXPECT_STREQ(DeviceError("cuInit", -1, "CUDA_ERROR_UNKNOWN", "").what(), "cuInit: CUDA_ERROR_UNKNOWN");
}

TEST(SpreadWorlds, GivesEveryWorldToOneDevice) {
  for (std::size_t worlds : {0u, 1u, 2u, 7u, 100u, 4096u})
    for (int count = 1; count <= 5; ++count) {
      std::vector<DeviceInfo> devices;
      for (int i = 0; i < count; ++i) devices.push_back(device(i, gib, 20 + 30 * (i % 2), 1.1 + 0.2 * i));
      std::size_t next = 0;
      for (const DeviceShare& share : spread_worlds(worlds, devices, 1000, 1000)) {
        EXPECT_EQ(share.first, next);
        EXPECT_GT(share.count, 0u);
        next += share.count;
      }
      EXPECT_EQ(next, worlds);
    }
}

TEST(SpreadWorlds, GivesFasterDevicesMore) {
  const std::vector<DeviceInfo> devices{device(0, gib, 100), device(1, gib, 300)};
  const std::vector<DeviceShare> shares = spread_worlds(40, devices, 0, 1);
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[0].count, 10u);
  EXPECT_EQ(shares[1].count, 30u);
  EXPECT_EQ(shares[1].groups(), 1u);
}

TEST(SpreadWorlds, RunsInGroupsWhatMemoryDoesNotHoldAtOnce) {
  // 0.9 GiB usable, 0.4 of it shared: five worlds of 0.1 at once.
  const std::vector<DeviceShare> shares = spread_worlds(12, std::vector{device(0, gib, 100)}, gib * 4 / 10, gib / 10);
  ASSERT_EQ(shares.size(), 1u);
  EXPECT_EQ(shares[0].count, 12u);
  EXPECT_EQ(shares[0].at_once, 5u);
  EXPECT_EQ(shares[0].groups(), 3u);
}

TEST(SpreadWorlds, LeavesOutDevicesWithoutMemory) {
  const std::vector<DeviceInfo> devices{device(0, gib / 10, 500), device(7, gib, 1)};
  const std::vector<DeviceShare> shares = spread_worlds(10, devices, gib / 2, 1000);
  ASSERT_EQ(shares.size(), 1u);
  EXPECT_EQ(shares[0].device, 7);
  EXPECT_EQ(test::error_of([&] { spread_worlds(10, devices, 2 * gib, gib); }),
            "device: expected 3072 MiB of free memory for one world, no device has so much");
}

}  // namespace
