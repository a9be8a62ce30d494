/// What the driver `place` says of its result: it can be read alone and agrees with what the other drivers say.
#include "place_runs.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;

TEST_F(Place, AResultHasTheConfigurationOfAnotherLikeIt) {
  const json first = found(scene + on_wall + few + Arguments{"--quiet", "--no-tilt", "--loss.floor_dbm", "-100"});
  write("again.toml", first["execution"]["config"].get<std::string>());
  EXPECT_EQ(repeatable(found({"--config", (folder / "again.toml").string()})), repeatable(first));
}

TEST_F(Place, CountsTheMeanAsTheDriverCoverageDoes) {
  const json before = found(scene + on_wall + few + Arguments{"--no-transmission", "--quiet"})["before"]["hard"];
  ASSERT_GT(before["dead"], 0) << "or this would be no test";
  Arguments map(scene.begin(), std::find(scene.begin(), scene.end(), "--map-spacing"));
  map =
      map + Arguments{"--no-transmission", "--pose", "Reflector=2,-50,1,0,0,0", "--output", (folder / "map").string()};
  const Outcome coverage = run_driver("coverage", map, folder);
  char mean[40];
  std::snprintf(mean, sizeof mean, "mean %.1f dBm", before["mean_reached_dbm"].get<double>());
  EXPECT_NE(coverage.out.find(mean), std::string::npos) << mean << '\n' << coverage.out << coverage.err;
  EXPECT_LT(before["mean_dbm"], before["mean_reached_dbm"]);
}

TEST_F(Place, TellsTheLossBeforeAndAfterAlsoWhereItIsNoPower) {
  for (const auto& [loss, unit] :
       {std::pair<std::string, std::string>{"mean_db", " dB"}, {"sinr", " dB"}, {"coverage", ""}}) {
    const Outcome outcome = run(scene + on_wall + few + Arguments{"--loss", loss, "--rates", "0.01"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const json r = result();
    const double before = r["before"]["loss"], after = r["after"]["loss"];
    EXPECT_EQ(after, r["winner"]["value"]);
    EXPECT_LT(after, before);
    char losses[96];
    std::snprintf(losses, sizeof losses, "loss %.3f -> %.3f%s (%s, lower is better)", before, after, unit.c_str(),
                  loss.c_str());
    EXPECT_NE(outcome.out.find(losses), std::string::npos) << losses << outcome.out;
  }
}

}  // namespace
