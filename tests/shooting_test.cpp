#include <gtest/gtest.h>

#include <map>

#include "manyworlds/paths/recall.hpp"
#include "path_model.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using test::PathModel, test::random_point;

std::vector<Vec3d> random_points(Random& random, int n, Vec3d lo, Vec3d hi) {
  std::vector<Vec3d> points;
  for (int i = 0; i < n; ++i) points.push_back(random_point(random, lo, hi));
  return points;
}

/// A random scene with a transmitter and receivers.
Scene random_scene(Random& random, int sheets, int receivers) {
  Scene scene = test::random_sheets(random, sheets);
  Transmitter tx;
  tx.position = random_point(random, {0, 0, 0}, {10, 10, 10});
  scene.add(tx);
  scene.receivers.positions = random_points(random, receivers, {0, 0, 0}, {10, 10, 10});
  return scene;
}

const TransmitterCache& cache_of(const StaticWorld& world, std::size_t tx = 0) { return world.static_paths[tx]->cache; }

/// A town of `n` x `n` blocks on a ground, 6 n^2 + 1 faces; transmitter and receivers in the streets of its middle.
Scene town(int n) {
  Random random(5, 0, 0, Purpose::test);
  Scene scene;
  scene.materials = test::test_materials();
  const double pitch = 20;
  test::add_sheet(scene, "ground", 0, {-20, -20, 0}, {n * pitch + 40, 0, 0}, {0, n * pitch + 40, 0});
  for (int i = 0; i < n * n; ++i) {
    const double height = random.uniform(5, 25);
    test::add_box(scene, "block_" + std::to_string(i), std::uint32_t(i % 3),
                  {pitch * (i % n) + 10, pitch * (i / n) + 10, height / 2},
                  {random.uniform(6, 13), random.uniform(6, 13), height});
  }
  Transmitter tx;
  const double middle = pitch * (n / 2);
  tx.position = {middle + 0.3, middle + 0.2, 8};
  scene.add(tx);
  for (int i = 0; i < 100; ++i)
    scene.receivers.positions.push_back(
        {middle + random.uniform(-40, 40), middle + pitch * (int(random.below(3)) - 1) + random.uniform(-3, 3), 1.5});
  return scene;
}

TEST(Shooting, FindsThePathsOfTheBeamTreeInSmallScenes) {
  Recall all;
  for (std::uint32_t seed = 0; seed < 16; ++seed) {
    Random random(31, seed, 0, Purpose::test);
    const Scene scene = random_scene(random, 4 + int(random.below(7)), 40);
    PathOptions options{.transmission = seed % 2 == 0, .finder = Finder::beams};
    const StaticWorld beams(scene, {}, options);
    options.finder = Finder::shooting;
    options.rays = 200'000;
    const StaticWorld shot(scene, {}, options);
    const Recall recall = paths::recall(cache_of(shot), cache_of(beams));
    EXPECT_GE(recall.found + 1, recall.expected) << "seed " << seed;
    EXPECT_EQ(paths::recall(cache_of(beams), cache_of(shot)).share(), 1) << "a path that is none, seed " << seed;
    all.found += recall.found;
    all.expected += recall.expected;
  }
  EXPECT_GT(all.expected, 1000u);
  EXPECT_GE(all.share(), 0.999);
}

TEST(Shooting, MoreRaysFindMore) {
  const Scene scene = town(8);
  PathOptions options{.finder = Finder::beams};
  const StaticWorld beams(scene, {}, options);
  options.finder = Finder::shooting;
  double last = 0;
  for (const std::uint64_t rays : {300, 10'000, 300'000}) {
    options.rays = rays;
    const double share = recall(cache_of(StaticWorld(scene, {}, options)), cache_of(beams)).share();
    EXPECT_GT(share, last) << rays;
    last = share;
  }
  EXPECT_GT(last, 0.98);
}

TEST(Shooting, PathsOfOneReflectionAreCompleteWithoutRays) {
  const Scene scene = town(6);
  const StaticWorld beams(scene, {}, {.max_depth = 1, .finder = Finder::beams});
  const StaticWorld shot(scene, {}, {.max_depth = 1, .finder = Finder::shooting, .rays = 0});
  EXPECT_GT(cache_of(beams).paths.size(), 50u);
  EXPECT_EQ(cache_of(shot).paths.size(), cache_of(beams).paths.size());
  EXPECT_EQ(recall(cache_of(shot), cache_of(beams)).share(), 1);
}

