#pragma once
#include "manyworlds/scene/panel.hpp"
#include "path_model.hpp"

/// Two rooms with movers of every sort, under every visibility, for tests of the path model.
namespace manyworlds::test {

inline constexpr Visibility hard{.kind = VisibilityKind::hard};
struct Kind {
  const char* name;
  Visibility visibility;
};
inline constexpr Kind kinds[] = {{"hard", hard},
                                 {"fresnel", {.kind = VisibilityKind::fresnel, .smoothing_wavelengths = 2}},
                                 {"atan", {.kind = VisibilityKind::atan, .smoothing_wavelengths = 4, .tiles = 3}},
                                 {"logistic", {.kind = VisibilityKind::logistic, .alpha = 8}}};

/// Two rooms of concrete with a doorway in a partition of plasterboard; furniture for no symmetry.
inline Scene two_rooms() {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_room(scene, 0, {8, 5, 2.8});
  test::add_sheet(scene, "partition_south", 2, {4, 0, 0}, {0, 2, 0}, {0, 0, 2.8});
  test::add_sheet(scene, "partition_north", 2, {4, 3, 0}, {0, 2, 0}, {0, 0, 2.8});
  test::add_sheet(scene, "lintel", 2, {4, 2, 2.1}, {0, 1, 0}, {0, 0, 0.7});
  test::add_sheet(scene, "board", 1, {6, 4.1, 0.9}, {1.1, 0.3, 0}, {0, 0, 0.8});
  return scene;
}

enum class Movers { metal, plasterboard, two, box, box_and_panel };
inline constexpr const char* mover_names[] = {"metal panel", "plasterboard panel", "two panels", "metal box",
                                              "plasterboard box and panel"};

inline std::vector<std::uint32_t> add_movers(Scene& scene, Movers which, std::uint32_t metal,
                                             std::uint32_t penetrable) {
  const auto first = std::uint32_t(scene.objects.size());
  const auto panel = [&](const char* name, double width, double height, std::uint32_t material) {
    scene.objects.push_back(make_panel(name, width, height, material));
  };
  if (which == Movers::metal || which == Movers::two) panel("panel", 1, 0.8, metal);
  if (which == Movers::plasterboard || which == Movers::two) panel("board2", 0.9, 1.2, penetrable);
  if (which == Movers::box) test::add_box(scene, "box", metal, {}, {0.6, 0.8, 0.5});
  if (which == Movers::box_and_panel) {
    test::add_box(scene, "box", penetrable, {}, {0.6, 0.8, 0.5});
    panel("panel", 1, 0.8, metal);
  }
  std::vector<std::uint32_t> movers;
  for (std::uint32_t i = first; i < scene.objects.size(); ++i) movers.push_back(i);
  return movers;
}

inline Scene small_scene() {
  Scene scene = two_rooms();
  scene.add({"tx", {1, 1, 2}, {}, 0, {}});
  scene.receivers.positions = {{2, 3, 1}, {6, 2, 1}};
  return scene;
}

/// Puts an object as loaded down at a pose, to be traced as a static one.
inline void put(Object& object, const Pose& pose) { object.mesh = placed(std::move(object.mesh), pose); }

}  // namespace manyworlds::test
