// Where there is no device, everything that needs one says so in one line that names the way out.
#include <gtest/gtest.h>

#include <algorithm>

#include "device_gains.hpp"
#include "folder.hpp"
#include "manyworlds/executor/cuda.hpp"
#include "run_driver.hpp"

namespace {

using namespace manyworlds;

/// The message of NoDevice, or what happened instead.
template <class F>
std::string message(F&& call) {
  try {
    call();
  } catch (const backend::NoDevice& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another error: ") + error.what();
  }
  return "";
}

TEST(NoDevice, IsOneClearLineFromEveryEntry) {
  const std::string listing = message([] { executor::cuda_devices()->list(); });
  if (listing.empty()) GTEST_SKIP() << "there is a device";
  EXPECT_EQ(listing.find("no CUDA device: "), 0u) << listing;
  EXPECT_EQ(listing.find('\n'), std::string::npos) << listing;
  EXPECT_NE(listing.find("the executors 'batch' and 'serial' need none"), std::string::npos) << listing;
  const paths::batch::Room room = paths::batch::Room::of(1);
  for (const auto fields : {test::Fields::in_double, test::Fields::in_single})
    for (const auto context : {test::Context::primary, test::Context::own})
      for (const auto kind : {VisibilityKind::hard, VisibilityKind::fresnel})
        EXPECT_EQ(message([&] { test::device_gains({}, 1, room, {.kind = kind}, fields, context); }), listing);
  // A backend by itself, in a profile and in descents.
  EXPECT_EQ(message([&] { test::device_profile({}, {}, {}, room); }), listing);
  EXPECT_EQ(message([&] { test::device_descent({}, {}, {}, room); }), listing);
  EXPECT_EQ(message([&] { test::device_descent_soft_single({}, {}, {}, room); }), listing);
  EXPECT_EQ(message([] { test::devices_with_own_loss()->list(); }), listing);
  EXPECT_EQ(message([] { executor::CudaBatch{}.for_each_world(0, [](std::size_t) {}); }), listing);
  EXPECT_EQ(message([] { executor::CudaContexts{}.for_each_world(0, [](std::size_t) {}); }), listing);
}

TEST(NoDevice, IsOneClearLineFromADriverWithKernelsOfItsOwn) {
  if (!std::filesystem::exists(MANYWORLDS_BINARY_DIR "/examples/cuda/own_policies_cuda"))
    GTEST_SKIP() << "the examples are not built";
  const test::WithoutDevices none;
  const test::Folder folder("no_device");
  const test::Outcome outcome =
      test::run_driver("cuda/own_policies_cuda",
                       {"--scene", MANYWORLDS_SOURCE_DIR "/examples/scenes/two_rooms/two_rooms.xml"}, folder.path);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err.rfind("no CUDA device: ", 0), 0u) << outcome.err;
  EXPECT_NE(outcome.err.find("need none; nor does --host\n"), std::string::npos) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

}  // namespace
