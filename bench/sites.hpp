#pragma once
#include <cmath>
#include <string>

#include "manyworlds/io/load.hpp"
#include "manyworlds/paths/model.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/panel.hpp"
#include "manyworlds/scene/receivers.hpp"

/// Scenes in which a 1 x 1 m metal panel walks, and the full retrace that a step of the split stands against.
namespace manyworlds::sites {

struct Site {
  Scene scene;
  std::uint32_t panel = 0;  ///< its index among the objects
  Vec3d start;              ///< where the panel's walk begins

  std::vector<std::uint32_t> movers() const { return {panel}; }
  /// Steps of 2 cm and 0.3 degrees, 200 of them and then the same again.
  Configuration at(int step) const {
    Configuration c;
    for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
    c.movers = {make_pose(start + Vec3d{0.02 * (step % 200), 0, 0}, {-1.3 + 0.005 * (step % 200), 0.05, 0})};
    return c;
  }
  std::size_t triangles() const {
    std::size_t sum = 0;
    for (const Object& o : scene.objects) sum += o.mesh.triangles.size();
    return sum;
  }
};

/// About `count` receivers on a square grid over a rectangle.
inline ReceiverSet receivers(double count, ReceiverGrid grid) {
  grid.spacing = std::sqrt((grid.hi.x - grid.lo.x) * (grid.hi.y - grid.lo.y) / count);
  return receiver_grid(grid);
}

/// office_v1, two transmitters, its own panel in the corridor.
inline Site office(double receiver_count) {
  Scene scene = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/office_v1/office_v1.xml",
                         {.frequency_hz = 3.5e9});
  scene.add({"ap1", {8.1, 10.2, 2.7}, {}, 20, {}});
  scene.add({"ap2", {4.0, 4.72, 2.7}, {}, 20, {}});
  scene.receivers = receivers(receiver_count, {.lo = {0.3, 0.3}, .hi = {29.7, 19.7}, .height = 1.2});
  const auto panel = std::uint32_t(find_object(scene, "Reflector"));
  return {std::move(scene), panel, {21, 10.2, 1.5}};
}

/// Any scene with one transmitter, a panel that is added to it, and receivers at 1.5 m.
inline Site with_panel(const std::string& file, Vec3d transmitter, Vec3d panel, double receiver_count,
                       ReceiverGrid grid) {
  Scene scene = io::load(file, {.frequency_hz = 3.5e9});
  Material metal;
  metal.name = "panel", metal.pec = true;
  scene.materials.push_back(metal);
  scene.objects.push_back(make_panel("panel", 1, 1, std::uint32_t(scene.materials.size() - 1)));
  scene.add({"tx", transmitter, {}, 20, {}});
  scene.receivers = receivers(receiver_count, grid);
  const auto index = std::uint32_t(scene.objects.size() - 1);
  return {std::move(scene), index, panel};
}

/// A room of 6 x 5 x 3 m, 12 triangles.
inline Site empty_room(double receiver_count) {
  return with_panel(std::string(MANYWORLDS_SOURCE_DIR) + "/tests/data/sionna/empty_room/empty_room.xml",
                    {1.13, 0.87, 2.41}, {1, 2.5, 1.5}, receiver_count,
                    {.lo = {0.1, 0.1}, .hi = {5.9, 4.9}, .height = 1.5});
}

/// A square of 300 m around the transmitter, the panel 6 m beside it.
inline Site city(const std::string& file, Vec3d transmitter, double receiver_count) {
  return with_panel(file, transmitter, transmitter + Vec3d{6, 4, -1}, receiver_count,
                    {.lo = {transmitter.x - 150, transmitter.y - 150},
                     .hi = {transmitter.x + 150, transmitter.y + 150},
                     .height = 1.5});
}

/// The panel as part of the scene, all paths found anew, without fields: what a tracer without the split does.
class FullRetrace {
 public:
  FullRetrace(const Site& site, const paths::PathModel& split)
      : split_(split.world()),
        panel_(site.scene.objects[site.panel]),
        as_loaded_(panel_.mesh),
        shape_(make_mover_shape(panel_)) {}

  /// Puts the panel at a pose, which a tracer has to be told, too, but which is not its work.
  void place(const Pose& pose) {
    panel_.mesh = as_loaded_;
    for (Vec3d& v : panel_.mesh.vertices) v = pose.point(v - shape_.origin);
    faces_ = split_.fixed;
    faces_.add(panel_, split_.object_index[0], shape_, pose);
  }
  /// Number of paths.
  std::size_t trace() {
    faces_.build_tree();
    const Bvh bvh = build_bvh(faces_.triangles);
    const paths::Geometry g{&faces_, nullptr, bvh.view(), split_.slabs.data(), split_.options.transmission};
    std::size_t found = 0;
    for (const Device<double>& t : split_.transmitters)
      found += paths::TransmitterCache(g, t.position, split_.groups, split_.options.max_depth).paths.size();
    return found;
  }

 private:
  const paths::StaticWorld& split_;
  Object panel_;
  Mesh as_loaded_;
  MoverShape shape_;
  paths::SurfaceSet faces_;
};

}  // namespace manyworlds::sites
