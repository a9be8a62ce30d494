/// The driver `coverage` as users run it: what it writes is what the model says, and every mistake is one line.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <sstream>

#include "manyworlds/engine/problem.hpp"
#include "manyworlds/io/csv.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/receivers.hpp"
#include "path_model.hpp"
#include "run_driver.hpp"

namespace {

using namespace manyworlds;
namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

const std::string two_rooms = std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml";
constexpr double none = -std::numeric_limits<double>::infinity();

struct Csv {
  std::vector<std::string> header;
  std::vector<std::vector<double>> rows;

  explicit Csv(const fs::path& file) {
    std::istringstream lines(test::text_of(file));
    std::string line, cell;
    for (bool first = true; std::getline(lines, line); first = false) {
      std::istringstream cells(line);
      if (!first) rows.emplace_back();
      while (std::getline(cells, cell, ',')) {
        if (first)
          header.push_back(cell);
        else
          rows.back().push_back(std::strtod(cell.c_str(), nullptr));
      }
    }
  }
};

/// Little-endian doubles of a NumPy file, and its shape as written there.
struct Npy {
  std::string shape;
  std::vector<double> values;

  explicit Npy(const fs::path& file) {
    const std::string bytes = test::text_of(file);
    const std::size_t head = 10 + std::size_t(static_cast<unsigned char>(bytes.at(8))) +
                             256 * std::size_t(static_cast<unsigned char>(bytes.at(9)));
    const std::size_t open = bytes.find('('), close = bytes.find(')');
    EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    EXPECT_NE(bytes.find("'<f8'"), std::string::npos);
    shape = bytes.substr(open, close - open + 1);
    values.resize((bytes.size() - head) / sizeof(double));
    std::memcpy(values.data(), bytes.data() + head, values.size() * sizeof(double));
  }
};

struct Coverage : testing::Test {
  fs::path folder = fs::path(testing::TempDir()) / ("coverage_driver_" + std::to_string(getpid()));
  fs::path output = folder / "map";

  Coverage() { fs::create_directories(folder); }
  ~Coverage() override { fs::remove_all(folder); }

  test::Outcome run(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--output", output.string()});
    return test::run_driver("coverage", arguments, folder);
  }
  Csv csv() const { return Csv(output / "coverage.csv"); }
  Npy npy() const { return Npy(output / "coverage.npy"); }

  /// The file holds one value per transmitter and receiver, exactly those of the table.
  void expect_npy_is(const Csv& table, const std::string& shape) const {
    const Npy array = npy();
    const std::size_t n = table.rows.size(), transmitters = table.header.size() - 4;
    EXPECT_EQ(array.shape, shape);
    ASSERT_EQ(array.values.size(), transmitters * n);
    for (std::size_t t = 0; t < transmitters; ++t)
      for (std::size_t r = 0; r < n; ++r) EXPECT_EQ(array.values[t * n + r], table.rows[r][3 + t]);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
};

/// Two transmitters of 20 and 5 dBm, and the reflector in the second room.
struct TwoRooms {
  Arguments arguments{
      "--scene",     two_rooms,  "--tx", "a=1,1,2",   "--tx", "b=2.5,4,2.2,5", "--area",
      "0.5,0,7.5,5", "--height", "1.2",  "--spacing", "0.5",  "--pose",        "Reflector=6.2,3.1,1.4,2.5,0.1,0"};
  Scene scene = io::load(two_rooms, {.frequency_hz = 3.5e9});
  std::vector<double> gains;
  std::size_t n;

