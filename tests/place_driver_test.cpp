/// The driver `place` as users run it: what it writes, that it repeats itself, and that every mistake is one line.
#include <sstream>

#include "place_runs.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;

TEST_F(Place, WritesResultHistoryAndPictures) {
  const test::Outcome outcome = run(scene + on_wall + few);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* name : {"before.png", "after.png", "difference.png", "convergence.png"})
    EXPECT_EQ(test::text_of(output / name).substr(1, 3), "PNG") << name;
  EXPECT_EQ(test::text_of(output / "report.html").rfind("<!DOCTYPE html>", 0), 0u);
  EXPECT_EQ(std::distance(fs::directory_iterator(output), {}), 7) << "files besides those named";

  const json r = result();
  EXPECT_EQ(r["version"], 2);
  EXPECT_EQ(r["worlds"].size(), 3u);
  EXPECT_EQ(r["variables"][0]["name"], "Reflector.u");
  EXPECT_EQ(r["params"]["loss"], "mean_db");
  EXPECT_EQ(r["params"]["iterations"], "6");
  EXPECT_FALSE(r["interrupted"]);
  const json& winner = r["worlds"][r["winner"]["world"].get<std::size_t>()];
  double best = 1e9;
  for (const json& world : r["worlds"]) best = std::min(best, world["value"].get<double>());
  EXPECT_EQ(winner["value"], best);
  EXPECT_EQ(winner["x"], r["winner"]["x"]);
  EXPECT_TRUE(r["before"]["movers"][0]["absent"]);
  EXPECT_FALSE(r["winner"]["movers"][0]["absent"]);
  EXPECT_EQ(r["after"]["hard"]["rss_dbm"].size(), r["scene"]["receivers"]);
  EXPECT_GT(r["after"]["physical"]["mean_dbm"], r["before"]["physical"]["mean_dbm"]);
  EXPECT_EQ(r["receivers"]["positions"].size(), r["scene"]["receivers"]);
  EXPECT_EQ(r["after"]["loss"], winner["value"]);

  EXPECT_NE(outcome.out.find("World " + std::to_string(winner["id"].get<int>()) + " of 3 wins"), std::string::npos);
  EXPECT_NE(outcome.err.find("iteration 6/6"), std::string::npos) << "progress as plain lines";

  std::istringstream lines(test::text_of(output / "history.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "world,iteration,loss,value,Reflector.u,Reflector.v,Reflector.yaw,Reflector.pitch");
  std::size_t rows = 0, expected = 0;
  while (std::getline(lines, line)) ++rows;
  for (const json& world : r["worlds"]) expected += world["history"]["loss"].size();
  EXPECT_EQ(rows, expected);
}

TEST_F(Place, SaysHowCompleteItsPathsAre) {
  const json all = found(scene + on_wall + few + Arguments{"--quiet"})["scene"];
  EXPECT_EQ(all["finder"], "beams");
  EXPECT_EQ(all["recall"], 1);
  EXPECT_FALSE(all.contains("half_rays_recall"));

  const auto shot = [&](const char* rays) {
    const test::Outcome outcome = run(scene + on_wall + few + Arguments{"--finder", "shooting", "--rays", rays});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find(std::string("paths found by ") + rays + " rays"), std::string::npos) << outcome.out;
    const json one = result()["scene"];
    EXPECT_EQ(one["finder"], "shooting");
    EXPECT_EQ(one["rays"], std::atoi(rays));
    EXPECT_TRUE(one["recall"].is_null());
    return one["half_rays_recall"].get<double>();
  };
  const double few_rays = shot("20"), many_rays = shot("20000");
  EXPECT_GT(few_rays, 0.1);
  EXPECT_LT(few_rays, 0.99);
  EXPECT_GT(many_rays, 0.999);
}

TEST_F(Place, RepeatsItselfOnEveryExecutor) {
  const Arguments same = scene + on_wall + few + Arguments{"--quiet", "--seed", "5", "--rates", "0.1,0.01"};
  const json first = found(same), second = found(same), serial = found(same + Arguments{"--executor", "serial"}),
             threads = found(same + Arguments{"--threads", "5"});
  EXPECT_EQ(repeatable(first), repeatable(second));
  EXPECT_EQ(repeatable(first), repeatable(serial));
  EXPECT_EQ(repeatable(first), repeatable(threads));
  EXPECT_EQ(serial["execution"]["executor"], "serial");
  const json other = found(scene + on_wall + few + Arguments{"--quiet", "--seed", "6"});
  EXPECT_NE(first["worlds"][0]["x"], other["worlds"][0]["x"]);
}

