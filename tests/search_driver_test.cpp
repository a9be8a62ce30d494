/// The driver `search` as users run it: its table says what its file says, it repeats itself, and every mistake is one
/// line.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "run_driver.hpp"

namespace {

using namespace manyworlds;
namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;
using nlohmann::json;

const std::string two_rooms = std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml";
const Arguments problem{"--scene", two_rooms,     "--tx", "ap=2,4.4,1.5", "--area",    "5.2,0.2,7.8,4.8", "--spacing",
                        "0.5",     "--max-depth", "2",    "--mover",      "Reflector", "--wall",          "wall_south"};
const Arguments few{"--worlds", "3", "--iterations", "4", "--gradient-cost", "2"};
const std::vector<std::string> methods{"gradient", "starts", "grid", "random", "pso", "pso_from_starts"};

Arguments operator+(Arguments a, const Arguments& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct SearchDriver : testing::Test {
  fs::path folder = fs::path(testing::TempDir()) / ("search_driver_" + std::to_string(getpid()));
  fs::path file = folder / "found.json";

  SearchDriver() { fs::create_directories(folder); }
  ~SearchDriver() override { fs::remove_all(folder); }

  test::Outcome run(const Arguments& arguments) const { return test::run_driver("search", arguments, folder); }
  /// What a run that must succeed writes.
  json found(const Arguments& arguments) const {
    const test::Outcome outcome = run(arguments + Arguments{"--quiet", "--json", file.string()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return json::parse(test::text_of(file));
  }
  /// A problem for --problem, on two_rooms.
  Arguments named(const std::string& name) const {
    const json small = {{"scene", two_rooms},
                        {"receiver_height_m", 1.2},
                        {"mount_walls", {{"wall_south", {{"from", {0, 0}}, {"to", {8, 0}}}}}},
                        {"problems",
                         {{"corner",
                           {{"transmitters", {{"ap", {2, 4.4, 1.5}}}},
                            {"panels", 1},
                            {"walls", {{"wall_south", {0, 5}}}},
                            {"targets", {{"room", {5.2, 0.2, 7.8, 4.8}}}},
                            {"spacing_m", 0.5},
                            {"mover", "Reflector"},
                            {"offset_m", 0.6},
                            {"centre_z", {0.6, 2.4}},
                            {"largest_yaw_rad", 1.2},
                            {"power_dbm", 20},
                            {"max_depth", 2},
                            {"transmission", false}}}}}};
    std::ofstream(folder / "places.json") << small;
    return {"--places", (folder / "places.json").string(), "--problem", name};
  }
};

/// The table's lines by method and what was equal: evaluations, seconds, and three times a median and the worst.
std::map<std::pair<std::string, std::string>, std::vector<double>> table_of(const std::string& out) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> rows;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    std::erase_if(line, [](char c) { return c == '(' || c == ')'; });
    std::istringstream words(line);
    std::string method, equal;
    words >> method >> equal;
    if (std::find(methods.begin(), methods.end(), method) == methods.end()) continue;
    std::vector<double>& row = rows[{method, equal == "-" ? "" : equal}];
    EXPECT_TRUE(row.empty()) << "two lines for " << method << " " << equal;
    for (double value = 0; words >> value;) row.push_back(value);
  }
  return rows;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

TEST_F(SearchDriver, TableHasEveryMethodAndSaysWhatTheFileSays) {
  const test::Outcome outcome = run(problem + few + Arguments{"--seeds", "3", "--json", file.string()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("seed 3 of 3 done"), std::string::npos) << outcome.err;
  const json all = json::parse(test::text_of(file));
  EXPECT_EQ(all["format"], "manyworlds comparison");
  EXPECT_EQ(all["version"], 1);
  EXPECT_FALSE(all["interrupted"]);
  EXPECT_EQ(all["params"]["loss"], "mean_db");
  EXPECT_EQ(all["params"]["report.gradient_cost"], "2");
  EXPECT_EQ(all["variables"], json({"Reflector.u", "Reflector.v", "Reflector.yaw", "Reflector.pitch"}));
  EXPECT_EQ(all["found"].size(), 3u * (2 + 2 * 4));

  const auto rows = table_of(outcome.out);
  ASSERT_EQ(rows.size(), 2u + 2 * 4) << outcome.out;
  for (const auto& [row, printed] : rows) {
    std::vector<double> columns[5];
    std::set<int> seeds;
    for (const json& f : all["found"]) {
      if (f["method"] != row.first || f["equal"] != row.second) continue;
      seeds.insert(f["seed"].get<int>());
      EXPECT_EQ(f["x"].size(), 4u);
      std::size_t column = 0;
      for (const char* name : {"evaluations", "seconds", "physical", "hard", "covered"})
        columns[column++].push_back(f[name]);
    }
    const std::string what = row.first + " " + row.second;
    EXPECT_EQ(seeds, (std::set<int>{1, 2, 3})) << what;
    ASSERT_EQ(printed.size(), 8u) << what;
    EXPECT_NEAR(printed[0], median(columns[0]), 0.501) << what;
    EXPECT_NEAR(printed[1], median(columns[1]), 0.0501) << what;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::vector<double>& values = columns[i + 2];
      EXPECT_NEAR(printed[2 + 2 * i], median(values), 0.00501) << what;
      const double worst = i < 2 ? *std::max_element(values.begin(), values.end())  // losses
                                 : *std::min_element(values.begin(), values.end());
      EXPECT_NEAR(printed[3 + 2 * i], worst, 0.00501) << what;
    }
  }
}

TEST_F(SearchDriver, NoMethodHasMoreThanItsEqualShare) {
  const json all = found(problem + few + Arguments{"--seeds", "2", "--equal", "evaluations"});
  std::map<int, double> budget;
  for (const json& f : all["found"])
    if (f["method"] == "gradient") budget[f["seed"]] = f["evaluations"];
  std::size_t compared = 0;
  for (const json& f : all["found"]) {
    if (f["equal"] != "evaluations") continue;
    ++compared;
    const double paid = f["method"] == "grid" ? budget[1] : budget[f["seed"].get<int>()];
    EXPECT_LE(f["evaluations"], paid + 1) << f;
    EXPECT_GT(f["evaluations"], 0.5 * paid) << f;
  }
  EXPECT_EQ(compared, 2u * 4);
}

TEST_F(SearchDriver, SameSeedSameNumbers) {
  const Arguments same = problem + few + Arguments{"--seeds", "1", "--seed", "4", "--equal", "evaluations"};
  json first = found(same), second = found(same);
  for (json* all : {&first, &second})
    for (json& f : (*all)["found"]) f.erase("seconds");
  EXPECT_EQ(first, second);
  const json other = found(problem + few + Arguments{"--seeds", "1", "--seed", "5", "--methods", "random,gradient"});
  ASSERT_EQ(other["found"].size(), 3u);  // random twice: equal evaluations, equal time
  for (const json& f : other["found"]) EXPECT_NE(f["x"], first["found"][f["method"] == "gradient" ? 0 : 3]["x"]);
}

TEST_F(SearchDriver, SolvesNamedProblems) {
  const json all = found(named("corner") + few + Arguments{"--seeds", "1", "--methods", "gradient"});
  EXPECT_EQ(all["problem"], "corner");
  ASSERT_EQ(all["found"].size(), 1u);
  EXPECT_LE(all["found"][0]["x"][0], 5) << "beyond the stretch of wall";
  EXPECT_GT(all["receivers"], 30);
}

TEST_F(SearchDriver, SolvesTheProblemsOfTheOffice) {
  const fs::path office = fs::path(MANYWORLDS_SOURCE_DIR) / "examples/scenes/office_v1/places.json";
  std::map<std::string, std::size_t> variables;
  const json places = json::parse(test::text_of(office));
  for (const auto& [name, ignored] : places["problems"].items()) {
    const json all = found({"--places", office.string(), "--problem", name, "--seeds", "1", "--methods", "starts",
                            "--worlds", "2", "--iterations", "0", "--starts.mode", "plain", "--gradient-cost", "2"});
    variables[name] = all["variables"].size();
    ASSERT_EQ(all["found"].size(), 1u) << name;
    EXPECT_TRUE(all["found"][0]["physical"].is_number()) << name;
  }
  EXPECT_EQ(variables, (std::map<std::string, std::size_t>{
                           {"ap_and_panel", 7}, {"dead_wing", 12}, {"one_door", 4}, {"two_doors", 4}}));
}

TEST_F(SearchDriver, TakesTheConfigurationOfPlace) {
  std::ofstream(folder / "place.toml") << "scene = \"" << two_rooms
                                       << "\"\ntx = \"ap=2,4.4,1.5\"\narea = \"5.2,0.2,7.8,4.8\"\nspacing = 0.5\n"
                                          "max-depth = 2\nmover = \"Reflector\"\nwall = \"wall_south\"\n";
  const Arguments one{"--seeds", "1", "--equal", "evaluations"};
  json read = found(Arguments{"--config", (folder / "place.toml").string()} + few + one),
       given = found(problem + few + one);
  for (json* all : {&read, &given})
    for (json& f : (*all)["found"]) f.erase("seconds");
  EXPECT_EQ(read, given);
}

TEST_F(SearchDriver, EndsEarlyOnCtrlCAndWritesWhatIsThere) {
  const Arguments written{"--json", file.string()};
  const test::Outcome between = test::interrupt_driver(
      "search", problem + few + written + Arguments{"--seeds", "1000", "--equal", "evaluations"}, folder, "seed 2 of");
  EXPECT_EQ(between.code, 128 + SIGINT) << between.err;
  EXPECT_NE(between.out.find("interrupted; "), std::string::npos) << between.out;
  EXPECT_EQ(table_of(between.out).size(), 6u);
  const json all = json::parse(test::text_of(file));
  EXPECT_TRUE(all["interrupted"]);
  EXPECT_GE(all["found"].size(), 2u * 6);
  EXPECT_LT(all["found"].size(), 1000u * 6);

  const test::Outcome within = test::interrupt_driver(
      "search",
      problem + written + Arguments{"--worlds", "2", "--iterations", "1000000", "--convergence.patience", "100000000"},
      folder, "a gradient costs");
  EXPECT_EQ(within.code, 128 + SIGINT) << within.err;
  EXPECT_TRUE(json::parse(test::text_of(file))["found"].empty()) << "half a descent compares with nothing";
}

TEST_F(SearchDriver, RefusesBadInputInOneLineBeforeWork) {
  struct Case {
    Arguments arguments;
    std::string where, expectation;
  };
  const auto in = [&](const char* name) { return (folder / name).string(); };
  std::ofstream(folder / "broken.json") << "{\"scene\": ";
  std::ofstream(folder / "empty.json") << "{}";
  std::ofstream(folder / "unknown.toml") << "seedz = 3\n";
  const std::vector<Case> cases{
      {{}, "--problem", "--scene"},
      {{"--scene", two_rooms}, "--tx", "required"},
      {named("door"), "--problem", "unknown problem of " + in("places.json") + " 'door'; expected one of: corner"},
      {named("corner") + Arguments{"--wall", "wall_west"}, "--wall", "--problem"},
      {named("corner") + Arguments{"--tx-power", "3"}, "--tx-power", "--problem"},
      {named("corner") + Arguments{"--height", "1"}, "--height", "--problem"},
      {named("corner") + Arguments{"--max-depth", "9"}, "max_depth", "0 to 5"},
      {{"--places", in("none.json"), "--problem", "x"}, "none.json", "no such file"},
      {{"--places", in("broken.json"), "--problem", "x"}, "broken.json", "parse error"},
      {{"--places", in("empty.json"), "--problem", "x"}, "empty.json", "problems"},
      {problem + Arguments{"--methods", "pso,luck"}, "--methods",
       "'luck'; expected one of: gradient, starts, grid, random, pso, pso_from_starts"},
      {problem + Arguments{"--equal", "money"}, "--equal", "'money'; expected one of: evaluations, time, both"},
      {problem + Arguments{"--seeds", "0"}, "--seeds", "1 to 1000"},
      {problem + Arguments{"--seeds", "two"}, "--seeds", "two"},
      {problem + Arguments{"--gradient-cost", "0.5"}, "--gradient-cost", "1 to 100 evaluations"},
      {problem + Arguments{"--gradient-cost", "nan"}, "--gradient-cost", "1 to 100 evaluations"},
      {problem + Arguments{"--loss", "best"}, "--loss", "mean_db"},
      {problem + Arguments{"--worlds", "0"}, "worlds", "at least 1"},
      {problem + Arguments{"--wall", "Reflector=wall_wes"}, "Reflector", "wall_west"},
      {problem + Arguments{"--json", in("none/found.json")}, "--json", "a folder that exists"},
      {problem + Arguments{"--json", folder.string()}, "--json", "expected a file"},
      {{"--scene", "none.xml", "--tx", "1,1,1", "--json", "/proc/found.json"}, "--json", "cannot write into '/proc'"},
      {problem + Arguments{"--seedz", "1"}, "command line", "--seeds"},
      {{"--config", in("unknown.toml")}, "unknown.toml:1: ", "seedz"}};
  for (const Case& c : cases) {
    const test::Outcome outcome = run(c.arguments);
    std::string what;
    for (const std::string& a : c.arguments) what += a + " ";
    EXPECT_EQ(outcome.code, 2) << what;
    EXPECT_EQ(outcome.out, "") << what;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << what << outcome.err;
    EXPECT_EQ(outcome.err.rfind("search: ", 0), 0u) << what << outcome.err;
    EXPECT_NE(outcome.err.find(c.where), std::string::npos) << what << outcome.err;
    EXPECT_NE(outcome.err.find(c.expectation), std::string::npos) << what << outcome.err;
  }
  EXPECT_FALSE(fs::exists(file));
  EXPECT_FALSE(fs::exists(folder / "none"));
}

TEST_F(SearchDriver, SaysInOneLineWhatToUseWhereThereIsNoDevice) {
  const test::WithoutDevices none;
  for (const std::string executor : {"cuda_batch", "cuda_contexts"}) {
    const test::Outcome outcome = run(problem + few + Arguments{"--executor", executor, "--json", file.string()});
    EXPECT_EQ(outcome.code, 1) << executor;
    EXPECT_EQ(outcome.err.rfind("search: no CUDA device: ", 0), 0u) << outcome.err;
    EXPECT_NE(outcome.err.find("; the executors 'batch' and 'serial' need none\n"), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_FALSE(fs::exists(file)) << executor;
  }
}

}  // namespace
