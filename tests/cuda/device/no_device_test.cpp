// Where there is no device, everything that needs one says so in one line that names the way out.
#include <gtest/gtest.h>

#include "device_gains.hpp"
#include "manyworlds/executor/cuda.hpp"

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
  EXPECT_EQ(message([] { executor::CudaBatch{}.for_each_world(0, [](std::size_t) {}); }), listing);
  EXPECT_EQ(message([] { executor::CudaContexts{}.for_each_world(0, [](std::size_t) {}); }), listing);
}

}  // namespace