TEST_F(Place, RunsEveryPolicyAndPlacement) {
  const Arguments free{"--mover", "Reflector", "--box", "1,1,1,3,3,2"};
  const Arguments panels{"--add-panel",     "left=0.5,0.5,metal", "--add-panel",     "right=0.5,0.5,concrete", "--wall",
                         "left=wall_south", "--along-wall",       "right=wall_west", "--min-distance",         "0.6"};
  const std::vector<std::pair<Arguments, std::string>> cases{
      {on_wall + Arguments{"--loss", "soft_minimum", "--optimizer", "gradient_descent", "--rates", "0.01"},
       "soft_minimum"},
      {on_wall + Arguments{"--loss", "minimum", "--optimizer", "momentum", "--rates", "0.01"}, "minimum"},
      {on_wall +
           Arguments{"--loss", "coverage", "--loss.threshold_dbm", "-40", "--social", "pull", "--social.every", "2"},
       "coverage"},
      {on_wall + Arguments{"--loss", "stages", "--pruning", "bottom_fraction", "--pruning.at", "2"}, "stages"},
      {on_wall + Arguments{"--loss", "sinr", "--optimizer", "lbfgs", "--no-tilt"}, "sinr"},
      {free + Arguments{"--visibility", "atan", "--aimed"}, "mean_db"},
      {panels +
           Arguments{"--social", "recombine", "--social.every", "2", "--polish.worlds", "1", "--polish.steps", "5"},
       "mean_db"},
      {Arguments{"--move-transmitters", "1,3.5,1,3,4.5,2"}, "mean_db"}};
  for (const auto& [arguments, loss] : cases) {
    const json r = found(scene + few + arguments + Arguments{"--quiet"});
    std::string what;
    for (const std::string& a : arguments) what += a + " ";
    EXPECT_EQ(r["params"]["loss"], loss) << what;
    EXPECT_TRUE(r["winner"]["value"].is_number()) << what;
    EXPECT_GE(r["counts"]["gradient"].get<int>(), 3) << what;
  }
}

TEST_F(Place, TakesItsOwnConfiguration) {
  const Arguments chosen =
      scene + on_wall + few + Arguments{"--quiet",     "--loss",     "soft_minimum", "--loss.temperature_db",
                                        "3",           "--rates",    "0.1,0.05",     "--keep-out",
                                        "0,0,0,1,1,3", "--keep-out", "4,0,0,5,1,3"};
  const test::Outcome printed = run(chosen + Arguments{"--print-config"});
  ASSERT_EQ(printed.code, 0) << printed.err;
  EXPECT_FALSE(fs::exists(output));
  EXPECT_NE(printed.out.find("loss.temperature_db = \"3\"\n"), std::string::npos) << printed.out;
  write("own.toml", printed.out);
  const Arguments from_file{"--config", (folder / "own.toml").string(), "--quiet"};
  const json direct = found(chosen), read = found(from_file);
  EXPECT_EQ(repeatable(direct), repeatable(read));
  EXPECT_EQ(found(from_file + Arguments{"--iterations", "2"})["iterations"], 2) << "the command line wins";
}

