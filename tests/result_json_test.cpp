/// result.json can be read alone: who sent, who received, and what was wanted.
#include "manyworlds/io/result_json.hpp"

#include <gtest/gtest.h>

#include "manyworlds/scene/receivers.hpp"
#include "test_scene.hpp"

namespace manyworlds::io {
namespace {

Problem room_problem(ReceiverSet receivers) {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_room(scene, 0, {8, 6, 3});
  test::add_sheet(scene, "panel", 1, {3, 3, 1}, {0.5, 0, 0}, {0, 0, 0.5});
  scene.add({"ap1", {1, 1, 2.5}, {0.5, 0, 0}, 20, {Pattern::tr38901, {0, pi / 2}}});
  scene.receivers = std::move(receivers);
  return Problem(scene, placement::OnWall{.object = "panel", .wall = "wall_y1"});
}

Result result_of(const Problem& problem, const char* loss) {
  Result r;
  r.configuration = problem.rest;
  r.params = {{"loss", loss}};
  r.value_before = 89.25, r.value = 55.5;
  r.rss_before = summarise({-200, -80}, problem.normalised_weights(), problem.floor_dbm, -90);
  return r;
}

TEST(ResultJson, HoldsTheTransmittersAndTheReceiversOfItsPowers) {
  ReceiverSet two;
  two.positions = {{5, 1, 1}, {6, 2, 1}};
  two.weights = {1, 3};
  const Problem problem = room_problem(two);
  const nlohmann::ordered_json json = result_json(problem, result_of(problem, "mean_db"));
  const auto& tx = json["transmitters"].at(0);
  EXPECT_EQ(tx["name"], "ap1");
  EXPECT_EQ(tx["position"], (std::vector<double>{1, 1, 2.5}));
  EXPECT_EQ(tx["orientation"], (std::vector<double>{0.5, 0, 0}));
  EXPECT_EQ(tx["power_dbm"], 20);
  EXPECT_EQ(tx["pattern"], "tr38901");
  EXPECT_EQ(tx["slants"], (std::vector<double>{0, pi / 2}));
  EXPECT_EQ(json["receivers"]["positions"], (std::vector<std::vector<double>>{{5, 1, 1}, {6, 2, 1}}));
  EXPECT_EQ(json["receivers"]["weights"], two.weights);
  EXPECT_FALSE(json["receivers"].contains("rows"));
  EXPECT_EQ(json["before"]["physical"]["rss_dbm"].size(), 2u);
  EXPECT_EQ(json["before"]["physical"]["mean_reached_dbm"], -80);
  EXPECT_EQ(json["before"]["physical"]["mean_dbm"], -110) << "the dead one counts";
}

TEST(ResultJson, SaysWhenReceiversAreAGrid) {
  const Problem problem = room_problem(receiver_grid({{5, 1}, {6, 1.5}, 1.2, 0.5}));
  const nlohmann::ordered_json json = result_json(problem, result_of(problem, "mean_db"));
  EXPECT_EQ(json["receivers"]["rows"], 1);
  EXPECT_EQ(json["receivers"]["columns"], 2);
  EXPECT_EQ(json["receivers"]["spacing"], 0.5);
  EXPECT_EQ(json["receivers"]["positions"][1], (std::vector<double>{5.75, 1.25, 1.2}));
}

TEST(ResultJson, TellsTheLossBeforeAndAfterAndItsUnitIfItHasOne) {
  const Problem problem = room_problem(receiver_grid({{5, 1}, {6, 1.5}, 1.2, 0.5}));
  const nlohmann::ordered_json json = result_json(problem, result_of(problem, "sinr"));
  EXPECT_EQ(json["before"]["loss"], 89.25);
  EXPECT_EQ(json["after"]["loss"], 55.5);
  EXPECT_EQ(json["loss"]["name"], "sinr");
  EXPECT_EQ(json["loss"]["unit"], "dB");
  EXPECT_TRUE(result_json(problem, result_of(problem, "coverage"))["loss"]["unit"].is_null());
}

}  // namespace
}  // namespace manyworlds::io
