/// What examples/scenes/README.md promises of office_v1 and two_rooms.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "manyworlds/io/load.hpp"
#include "manyworlds/scene/itu.hpp"
#include "manyworlds/scene/mover.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/receivers.hpp"
#include "manyworlds/scene/validate.hpp"

namespace {

using namespace manyworlds;
using nlohmann::json;

const std::string folder = std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/";

std::size_t triangles(const Scene& scene) {
  std::size_t sum = 0;
  for (const Object& o : scene.objects) sum += o.mesh.triangles.size();
  return sum;
}

bool starts_with(const std::string& name, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](const auto& b) { return name.rfind(b, 0) == 0; });
}

/// Everything but furniture, door leaves, lift cars and the reflector.
bool is_wall(const Object& o) {
  return !starts_with(o.name, {"cabinets", "desks", "door_", "lift_car", "floor", "ceiling", "Reflector"});
}

struct Office : testing::Test {
  Scene scene = io::load(folder + "office_v1/office_v1.xml", {.frequency_hz = 3.5e9});
  json places = json::parse(std::ifstream(folder + "office_v1/places.json"));

  Boxd building() const {
    Boxd box;
    for (const Object& o : scene.objects) box.extend(bounding_box(o.mesh));
    return box;
  }
  static Boxd on_plan(const json& r) { return {{r.at(0), r.at(1), 0}, {r.at(2), r.at(3), 3}}; }
};

TEST_F(Office, IsA30By20By3MetreHallOf1000To3000Triangles) {
  EXPECT_TRUE(scene.warnings.empty());
  EXPECT_EQ(building().lo, (Vec3d{0, 0, 0}));
  EXPECT_EQ(building().hi, (Vec3d{30, 20, 3}));
  EXPECT_EQ(scene.objects.size(), 98u);
  EXPECT_EQ(triangles(scene), 1312u);
}

TEST_F(Office, WallsAreSingleSheetsOfAnItuMaterial) {
  std::size_t walls = 0;
  for (const Object& o : scene.objects) {
    if (!is_wall(o)) continue;
    ++walls;
    const Vec3d size = bounding_box(o.mesh).size();
    EXPECT_EQ(int(size.x == 0) + int(size.y == 0) + int(size.z == 0), 1) << o.name;
    EXPECT_GT(size.z, 0) << o.name;
    const Material& m = scene.materials[o.material];
    EXPECT_NO_THROW(itu_parameters(m.name, 3.5e9)) << o.name;
    EXPECT_NO_THROW(itu_parameters(m.name, 28e9)) << o.name;
    EXPECT_GT(m.thickness, 0) << o.name;
  }
  EXPECT_EQ(walls, 42u);
  const Material& front = scene.materials[scene.objects[find_object(scene, "front_glass")].material];
  EXPECT_EQ(front.name, "glass");
}

TEST_F(Office, HasTwelveRoomsAndMore) {
  std::size_t rooms = 0;
  for (const auto& [name, rectangle] : places.at("rooms").items()) {
    const Boxd room = on_plan(rectangle);
    EXPECT_GT(room.size().x, 1.5) << name;
    EXPECT_GT(room.size().y, 1.5) << name;
    EXPECT_TRUE(building().contains(room.lo) && building().contains(room.hi)) << name;
    rooms += starts_with(name, {"room_"});
  }
  EXPECT_GE(rooms, 12u);
  for (const char* name : {"corridor", "lift_lobby"}) EXPECT_TRUE(places.at("rooms").contains(name)) << name;
}

TEST_F(Office, ReflectorIsASquareMetreOfMetal) {
  const Object& reflector = scene.objects[find_object(scene, "Reflector")];
  EXPECT_EQ(reflector.mesh.triangles.size(), 2u);
  EXPECT_EQ(scene.materials[reflector.material].name, "metal");
  const MoverShape shape = make_mover_shape(reflector);
  ASSERT_EQ(shape.faces.size(), 1u);
  EXPECT_TRUE(shape.faces[0].is_rectangle);
  EXPECT_NEAR(shape.faces[0].rectangle.half_u, 0.5, 1e-6);
  EXPECT_NEAR(shape.faces[0].rectangle.half_v, 0.5, 1e-6);
  EXPECT_NEAR(std::abs(shape.faces[0].rectangle.normal.x), 1, 1e-6);
  EXPECT_LT(norm(shape.origin - Vec3d{0.4, 10.2, 1.5}), 1e-6);
}

