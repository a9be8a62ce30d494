/// Path tables computed with Sionna RT 2.2.0 (tests/data/sionna/README.md): every path of theirs is found with the same
/// objects, types, vertices and coefficient; what they lack has a segment under 1 cm, which they drop.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "manyworlds/io/load.hpp"
#include "manyworlds/paths/listing.hpp"
#include "manyworlds/scene/names.hpp"
#include "path_model.hpp"

namespace {

using namespace manyworlds;
using nlohmann::json;

const std::string folder = std::string(MANYWORLDS_SOURCE_DIR) + "/tests/data/sionna/";

Vec3d vec(const json& v) { return {v[0], v[1], v[2]}; }

Antenna antenna(const json& device) {
  const std::map<std::string, Pattern> patterns{
      {"iso", Pattern::iso}, {"dipole", Pattern::dipole}, {"tr38901", Pattern::tr38901}};
  const std::map<std::string, std::vector<double>> slants{{"V", {0}}, {"cross", {-pi / 4, pi / 4}}};
  return {patterns.at(device["pattern"]), slants.at(device["polarization"])};
}

struct Case {
  const char* name;
  std::size_t dropped;  ///< paths with a segment under 1 cm
};

class SionnaPaths : public testing::TestWithParam<Case> {};

TEST_P(SionnaPaths, EveryPathIsFoundWithItsCoefficient) {
  json table;
  std::ifstream(folder + GetParam().name + ".json") >> table;
  Scene scene = io::load(folder + std::string(table["scene"]), {.frequency_hz = table["frequency_hz"]});
  for (const json& d : table["tx"]) scene.add({"tx", vec(d["position"]), vec(d["orientation"]), 0, antenna(d)});
  for (const json& d : table["rx"]) {
    scene.receivers.positions.push_back(vec(d["position"]));
    scene.receivers.orientations.push_back(vec(d["orientation"]));
    scene.receivers.antenna = antenna(d);
  }
  std::vector<std::uint32_t> movers;
  Configuration c;
  if (table.contains("poses"))
    for (const auto& [name, pose] : table["poses"].items()) {
      movers.push_back(std::uint32_t(find_object(scene, name)));
      c.movers.push_back(make_pose(vec(pose["position"]), vec(pose["orientation"])));
    }
  for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
  const test::PathModel model(scene, movers, {.max_depth = table["max_depth"], .transmission = table["refraction"]});
  paths::Workspace w = model.make_workspace();
  model.gains(c, {.kind = VisibilityKind::hard}, w);
  std::vector<paths::PathRow> ours;
  paths::for_each_path(model, w, [&](const kernels::Path& path, const kernels::FieldView<double>& view, std::size_t) {
    ours.push_back(paths::describe(model.geometry(w), view, path));
  });

  const double wavelength = manyworlds::wavelength(scene.frequency_hz);
  std::vector<int> used(ours.size());
  std::size_t ports = 1;
  for (const json& row : table["paths"]) {
    const int port = row.value("rx_ant", 0);
    ports = std::max(ports, std::size_t(port) + 1);
    bool found = false;
    for (std::size_t i = 0; i < ours.size() && !found; ++i) {
      const paths::PathRow& p = ours[i];
      const std::size_t n = p.interactions.size();
      if (p.tx != row["tx"] || p.rx != row["rx"] || n != row["types"].size()) continue;
      bool same = true;
      for (std::size_t k = 0; k < n && same; ++k)
        same = row["types"][k] == std::string(1, p.interactions[k].type) &&
               row["objects"][k] == scene.objects[p.interactions[k].object].name &&
               norm(vec(row["vertices"][k]) - p.interactions[k].vertex) < 1e-3;
      if (!same) continue;
      found = true;
      ++used[i];
      const Complexd a = port == 0 ? p.field.x : p.field.y, theirs{row["a_re"], row["a_im"]};
      EXPECT_LE(abs(a - theirs), 1e-3 * wavelength / (4 * pi * p.length)) << row;
      EXPECT_NEAR(speed_of_light * double(row["tau_s"]), p.length, 2e-5) << row;
      const auto angle = [](double x, double y) { return std::abs(std::remainder(x - y, 2 * pi)); };
      EXPECT_LT(angle(std::acos(p.departure.z), row["theta_t"]), 1e-2) << row;
      EXPECT_LT(angle(std::atan2(-p.arrival.y, -p.arrival.x), row["phi_r"]), 1e-2) << row;
    }
    EXPECT_TRUE(found) << row;
  }
  std::size_t extra = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (used[i] > 0) {
      EXPECT_EQ(std::size_t(used[i]), ports);
      continue;
    }
    ++extra;
    std::vector<Vec3d> points{scene.transmitters[ours[i].tx].position};
    for (const auto& k : ours[i].interactions) points.push_back(k.vertex);
    points.push_back(scene.receivers.positions[ours[i].rx]);
    double shortest = 1e9;
    for (std::size_t k = 0; k + 1 < points.size(); ++k) shortest = std::min(shortest, norm(points[k + 1] - points[k]));
    EXPECT_LT(shortest, 0.0101);
  }
  EXPECT_EQ(extra, GetParam().dropped);
}

INSTANTIATE_TEST_SUITE_P(Reference, SionnaPaths,
                         testing::Values(Case{"empty_room", 6}, Case{"empty_room_tr38901_dipole_cross", 1},
                                         Case{"room_panel_1", 1}, Case{"room_panel_2", 1}, Case{"room_panel_3", 1},
                                         Case{"two_rooms", 6}),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
