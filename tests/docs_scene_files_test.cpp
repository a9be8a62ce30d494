// What docs/scene-files.md says of its example. docs_test compares the text.
#include <gtest/gtest.h>

#include "manyworlds/io/load.hpp"
#include "manyworlds/scene/mover.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/validate.hpp"

namespace mw = manyworlds;

namespace {

const std::string file = MANYWORLDS_SOURCE_DIR "/examples/scenes/one_wall.xml";

mw::Vec3d normal_of(const mw::Scene& scene) {
  return mw::make_mover_shape(scene.objects[mw::find_object(scene, "Reflector")]).faces.at(0).rectangle.normal;
}

}  // namespace

TEST(DocsSceneFiles, ExampleIsCompleteAndSound) {
  const mw::Scene scene = mw::io::load(file, {.frequency_hz = 3.5e9});
  EXPECT_EQ(scene.warnings, std::vector<std::string>{});
  EXPECT_NO_THROW(mw::validate_geometry(scene));
  std::vector<std::string> objects, materials;
  for (const mw::Object& o : scene.objects) objects.push_back(o.name + ":" + scene.materials[o.material].name);
  for (const mw::Material& m : scene.materials) materials.push_back(m.itu + ":" + std::to_string(m.thickness));
  EXPECT_EQ(objects, (std::vector<std::string>{"floor:concrete", "wall_south:concrete", "box:plywood_box",
                                               "Reflector:itu_metal"}));
  EXPECT_EQ(materials, (std::vector<std::string>{"concrete:0.200000", ":0.012000", "metal:0.100000"}));
  EXPECT_NEAR(mw::bounding_box(scene.objects[1].mesh).size().y, 0, 1e-12);
  EXPECT_NEAR(norm(mw::bounding_box(scene.objects[3].mesh).center() - mw::Vec3d{2, 1.2, 1.5}), 0, 1e-12);
}

TEST(DocsSceneFiles, DefaultsAreOverriddenByLoadOptions) {
  const double as_written = std::sqrt(0.5);
  EXPECT_NEAR(norm(normal_of(mw::io::load(file)) - mw::Vec3d{as_written, as_written, 0}), 0, 1e-12);
  const mw::Scene turned = mw::io::load(file, {.parameters = {{"turn", "90"}}});
  EXPECT_NEAR(norm(normal_of(turned) - mw::Vec3d{0, 1, 0}), 0, 1e-12);
}