TEST_F(Office, MountWallsAreWhereThePlacesSayWithTheirOpeningsOpen) {
  for (const auto& [name, wall] : places.at("mount_walls").items()) {
    const Object& object = scene.objects[find_object(scene, name)];
    const Boxd box = bounding_box(object.mesh);
    const double y = wall.at("from").at(1);
    EXPECT_NEAR(box.lo.x, wall.at("from").at(0), 1e-6) << name;
    EXPECT_NEAR(box.hi.x, wall.at("to").at(0), 1e-6) << name;
    EXPECT_NEAR(box.lo.y, y, 1e-6) << name;
    EXPECT_NEAR(box.hi.y, y, 1e-6) << name;
    const double inward = wall.at("normal_into_corridor").at(1);
    EXPECT_TRUE(on_plan(places.at("rooms").at("corridor")).contains({1, y + inward, 1})) << name;
    for (const auto& [door, o] : wall.at("openings").items()) {
      const double u0 = o.at(0), u1 = o.at(1), top = o.at(3);
      const std::vector<Vec3d> inside{{u0 + 0.05, y, 0.05}, {u1 - 0.05, y, 0.05}, {(u0 + u1) / 2, y, top - 0.05}},
          beside{{u0 - 0.05, y, 1}, {u1 + 0.05, y, 1}};
      for (const std::int64_t found : touched_objects({object}, inside, 1e-3)) EXPECT_EQ(found, -1) << name << door;
      for (const std::int64_t found : touched_objects({object}, beside, 1e-3)) EXPECT_EQ(found, 0) << name << door;
    }
  }
}

TEST_F(Office, ProblemsAreFreeOfObstaclesAndInTheRoomsTheyName) {
  const auto room_of = [&](Vec3d p) {
    for (const auto& [name, rectangle] : places.at("rooms").items())
      if (on_plan(rectangle).contains(p)) return name;
    return std::string();
  };
  for (const auto& [name, p] : places.at("transmitters").items())
    EXPECT_NE(room_of({p.at(0), p.at(1), p.at(2)}), "") << name;
  for (const auto& [name, problem] : places.at("problems").items()) {
    Scene checked = scene;
    if (problem.contains("transmitters"))
      for (const auto& [tx, p] : problem.at("transmitters").items()) {
        EXPECT_EQ(p, places.at("transmitters").at(tx)) << name;
        checked.add({.name = tx, .position = {p.at(0), p.at(1), p.at(2)}});
      }
    else
      for (const json& p : problem.at("transmitter_box"))
        checked.add({.name = p.dump(), .position = {p.at(0), p.at(1), p.at(2)}});
    for (const auto& [room, r] : problem.at("targets").items()) {
      EXPECT_TRUE(on_plan(places.at("rooms").at(room)).contains(on_plan(r).lo)) << name;
      EXPECT_TRUE(on_plan(places.at("rooms").at(room)).contains(on_plan(r).hi)) << name;
      checked.receivers = receiver_grid({.lo = {r.at(0), r.at(1)},
                                         .hi = {r.at(2), r.at(3)},
                                         .height = places.at("receiver_height_m"),
                                         .spacing = problem.at("spacing_m")});
      EXPECT_EQ(validate(checked), std::vector<std::string>{}) << name;
    }
    for (const auto& [wall, stretch] : problem.at("walls").items()) {
      EXPECT_TRUE(places.at("mount_walls").contains(wall)) << name;
      EXPECT_LT(stretch.at(0).get<double>(), stretch.at(1).get<double>()) << name;
    }
  }
}

TEST(TwoRooms, IsA8By5By3MetreSceneOf20Triangles) {
  const Scene scene = io::load(folder + "two_rooms/two_rooms.xml", {.frequency_hz = 3.5e9});
  EXPECT_EQ(scene.objects.size(), 8u);
  EXPECT_EQ(triangles(scene), 20u);
  Boxd box;
  for (const Object& o : scene.objects) box.extend(bounding_box(o.mesh));
  EXPECT_EQ(box.hi - box.lo, (Vec3d{8, 5, 3}));
  const MoverShape panel = make_mover_shape(scene.objects[find_object(scene, "Reflector")]);
  EXPECT_LT(norm(panel.origin - Vec3d{2, 1.2, 1.5}), 1e-6);
  EXPECT_NEAR(dot(panel.faces.at(0).rectangle.normal, Vec3d{1, 1, 0}), std::sqrt(2.0), 1e-6);
}

}  // namespace
