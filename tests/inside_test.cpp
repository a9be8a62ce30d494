/// Warnings of devices inside solid objects.
#include "manyworlds/scene/inside.hpp"

#include <gtest/gtest.h>

#include "manyworlds/core/random.hpp"
#include "manyworlds/scene/itu.hpp"
#include "manyworlds/scene/validate.hpp"

namespace {

using namespace manyworlds;

/// The axis-aligned box lo..hi, with or without its bottom; triangles turn either way, as in careless files.
Object box_of(const std::string& name, Vec3d lo, Vec3d hi, bool bottom = true) {
  Object box{name, {}, 0};
  for (int i = 0; i < 8; ++i)
    box.mesh.vertices.push_back({(i & 1) ? hi.x : lo.x, (i & 2) ? hi.y : lo.y, (i & 4) ? hi.z : lo.z});
  const std::uint32_t sides[6][4] = {{0, 1, 3, 2}, {4, 6, 7, 5}, {0, 1, 5, 4},
                                     {2, 6, 7, 3}, {0, 2, 6, 4}, {1, 3, 7, 5}};
  for (int side = bottom ? 0 : 1; side < 6; ++side) {
    const std::uint32_t* s = sides[side];
    box.mesh.triangles.push_back({s[0], s[1], s[2]});
    box.mesh.triangles.push_back({s[0], s[2], s[3]});
  }
  return box;
}

void turn(Object& object, const Mat3d& by) {
  for (Vec3d& v : object.mesh.vertices) v = by * v;
}

TEST(Inside, BoxHoldsItsPointsHoweverItIsTurned) {
  Random random(3, 0, 0, Purpose::test);
  for (const bool bottom : {true, false})
    for (int round = 0; round < 20; ++round) {
      const Vec3d hi{random.uniform(0.1, 3), random.uniform(0.1, 3), random.uniform(0.1, 3)};
      Object box = box_of("box", {0, 0, 0}, hi, bottom);
      const Mat3d turned = rotation(random.uniform(-3, 3), bottom ? random.uniform(-1, 1) : 0.0, 0.0);
      turn(box, turned);
      for (int i = 0; i < 200; ++i) {
        const Vec3d local{random.uniform(-1, 4), random.uniform(-1, 4), random.uniform(-1, 4)};
        const bool inside = Boxd{{0, 0, 0}, hi}.contains(local);
        EXPECT_EQ(detail::lies_inside(box.mesh, turned * local), inside);
      }
    }
}

TEST(Inside, RaysThroughEdgesAndCornersCountOnce) {
  const Object box = box_of("box", {0, 0, 0}, {4, 4, 4});  // points on a lattice: all rays meet diagonals or edges
  for (int x = -1; x <= 5; ++x)
    for (int y = -1; y <= 5; ++y)
      for (int z = -1; z <= 5; ++z) {
        const auto within = [](int c) { return c > 0 && c < 4; };
        const auto on = [](int c) { return c == 0 || c == 4; };
        if (on(x) || on(y) || on(z)) continue;  // the surface, or beside its planes
        EXPECT_EQ(detail::lies_inside(box.mesh, {double(x), double(y), double(z)}), within(x) && within(y) && within(z))
            << x << " " << y << " " << z;
      }
}

TEST(Inside, SheetsAndOpenRoomsHoldNothing) {
  Object room = box_of("room", {0, 0, 0}, {4, 4, 3});
  room.mesh.triangles.erase(room.mesh.triangles.begin(), room.mesh.triangles.begin() + 4);  // floor and ceiling
  EXPECT_FALSE(detail::lies_inside(room.mesh, {1, 2, 1}));
  Object sheet = box_of("sheet", {0, 0, 0}, {4, 4, 3});
  sheet.mesh.triangles.resize(2);
  EXPECT_EQ(enclosing_objects({sheet}, {{1, 2, 0}, {1, 2, 1}, {9, 9, 9}}), (std::vector<std::int64_t>{-1, -1, -1}));
}

/// Two cabinets in a closed building.
Scene furnished() {
  Scene scene;
  scene.materials.push_back(itu_material("metal", 0.01, 3.5e9));
  scene.objects.push_back(box_of("building", {0, 0, 0}, {20, 10, 3}));
  scene.objects.push_back(box_of("cabinets", {2, 2, 0}, {8, 4, 2}, false));
  scene.objects.push_back(box_of("lift", {12, 2, 0}, {14, 4, 2.5}));
  scene.add({.name = "ap1", .position = {1, 1, 2}});
  return scene;
}

TEST(Inside, WarnsOfDevicesInSolidsButNotInTheBuilding) {
  Scene scene = furnished();
  for (int i = 0; i < 12; ++i) scene.receivers.positions.push_back({1.5 + i, 1, 1});
  EXPECT_TRUE(validate(scene).empty());

  scene.receivers.positions[3] = {13, 3, 1.3};
  for (int i = 4; i < 11; ++i) scene.receivers.positions[std::size_t(i)] = {2 + 0.5 * i, 3, 0.5 + 0.1 * i};
  scene.receivers.positions[7].y = 5;
  scene.receivers.positions[11] = {12, 3, 1};  // on the lift's side
  scene.add({.name = "ap2", .position = {13, 2.5, 1}});
  EXPECT_EQ(validate(scene),
            (std::vector<std::string>{
                "1 of 12 receivers lie on a surface: 11 ('lift')", "transmitter 'ap2' lies inside 'lift'",
                "7 of 12 receivers lie inside an object: 3 ('lift'), 4 ('cabinets'), 5 ('cabinets'), 6 ('cabinets'), "
                "8 ('cabinets') and 2 more"}));
}

}  // namespace
