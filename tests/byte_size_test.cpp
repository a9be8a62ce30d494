/// Sizes of memory on the command line.
#include "../examples/byte_size.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"

namespace {

using examples::parse_byte_size;

TEST(ByteSize, UnitsArePowersOf1000Or1024) {
  EXPECT_EQ(parse_byte_size("--b", "1234"), 1234u);
  EXPECT_EQ(parse_byte_size("--b", "12B"), 12u);
  EXPECT_EQ(parse_byte_size("--b", "64kB"), 64'000u);
  EXPECT_EQ(parse_byte_size("--b", "500MB"), 500'000'000u);
  EXPECT_EQ(parse_byte_size("--b", "1.5 GB"), 1'500'000'000u);
  EXPECT_EQ(parse_byte_size("--b", "8G"), 8'000'000'000u);
  EXPECT_EQ(parse_byte_size("--b", "2TB"), 2'000'000'000'000u);
  EXPECT_EQ(parse_byte_size("--b", "3KiB"), 3'072u);
  EXPECT_EQ(parse_byte_size("--b", "1GiB"), 1'073'741'824u);
}

TEST(ByteSize, AnythingElseIsAnErrorThatNamesTheOption) {
  for (const std::string text : {"", "GB", "-1GB", "8XB", "8GBs", "8 MB MB", "1e30GB", "nan", "8GGB", "8iB", "MB8"}) {
    const std::string error = manyworlds::test::error_of([&] { parse_byte_size("--memory-budget", text); });
    EXPECT_NE(error.find("--memory-budget"), std::string::npos) << text;
    EXPECT_NE(error.find("'" + text + "'"), std::string::npos) << text;
  }
}

}  // namespace
