#include "manyworlds/scene/validate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "error_of.hpp"
#include "manyworlds/core/random.hpp"
#include "manyworlds/scene/itu.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/panel.hpp"
#include "manyworlds/scene/receivers.hpp"

namespace {

using namespace manyworlds;
using test::error_of;

Scene good_scene() {
  Scene scene;
  scene.materials.push_back(itu_material("metal", 0.01, 3.5e9));
  scene.objects.push_back(make_panel("Reflector", 1, 2, 0));
  scene.objects.push_back(make_panel("Wall", 4, 3, 0));
  for (Vec3d& v : scene.objects[1].mesh.vertices) v.x += 1;
  scene.add({.name = "ap1", .position = {-1, 0, 0}, .antenna = {}});
  scene.receivers = receiver_grid({.lo = {0.25, -1}, .hi = {0.75, 1}, .height = 0, .spacing = 0.5});
  return scene;
}

TEST(Panel, IsCentredWithNormalX) {
  const Object panel = make_panel("P", 2, 1, 3);
  EXPECT_EQ(panel.name, "P");
  EXPECT_EQ(panel.material, 3u);
  ASSERT_EQ(panel.mesh.triangles.size(), 2u);
  Boxd box;
  for (const Vec3d& v : panel.mesh.vertices) box.extend(v);
  EXPECT_EQ(box.lo, (Vec3d{0, -1, -0.5}));
  EXPECT_EQ(box.hi, (Vec3d{0, 1, 0.5}));
  double area = 0;
  for (const auto& t : panel.mesh.triangles) {
    const auto& v = panel.mesh.vertices;
    const Vec3d normal = cross(v[t[1]] - v[t[0]], v[t[2]] - v[t[0]]);
    EXPECT_GT(normal.x, 0);
    area += norm(normal) / 2;
  }
  EXPECT_DOUBLE_EQ(area, 2);
}

TEST(Panel, RefusesSizesThatAreNotPositive) {
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(make_panel("P", bad, 1, 0), InputError);
    EXPECT_THROW(make_panel("P", 1, bad, 0), InputError);
  }
}

TEST(Names, FindWhatIsThereAndListWhatIsNear) {
  const Scene scene = good_scene();
  EXPECT_EQ(find_object(scene, "Wall"), 1u);
  EXPECT_EQ(find_material(scene, "metal"), 0u);
  EXPECT_EQ(find_transmitter(scene, "ap1"), 0u);
  const std::string error = error_of([&] { find_object(scene, "reflector", "--mover"); });
  EXPECT_EQ(error, "--mover: unknown object 'reflector'; expected one of: Reflector, Wall");
}

TEST(Validate, AcceptsAGoodScene) { EXPECT_TRUE(validate(good_scene()).empty()); }