  explicit TwoRooms(const paths::PathOptions& options = {}, const Visibility& visibility = {.tiles = 3}) {
    scene.add({"a", {1, 1, 2}, {}, 20});
    scene.add({"b", {2.5, 4, 2.2}, {}, 5});
    scene.receivers = receiver_grid({.lo = {0.5, 0}, .hi = {7.5, 5}, .height = 1.2, .spacing = 0.5});
    n = scene.receivers.positions.size();
    const test::PathModel model(scene, {std::uint32_t(find_object(scene, "Reflector"))}, options);
    paths::Workspace w = model.make_workspace();
    model.gains({{make_pose({6.2, 3.1, 1.4}, {2.5, 0.1, 0})}, {{1, 1, 2}, {2.5, 4, 2.2}}}, visibility, w);
    gains = w.gains;
  }
  double dbm(std::size_t tx, std::size_t rx) const { return to_db(gains[tx * n + rx]) + (tx == 0 ? 20 : 5); }
};

TEST_F(Coverage, WritesThePowersOfTheModel) {
  TwoRooms expected;
  expected.arguments.push_back("--quiet");
  const test::Outcome outcome = run(expected.arguments);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out + outcome.err, "");
  const Csv table = csv();
  EXPECT_EQ(table.header, (std::vector<std::string>{"x", "y", "z", "rss_dbm_a", "rss_dbm_b", "rss_dbm"}));
  ASSERT_EQ(table.rows.size(), expected.n);
  for (std::size_t r = 0; r < expected.n; ++r) {
    const std::vector<double>& row = table.rows[r];
    ASSERT_EQ(row.size(), 6u);
    EXPECT_TRUE(Vec3d(row[0], row[1], row[2]) == expected.scene.receivers.positions[r]);
    EXPECT_NEAR(row[3], expected.dbm(0, r), 1e-9);
    EXPECT_NEAR(row[4], expected.dbm(1, r), 1e-9);
    EXPECT_EQ(row[5], std::max(row[3], row[4]));
  }
  expect_npy_is(table, "(2, 10, 14, )");
  EXPECT_EQ(test::text_of(output / "coverage.png").substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(output), {}), 3);
}

TEST_F(Coverage, SumsAndMeasuresGainAndSinr) {
  TwoRooms expected({.max_depth = 2, .transmission = false, .coherent = true}, {.kind = VisibilityKind::hard});
  Arguments& common = expected.arguments;
  common.insert(common.end(), {"--max-depth", "2", "--no-transmission", "--coherent", "--visibility", "hard"});
  const auto with = [&](const Arguments& more) {
    Arguments all = common;
    all.insert(all.end(), more.begin(), more.end());
    EXPECT_EQ(run(all).code, 0);
    return csv();
  };
  const Csv gain = with({"--quantity", "gain", "--serving", "sum"}), rss = with({"--serving", "sum"}),
            sinr = with({"--quantity", "sinr", "--bandwidth", "20e6"}),
            snr = with({"--quantity", "sinr", "--serving", "sum"});
  EXPECT_EQ(gain.header.back(), "gain_db");
  EXPECT_EQ(sinr.header[4], "sinr_db_b");
  const auto expect_db = [](double found, double wanted) {
    if (std::isfinite(wanted))
      EXPECT_NEAR(found, wanted, 1e-9);
    else
      EXPECT_EQ(found, wanted);
  };
  for (std::size_t r = 0; r < expected.n; ++r) {
    const double a = expected.gains[r], b = expected.gains[expected.n + r];
    const double pa = 100 * a, pb = std::sqrt(10.0) * b, noise = 1.380649e-23 * 293 * 20e6 * 1000;
    expect_db(gain.rows[r][3], to_db(a));
    expect_db(gain.rows[r][5], to_db(a + b));
    expect_db(rss.rows[r][5], to_db(pa + pb));
    expect_db(sinr.rows[r][3], to_db(pa / (noise + pb)));
    expect_db(sinr.rows[r][4], to_db(pb / (noise + pa)));
    expect_db(sinr.rows[r][5], std::max(sinr.rows[r][3], sinr.rows[r][4]));
    expect_db(snr.rows[r][5], to_db((pa + pb) / noise * 20));
  }
}

