/// What the loader reads: scenes of Sionna RT, materials, transforms, shapes.
#include "manyworlds/io/load.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "folder.hpp"
#include "manyworlds/math/box.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/panel.hpp"
#include "manyworlds/scene/validate.hpp"
#include "mitsuba_text.hpp"

namespace {

using namespace manyworlds;
using test::parse, test::wall;

const std::string data = MANYWORLDS_SOURCE_DIR "/tests/data/sionna/";

Material material_of(const std::string& bsdf, const std::string& id) {
  const Scene scene = parse(bsdf + "<shape type='cube' id='x'><ref id='" + id + "' name='bsdf'/></shape>");
  return scene.materials[scene.objects[0].material];
}

/// Where a transform takes the corners of the unit rectangle.
std::vector<Vec3d> placed(const std::string& transform) {
  return parse("<shape type='rectangle'><transform name='to_world'>" + transform + "</transform><ref id='c'/></shape>")
      .objects[0]
      .mesh.vertices;
}

void expect_rectangle(const std::string& transform, std::vector<Vec3d> corners) {
  const std::vector<Vec3d> found = placed(transform);
  ASSERT_EQ(found.size(), corners.size());
  for (std::size_t i = 0; i < corners.size(); ++i)
    EXPECT_NEAR(norm(found[i] - corners[i]), 0, 1e-6)
        << transform << ' ' << found[i].x << ' ' << found[i].y << ' ' << found[i].z;
}

TEST(Load, ReferenceScenesAgreeWithSionna) {
  for (const auto& [table, file] : std::map<std::string, std::string>{
           {"empty_room", "empty_room"}, {"room_panel_1", "room_panel"}, {"two_rooms", "two_rooms"}}) {
    const auto reference = nlohmann::json::parse(std::ifstream(data + table + ".json"));
    const Scene scene = io::load(data + file + "/" + file + ".xml", {.frequency_hz = reference["frequency_hz"]});
    EXPECT_TRUE(scene.warnings.empty());
    EXPECT_NO_THROW(validate_geometry(scene));
    EXPECT_EQ(scene.objects.size(), reference["objects"].size());
    for (const auto& [name, material] : reference["objects"].items()) {
      const Object& object = scene.objects[find_object(scene, name)];
      EXPECT_EQ(object.mesh.triangles.size(), 2u);
      EXPECT_TRUE(object.mesh.source_index.empty());
      const Material& m = scene.materials[object.material];
      const auto& r = reference["materials"][material.get<std::string>()];
      EXPECT_EQ(m.name, material);
      EXPECT_EQ(m.itu, r["itu_type"]);
      EXPECT_NEAR(m.eps_r, r["eps_r"], 1e-6 * m.eps_r);
      EXPECT_NEAR(m.sigma, r["sigma"], 1e-6 * m.sigma);
      EXPECT_NEAR(m.thickness, r["thickness"], 1e-6 * m.thickness);
    }
  }
}

TEST(Load, PanelOfTheReferenceSceneIsTheOneMadeInCode) {
  const Scene scene = io::load(data + "room_panel/room_panel.xml");
  const Object &read = scene.objects[find_object(scene, "Reflector")],
               made = make_panel("Reflector", 1, 1, read.material);
  EXPECT_EQ(read.mesh.vertices, made.mesh.vertices);
  EXPECT_EQ(read.mesh.triangles, made.mesh.triangles);
}

TEST(Material, OfEveryStyle) {
  const Material itu = material_of(
      "<bsdf type='itu-radio-material' id='mat-a'><string name='type' value='wood'/>"
      "<float name='thickness' value='0.02'/>"
      "<float name='scattering_coefficient' value='0.3'/></bsdf>",
      "mat-a");
  EXPECT_EQ(itu.name, "a");
  EXPECT_EQ(itu.itu, "wood");
  EXPECT_EQ(itu.eps_r, 1.99);
  EXPECT_EQ(itu.thickness, 0.02);
  EXPECT_EQ(itu.scattering, 0.3);
  const Material own = material_of(
      "<bsdf type='radio-material' id='own'><float name='relative_permittivity' value='4'/>"
      "<float name='conductivity' value='1e-2'/></bsdf>",
      "own");
  EXPECT_EQ(own.itu, "");
  EXPECT_EQ(own.eps_r, 4);
  EXPECT_EQ(own.sigma, 0.01);
  EXPECT_EQ(own.thickness, 0.1);
  EXPECT_FALSE(own.pec);
  EXPECT_TRUE(material_of("<bsdf type='radio-material' id='p'><boolean name='pec' value='true'/></bsdf>", "p").pec);
  const Material old = material_of(
      "<bsdf type='twosided' id='mat-itu_glass'><bsdf type='diffuse'>"
      "<rgb name='reflectance' value='1 0 0'/><float name='thickness' value='0.004'/>"
      "</bsdf></bsdf>",
      "mat-itu_glass");
  EXPECT_EQ(old.name, "itu_glass");
  EXPECT_EQ(old.itu, "glass");
  EXPECT_EQ(old.thickness, 0.004);
  const Material diffuse = material_of("<bsdf type='diffuse' id='itu_brick'/>", "itu_brick");
  EXPECT_EQ(diffuse.itu, "brick");
  EXPECT_EQ(diffuse.thickness, 0.1);
  EXPECT_EQ(
      material_of("<bsdf type='diffuse' id='itu_front'><string name='type' value='metal'/></bsdf>", "itu_front").itu,
      "metal");
}

TEST(Material, MayStandInsideAShapeOrBehindItsReference) {
  const Scene scene = parse(
      "<shape type='cube' id='mesh-a'><ref name='late'/></shape>"
      "<shape type='cube' id='mesh-b'><bsdf type='radio-material'/></shape>"
      "<shape type='cube' id='mesh-d'><ref id='inner'/></shape>"
      "<shape type='cube'><bsdf type='radio-material' id='inner'/></shape>"
      "<bsdf type='itu-radio-material' name='late'><string name='type' value='wood'/></bsdf>");
  std::vector<std::string> names;
  for (const Object& o : scene.objects) names.push_back(o.name + ":" + scene.materials[o.material].name);
  EXPECT_EQ(names, (std::vector<std::string>{"a:late", "b:b", "d:inner", "shape-3:inner"}));
}

TEST(Transform, EveryKind) {
  expect_rectangle("", {{-1, -1, 0}, {1, -1, 0}, {1, 1, 0}, {-1, 1, 0}});
  expect_rectangle("<translate x='1' z='-2'/>", {{0, -1, -2}, {2, -1, -2}, {2, 1, -2}, {0, 1, -2}});
  expect_rectangle("<translate value='1, 2,3'/>", {{0, 1, 3}, {2, 1, 3}, {2, 3, 3}, {0, 3, 3}});
  expect_rectangle("<scale value='2'/>", {{-2, -2, 0}, {2, -2, 0}, {2, 2, 0}, {-2, 2, 0}});
  expect_rectangle("<scale y='3'/>", {{-1, -3, 0}, {1, -3, 0}, {1, 3, 0}, {-1, 3, 0}});
  expect_rectangle("<scale value='2 3 4'/>", {{-2, -3, 0}, {2, -3, 0}, {2, 3, 0}, {-2, 3, 0}});
  expect_rectangle("<rotate x='1' angle='90'/>", {{-1, 0, -1}, {1, 0, -1}, {1, 0, 1}, {-1, 0, 1}});
  expect_rectangle("<rotate value='0 0 5' angle='90'/>", {{1, -1, 0}, {1, 1, 0}, {-1, 1, 0}, {-1, -1, 0}});
  expect_rectangle("<matrix value='1 0 0 4 0 0 1 5 0 1 0 6 0 0 0 1'/>", {{3, 5, 5}, {5, 5, 5}, {5, 5, 7}, {3, 5, 7}});
  expect_rectangle("<matrix value='1 2 3 4 5 6 7 8 10'/>", {{-3, -9, -15}, {-1, -1, -1}, {3, 9, 15}, {1, 1, 1}});
  expect_rectangle("<lookat origin='1,1,1' target='4,1,1' up='0,0,1'/>", {{1, 0, 0}, {1, 2, 0}, {1, 2, 2}, {1, 0, 2}});
}

TEST(Transform, LookAtPutsTheCubeWhereMitsubaDoes) {
  // The corner (1, -1, -1) of Mitsuba 3.9.1's cube.
  const auto corner = [](const std::string& t) {
    return parse("<shape type='cube'><transform name='to_world'>" + t + "</transform><ref id='c'/></shape>")
        .objects[0]
        .mesh.vertices[1];
  };
  const Vec3d up{0.19999998807907104, 1.5999999046325684, -0.41421353816986084};
  const Vec3d none{-0.17823374271392822, -0.23764503002166748, 1.2828428745269775};
  EXPECT_NEAR(norm(corner("<lookat origin='1,1,1' target='4,5,6' up='0,0,1'/>") - up), 0, 1e-6);
  EXPECT_NEAR(norm(corner("<lookat origin='1,1,1' target='4,5,6'/>") - none), 0, 1e-6);
}

TEST(Transform, RotationStaysOneWhenItsAxisIsLong) {
  const Scene scene = parse(
      "<shape type='cube'><transform name='to_world'><rotate x='3' y='4' angle='20'/></transform>"
      "<ref id='c'/></shape>");
  for (const Vec3d& v : scene.objects[0].mesh.vertices) EXPECT_NEAR(norm(v), std::sqrt(3), 1e-12);
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_EQ(scene.warnings[0].find("s.xml:2: the axis of rotation has length 5"), 0u) << scene.warnings[0];
}

TEST(Transform, AppliesTheFirstFirst) {
  expect_rectangle("<scale value='2'/><translate x='1'/>", {{-1, -2, 0}, {3, -2, 0}, {3, 2, 0}, {-1, 2, 0}});
  expect_rectangle("<translate x='1'/><scale value='2'/>", {{0, -2, 0}, {4, -2, 0}, {4, 2, 0}, {0, 2, 0}});
  expect_rectangle("<translate x='1'/><rotate z='1' angle='90'/><translate z='3'/>",
                   {{1, 0, 3}, {1, 2, 3}, {-1, 2, 3}, {-1, 0, 3}});
}

TEST(Shape, CubeIsClosedWithNormalsOutwards) {
  const Mesh mesh = io::unit_cube();
  ASSERT_EQ(mesh.triangles.size(), 12u);
  double volume = 0;
  for (const auto& t : mesh.triangles) {
    const Vec3d a = mesh.vertices[t[0]], b = mesh.vertices[t[1]], c = mesh.vertices[t[2]];
    EXPECT_GT(dot(cross(b - a, c - a), a + b + c), 0);
    volume += dot(a, cross(b, c)) / 6;
  }
  EXPECT_DOUBLE_EQ(volume, 8);
}

TEST(Shape, MeshFilesLieBesideTheXmlAndKeepTheirOrder) {
  const test::Folder place("loader");
  const std::string folder = place.path.string() + "/";
  std::ofstream(folder + "m.obj") << "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 2\nf 1 2 3 4\n";
  std::ofstream(folder + "s.xml") << "<scene>\n<bsdf type='diffuse' id='itu_wood'/>\n<shape type='obj' id='mesh-m'>"
                                     "<string name='filename' value='m.obj'/><ref id='itu_wood'/></shape></scene>";
  const Scene scene = io::load(folder + "s.xml");
  ASSERT_EQ(scene.objects.size(), 1u);
  EXPECT_EQ(scene.objects[0].name, "m");
  EXPECT_EQ(scene.objects[0].mesh.source_index, (std::vector<std::uint32_t>{1, 2}));
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_EQ(scene.warnings[0], folder + "s.xml:3: object 'm': dropped 1 of 3 triangles, which have no area");
}

TEST(Default, IsSubstitutedEverywhereAfterIt) {
  const std::string text =
      "<default name='t' value='0.25'/><default name='twice' value='$t'/>"
      "<bsdf type='radio-material' id='m$t'><float name='thickness' value='$twice'/></bsdf>"
      "<shape type='cube' id='mesh-$tx'><ref id='m0.25'/></shape>";
  const Scene scene = parse(text);
  EXPECT_EQ(scene.materials[1].thickness, 0.25);
  EXPECT_EQ(scene.objects[0].name, "0.25x");
  EXPECT_EQ(parse("<default name='u' value='9'/><bsdf type='radio-material' id='m'>"
                  "<float name='thickness' value='$u'/></bsdf>" +
                      wall,
                  {{"u", "0.5"}})
                .materials[1]
                .thickness,
            0.5);
}

}  // namespace
