#include "manyworlds/scene/receivers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "error_of.hpp"
#include "manyworlds/io/receivers_csv.hpp"

namespace {

using namespace manyworlds;
using test::error_of;

TEST(ReceiverGrid, TakesTheShapeOfADriver) {
  const ReceiverSet set = receiver_grid({.lo = {21, 12}, .hi = {29, 19}, .height = 1.2f, .spacing = 0.25f});
  EXPECT_EQ(set.columns, 32u);
  EXPECT_EQ(set.rows, 28u);
  ASSERT_EQ(set.positions.size(), 32u * 28u);
  EXPECT_EQ(set.spacing, 0.25);
  EXPECT_TRUE(set.weights.empty());
}

TEST(ReceiverGrid, StandsAtTheCellsOfTheReferenceMap) {
  const ReceiverSet set = receiver_grid({.lo = {0, 0}, .hi = {9, 5}, .height = 1.2, .spacing = 0.25});
  std::ifstream file(MANYWORLDS_SOURCE_DIR "/tests/data/sionna/two_rooms_map_refraction_on.csv");
  std::string line;
  std::getline(file, line);
  std::size_t cells = 0;
  for (; std::getline(file, line) && line[0] == '0'; ++cells) {
    std::string_view rest = line;
    double numbers[6]{};
    for (double& number : numbers) {
      number = *io::to_number(rest.substr(0, rest.find(',')));
      rest.remove_prefix(rest.find(',') + 1);
    }
    const Vec3d p = set.positions.at(std::size_t(numbers[1]) * set.columns + std::size_t(numbers[2]));
    EXPECT_NEAR(norm(p - Vec3d{numbers[3], numbers[4], numbers[5]}), 0, 1e-6) << line;
  }
  EXPECT_EQ(cells, set.positions.size());
}

TEST(ReceiverGrid, CountsWholeCellsInSpiteOfRounding) {
  EXPECT_EQ(receiver_grid({.lo = {0, 0}, .hi = {0.3, 0.7}, .height = 1, .spacing = 0.1}).positions.size(), 21u);
  const ReceiverSet cut = receiver_grid({.lo = {1, 2}, .hi = {2.9, 3}, .height = 1, .spacing = 1});
  ASSERT_EQ(cut.positions.size(), 1u);
  EXPECT_EQ(cut.positions[0], (Vec3d{1.5, 2.5, 1}));
}

TEST(ReceiverGrid, RefusesWhatIsNoGrid) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const struct {
    ReceiverGrid grid;
    const char* expected;
  } cases[] = {
      {{.lo = {5, 0}, .hi = {1, 3}}, "lo < hi"},
      {{.lo = {0, 3}, .hi = {1, 3}}, "lo < hi"},
      {{.lo = {0, 0}, .hi = {1, 3}, .spacing = 0}, "positive spacing"},
      {{.lo = {0, 0}, .hi = {1, 3}, .spacing = -0.5}, "positive spacing"},
      {{.lo = {0, 0}, .hi = {1, 3}, .spacing = nan}, "positive spacing"},
      {{.lo = {0, 0}, .hi = {1, 3}, .spacing = 2}, "holds no cell"},
      {{.lo = {0, 0}, .hi = {1, 3}, .spacing = 1e-9}, "10 million"},
      {{.lo = {0, 0}, .hi = {inf, 3}}, "finite"},
      {{.lo = {0, 0}, .hi = {1, 3}, .height = nan}, "finite"},
  };
  for (const auto& c : cases) {
    const std::string error = error_of([&] { receiver_grid(c.grid); });
    EXPECT_NE(error.find(c.expected), std::string::npos) << error;
  }
}

TEST(ReceiversCsv, ReadsColumnsInAnyOrder) {
  const ReceiverSet plain = io::parse_receivers("x,y,z\n1,2,3\n-4.5, +5e-1 ,6\n", "r.csv");
  ASSERT_EQ(plain.positions.size(), 2u);
  EXPECT_EQ(plain.positions[1], (Vec3d{-4.5, 0.5, 6}));
  EXPECT_TRUE(plain.weights.empty());
  const ReceiverSet weighted = io::parse_receivers("\xEF\xBB\xBFweight, z,y,x\r\n0,3,2,1\r\n\r\n2,6,5,4", "r.csv");
  ASSERT_EQ(weighted.positions.size(), 2u);
  EXPECT_EQ(weighted.positions[0], (Vec3d{1, 2, 3}));
  EXPECT_EQ(weighted.weights, (std::vector<double>{0, 2}));
}

TEST(ReceiversCsv, SaysWhatIsWrongInWhichLine) {
  const struct {
    const char *text, *expected;
  } cases[] = {
      {"", "r.csv:1: expected a header"},
      {"1,2,3\n", "r.csv:1: expected a header with the columns x, y, z and optionally weight, found '1'"},
      {"x,y\n1,2\n", "'z' 0 times"},
      {"x,y,z,x\n", "'x' 2 times"},
      {"x,y,z,name\n", "found 'name'"},
      {"x,y,z\n", "r.csv: no receivers"},
      {"x,y,z\n1,2,3\n1,2\n", "r.csv:3: expected 3 columns, found 2"},
      {"x,y,z\n1,two,3\n", "r.csv:2: expected a finite number, found 'two'"},
      {"x,y,z\n1,nan,3\n", "r.csv:2: expected a finite number, found 'nan'"},
      {"x,y,z\n1,,3\n", "r.csv:2: expected a finite number, found ''"},
      {"x,y,z,weight\n1,2,3,-1\n", "r.csv:2: expected a weight >= 0, found -1"},
      {"x,y,z,weight\n1,2,3,0\n", "all weights are zero"},
  };
  for (const auto& c : cases) {
    const std::string error = error_of([&] { io::parse_receivers(c.text, "r.csv"); });
    EXPECT_NE(error.find(c.expected), std::string::npos) << error;
  }
  EXPECT_EQ(error_of([] { io::load_receivers("/nowhere/r.csv"); }), "/nowhere/r.csv: no such file");
}

}  // namespace
