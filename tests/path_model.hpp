#pragma once
#include <cmath>

#include "manyworlds/paths/model.hpp"
#include "test_scene.hpp"

/// The path model in small scenes, for tests.
namespace manyworlds::test {

/// paths::PathModel, whose functions take seconds to compile, compiled once for all tests (path_model.cpp).
struct PathModel : paths::PathModel {
  PathModel(const Scene& scene, const std::vector<std::uint32_t>& movers, paths::PathOptions options = {});
  void gains(const Configuration& c, const Visibility& visibility, paths::Workspace& w) const;
  void pullback(const std::vector<double>& gain_bar, paths::Workspace& w, ConfigurationGradient& gradient) const;
  using paths::PathModel::pullback;  // for other sinks
};

/// Transmitters where the scene has them, movers at the origin.
inline Configuration at_home(const Scene& scene, std::size_t movers) {
  Configuration c;
  c.movers.resize(movers);
  for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
  return c;
}

/// A pose in a box, any yaw; pitch and roll up to `tilt` radians.
inline Pose random_pose(Random& random, Vec3d lo, Vec3d hi, double tilt) {
  return make_pose(random_point(random, lo, hi), random_point(random, {-3, -tilt, -tilt}, {3, tilt, tilt}));
}

/// Adds transmitters and receivers at random places in a box.
inline void place_devices(Scene& scene, Random& random, int transmitters, int receivers, Vec3d lo = {0, 0, 0},
                          Vec3d hi = {10, 10, 10}) {
  for (int i = 0; i < transmitters; ++i) scene.add({"tx" + std::to_string(i), random_point(random, lo, hi), {}, 0, {}});
  for (int i = 0; i < receivers; ++i) scene.receivers.positions.push_back(random_point(random, lo, hi));
}

inline std::vector<double> gains_of(const PathModel& model, const Configuration& c, const Visibility& visibility) {
  paths::Workspace w = model.make_workspace();
  model.gains(c, visibility, w);
  return w.gains;
}

inline int mover_bounces(const paths::Geometry& g, const paths::Hop* hops, std::uint32_t n) {
  int bounces = 0;
  for (std::uint32_t h = 0; h < n; ++h) bounces += hops[h].kind == paths::HopKind::reflect && g.is_mover(hops[h].face);
  return bounces;
}

/// A tile index for each bounce on a mover that is cut into tiles x tiles; all tuples have numbers.
using Tuple = std::vector<int>;

inline int tuples_of(int tiles, int bounces) { return int(std::lround(std::pow(tiles * tiles, bounces))); }
inline Tuple tuple_at(int index, int tiles, int bounces) {
  Tuple tuple;
  for (int b = 0; b < bounces; ++b, index /= tiles * tiles) tuple.push_back(index % (tiles * tiles));
  return tuple;
}

}  // namespace manyworlds::test
