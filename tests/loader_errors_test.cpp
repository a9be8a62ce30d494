/// What the loader says of scenes that are not as they should be, and where.
#include <gtest/gtest.h>

#include "error_of.hpp"
#include "mitsuba_text.hpp"

namespace {

using namespace manyworlds;
using test::error_of, test::parse, test::wall;

TEST(Warnings, NameWhatWasNotUsedWithItsLine) {
  const Scene scene = parse(
      "<integrator type='path'/><sensor type='perspective'><film type='hdrfilm'/></sensor>\n"
      "<emitter type='area'/><hologram/>\n"
      "<shape type='sphere' id='ball'/>\n"
      "<bsdf type='plastic' id='p'/>\n"
      "<bsdf type='radio-material' id='r'><float name='colour' value='1'/></bsdf>\n"
      "<shape type='cube' id='mesh-a'><boolean name='face_normals' value='true'/>"
      "<boolean name='sharp' value='true'/><ref id='c'/>\n"
      "<transform name='to_world'><shear x='1'/></transform></shape>");
  EXPECT_EQ(
      scene.warnings,
      (std::vector<std::string>{
          "s.xml:5: bsdf 'p' of type 'plastic' is no radio material and ignored",
          "s.xml:6: unknown property 'colour' of a radio material ignored",
          "s.xml:3: unknown element <hologram> ignored", "s.xml:4: shape 'ball' of the unknown type 'sphere' ignored",
          "s.xml:7: <boolean> 'sharp' of object 'a' ignored", "s.xml:8: unknown transform <shear> ignored"}));
}

TEST(Errors, SayWhatAndWhere) {
  const auto shape = [](const std::string& inside) { return "<shape type='rectangle' id='r'>" + inside + "</shape>"; };
  const auto transform = [&](const std::string& t) {
    return shape("<ref id='c'/>\n<transform name='to_world'>" + t + "</transform>");
  };
  const auto bsdf = [](const std::string& type, const std::string& inside) {
    return "\n<bsdf type='" + type + "' id='m'>" + inside + "</bsdf>" + wall;
  };
  const struct {
    std::string elements;
    const char* expected;
  } cases[] = {
      {wall + "\n<shape type='cube'>", "s.xml:3: broken XML: Start-end tags mismatch"},
      {"", "s.xml: the scene has no triangles"},
      {"<shape type='sphere'/>", "s.xml: the scene has no triangles"},
      {shape(""), "s.xml:2: object 'r': expected one material, found 0"},
      {shape("<ref id='c'/><ref id='c'/>"), "expected one material, found 2"},
      {shape("\n<ref id='conc'/>"), "s.xml:3: unknown material 'conc'; expected one of: c"},
      {"<bsdf type='diffuse' id='red'/>" + shape("<ref id='red'/>"),
       "bsdf 'red' is no radio material; expected the type"},
      {wall + "\n" + wall, "s.xml:3: two objects have the name 'wall'"},
      {"<bsdf type='diffuse' id='c'/>" + wall, "s.xml:2: two bsdfs have the id 'c'"},
      {"<bsdf type='radio-material' id='mat-c'/>" + wall, "s.xml:2: two materials have the name 'c'"},
      {"<bsdf type='radio-material'/>" + wall, "s.xml:2: expected an id of <bsdf>"},
      {bsdf("itu-radio-material", ""), "s.xml:3: expected a string 'type'"},
      {bsdf("itu-radio-material", "<string name='type' value='cheese'/>"), "s.xml:3: unknown ITU material 'cheese'"},
      {"<bsdf type='diffuse' id='mat-itu_concrete.001'/>" + wall, "unknown ITU material 'concrete.001'"},
      {bsdf("itu-radio-material", "<string name='type' value='floorboard'/>"),
       "s.xml:3: ITU material 'floorboard' is known for 50 to 100"},
      {bsdf("radio-material", "<float name='relative_permittivity' value='0.9'/>"),
       "s.xml:3: expected eps_r >= 1, found 0.9"},
      {bsdf("radio-material", "<float name='conductivity' value='-1'/>"), "sigma >= 0 S/m, found -1"},
      {bsdf("radio-material", "<float name='thickness' value='0'/>"), "s.xml:3: expected thickness > 0 m, found 0"},
      {bsdf("radio-material", "\n<float name='thickness' value='thin'/>"),
       "s.xml:4: expected a number as thickness, found 'thin'"},
      {bsdf("radio-material", "<float name='thickness' value='nan'/>"), "expected a number as thickness, found 'nan'"},
      {bsdf("radio-material", "<float name='thickness'/>"), "expected an attribute 'value' of <float>"},
      {bsdf("radio-material", "<float name='scattering_coefficient' value='1.5'/>"), "scattering in 0 to 1, found 1.5"},
      {"<shape type='ply' id='p'><ref id='c'/></shape>", "s.xml:2: expected a string 'filename' in shape 'p'"},
      {"<shape type='ply' id='p'><ref id='c'/>\n<string name='filename' value='none.ply'/></shape>",
       "s.xml:3: object 'p': none.ply: no such file"},
      {transform("<translate x='far'/>"), "s.xml:3: expected 1 or 3 numbers as x of <translate>, found 'far'"},
      {transform("<translate value='1 2'/>"), "expected 1 or 3 numbers as value"},
      {transform("<scale value='inf'/>"), "expected 1 or 3 numbers as value"},
      {transform("<scale value='0'/>"), "s.xml:2: object 'r' has no triangle with an area"},
      {transform("<scale value='1e300'/><scale value='1e300'/>"), "to_world takes object 'r' to infinity"},
      {transform("<rotate z='1'/>"), "expected an attribute 'angle' of <rotate>"},
      {transform("<rotate z='1' angle='right'/>"), "expected one number as angle"},
      {transform("<rotate angle='90'/>"), "expected an axis of rotation that is not zero"},
      {transform("<matrix value='1 2 3'/>"), "expected a matrix of 9 or 16 numbers"},
      {transform("<matrix value='1 0 0 0 0 1 0 0 0 0 1 0 0 0 1 1'/>"), "expected an affine matrix"},
      {transform("<lookat origin='0 0 0'/>"), "expected an attribute 'target' of <lookat>"},
      {transform("<lookat origin='0 0' target='1 0 0'/>"), "expected 3 numbers as origin"},
      {transform("<lookat origin='1 0 0' target='1 0 0'/>"), "expected a target away from the origin"},
      {transform("<lookat origin='0 0 0' target='0 0 1' up='0 0 1'/>"), "expected an up that is not along the view"},
      {"<shape type='cube' id='$a'/><default name='a' value='b'/>",
       "s.xml:2: no <default> before this line gives a value to '$a'"},
  };
  for (const auto& c : cases) {
    const std::string error = error_of([&] { parse(c.elements); });
    EXPECT_NE(error.find(c.expected), std::string::npos) << c.expected << "\nfound: " << error;
  }
}

TEST(Errors, OfTheFileItself) {
  const std::string folder = testing::TempDir();
  EXPECT_EQ(error_of([] { io::load("/nowhere/a.xml"); }), "/nowhere/a.xml: no such file");
  EXPECT_EQ(error_of([&] { io::load(folder); }), folder + ": expected a regular file");
  const auto whole = [](const std::string& text, double hz) {
    return error_of([&] { io::parse_mitsuba(text, "s.xml", hz); });
  };
  EXPECT_EQ(whole("", 3.5e9), "s.xml:1: broken XML: No document element found");
  EXPECT_EQ(whole("<scene>\n<shape", 3.5e9), "s.xml:2: broken XML: Error parsing start element tag");
  EXPECT_EQ(whole("<html/>", 3.5e9), "s.xml: expected a Mitsuba scene, which has the root <scene>");
  EXPECT_EQ(whole("<scene/>", 3.5), "frequency: expected 0.1 to 100 GHz, found 3.5e-09 GHz");
}

TEST(Errors, DefaultsThatGrowExponentiallyAreRefused) {
  std::string text = "<default name='a' value='0123456789'/>";
  for (char c = 'b'; c <= 'z'; ++c) {
    const std::string before = std::string("$") + static_cast<char>(c - 1);
    text += std::string("<default name='") + c + "' value='" + before + before + before + before + "'/>";
  }
  EXPECT_NE(error_of([&] { parse(text + wall); }).find("grow beyond 16 MiB"), std::string::npos);
}

}  // namespace
