/// All that the adjoint of the path model can tell a sink: by devices, movers and materials; against finite differences
/// and symmetry.
#include <gtest/gtest.h>

#include "path_differences.hpp"
#include "two_rooms.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

/// Everything an adjoint can tell, by device, mover and material.
struct FullSink {
  static constexpr bool wants_materials = true, wants_receivers = true, wants_static = true;
  const Workspace& w;
  std::vector<Vec3d> transmitters, receivers;
  std::vector<PoseGradient> movers;
  std::vector<std::array<double, 3>> materials;  ///< eps_r, sigma, thickness

  FullSink(const PathModel& model, const Workspace& workspace, std::size_t material_count)
      : w(workspace),
        transmitters(model.transmitters()),
        receivers(model.receivers()),
        movers(workspace.poses.size()),
        materials(material_count) {}
  void transmitter(std::uint32_t tx, Vec3d v) { transmitters[tx] += v; }
  void receiver(std::uint32_t rx, Vec3d v) { receivers[rx] += v; }
  void face(std::uint32_t face, Vec3d center, Vec3d rotation, double, double) {
    const std::uint32_t local = face - w.moving.first_id, mover = w.mover_of_face[local];
    movers[mover] += {center, rotation + cross(w.frames[local].rectangle.center - w.poses[mover].position, center)};
  }
  void material(std::uint32_t m, double eps_r, double sigma, double thickness) {
    materials[m][0] += eps_r, materials[m][1] += sigma, materials[m][2] += thickness;
  }
};

TEST(PathModel, NothingChangesWhenEverythingMovesTogether) {
  for (const Kind& kind : kinds)
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
      Random random(79, seed, std::uint32_t(kind.visibility.kind), Purpose::test);
      Scene scene;
      scene.materials = test::test_materials();
      const auto movers = add_movers(scene, Movers(seed % 5), 1, 2);
      for (int t = 0; t < 2; ++t)
        scene.add({"tx" + std::to_string(t), random_point(random, {0, 0, 0}, {6, 4, 2}), {}, 0, {}});
      for (int r = 0; r < 8; ++r) scene.receivers.positions.push_back(random_point(random, {0, 0, 0}, {6, 4, 2}));
      const PathModel model(scene, movers, {.max_depth = 3, .coherent = seed >= 5, .moving_transmitters = true});
      Configuration c = at_home(scene, movers.size());
      for (Pose& pose : c.movers) pose = random_pose(random, {1, 1, .5}, {5, 3, 1.5}, 0.5);
      Workspace w = model.make_workspace();
      model.gains(c, kind.visibility, w);
      const std::vector<double> gain_bar = balanced(w.gains, random);
      FullSink sink(model, w, scene.materials.size());
      model.pullback(gain_bar, w, sink);
      ConfigurationGradient gradient;
      model.pullback(gain_bar, w, gradient);
      Vec3d sum{};
      double size = 0;
      for (const auto* list : {&sink.transmitters, &sink.receivers})
        for (Vec3d v : *list) sum += v, size += norm(v);
      for (const PoseGradient& g : sink.movers) sum += g.translation, size += norm(g.translation);
      EXPECT_LT(norm(sum), 1e-12 * size) << kind.name << " seed " << seed;
      // The model's own sink tells the same, summed in another order.
      for (std::size_t t = 0; t < 2; ++t)
        EXPECT_LT(norm(gradient.transmitters[t] - sink.transmitters[t]), 1e-12 * size);
      for (std::size_t m = 0; m < movers.size(); ++m)
        EXPECT_LT(norm(gradient.movers[m].rotation - sink.movers[m].rotation), 1e-9 * size);
    }
}

TEST(PathModel, GradientsByMaterialsAndReceiversEqualDifferences) {
  Tally tally;
  for (const Kind& kind : kinds) {
    Random random(83, 0, std::uint32_t(kind.visibility.kind), Purpose::test);
    Scene scene = two_rooms();
    const auto movers = add_movers(scene, Movers::two, 1, 2);
    scene.add({"tx", {1.3, 1.2, 1.9}, {}, 0, {}});
    for (int r = 0; r < 4; ++r)
      scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
    scene.receivers.antenna = Antenna{Pattern::dipole, {0, pi / 2}};
    const PathOptions options{.max_depth = 3};
    const PathModel model(scene, movers, options);
    Configuration c = at_home(scene, movers.size());
    c.movers = {make_pose({2.6, 3.6, 1.3}, {-1.1, 0.1, 0}), make_pose({5.3, 1.4, 1.2}, {2.2, 0.1, 0.1})};
    Workspace w = model.make_workspace();
    model.gains(c, kind.visibility, w);
    const std::vector<double> gain_bar = balanced(w.gains, random);
    FullSink sink(model, w, scene.materials.size());
    model.pullback(gain_bar, w, sink);
    for (std::size_t m : {0, 2}) {  // the others are perfect conductors
      double Material::*const parameters[] = {&Material::eps_r, &Material::sigma, &Material::thickness};
      for (std::size_t p = 0; p < 3; ++p) {
        const double h = p == 2 ? 1e-6 : 1e-4;
        const auto at = [&](double step) {
          Scene other = scene;
          other.materials[m].*parameters[p] += step;
          return weighted_sum(gain_bar, gains_of(PathModel(other, movers, options), c, kind.visibility));
        };
        const double wide = (at(h) - at(-h)) / (2 * h), narrow = (at(h / 2) - at(-h / 2)) / h;
        EXPECT_NEAR(sink.materials[m][p], (4 * narrow - wide) / 3, 1e-6 * std::abs(sink.materials[m][p]))
            << kind.name << " material " << m << " parameter " << p;
      }
    }
    for (std::size_t r = 0; r < 4; ++r) {
      const Difference d = differentiate(
          [&](Vec3d step, double& value) {
            Scene other = scene;
            other.receivers.positions[r] += step;
            const PathModel there(other, movers, options);
            Workspace near = there.make_workspace();
            there.gains(c, kind.visibility, near);
            value = weighted_sum(gain_bar, near.gains);
            return Signature(there, near) == Signature(model, w);
          },
          1e-4);
      tally.check(sink.receivers[r], d, 1e-6, std::string(kind.name) + " receiver " + std::to_string(r));
    }
  }
  EXPECT_GE(tally.checked, 12);
}

}  // namespace