TEST(Validate, RefusesEachMistake) {
  const double nan = std::nan("");
  const struct {
    const char* expected;
    std::function<void(Scene&)> spoil;
  } cases[] = {
      {"frequency: expected 0.1 to 100 GHz", [](Scene& s) { s.frequency_hz = 1e6; }},
      {"scene: no triangles", [](Scene& s) { s.objects.clear(); }},
      {"object 'Wall': no triangles", [](Scene& s) { s.objects[1].mesh.triangles.clear(); }},
      {"two objects have the name 'Wall'", [](Scene& s) { s.objects[0].name = "Wall"; }},
      {"two materials have the name 'metal'", [](Scene& s) { s.materials.push_back(s.materials[0]); }},
      {"object 'Wall': a vertex is not finite", [=](Scene& s) { s.objects[1].mesh.vertices[2].y = nan; }},
      {"object 'Wall': index 4 of only 4 vertices", [](Scene& s) { s.objects[1].mesh.triangles[0][1] = 4; }},
      {"object 'Wall': material 1 of only 1", [](Scene& s) { s.objects[1].material = 1; }},
      {"source indices", [](Scene& s) { s.objects[1].mesh.source_index = {1}; }},
      {"material 'metal': expected eps_r >= 1, found 0.5", [](Scene& s) { s.materials[0].eps_r = 0.5; }},
      {"expected sigma >= 0 S/m, found -1", [](Scene& s) { s.materials[0].sigma = -1; }},
      {"expected thickness > 0 m, found 0", [](Scene& s) { s.materials[0].thickness = 0; }},
      {"expected scattering in 0 to 1", [=](Scene& s) { s.materials[0].scattering = nan; }},
      {"scene: no transmitters", [](Scene& s) { s.transmitters.clear(); }},
      {"two transmitters have the name 'ap1'", [](Scene& s) { s.add(s.transmitters[0]); }},
      {"transmitter 'ap1': the position", [=](Scene& s) { s.transmitters[0].position.z = nan; }},
      {"transmitter 'ap1': the orientation", [=](Scene& s) { s.transmitters[0].orientation.z = nan; }},
      {"transmitter 'ap1': the power", [=](Scene& s) { s.transmitters[0].power_dbm = nan; }},
      {"transmitter 'ap1': expected one or two", [](Scene& s) { s.transmitters[0].antenna.slants.clear(); }},
      {"receivers: the set is empty", [](Scene& s) { s.receivers = {}; }},
      {"receiver 2: the position", [=](Scene& s) { s.receivers.positions[2].x = nan; }},
      {"receivers: expected none or 4 weights, found 1", [](Scene& s) { s.receivers.weights = {1}; }},
      {"receivers: expected none or 4 orientations", [](Scene& s) { s.receivers.orientations.resize(3); }},
      {"receivers: expected none or 4 grid cells", [](Scene& s) { s.receivers.rows = 9; }},
      {"receiver 1: expected a weight >= 0",
       [](Scene& s) {
         s.receivers.weights = {1, -1, 1, 1};
       }},
      {"receivers: all weights are zero",
       [](Scene& s) {
         s.receivers.weights = {0, 0, 0, 0};
       }},
      {"receivers: expected one or two",
       [](Scene& s) {
         s.receivers.antenna = Antenna{.slants = {1, 2, 3}};
       }},
  };
  for (const auto& c : cases) {
    Scene scene = good_scene();
    c.spoil(scene);
    const std::string error = error_of([&] { validate(scene); });
    EXPECT_NE(error.find(c.expected), std::string::npos) << c.expected << "\nfound: " << error;
  }
}

TEST(Validate, WarnsOfDevicesOnASurfaceByName) {
  Scene scene = good_scene();
  scene.transmitters[0].position = {0.0005, 0.2, 0.3};
  scene.add({.name = "ap2", .position = {0.0015, 0.2, 0.3}, .antenna = {}});
  scene.receivers.positions[1] = {1, 2, 1.5};
  scene.receivers.positions[3] = {1.0009, 0, 0};
  const auto warnings = validate(scene);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_EQ(warnings[0], "transmitter 'ap1' lies on the surface of 'Reflector'");
  EXPECT_EQ(warnings[1], "2 of 4 receivers lie on a surface: 1 ('Wall'), 3 ('Wall')");
}

TEST(Validate, WarnsOfDevicesFarFromEverything) {
  Scene scene = good_scene();
  const Boxd box = bounds_of(scene);
  scene.transmitters[0].position = box.hi + Vec3d{49, 0, 0};
  scene.receivers.positions[1] = box.lo - Vec3d{0, 49, 0};
  EXPECT_TRUE(validate(scene).empty());
  scene.transmitters[0].position = box.hi + Vec3d{100, 0, 0};
  scene.receivers.positions[1] = box.lo - Vec3d{0, 200, 0};
  scene.receivers.positions[2] = box.lo - Vec3d{0, 0, 150};
  const auto warnings = validate(scene);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_EQ(warnings[0], "transmitter 'ap1' is 100 m from everything in the scene");
  EXPECT_EQ(warnings[1], "2 of 4 receivers are up to 200 m from everything in the scene");
}

TEST(Validate, DistanceToATriangleIsTheLeastOverItsPoints) {
  Random random(7, 0, 0, Purpose::test);
  const auto point = [&] { return Vec3d{random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)}; };
  for (int round = 0; round < 50; ++round) {
    const Vec3d a = point(), b = point(), c = point(), p = 2.0 * point();
    const double found = norm(p - closest_on_triangle(p, a, b, c));
    double least = 1e9;
    constexpr int n = 200;
    for (int i = 0; i <= n; ++i)
      for (int j = 0; i + j <= n; ++j)
        least = std::min(least, norm(p - (a + double(i) / n * (b - a) + double(j) / n * (c - a))));
    EXPECT_LE(found, least + 1e-12);
    EXPECT_GE(found, least - 0.02);
  }
}

}  // namespace
