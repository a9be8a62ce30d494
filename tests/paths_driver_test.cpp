/// The driver `paths` as users run it: a gradient oracle computed in quadruple precision, and every mistake is one
/// line.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "run_driver.hpp"

namespace {

using namespace manyworlds;
namespace fs = std::filesystem;
using nlohmann::json;
using Arguments = std::vector<std::string>;

const std::string oracle = std::string(MANYWORLDS_SOURCE_DIR) + "/tests/data/oracle/oracle.xml";

class PathsDriver : public testing::Test {
 protected:
  const fs::path folder = fs::temp_directory_path() / ("paths_driver_test." + std::to_string(::getpid()));
  PathsDriver() { fs::create_directories(folder / "meshes"); }
  ~PathsDriver() override { fs::remove_all(folder); }

  test::Outcome run(const Arguments& arguments) const { return test::run_driver("paths", arguments, folder); }

  /// Runs in the oracle's scene with further arguments and parses what comes out.
  json result(Arguments arguments) const {
    arguments.insert(arguments.begin(), {"--scene", oracle, "--frequency", "3.5e9"});
    const test::Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return json::parse(outcome.out, nullptr, false);
  }

  /// Exit code 2, one line on stderr that says all of `parts`, nothing on stdout.
  void expect_refusal(const Arguments& arguments, const std::vector<std::string>& parts) const {
    const test::Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    for (const std::string& part : parts)
      EXPECT_NE(outcome.err.find(part), std::string::npos) << "no '" << part << "' in: " << outcome.err;
  }
  void refuse(Arguments arguments, const std::vector<std::string>& parts) const {
    arguments.insert(arguments.begin(), {"--scene", oracle, "--tx", "1,0.5,2", "--rx", "4,1.2,1.1"});
    expect_refusal(arguments, parts);
  }
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
};

/// What the reference prints of one panel and one visibility.
struct Row {
  const char* visibility;
  const char* panel;
  Arguments antennas;
  double gain_db, tx[3], rx[3], position[3], rotation[3], eps_r, sigma, thickness;
};

const Arguments dipoles = {"--tx-pattern", "dipole", "--rx-pattern", "dipole"};
const Arguments both_polarizations = {"--tx-pattern", "dipole", "--rx-pattern", "iso", "--rx-polarization", "VH"};
const Row rows[] = {{"hard",
                     "P1",
                     dipoles,
                     -69.2621875105,
                     {0.463173759, 1.235395913, -0.769668517},
                     {0.481363684, 1.308119723, 0.624687453},
                     {0.242481375, -2.424813755, 0.121240688},
                     {0.010028088, -0.145622492, -2.932506008},
                     0.901884959,
                     14.766510859,
                     61.765664283},
                    {"hard",
                     "P2",
                     dipoles,
                     -69.2621875105,
                     {0.463173759, 1.235395913, -0.769668517},
                     {0.481363684, 1.308119723, 0.624687453},
                     {-1.187018818, -0.118701882, 0.023740376},
                     {-0.067926916, 1.572296594, 4.465137168},
                     3.204947049,
                     8.948730828,
                     260.270066909},
                    {"atan",
                     "P1",
                     dipoles,
                     -85.6820348453,
                     {-0.304935342, 3.341224940, 0.328343944},
                     {6.037301946, -0.664168981, 3.568637908},
                     {2.740517299, -3.387770198, -1.823145800},
                     {7.761825789, 1.037126158, 16.805281175},
                     0.901884959,
                     14.766510859,
                     61.765664283},
                    {"atan",
                     "P2",
                     dipoles,
                     -85.6820348453,
                     {-0.304935342, 3.341224940, 0.328343944},
                     {6.037301946, -0.664168981, 3.568637908},
                     {-8.472883902, 0.710714239, -2.073836052},
                     {-0.197212302, -2.686177137, -11.156903958},
                     3.204947049,
                     8.948730828,
                     260.270066909},
                    {"fresnel",
                     "P1",
                     both_polarizations,
                     -66.9433285059,
                     {-5.689876073, 9.835725126, 7.647723106},
                     {13.786837504, -14.587068410, 18.755875377},
                     {9.295729741, -6.506700739, -12.571417203},
                     {47.701996453, 9.867934724, 72.353744319},
                     0.901585351,
                     14.765037555,
                     61.758641179},
                    {"fresnel",
                     "P2",
                     both_polarizations,
                     -66.9433285059,
                     {-5.689876073, 9.835725126, 7.647723106},
                     {13.786837504, -14.587068410, 18.755875377},
                     {-17.392691173, 11.258044023, -13.832181280},
                     {0.791528047, -35.367164097, -51.207559562},
                     3.206667847,
                     8.953442383,
                     260.361528598}};

/// Printed with nine decimals.
void expect_close(double found, double expected, const std::string& what) {
  EXPECT_NEAR(found, expected, 1e-6 * std::abs(expected) + 1e-9) << what;
}

TEST_F(PathsDriver, GradientsAreThoseOfTheReference) {
  for (const Row& row : rows)
    for (const char* tiles : {"1", "3"}) {
      Arguments arguments = {"--tx",
                             "1,0.5,2",
                             "--rx",
                             "4,1.2,1.1",
                             "--chain",
                             "P1,P2",
                             "--movers",
                             "P1,P2",
                             "--visibility",
                             row.visibility,
                             "--smoothing-wavelengths",
                             "4",
                             "--tiles",
                             tiles,
                             "--gradient",
                             row.panel};
      arguments.insert(arguments.end(), row.antennas.begin(), row.antennas.end());
      const json found = result(arguments);
      ASSERT_EQ(found["gradients"].size(), 1u);
      const json& g = found["gradients"][0];
      const std::string what = std::string(row.visibility) + " " + row.panel + " ";
      expect_close(g["gain_db"], row.gain_db, what + "gain_db");
      for (std::size_t i = 0; i < 3; ++i) {
        expect_close(g["tx"][i], row.tx[i], what + "tx");
        expect_close(g["rx"][i], row.rx[i], what + "rx");
        expect_close(g["position"][i], row.position[i], what + "position");
        expect_close(g["rotation"][i], row.rotation[i], what + "rotation");
      }
      expect_close(g["eps_r"], row.eps_r, what + "eps_r");
      expect_close(g["sigma"], row.sigma, what + "sigma");
      expect_close(g["thickness"], row.thickness, what + "thickness");
    }
}

TEST_F(PathsDriver, LogisticGradientsEqualDifferencesOfPoses) {
  const auto gradients = [&](const std::string& pose) {
    return result({"--tx", "1,0.5,2", "--rx", "4,1.2,1.1", "--movers", "P1,P2", "--visibility", "logistic",
                   "--smoothing-alpha", "3", "--pose", pose, "--max-depth", "2", "--gradient", "P2"})["gradients"][0];
  };
  const json g = gradients("P2=5,2,1.3,0.1,0,0");
  const auto gain = [&](const std::string& pose) { return double(gradients(pose)["gain_db"]); };
  const double h = 1e-4;
  EXPECT_NEAR(g["position"][0], (gain("P2=5.0001,2,1.3,0.1,0,0") - gain("P2=4.9999,2,1.3,0.1,0,0")) / (2 * h), 1e-5);
  EXPECT_NEAR(g["position"][2], (gain("P2=5,2,1.3001,0.1,0,0") - gain("P2=5,2,1.2999,0.1,0,0")) / (2 * h), 1e-5);
  EXPECT_NEAR(g["rotation"][2], (gain("P2=5,2,1.3,0.1001,0,0") - gain("P2=5,2,1.3,0.0999,0,0")) / (2 * h), 1e-5);
}

TEST_F(PathsDriver, ChainKeepsExactlyItsPaths) {
  const json found = result({"--tx", "1,0.5,2", "--rx", "4,1.2,1.1", "--chain", "P1,P2"});
  ASSERT_EQ(found["paths"].size(), 1u);
  const json& path = found["paths"][0];
  EXPECT_EQ(path["objects"], json({"P1", "P2"}));
  EXPECT_EQ(path["types"], json({"R", "R"}));
  EXPECT_NEAR(path["vertices"][0][0], 3.641889852645, 1e-11);
  EXPECT_NEAR(path["vertices"][1][1], 2.152981247517, 1e-11);
  EXPECT_NEAR(double(path["tau_s"]) * 299792458, 6.680429326637, 1e-11);
  EXPECT_FALSE(found.contains("gradients"));
  EXPECT_EQ(found["finder"], "beams");
  EXPECT_EQ(found["recall"], 1);
  EXPECT_GT(result({"--tx", "1,0.5,2", "--rx", "4,1.2,1.1"})["paths"].size(), 1u);
  EXPECT_EQ(result({"--tx", "1,0.5,2", "--rx", "4,1.2,1.1", "--chain", "P2,P1"})["paths"].size(), 0u);
}

TEST_F(PathsDriver, TwoRoomsAreAsComputedByHand) {  // examples/scenes/two_rooms/README.md
  const std::string two_rooms = std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml";
  const test::Outcome outcome = run({"--scene", two_rooms, "--tx", "2,4.4,1.5", "--rx", "7,1.2,1.5", "--rx",
                                     "7,1.4,1.0", "--max-depth", "1", "--no-transmission"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json paths = json::parse(outcome.out)["paths"];
  const struct {
    int rx;
    const char* object;
    double length, x, y;
  } expected[] = {{0, "wall_south", std::hypot(5, 5.6), 2 + 5 * 4.4 / 5.6, 0},
                  {0, "Reflector", 8.2, 2, 1.2},
                  {1, "wall_south", std::sqrt(25 + 5.8 * 5.8 + 0.25), 2 + 5 * 4.4 / 5.8, 0},
                  {1, "Reflector", std::sqrt(8.2 * 8.2 + 0.04 + 0.25), -1.2 + 8.2 * 3.2 / 8.4, 1.2 + 0.2 * 3.2 / 8.4}};
  ASSERT_EQ(paths.size(), std::size(expected));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    EXPECT_EQ(paths[i]["rx"], expected[i].rx);
    EXPECT_EQ(paths[i]["objects"], json({expected[i].object}));
    EXPECT_NEAR(double(paths[i]["tau_s"]) * 299792458, expected[i].length, 1e-5);
    EXPECT_NEAR(paths[i]["vertices"][0][0], expected[i].x, 1e-5);
    EXPECT_NEAR(paths[i]["vertices"][0][1], expected[i].y, 1e-5);
  }
  EXPECT_NEAR(std::hypot(double(paths[1]["a_re"]), double(paths[1]["a_im"])), 8.312e-4, 2e-6);
}

TEST_F(PathsDriver, NegativeNumbersAreNumbers) {
  struct Point {
    const char* text;
    double x, y;
  };
  for (const auto& [text, x, y] :
       {Point{"-1.0,0.05,2.0", -1, 0.05}, {"-.5,1,2", -0.5, 1}, {"-2,-3,-4", -2, -3}, {"-1e-1,1,2", -0.1, 1}}) {
    const json found = result({"--tx", text, "--tx-orientation", "-.1,-0.2,-3", "--rx", "-7,-1,-1.5", "--max-depth",
                               "0", "--pose", "P1=-3,4,-1,-.5,0,-1"});
    ASSERT_EQ(found["paths"].size(), 1u) << text;
    EXPECT_NEAR(found["paths"][0]["phi_t"], std::atan2(-1 - y, -7 - x), 1e-12) << text;
  }
}

TEST_F(PathsDriver, EveryDeviceAndPortHasItsRows) {
  const json found =
      result({"--tx", "1,0.5,2", "--tx", "1,0.7,2", "--tx-polarization", "VH", "--rx", "4,1.2,1.1", "--rx", "3,1.2,1.1",
              "--rx", "3,1,1", "--rx-polarization", "cross", "--max-depth", "0", "--gradient", "P1"});
  EXPECT_EQ(found["paths"].size(), 2u * 2 * 3 * 2);
  EXPECT_EQ(found["gradients"].size(), 2u * 3);
  for (const json& path : found["paths"]) {
    EXPECT_LT(int(path["tx_ant"]), 2);
    EXPECT_LT(int(path["rx_ant"]), 2);
  }
  EXPECT_EQ(result({"--tx", "1,1,1", "--rx", "1,1,1", "--max-depth", "0"})["paths"].size(), 0u);  // no way to go
}

TEST_F(PathsDriver, WritesTheFileWholeOrNotAtAll) {
  const fs::path file = folder / "paths.json";
  const test::Outcome outcome =
      run({"--scene", oracle, "--tx", "1,0.5,2", "--rx", "4,1.2,1.1", "--json", file.string()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(json::parse(test::text_of(file)).contains("paths"));
  refuse({"--json", (folder / "none" / "paths.json").string()}, {"--json", "none/paths.json"});
  EXPECT_FALSE(fs::exists(folder / "none"));
  refuse({"--json", folder.string()}, {folder.string(), "folder"});
}

TEST_F(PathsDriver, WarnsOfDevicesOnSurfaces) {
  const test::Outcome outcome = run({"--scene", oracle, "--tx", "3.4,3,1.5", "--rx", "5,2,1.3"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("transmitter 'tx0' lies on the surface of 'P1'"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("1 of 1 receivers lie on a surface: 0 ('P2')"), std::string::npos) << outcome.err;
}

TEST_F(PathsDriver, RefusesBadOptions) {
  expect_refusal({"--scene", oracle, "--rx", "1,1,1"}, {"--tx"});
  expect_refusal({"--scene", oracle, "--tx", "1,1,1"}, {"--rx"});
  expect_refusal({"--tx", "1,1,1", "--rx", "2,2,2"}, {"--scene"});
  for (const char* point : {"1,2", "1,2,3,4", "1,2,x", "1;2;3", "", "1,2,nan", "1,2,inf", "1,,2"})
    expect_refusal({"--scene", oracle, "--tx", point, "--rx", "2,2,2"}, {"--tx", "3 numbers"});
  refuse({"--tx-orientation", "1,2"}, {"--tx-orientation", "3 numbers"});
  refuse({"--rx-orientation", "0,0,0", "--rx-orientation", "0,0,0"}, {"--rx-orientation", "found 2"});
  refuse({"--tx-pattern", "horn"}, {"--tx-pattern", "'horn'", "iso, dipole, hw_dipole, tr38901"});
  refuse({"--rx-polarization", "X"}, {"--rx-polarization", "'X'", "V, H, VH, cross"});
  refuse({"--visibility", "soft"}, {"--visibility", "'soft'", "hard, fresnel, atan, logistic"});
  refuse({"--tiles", "0"}, {"--tiles", "1 to 8", "0"});
  refuse({"--tiles", "9"}, {"--tiles", "1 to 8", "9"});
  refuse({"--smoothing-wavelengths", "-1"}, {"--smoothing-wavelengths", "> 0", "-1"});
  refuse({"--smoothing-wavelengths", "inf"}, {"--smoothing-wavelengths", "> 0", "inf"});
  refuse({"--smoothing-alpha", "0"}, {"--smoothing-alpha", "> 0", "0"});
  refuse({"--frequency", "3.5"}, {"frequency", "0.1 to 100 GHz"});
  refuse({"--frequency", "1e12"}, {"frequency", "0.1 to 100 GHz"});
  refuse({"--max-depth", "6"}, {"depth", "0 to 5", "6"});
  refuse({"--max-depth", "-1"}, {"depth", "0 to 5", "-1"});
  refuse({"--max-depth", "two"}, {"--max-depth", "two"});
  for (const char* option : {"--movers", "--chain", "--gradient"}) refuse({option, "P3"}, {option, "'P3'", "P1, P2"});
  refuse({"--pose", "P3=1,2,3,0,0,0"}, {"--pose", "'P3'", "P1, P2"});
  refuse({"--pose", "P1=1,2,3"}, {"--pose", "6 numbers", "1,2,3"});
  refuse({"--pose", "P1"}, {"--pose", "NAME="});
  refuse({"--poses", "P1"}, {"--poses", "--pose"});
}

TEST_F(PathsDriver, RefusesBadScenes) {
  const auto scene = [&](const std::string& material, const std::string& shape) {
    return write("scene.xml", "<scene version=\"2.1.0\">\n" + material + "\n" + shape + "\n</scene>\n").string();
  };
  const std::string concrete =
      "<bsdf type=\"itu-radio-material\" id=\"m\"><string name=\"type\" value=\"concrete\"/></bsdf>";
  const auto ply = [](const std::string& name) {
    return "<shape type=\"ply\" id=\"mesh-A\"><string name=\"filename\" value=\"meshes/" + name +
           "\"/><ref id=\"m\" name=\"bsdf\"/></shape>";
  };
  const auto mesh = [](const std::string& vertices, const std::string& faces, const char* vertex_count = "3",
                       const char* face_count = "1") {
    return std::string("ply\nformat ascii 1.0\nelement vertex ") + vertex_count +
           "\nproperty float x\nproperty float y\nproperty float z\nelement face " + face_count +
           "\nproperty list uchar int vertex_indices\nend_header\n" + vertices + faces;
  };
  const auto expect = [&](const std::string& file, const std::vector<std::string>& parts) {
    expect_refusal({"--scene", file, "--tx", "1,1,1", "--rx", "2,2,2"}, parts);
  };
  expect("no_such.xml", {"no_such.xml"});
  expect(folder.string(), {folder.string()});
  expect(write("broken.xml", "<scene version=\"2.1.0\">\n<bsdf type=\n").string(), {"broken.xml:"});
  expect(
      scene("<bsdf type=\"itu-radio-material\" id=\"m\"><string name=\"type\" value=\"cheese\"/></bsdf>", ply("a.ply")),
      {"scene.xml:2", "cheese"});
  expect(scene(concrete, ply("missing.ply")), {"missing.ply"});
  write("meshes/truncated.ply", mesh("0 0 0\n1 0 0\n", ""));
  expect(scene(concrete, ply("truncated.ply")), {"truncated.ply"});
  write("meshes/nan.ply", mesh("0 0 0\n1 nan 0\n0 1 0\n", "3 0 1 2\n"));
  expect(scene(concrete, ply("nan.ply")), {"nan.ply"});
  write("meshes/index.ply", mesh("0 0 0\n1 0 0\n0 1 0\n", "3 0 1 7\n"));
  expect(scene(concrete, ply("index.ply")), {"index.ply", "7"});
  write("meshes/empty.ply", mesh("0 0 0\n1 0 0\n0 1 0\n", "", "3", "0"));
  expect(scene(concrete, ply("empty.ply")), {"empty.ply"});
  expect(scene(concrete, ""), {"no triangles"});
  // ITU brick is given up to 40 GHz.
  write("meshes/a.ply", mesh("0 0 0\n1 0 0\n0 1 0\n", "3 0 1 2\n"));
  const std::string brick =
      scene("<bsdf type=\"itu-radio-material\" id=\"m\"><string name=\"type\" value=\"brick\"/></bsdf>", ply("a.ply"));
  expect_refusal({"--scene", brick, "--tx", "1,1,1", "--rx", "2,2,2", "--frequency", "60e9"}, {"brick", "60"});
  // A triangle may move, but has no edge weight.
  const std::string triangle = scene(concrete, ply("a.ply"));
  expect_refusal({"--scene", triangle, "--tx", "1,1,1", "--rx", "2,2,2", "--movers", "A", "--visibility", "fresnel"},
                 {"A", "rectangle"});
  EXPECT_EQ(run({"--scene", triangle, "--tx", "1,1,1", "--rx", "2,2,2", "--movers", "A"}).code, 0);
}

}  // namespace