TEST_F(Place, GradientCheckPassesAndNamesTheChains) {
  const test::Outcome outcome = run(scene + on_wall + few + Arguments{"--check-gradient"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* text : {"Reflector.u", "Reflector.pitch", "ap > Reflector"})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << outcome.out;
  std::istringstream lines(outcome.out);
  std::string line;
  int rows = 0;
  while (std::getline(lines, line)) {
    if (line.rfind("Reflector.", 0) != 0) continue;
    ++rows;
    EXPECT_LT(std::stod(line.substr(line.find_last_of(' ') + 1)), 1e-6) << line;
  }
  EXPECT_EQ(rows, 4);
  EXPECT_FALSE(fs::exists(output));
}

TEST_F(Place, GradientCheckSeesPastTheJumpsOfGeometricOptics) {
  for (const char* seed : {"1", "2", "3", "4"}) {
    const test::Outcome outcome =
        run(scene + on_wall + Arguments{"--visibility", "hard", "--seed", seed, "--check-gradient"});
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  }
}

TEST_F(Place, SaysWhenNoPathArrivesAnywhere) {
  const Arguments far{"--scene",           two_rooms,       "--tx", "2,4.4,1.5",   "--area",
                      "50,50,60,60",       "--spacing",     "2",    "--max-depth", "1",
                      "--no-transmission", "--map-spacing", "0.5"};
  const test::Outcome outcome = run(far + on_wall + few + Arguments{"--quiet"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("warning: the winner reaches no receiver"), std::string::npos) << outcome.err;
  EXPECT_EQ(result()["after"]["physical"]["dead"], 25);
  const test::Outcome checked = run(far + on_wall + few + Arguments{"--check-gradient"});
  EXPECT_EQ(checked.code, 0) << checked.err;
  EXPECT_NE(checked.out.find("there is no gradient"), std::string::npos) << checked.out;
}

TEST_F(Place, EndsEarlyOnCtrlCAndWritesWhatIsThere) {
  const Arguments long_run =
      scene + on_wall + Arguments{"--worlds",  "2",        "--iterations", "1000000", "--convergence.patience",
                                  "100000000", "--output", output.string()};
  const test::Outcome outcome = test::interrupt_driver("place", long_run, folder, "iteration 1/");
  EXPECT_EQ(outcome.code, 128 + SIGINT) << outcome.err;
  EXPECT_NE(outcome.out.find("interrupted"), std::string::npos) << outcome.out;
  const json r = result();
  EXPECT_TRUE(r["interrupted"]);
  EXPECT_GE(r["iterations"], 1);
  EXPECT_LT(r["iterations"], 1000000);
  EXPECT_EQ(r["worlds"][0]["reason"], "stopped");
  EXPECT_TRUE(fs::exists(output / "after.png"));
}

TEST_F(Place, RefusesBadInputInOneLine) {
  struct Case {
    Arguments arguments;
    std::string where, expectation;
    bool alone = false;  ///< instead of after a good problem
  };
  write("broken.xml", "<scene version=\"2.1.0\">\n<shape type=\"ply\">\n</scene>\n");
  write("unknown.toml", "worldz = \"3\"\n");
  const std::string broken = (folder / "broken.xml").string();
  const std::vector<Case> cases{
      {{}, "--scene", "required", true},
      {{"--scene", two_rooms}, "--tx", "required", true},
      {{"--scene", "none.xml", "--tx", "1,1,1"}, "none.xml", "no such file", true},
      {{"--scene", broken, "--tx", "1,1,1"}, "broken.xml:", "", true},
      {scene, "--mover", "nothing moves", true},
      {scene + Arguments{"--mover", "Reflector"}, "'Reflector'", "--wall, --along-wall and --box", true},
      {scene + Arguments{"--mover", "Reflecter", "--wall", "wall_south"}, "--mover", "Reflector", true},
      {scene + Arguments{"--mover", "Reflector", "--wall", "wall_sout"}, "Reflector", "wall_south", true},
      {scene + Arguments{"--mover", "Reflector", "--box", "1,1,1,0,2,2"}, "--box", "x0,y0,z0 <= x1,y1,z1", true},
      {scene + Arguments{"--mover", "Reflector", "--box", "1,1,1,2,2"}, "--box", "expected 6 numbers", true},
      {scene + Arguments{"--add-panel", "p=1,metal", "--wall", "wall_south"}, "--add-panel", "expected 2 numbers",
       true},
      {scene + Arguments{"--add-panel", "p=1,1,gold", "--wall", "wall_south"}, "--add-panel", "gold", true},
      {scene + Arguments{"--add-panel", "p=-1,1,metal", "--wall", "wall_south"}, "'p'", "expected a positive width",
       true},
      {scene + Arguments{"--add-panel", "floor=1,1,metal", "--wall", "wall_south"}, "--add-panel", "'floor' already",
       true},
      {scene + Arguments{"--move-transmitters", "bp=1,1,1,2,2,2"}, "--move-transmitters", "ap", true},
      {{"--box", "1,1,1,2,2,2"}, "'Reflector'", "expected one of"},
      {{"--wall", "Reflecto=wall_west"}, "--wall", "unknown mover"},
      {{"--within", "1,1,1,0,0,0"}, "--within", "<="},
      {{"--within", "1,1,1,1.1,1.1,1.1"}, "Reflector", "no place at wall"},
      {{"--yaw", "1,-1"}, "--yaw", "FROM <= TO"},
      {{"--offset", "0"}, "Reflector", "offset must be at least"},
      {{"--min-distance", "-1"}, "min_distance_m", "must be >= 0"},
      {{"--loss", "best"}, "--loss", "mean_db, soft_minimum, minimum, coverage, stages, sinr"},
      {{"--optimizer", "sgd"}, "--optimizer", "adam, gradient_descent, momentum, lbfgs"},
      {{"--pruning", "half"}, "--pruning", "none, bottom_fraction"},
      {{"--social", "talk"}, "--social", "none, pull, recombine"},
      {{"--executor", "cloud"}, "--executor", "batch, serial"},
      {{"--visibility", "soft"}, "--visibility.kind", "hard, fresnel, atan, logistic"},
      {{"--starts.mode", "lucky"}, "--starts.mode", "automatic, plain, selected, assembled"},
      {{"--loss.temperature_db", "3"}, "--loss.temperature_db", "expected --loss soft_minimum"},
      {{"--loss", "soft_minimum", "--loss.temperature_db", "0.1"}, "loss.temperature_db", "at least 1 dB"},
      {{"--loss.floor_dbm", "nan"}, "--loss.floor_dbm", "expected a finite number"},
      {{"--optimizer.beta1", "2"}, "optimizer.beta1", "0 to below 1"},
      {{"--social", "pull", "--social.inertia", "2"}, "social.inertia", "0 to below 1"},
      {{"--pruning", "bottom_fraction", "--pruning.fraction", "2"}, "pruning.fraction", "0 to 1"},
      {{"--worlds", "0"}, "worlds", "at least 1"},
      {{"--worlds", "many"}, "--worlds", "expected a number"},
      {{"--iterations", "-1"}, "iterations", "0 or more"},
      {{"--rates", "0.1,-1"}, "optimizer.rates", "positive rates"},
      {{"--rates", ""}, "--rates", "expected a number, found ''"},
      {{"--tx-power", ""}, "--tx-power", "expected a number, found ''"},
      {{"--tiles", "9"}, "visibility.tiles", "1 to 8"},
      {{"--threads", "-1"}, "executor.threads", "0 (all processors) or more"},
      {{"--executor", "serial", "--threads", "2"}, "--executor.threads", "expected --executor batch"},
      {{"--starts.given", "1,2"}, "starts.given", "expected 4 numbers"},
      {{"--serving", "all"}, "--serving", "strongest, sum"},
      {{"--bandwidth", "0"}, "--bandwidth", "expected a number > 0"},
      {{"--map-spacing", "-1"}, "--map-spacing", "expected 0"},
      {{"--map-spacing", "1e-5"}, "--map-spacing", "at most 10 million"},
      {{"--map-spacing", "100"}, "--map-spacing", "holds no cell"},
      {{"--world", "3"}, "command line", "--worlds"},
      {{"--optimizer.beta3", "0.5"}, "command line", "nearest names: --optimizer.beta1, --optimizer.beta2"},
      {{"--config", (folder / "none.toml").string()}, "none.toml", ""},
      {{"--config", (folder / "unknown.toml").string()}, "unknown.toml:1: unknown option 'worldz'", "--worlds"}};
  const Arguments good{"--scene", two_rooms, "--tx", "ap=2,4.4,1.5", "--mover", "Reflector", "--wall", "wall_south"};
  for (const Case& c : cases) {
    const Arguments arguments = c.alone ? c.arguments : good + c.arguments;
    const test::Outcome outcome = run(arguments);
    std::string what;
    for (const std::string& a : arguments) what += a + " ";
    EXPECT_EQ(outcome.code, 2) << what;
    EXPECT_EQ(outcome.out, "") << what;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << what << outcome.err;
    EXPECT_EQ(outcome.err.rfind("place: ", 0), 0u) << what << outcome.err;
    EXPECT_NE(outcome.err.find(c.where), std::string::npos) << what << outcome.err;
    EXPECT_NE(outcome.err.find(c.expectation), std::string::npos) << what << outcome.err;
    EXPECT_FALSE(fs::exists(output)) << what;
  }
}

TEST_F(Place, RefusesAFolderItCannotWriteToBeforeItReadsTheScene) {
  write("found", "a file, not a folder");
  for (const fs::path& place : {output, fs::path("/proc/none")}) {
    const test::Outcome outcome =
        test::run_driver("place", {"--scene", "none.xml", "--tx", "1,1,1", "--output", place.string()}, folder);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("--output: expected a folder"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(test::text_of(output), "a file, not a folder");
}

TEST_F(Place, LeavesNoEmptyFolderBehind) {
  const fs::path deep = output / "below" / "";
  EXPECT_EQ(test::run_driver("place", scene + Arguments{"--output", deep.string()}, folder).code, 2);
  EXPECT_FALSE(fs::exists(output));
  EXPECT_EQ(test::run_driver("place", scene + on_wall + few + Arguments{"--output", deep.string()}, folder).code, 0);
  EXPECT_TRUE(fs::exists(deep / "result.json"));
}

TEST_F(Place, ListsItsParameters) {
  const test::Outcome outcome = run({"--help-parameters"});
  EXPECT_EQ(outcome.code, 0);
  for (const char* name : {"--loss.switch_at", "--optimizer.beta1", "--pruning.fraction", "--social.inertia",
                           "--executor.threads", "--starts.oversampling"})
    EXPECT_NE(outcome.out.find(name), std::string::npos) << name;
}

}  // namespace