TEST(Shooting, ChainsAreSortedOnceEachAndWithTheirPrefixes) {
  Random random(37, 0, 0, Purpose::test);
  const StaticWorld world(random_scene(random, 10, 1), {}, {});
  for (const double radius : {0., 0.4}) {
    const auto chains = shoot(world.geometry(), {{5, 5, 5}, radius}, 150'000, 3);
    EXPECT_GT(chains.size(), 100u);
    for (std::size_t i = 0; i + 1 < chains.size(); ++i) ASSERT_LT(chains[i], chains[i + 1]);
    for (FaceChain chain : chains) {
      std::size_t length = 0;
      while (length < chain.size() && chain[length] != no_face) ++length;
      ASSERT_TRUE(length >= 1 && length <= 3);
      for (std::size_t i = length; i < chain.size(); ++i) ASSERT_EQ(chain[i], no_face);
      chain[length - 1] = no_face;
      if (length > 1) {
        ASSERT_TRUE(std::binary_search(chains.begin(), chains.end(), chain));
      }
    }
    EXPECT_EQ(shoot(world.geometry(), {{5, 5, 5}, radius}, 150'000, 3), chains);
  }
}

TEST(Shooting, BeamsAlongAllChainsAreAllBeams) {
  Random random(41, 0, 0, Purpose::test);
  const StaticWorld world(random_scene(random, 9, 1), {}, {});
  Beam root;
  root.apex[0] = {5, 5, 5};
  std::vector<FaceChain> all, again;
  const auto into = [](std::vector<FaceChain>& chains) {
    return [&chains](const Beam& beam) {
      FaceChain chain;
      chain.fill(no_face);
      std::copy(beam.chain, beam.chain + beam.length, chain.begin());
      chains.push_back(chain);
    };
  };
  grow(root, world.fixed, nullptr, 3, into(all));
  std::sort(all.begin(), all.end());
  grow_along(root, world.fixed, all, 3, into(again));
  std::sort(again.begin(), again.end());
  EXPECT_GT(all.size(), 50u);
  EXPECT_EQ(again, all);
}

TEST(Shooting, IsTheAutomaticChoiceForBigMeshesAndSaysSo) {
  const Scene scene = town(24);  // 3457 faces
  const StaticWorld automatic(scene, {}, {.rays = 50'000, .max_beams = 20'000});
  EXPECT_EQ(automatic.finder, Finder::shooting);
  EXPECT_EQ(cache_of(automatic).finder, Finder::shooting);
  EXPECT_GE(cache_of(automatic).chains, automatic.fixed.size());
  EXPECT_GT(cache_of(automatic).beams, 1000u);
  EXPECT_LE(cache_of(automatic).beams, cache_of(automatic).chains + 1);
  const StaticWorld told(scene, {}, {.finder = Finder::shooting, .rays = 50'000});
  EXPECT_GT(cache_of(told).paths.size(), 100u);
  EXPECT_EQ(cache_of(automatic).paths.size(), cache_of(told).paths.size());
  EXPECT_EQ(recall(cache_of(automatic), cache_of(told)).share(), 1);
  EXPECT_EQ(cache_of(automatic).prefixes.size(), cache_of(told).prefixes.size());

  const StaticWorld beams(scene, {}, {.max_depth = 2, .finder = Finder::beams});
  EXPECT_EQ(beams.finder, Finder::beams);
  EXPECT_EQ(cache_of(beams).chains, 0u);
  const StaticWorld shot(scene, {}, {.max_depth = 2, .finder = Finder::shooting, .rays = 100'000});
  EXPECT_GT(cache_of(shot).paths.size(), 100u);
  EXPECT_EQ(recall(cache_of(beams), cache_of(shot)).share(), 1) << "a path that is none";

  EXPECT_EQ(StaticWorld(town(3), {}, {}).finder, Finder::beams);
}

/// All gains of a mover's poses, with the finder given.
class Movers : public ::testing::TestWithParam<VisibilityKind> {};

TEST_P(Movers, GainsOfShootingAreThoseOfBeams) {
  Visibility visibility;
  visibility.kind = GetParam();
  visibility.tiles = 2;
  std::size_t paths = 0, equal = 0, count = 0;
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    Random random(43, seed, 0, Purpose::test);
    Scene scene = random_scene(random, 7, 150);
    std::vector<std::uint32_t> movers;
    for (std::uint32_t m = 0; m < 1 + seed % 2; ++m) {
      movers.push_back(std::uint32_t(scene.objects.size()));
      test::add_sheet(scene, "panel_" + std::to_string(m), 1, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    }
    PathOptions options{.transmission = seed % 3 == 0, .finder = Finder::beams};
    const PathModel beams(scene, movers, options);
    options.finder = Finder::shooting;
    options.rays = 800'000;
    const PathModel shot(scene, movers, options);
    Workspace a = beams.make_workspace(), b = shot.make_workspace();
    for (int pose = 0; pose < 2; ++pose) {
      Configuration c;
      for (std::size_t m = 0; m < movers.size(); ++m)
        c.movers.push_back(
            make_pose(random_point(random, {1, 1, 1}, {9, 9, 9}), random_point(random, {-3, -1, -1}, {3, 1, 1})));
      c.transmitters.push_back(scene.transmitters[0].position);
      beams.gains(c, visibility, a);
      shot.gains(c, visibility, b);
      paths += a.table.paths.size();
      EXPECT_LE(b.table.paths.size(), a.table.paths.size());
      for (std::size_t i = 0; i < a.gains.size(); ++i, ++count)
        equal += std::abs(a.gains[i] - b.gains[i]) <= 1e-9 * a.gains[i];
    }
  }
  EXPECT_GT(paths, 100u);
  EXPECT_GE(double(equal), 0.99 * double(count));
}

INSTANTIATE_TEST_SUITE_P(Visibilities, Movers, ::testing::Values(VisibilityKind::hard, VisibilityKind::fresnel),
                         [](const auto& kind) { return kind.param == VisibilityKind::hard ? "Hard" : "Fresnel"; });

}  // namespace
