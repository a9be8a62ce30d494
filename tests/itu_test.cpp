#include "manyworlds/scene/itu.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "error_of.hpp"

namespace {

using namespace manyworlds;
using test::error_of;

nlohmann::json reference(const std::string& name) {
  std::ifstream file(MANYWORLDS_SOURCE_DIR "/tests/data/sionna/" + name);
  return nlohmann::json::parse(file);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Itu, TableIsTheReferenceTable) {
  const auto rows = reference("itu_materials.json")["rows"];
  ASSERT_EQ(rows.size(), std::size(itu_table));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ItuRow& row = itu_table[i];
    EXPECT_EQ(rows[i]["material"], row.material);
    EXPECT_EQ(rows[i]["f_min_ghz"], row.lo_ghz) << row.material;
    EXPECT_EQ(rows[i]["f_max_ghz"], row.hi_ghz) << row.material;
    EXPECT_EQ(rows[i]["a"], row.a) << row.material;
    EXPECT_EQ(rows[i]["b"], row.b) << row.material;
    EXPECT_EQ(rows[i]["c"], row.c) << row.material;
    EXPECT_EQ(rows[i]["d"], row.d) << row.material;
  }
}

TEST(Itu, ParametersAreThoseSionnaComputed) {
  std::size_t compared = 0;
  for (const char* name : {"empty_room", "room_panel_1", "two_rooms", "box", "simple_street_canyon", "floor_wall"}) {
    const auto file = reference(std::string(name) + ".json");
    for (const auto& [material, m] : file["materials"].items()) {
      const ItuParameters p = itu_parameters(m["itu_type"], file["frequency_hz"]);
      EXPECT_NEAR(p.eps_r, m["eps_r"], 1e-6 * p.eps_r) << name << ' ' << material;
      EXPECT_NEAR(p.sigma, m["sigma"], 1e-6 * p.sigma) << name << ' ' << material;
      ++compared;
    }
  }
  EXPECT_GE(compared, 15u);
}

TEST(Itu, FirstMatchingRowWinsAndRangesIncludeTheirEnds) {
  EXPECT_EQ(itu_parameters("plasterboard", 100e9).eps_r, 2.73);
  EXPECT_EQ(itu_parameters("plasterboard", 105e9).eps_r, 2.65);
  EXPECT_EQ(itu_parameters("plasterboard", 200e9).eps_r, 2.56);
  EXPECT_EQ(itu_parameters("plasterboard", 400e9).eps_r, 2.65);
  EXPECT_EQ(itu_parameters("brick", 40e9).eps_r, 3.91);
}

TEST(Itu, UnknownMaterialListsTheNearest) {
  const std::string error = error_of([] { itu_parameters("conrete", 3.5e9, "wall.xml:7"); });
  EXPECT_TRUE(contains(error, "wall.xml:7: unknown ITU material 'conrete'")) << error;
  EXPECT_TRUE(contains(error, "concrete")) << error;
}

TEST(Itu, FrequencyOutOfRangeSaysTheRanges) {
  const std::string error = error_of([] { itu_parameters("brick", 60e9); });
  EXPECT_TRUE(contains(error, "'brick' is known for 1 to 40, 110 to 330 GHz, not at 60 GHz")) << error;
  EXPECT_THROW(itu_parameters("wet_ground", 0.5e9), InputError);
  EXPECT_THROW(itu_parameters("concrete", std::nan("")), InputError);
}

TEST(SetFrequency, ReevaluatesItuMaterialsAndLeavesOthers) {
  Scene scene;
  scene.materials = {itu_material("concrete", 0.2, 3.5e9), {.name = "own", .itu = {}, .eps_r = 7, .sigma = 0.5}};
  set_frequency(scene, 28e9);
  EXPECT_EQ(scene.frequency_hz, 28e9);
  EXPECT_EQ(scene.materials[0].eps_r, 5.24);
  EXPECT_NEAR(scene.materials[0].sigma, 0.0462 * std::pow(28, 0.7822), 1e-12);
  EXPECT_EQ(scene.materials[0].thickness, 0.2);
  EXPECT_EQ(scene.materials[1].eps_r, 7);
  EXPECT_EQ(scene.materials[1].sigma, 0.5);
}

TEST(SetFrequency, RefusesAndLeavesTheSceneAlone) {
  Scene scene;
  scene.materials = {itu_material("concrete", 0.2, 3.5e9), itu_material("wet_ground", 0.2, 3.5e9)};
  const double sigma = scene.materials[0].sigma;
  for (const double hz : {0.0, -1e9, 0.09e9, 101e9, 60e9, std::nan("")}) {
    EXPECT_THROW(set_frequency(scene, hz), InputError) << hz;
    EXPECT_EQ(scene.frequency_hz, 3.5e9);
    EXPECT_EQ(scene.materials[0].sigma, sigma);
  }
  EXPECT_TRUE(contains(error_of([&] { set_frequency(scene, 0.05e9); }), "0.1 to 100 GHz, found 0.05 GHz"));
  EXPECT_TRUE(contains(error_of([&] { set_frequency(scene, 60e9); }), "material 'wet_ground'"));
}

TEST(AddMaterial, EvaluatesAtTheFrequencyOfTheSceneAndRefusesATakenName) {
  Scene scene;
  set_frequency(scene, 10e9);
  EXPECT_EQ(add_material(scene, {.name = "panel", .itu = "metal"}), 0u);
  EXPECT_EQ(add_material(scene, {.name = "wall", .itu = "concrete"}), 1u);
  EXPECT_EQ(scene.materials[0].sigma, 1e7);
  EXPECT_NEAR(scene.materials[1].sigma, 0.0462 * std::pow(10, 0.7822), 1e-12);
  EXPECT_THROW(add_material(scene, {.name = "wall", .itu = {}}), InputError);
}

}  // namespace
