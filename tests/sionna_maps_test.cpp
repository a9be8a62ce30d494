/// Radio maps computed with Sionna RT 2.2.0 by 2e7 rays: our exact gain, averaged over 5 x 5 points of each cell, is
/// theirs within their noise, but for cells that a shadow edge crosses.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "manyworlds/core/units.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/scene/names.hpp"
#include "path_model.hpp"

namespace {

using namespace manyworlds;
using nlohmann::json;

const std::string folder = std::string(MANYWORLDS_SOURCE_DIR) + "/tests/data/sionna/";

struct Case {
  const char* name;
  double median_db, p90_db;  ///< of |ours - theirs| over all cells
};

class SionnaMaps : public testing::TestWithParam<Case> {};

Vec3d vec(const json& v) { return {v[0], v[1], v[2]}; }

TEST_P(SionnaMaps, AgreeCellByCell) {
  constexpr int points = 5;
  json head;
  std::ifstream(folder + GetParam().name + ".json") >> head;
  Scene scene = io::load(folder + std::string(head["scene"]), {.frequency_hz = head["frequency_hz"]});
  Configuration c;
  for (const json& d : head["tx"]) {
    scene.add({"tx", vec(d["position"]), vec(d["orientation"])});
    c.transmitters.push_back(vec(d["position"]));
  }
  std::vector<std::uint32_t> movers;
  if (head.contains("poses"))
    for (const auto& [name, pose] : head["poses"].items()) {
      movers.push_back(std::uint32_t(find_object(scene, name)));
      c.movers.push_back(make_pose(vec(pose["position"]), vec(pose["orientation"])));
    }
  struct Cell {
    std::size_t tx;
    double gain;
  };
  std::vector<Cell> cells;
  const double size = head["cell_size"][0];
  std::ifstream csv(folder + GetParam().name + ".csv");
  std::string line;
  std::getline(csv, line);
  while (std::getline(csv, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream in(line);
    double tx, row, column, x, y, z, run0, run1;
    in >> tx >> row >> column >> x >> y >> z >> run0 >> run1;
    cells.push_back({std::size_t(tx), (run0 + run1) / 2});
    if (tx != 0) continue;
    for (int i = 0; i < points * points; ++i)
      scene.receivers.positions.push_back(
          {x + ((i % points + .5) / points - .5) * size, y + ((i / points + .5) / points - .5) * size, z});
  }
  const test::PathModel model(scene, movers, {.max_depth = head["max_depth"], .transmission = head["refraction"]});
  paths::Workspace w = model.make_workspace();
  model.gains(c, {.kind = VisibilityKind::hard}, w);

  std::vector<double> difference;
  const std::size_t per_tx = cells.size() / scene.transmitters.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    double mean = 0;
    for (std::size_t k = 0; k < points * points; ++k)
      mean += w.gains[cells[i].tx * model.receivers() + (i % per_tx) * points * points + k] / (points * points);
    difference.push_back(std::abs(to_db(mean / cells[i].gain)));
  }
  std::sort(difference.begin(), difference.end());
  EXPECT_LT(difference[difference.size() / 2], GetParam().median_db);
  EXPECT_LT(difference[difference.size() * 9 / 10], GetParam().p90_db);
  RecordProperty("median_db", std::to_string(difference[difference.size() / 2]));
  RecordProperty("p90_db", std::to_string(difference[difference.size() * 9 / 10]));
  RecordProperty("p99_db", std::to_string(difference[difference.size() * 99 / 100]));
}

INSTANTIATE_TEST_SUITE_P(Reference, SionnaMaps,
                         testing::Values(Case{"empty_room_map", 0.005, 0.02}, Case{"room_panel_1_map", 0.006, 0.03},
                                         Case{"two_rooms_map_refraction_off", 0.015, 0.25},
                                         Case{"two_rooms_map_refraction_on", 0.04, 0.2}),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