TEST_F(Coverage, TakesReceiversFromCsvAndWeighsThem) {
  write("receivers.csv", "weight,z,x,y\n3,1.5,1,2\n1,1.2,7,4\n0,1.2,6,1\n");
  const test::Outcome outcome = run(
      {"--scene", two_rooms, "--tx", "1,1,2", "--receivers", (folder / "receivers.csv").string(), "--max-depth", "0"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const Csv table = csv();
  expect_npy_is(table, "(1, 3, )");
  EXPECT_EQ(table.header[3], "rss_dbm_tx0");
  EXPECT_EQ(table.rows[0][2], 1.5);
  const double line_of_sight = 20 + 2 * to_db(wavelength(3.5e9) / (4 * pi * std::sqrt(1 + 0.25)));
  EXPECT_NEAR(table.rows[0][3], line_of_sight, 1e-9);
  EXPECT_EQ(table.rows[1][3], none);  // behind the reflector or the partition
  EXPECT_NE(outcome.out.find("1 paths to 3 receivers"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("dead receivers, which no path reaches: 2 of 3, not counted above"), std::string::npos)
      << outcome.out;
  char mean[32];
  std::snprintf(mean, sizeof mean, "mean %.1f dBm", line_of_sight);
  EXPECT_NE(outcome.out.find(mean), std::string::npos) << outcome.out;
}

TEST_F(Coverage, ReadsTheSameOptionsFromAFile) {
  const TwoRooms problem;
  ASSERT_EQ(run(problem.arguments).code, 0);
  const std::string given = test::text_of(output / "coverage.csv");
  write("map.toml", "scene = \"" + two_rooms +
                        "\"\ntx = [\"a=1,1,2\", \"b=2.5,4,2.2,5\"]\narea = \"0.5,0,7.5,5\"\nheight = 1.2\nspacing = 1\n"
                        "pose = \"Reflector=6.2,3.1,1.4,2.5,0.1,0\"\n");
  EXPECT_EQ(run({"--config", (folder / "map.toml").string(), "--spacing", "0.5"}).code, 0);
  EXPECT_EQ(test::text_of(output / "coverage.csv"), given);
}

TEST_F(Coverage, SaysHowCompleteThePathsOfRaysAre) {
  Arguments arguments = TwoRooms().arguments;
  EXPECT_EQ(run(arguments).out.find("half of the rays"), std::string::npos);
  arguments.insert(arguments.end(), {"--finder", "shooting", "--rays", "2000"});
  const std::string out = run(arguments).out;
  EXPECT_NE(out.find("rays: more --rays may find more"), std::string::npos) << out;
  const std::size_t at = out.find("half of the rays find ");
  ASSERT_NE(at, std::string::npos) << out;
  const double percent = std::stod(out.substr(at + 22));
  EXPECT_GT(percent, 80);
  EXPECT_LE(percent, 100);
}

TEST_F(Coverage, WarnsOfReceiversOnSurfaces) {
  write("receivers.csv", "x,y,z\n1,2,0\n1,2,1\n");
  const test::Outcome outcome =
      run({"--scene", two_rooms, "--tx", "1,1,2", "--receivers", (folder / "receivers.csv").string()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "coverage: warning: 1 of 2 receivers lie on a surface: 0 ('floor')\n");
}

TEST_F(Coverage, RefusesBadInputInOneLineBeforeItWrites) {
  write("broken.xml", "<scene version=\"2.1.0\">\n  <bsdf\n</scene>\n");
  write("empty.csv", "x,y,z\n");
  write("wedge.obj", "v 0 0 0\nv 1 0 0\nv 0 0 1\nf 1 2 3\n");
  write("wedge.xml",
        "<scene version=\"2.1.0\"><bsdf type=\"itu-radio-material\" id=\"m\"><string name=\"type\" "
        "value=\"metal\"/></bsdf>"
        "<shape type=\"obj\" id=\"mesh-wedge\"><string name=\"filename\" value=\"wedge.obj\"/><ref "
        "id=\"m\"/></shape></scene>");
  write("unknown.toml", "spacings = 2\n");
  const Arguments good{"--scene", two_rooms, "--tx", "1,1,2"};
  const auto in = [&](const std::string& name) { return (folder / name).string(); };
  struct Case {
    Arguments arguments;
    std::string option, expectation;
    bool alone = false;  ///< not behind the good arguments
  };
  const std::vector<Case> cases{
      {{}, "--scene", "required", true},
      {{"--scene", two_rooms}, "--tx", "required", true},
      {{"--scene", in("none.xml"), "--tx", "1,1,2"}, "none.xml", "no such file", true},
      {{"--scene", in("broken.xml"), "--tx", "1,1,2"}, "broken.xml:", "", true},
      {{"--scene", two_rooms, "--tx", "1,1"}, "--tx", "expected 3 numbers", true},
      {{"--scene", two_rooms, "--tx", "=1,1,2"}, "--tx", "expected [NAME=]x,y,z[,dBm]", true},
      {{"--scene", two_rooms, "--tx", "a=1,1,nan"}, "--tx", "expected 3 numbers", true},
      {{"--tx", "tx0=2,2,2"}, "--tx", "'tx0' twice"},
      {{"--tx-power", "inf"}, "--tx-power", "expected a finite number"},
      {{"--tx-pattern", "yagi"}, "--tx-pattern", "iso, dipole, hw_dipole, tr38901"},
      {{"--tx-polarization", "X"}, "--tx-polarization", "V, H, VH, cross"},
      {{"--tx-orientation", "0,0"}, "--tx-orientation", "expected 3 numbers"},
      {{"--tx-orientation", "0,0,0", "--tx-orientation", "1,0,0"}, "--tx-orientation", "expected one"},
      {{"--frequency", "5e7"}, "--frequency", "1e+08 to 1e+11 Hz"},
      {{"--frequency", "nan"}, "--frequency", "1e+08 to 1e+11 Hz"},
      {{"--max-depth", "6"}, "--max-depth", "expected 0 to 5"},
      {{"--max-depth", "two"}, "--max-depth", "two"},
      {{"--finder", "luck"}, "--finder", "automatic, beams, shooting"},
      {{"--rays", "0"}, "--rays", "expected at least 1"},
      {{"--area", "1,1,0,2"}, "--area", "expected x0 < x1 and y0 < y1"},
      {{"--area", "1,1,2"}, "--area", "expected 4 numbers"},
      {{"--area", "1,1,2,2", "--spacing", "3"}, "--area", "holds no cell of 3 m"},
      {{"--spacing", "0"}, "--spacing", "expected a number > 0"},
      {{"--spacing", "1e-4"}, "--spacing", "at most 10 million"},
      {{"--height", "nan"}, "--height", "expected a finite number"},
      {{"--receivers", in("none.csv")}, "none.csv", "no such file"},
      {{"--receivers", in("empty.csv")}, "empty.csv", "no receivers"},
      {{"--receivers", in("empty.csv"), "--height", "2"}, "--height", "excludes"},
      {{"--pose", "Reflecter=1,2,1,0,0,0"}, "--pose", "Reflector"},
      {{"--pose", "Reflector=1,2,1"}, "--pose", "expected 6 numbers"},
      {{"--pose", "1,2,1,0,0,0"}, "--pose", "expected NAME=numbers"},
      {{"--pose", "Reflector=1,2,1,0,0,0", "--pose", "Reflector=1,2,1,0,0,0"}, "--pose", "'Reflector' twice"},
      {{"--scene", in("wedge.xml"), "--tx", "1,1,2", "--area", "0,0,3,3", "--pose", "wedge=1,0,1,0,0,0"},
       "--pose",
       "expected --visibility hard",
       true},
      {{"--visibility", "soft"}, "--visibility", "hard, fresnel, atan, logistic"},
      {{"--tiles", "9"}, "--tiles", "expected 1 to 8"},
      {{"--smoothing-wavelengths", "0"}, "--smoothing-wavelengths", "expected a number > 0"},
      {{"--quantity", "power"}, "--quantity", "gain, rss, sinr"},
      {{"--serving", "all"}, "--serving", "strongest, sum"},
      {{"--bandwidth", "-1"}, "--bandwidth", "expected a number > 0"},
      {{"--spacings", "1"}, "--spacings", "--spacing"},
      {{"--config", in("none.toml")}, "none.toml", ""},
      {{"--config", in("unknown.toml")}, "unknown.toml:", "spacings"}};
  for (const Case& c : cases) {
    Arguments arguments = c.alone ? Arguments{} : good;
    arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
    const test::Outcome outcome = run(arguments);
    std::string what;
    for (const std::string& a : arguments) what += a + " ";
    EXPECT_EQ(outcome.code, 2) << what;
    EXPECT_EQ(outcome.out, "") << what;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << what << outcome.err;
    EXPECT_EQ(outcome.err.rfind("coverage: ", 0), 0u) << what << outcome.err;
    EXPECT_NE(outcome.err.find(c.option), std::string::npos) << what << outcome.err;
    EXPECT_NE(outcome.err.find(c.expectation), std::string::npos) << what << outcome.err;
    EXPECT_FALSE(fs::exists(output)) << what;
  }
}

TEST_F(Coverage, RefusesAFolderItCannotWriteToBeforeItReadsTheScene) {
  write("map", "a file, not a folder");
  for (const fs::path& place : {output, output / "below", fs::path("/proc/none")}) {
    const test::Outcome outcome =
        test::run_driver("coverage", {"--scene", "none.xml", "--tx", "1,1,2", "--output", place.string()}, folder);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("--output: expected a folder"), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
  EXPECT_EQ(test::text_of(output), "a file, not a folder");
}

}  // namespace
