/// The driver `own_policies` as users run it.
#include <gtest/gtest.h>
#include <unistd.h>

#include "run_driver.hpp"

namespace {

using namespace manyworlds;
namespace fs = std::filesystem;

const std::string two_rooms = std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml";

struct OwnPolicies : testing::Test {
  fs::path folder = fs::path(testing::TempDir()) / ("own_policies_driver_" + std::to_string(getpid()));
  OwnPolicies() { fs::create_directories(folder); }
  ~OwnPolicies() override { fs::remove_all(folder); }
  test::Outcome run(const std::vector<std::string>& arguments) const {
    return test::run_driver("own_policies", arguments, folder);
  }
};

TEST_F(OwnPolicies, LeavesNoShortfallOfWhatIsThereAnyway) {
  const auto shortfall = [&](const char* target) {
    const test::Outcome outcome = run({"--scene", two_rooms, "--worlds", "2", "--target", target});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const std::size_t at = outcome.out.find("shortfall ");
    return at == std::string::npos ? -1.0 : std::stod(outcome.out.substr(at + 10));
  };
  EXPECT_EQ(shortfall("-90"), 0);
  const double of_40 = shortfall("-40"), of_30 = shortfall("-30");
  EXPECT_GT(of_40, 1);
  EXPECT_GT(of_30, of_40);
}

TEST_F(OwnPolicies, RefusesBadInput) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"--scene", "none.xml"}, "none.xml: no such file"},
      {{"--scene", two_rooms, "--worlds", "0"}, "worlds: expected at least 1"},
      {{"--worlds", "two"}, "--worlds"},
      {{"--wolrds", "2"}, "--wolrds"}};
  for (const auto& [arguments, expectation] : cases) {
    const test::Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << expectation;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(expectation), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << "one line: " << outcome.err;
  }
  EXPECT_EQ(run({"--help"}).code, 0);
}

}  // namespace
