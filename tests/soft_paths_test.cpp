/// The soft paths that are found: those of an enumeration that knows nothing of beams, trees, caches or legs, whatever
/// the workspace did before, and never longer than the kernels take.
#include "soft_path_enumeration.hpp"

#include <gtest/gtest.h>

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

const Visibility kinds[] = {{.kind = VisibilityKind::fresnel},
                            {.kind = VisibilityKind::atan, .smoothing_wavelengths = 4},
                            {.kind = VisibilityKind::logistic, .alpha = 8}};

TEST(SoftPaths, SetEqualsNaiveEnumeration) {
  std::size_t total = 0, partial = 0, double_bounces = 0, returns = 0;
  for (std::uint32_t seed = 0; seed < 36; ++seed) {
    Random random(31, seed, 0, Purpose::test);
    Scene scene = test::random_sheets(random, 3 + int(random.below(5)));
    const std::uint32_t first = std::uint32_t(scene.objects.size());
    std::vector<std::uint32_t> movers;
    for (std::uint32_t m = 0; m < 1 + seed % 2; ++m) {
      movers.push_back(first + m);
      const std::uint32_t material = (seed / 2) % 3;
      if (seed % 7 == 6)
        test::add_box(scene, "box" + std::to_string(m), material, {}, {1, 2, 1.5});
      else
        test::add_sheet(scene, "panel" + std::to_string(m), material, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    }
    place_devices(scene, random, 2, seed % 7 == 6 ? 4 : 8);
    const PathModel model(scene, movers, {.max_depth = 3, .transmission = seed % 4 < 2});
    Workspace w = model.make_workspace();
    Visibility visibility = kinds[seed % 3];
    visibility.tiles = seed % 5 == 4 ? 3 : 2;
    for (int step = 0; step < 3; ++step) {
      Configuration c = at_home(scene, movers.size());
      for (Pose& pose : c.movers) pose = random_pose(random, {2, 2, 2}, {8, 8, 8}, 1);
      model.gains(c, visibility, w);
      const PathSet found = found_paths(model, w), expected = Naive(model, w).paths;
      const std::string wrong = difference(found, expected);
      EXPECT_TRUE(wrong.empty()) << "seed " << seed << " step " << step << ":\n" << wrong;
      for (const auto& [key, tuples] : expected) {
        std::vector<std::uint32_t> bounces;
        for (const auto& [face, kind] : std::get<2>(key))
          if (kind == int(HopKind::reflect) && face >= model.world().fixed.size()) bounces.push_back(face);
        ++total;
        partial += int(tuples.size()) < tuples_of(visibility.tiles, int(bounces.size()));
        double_bounces += bounces.size() > 1;
        returns += bounces.size() > 1 && bounces.front() == bounces.back();
      }
    }
  }
  EXPECT_GT(total, 3000u);
  EXPECT_GT(partial, 300u);
  EXPECT_GT(double_bounces, 100u);
  EXPECT_GT(returns, 10u);
}

/// Poses of a walk that leaves the balls of shot chains now and then.
std::vector<Configuration> walk(const Scene& scene, std::size_t movers, Random& random, int steps, double step) {
  std::vector<Configuration> configurations;
  Configuration c = at_home(scene, movers);
  for (Pose& pose : c.movers) pose = random_pose(random, {4, 4, 4}, {6, 6, 6}, 1);
  for (int i = 0; i < steps; ++i) {
    configurations.push_back(c);
    for (Pose& pose : c.movers)
      pose = {pose.position + step * test::random_direction(random),
              rotation_vector(0.2 * test::random_direction(random)) * pose.rotation};
  }
  return configurations;
}

TEST(SoftPaths, WalkWithOneWorkspaceEqualsFreshWorkspacesBitForBit) {
  std::size_t steps = 0, shot = 0;
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    Random random(37, seed, 0, Purpose::test);
    Scene scene = test::random_sheets(random, 8);
    const std::uint32_t first = std::uint32_t(scene.objects.size());
    test::add_sheet(scene, "panel0", 1, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    test::add_sheet(scene, "panel1", 0, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    place_devices(scene, random, 2, 20);
    const PathModel model(scene, {first, first + 1},
                          {.max_depth = 3,
                           .transmission = true,
                           .coherent = seed % 2 == 1,
                           .finder = seed < 3 ? Finder::beams : Finder::shooting,
                           .rays = 8192});
    Workspace w = model.make_workspace();
    const std::vector<double> gain_bar(2 * 20, 1.0);
    for (const Configuration& c : walk(scene, 2, random, 15, 0.07)) {
      model.gains(c, kinds[seed % 3], w);
      steps += w.shot.size();
      Workspace fresh = model.make_workspace();
      model.gains(c, kinds[seed % 3], fresh);
      EXPECT_EQ(w.gains, fresh.gains) << "seed " << seed;
      EXPECT_EQ(difference(found_paths(model, w), found_paths(model, fresh)), "");
      ConfigurationGradient a, b;
      model.pullback(gain_bar, w, a);
      model.pullback(gain_bar, fresh, b);
      for (std::size_t m = 0; m < 2; ++m) {
        EXPECT_EQ(a.movers[m].translation, b.movers[m].translation);
        EXPECT_EQ(a.movers[m].rotation, b.movers[m].rotation);
      }
    }
    for (const ShotChains& chains : w.shot) shot += chains.shot();
  }
  EXPECT_LT(shot + 30, steps);  // chains were in use from step to step
}

TEST(SoftPaths, NoPathHasMoreHopsThanTheKernelsTake) {
  Scene scene;
  scene.materials = test::test_materials();
  std::vector<std::uint32_t> movers;
  Configuration c;
  for (std::uint32_t m = 0; m < 40; ++m) {
    movers.push_back(m);
    test::add_sheet(scene, "slat" + std::to_string(m), m % 2 ? 1 : 2, {0, -.5, -.5}, {0, 1, 0}, {0, 0, 1});
    c.movers.push_back({{0.15 * (m + 1), 0.56 + 0.002 * m, 0}, {}});  // beside the line from tx to rx
  }
  scene.add({"tx", {0, 0, 0}, {}, 0, {}});
  scene.receivers.positions = {{6.2, 0, 0}, {6.2, 0.6, 0}, {6.2, -0.2, 0.1}};
  c.transmitters = {scene.transmitters[0].position};
  const PathModel model(scene, movers, {.max_depth = 2});
  for (const Visibility& visibility : kinds) {
    Workspace w = model.make_workspace();
    model.gains(c, visibility, w);
    std::uint32_t most = 0;
    for (const kernels::Path& p : w.table.paths) most = max(most, p.hops);
    EXPECT_EQ(most, std::uint32_t(kernels::max_hops));
    ConfigurationGradient gradient;
    model.pullback(std::vector<double>(w.gains.size(), 1.0), w, gradient);
    for (const PoseGradient& g : gradient.movers)
      EXPECT_TRUE(std::isfinite(norm(g.translation)) && std::isfinite(norm(g.rotation)));
  }
}

}  // namespace
