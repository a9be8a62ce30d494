/// The path model as a function: equal to a full retrace, whatever its workspace did before; what it takes and what it
/// refuses.
#include <gtest/gtest.h>

#include "manyworlds/core/units.hpp"
#include "two_rooms.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

TEST(PathModel, SplitPowersEqualThoseOfAFullRetrace) {
  std::size_t touched = 0;
  for (std::uint32_t seed = 0; seed < 24; ++seed) {
    Random random(61, seed, 0, Purpose::test);
    Scene scene = seed % 3 == 0 ? two_rooms() : test::random_sheets(random, 8);
    const Vec3d hi = seed % 3 == 0 ? Vec3d{7.9, 4.9, 2.7} : Vec3d{10, 10, 10};
    const auto movers = add_movers(scene, Movers(seed % 5), 1, 2);
    for (int t = 0; t < 2; ++t)
      scene.add({"tx" + std::to_string(t), random_point(random, {.1, .1, .1}, hi), {}, 0, {}});
    for (int r = 0; r < 40; ++r) scene.receivers.positions.push_back(random_point(random, {.1, .1, .1}, hi));
    if (seed % 4 == 3) scene.receivers.antenna = Antenna{Pattern::dipole, {0, pi / 2}};
    const PathOptions options{.max_depth = 3, .transmission = seed % 2 == 0, .coherent = seed % 4 > 1};
    const PathModel split(scene, movers, options);
    const std::vector<double> without = gains_of(PathModel(
                                                     [&] {
                                                       Scene s = scene;
                                                       s.objects.resize(movers[0]);
                                                       return s;
                                                     }(),
                                                     {}, options),
                                                 at_home(scene, 0), hard);
    Workspace w = split.make_workspace();
    for (int step = 0; step < 3; ++step) {
      Configuration c = at_home(scene, movers.size());
      Scene placed = scene;
      for (std::size_t m = 0; m < movers.size(); ++m) {
        c.movers[m] = random_pose(random, {1, 1, 1}, hi - Vec3d{1, 1, 1}, 0.5);
        put(placed.objects[movers[m]], c.movers[m]);
      }
      c.transmitters[1] = random_point(random, {.1, .1, .1}, hi);
      placed.transmitters[1].position = c.transmitters[1];
      split.gains(c, hard, w);
      PathOptions powers = options;
      powers.coherent = false;
      const std::vector<double> full = gains_of(PathModel(placed, {}, options), at_home(placed, 0), hard);
      const std::vector<double> power = gains_of(PathModel(placed, {}, powers), at_home(placed, 0), hard);
      for (std::size_t i = 0; i < full.size(); ++i) {
        EXPECT_NEAR(w.gains[i], full[i], 1e-12 * power[i]) << "seed " << seed << " link " << i;
        touched += i < 40 && w.gains[i] != without[i];
      }
    }
  }
  EXPECT_GT(touched, 500u);
}

TEST(PathModel, ResultsAreBitEqualInAnyOrderOfUse) {
  Scene scene = two_rooms();
  const auto movers = add_movers(scene, Movers::two, 1, 2);
  scene.add({"tx0", {1, 1, 2}, {}, 0, {}});
  scene.add({"tx1", {6.5, 1, 2}, {}, 0, {}});
  Random random(89, 0, 0, Purpose::test);
  for (int r = 0; r < 10; ++r) scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
  const PathModel model(scene, movers, {.max_depth = 3});
  std::vector<Configuration> configurations;
  for (int i = 0; i < 5; ++i) {
    Configuration c = at_home(scene, 2);
    for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6.5, 3.5, 1.8}, 0.5);
    if (i % 2) c.transmitters[std::size_t(i / 2)] += Vec3d{0.3, 0.2, -0.1};
    if (i == 4) c.absent = {1, 0};
    configurations.push_back(c);
  }
  Workspace reused = model.make_workspace();
  for (int use = 0; use < 40; ++use) {
    const Configuration& c = configurations[random.below(5)];
    const Visibility& visibility = kinds[random.below(4)].visibility;
    model.gains(c, visibility, reused);
    Workspace fresh = model.make_workspace();
    model.gains(c, visibility, fresh);
    EXPECT_EQ(reused.gains, fresh.gains);
    ConfigurationGradient a, b;
    model.pullback(fresh.gains, reused, a);
    model.pullback(fresh.gains, fresh, b);
    for (std::size_t m = 0; m < 2; ++m) {
      EXPECT_EQ(a.movers[m].translation, b.movers[m].translation);
      EXPECT_EQ(a.movers[m].rotation, b.movers[m].rotation);
    }
    for (std::size_t t = 0; t < 2; ++t) EXPECT_EQ(a.transmitters[t], b.transmitters[t]);
  }
}

TEST(PathModel, SaysWhatIsWrong) {
  Scene scene = small_scene();
  const auto movers = add_movers(scene, Movers::metal, 1, 2);
  EXPECT_THROW(PathModel(scene, movers, {.max_depth = -1}), InputError);
  EXPECT_THROW(PathModel(scene, movers, {.max_depth = 6}), InputError);
  EXPECT_THROW(PathModel(scene, {99}), InputError);
  EXPECT_THROW(PathModel(scene, {movers[0], movers[0]}), InputError);

  const PathModel model(scene, movers);
  const Configuration good = at_home(scene, 1);
  Workspace w = model.make_workspace();
  ConfigurationGradient gradient;
  EXPECT_THROW(model.pullback({0, 0}, w, gradient), InputError);  // before gains
  Configuration c = good;
  c.movers.clear();
  EXPECT_THROW(model.gains(c, {}, w), InputError);
  c = good;
  c.transmitters.push_back({});
  EXPECT_THROW(model.gains(c, {}, w), InputError);
  for (const Visibility& visibility :
       {Visibility{.tiles = 0}, Visibility{.tiles = 9}, Visibility{.smoothing_wavelengths = 0}, Visibility{.alpha = -1},
        Visibility{.support = std::nan("")}})
    EXPECT_THROW(model.gains(good, visibility, w), InputError);
  EXPECT_NO_THROW(model.gains(good, {}, w));
  EXPECT_THROW(model.pullback({0}, w, gradient), InputError);
  EXPECT_NO_THROW(model.pullback({0, 0}, w, gradient));
}

TEST(PathModel, SixtyFourFacesMayMove) {
  for (std::uint32_t count : {64u, 65u}) {
    Scene scene = small_scene();
    std::vector<std::uint32_t> movers;
    for (std::uint32_t i = 0; i < count; ++i) {
      movers.push_back(std::uint32_t(scene.objects.size()));
      scene.objects.push_back(make_panel("panel" + std::to_string(i), 0.1, 0.1, 1));
    }
    if (count == 65) {
      EXPECT_THROW(PathModel(scene, movers), InputError);
      continue;
    }
    const PathModel model(scene, movers, {.max_depth = 1});
    Configuration c = at_home(scene, count);
    for (std::uint32_t i = 0; i < count; ++i) c.movers[i] = make_pose({1 + 0.1 * i, 2.5, 1.2}, {0.1 * i, 0, 0});
    Workspace w = model.make_workspace();
    model.gains(c, {}, w);
    ConfigurationGradient gradient;
    model.pullback(w.gains, w, gradient);
    double size = 0;
    for (const PoseGradient& g : gradient.movers) size += norm(g.translation);
    EXPECT_TRUE(std::isfinite(size) && size > 0);
  }
}

TEST(PathModel, TriangleMovesUnderHardVisibilityOnly) {
  Scene scene = small_scene();
  const auto triangle = std::uint32_t(scene.objects.size());
  scene.objects.push_back({"triangle", {{{0, -1, -1}, {0, 1, -1}, {0, 0, 1}}, {{0, 1, 2}}, {}}, 1});
  const PathModel model(scene, {triangle});
  Configuration c = at_home(scene, 1);
  c.movers[0] = make_pose({1.5, 4, 1.3}, {pi / 2, 0, 0});
  Workspace w = model.make_workspace();
  EXPECT_NO_THROW(model.gains(c, hard, w));
  EXPECT_GT(w.table.paths.size(), 0u);
  EXPECT_THROW(model.gains(c, {}, w), InputError);
}

TEST(PathModel, WithoutMoversVisibilityDoesNotMatter) {
  const Scene scene = small_scene();
  const PathModel model(scene, {});
  const std::vector<double> expected = gains_of(model, at_home(scene, 0), hard);
  EXPECT_GT(expected[0], 0);
  for (const Kind& kind : kinds) EXPECT_EQ(gains_of(model, at_home(scene, 0), kind.visibility), expected);
}

TEST(PathModel, AbsentMoverIsNotThere) {
  Scene scene = small_scene();
  const std::vector<double> expected = gains_of(PathModel(scene, {}), at_home(scene, 0), hard);
  const auto movers = add_movers(scene, Movers::two, 1, 2);
  const PathModel model(scene, movers);
  Configuration c = at_home(scene, 2);
  for (Pose& pose : c.movers) pose = make_pose({1.5, 2, 1.5}, {0.7, 0, 0});
  EXPECT_NE(gains_of(model, c, {}), expected);
  c.absent = {1, 1};
  for (const Kind& kind : kinds) EXPECT_EQ(gains_of(model, c, kind.visibility), expected);
}

TEST(PathModel, MoverShutInAMetalBoxDoesNothing) {
  Scene scene = small_scene();
  test::add_box(scene, "safe", 1, {6.5, 3.5, 0.5}, {0.9, 0.9, 0.9});
  const std::vector<double> expected = gains_of(PathModel(scene, {}), at_home(scene, 0), hard);
  const auto movers = std::vector{std::uint32_t(scene.objects.size())};
  scene.objects.push_back(make_panel("panel", 0.4, 0.4, 1));
  const PathModel model(scene, movers);
  Configuration c = at_home(scene, 1);
  c.movers[0] = make_pose({6.5, 3.5, 0.5}, {0.4, 0.2, 0});
  // Nearly sharp edges: the box hides what would be seen through a hole.
  for (const Visibility& visibility : {hard, Visibility{.smoothing_wavelengths = 1e-6}}) {
    Workspace w = model.make_workspace();
    model.gains(c, visibility, w);
    EXPECT_EQ(w.gains, expected);
    ConfigurationGradient gradient;
    model.pullback({1, 1}, w, gradient);
    EXPECT_EQ(norm(gradient.movers[0].translation) + norm(gradient.movers[0].rotation), 0);
  }
}

TEST(PathModel, TransmitterInThePlaneOfThePanelSeesNoReflection) {
  Scene scene;
  scene.materials = test::test_materials();
  scene.objects.push_back(make_panel("panel", 1, 1, 1));
  scene.add({"tx", {0, 3, 0}, {}, 0, {}});
  scene.receivers.positions = {{2, 1, 0.3}, {-2, 1, 0.3}, {0, 5, 0}, {0, -3, 0}};
  const PathModel model(scene, {0}, {.max_depth = 2, .moving_transmitters = true});
  for (const Kind& kind : kinds) {
    Workspace w = model.make_workspace();
    model.gains(at_home(scene, 1), kind.visibility, w);
    for (std::size_t r = 0; r < 4; ++r) {
      const double length = norm(scene.receivers.positions[r] - scene.transmitters[0].position);
      EXPECT_NEAR(w.gains[r], square(wavelength(scene.frequency_hz) / (4 * pi * length)), 1e-12 * w.gains[r])
          << kind.name << r;
    }
    ConfigurationGradient gradient;
    model.pullback({1, 1, 1, 1}, w, gradient);
    EXPECT_TRUE(std::isfinite(norm(gradient.movers[0].translation) + norm(gradient.transmitters[0])));
  }
}

TEST(PathModel, DepthZeroIsTheLineOfSight) {
  Scene scene = small_scene();
  const auto movers = add_movers(scene, Movers::metal, 1, 2);
  const PathModel model(scene, movers, {.max_depth = 0});
  Configuration c = at_home(scene, 1);
  const double free = square(wavelength(scene.frequency_hz) / (4 * pi * norm(Vec3d{1, 2, -1})));
  c.movers[0] = make_pose({1.5, 2, 1.5}, {1.2, 0, 0});  // on the line to the first receiver
  for (const Kind& kind : kinds) {
    const std::vector<double> gains = gains_of(model, c, kind.visibility);
    EXPECT_LT(gains[0], kind.visibility.kind == VisibilityKind::hard ? 1e-300 : 0.3 * free) << kind.name;
    EXPECT_EQ(gains[1], 0);  // behind the partition
  }
  c.movers[0].position = {6, 4, 1};
  for (const Kind& kind : kinds) EXPECT_NEAR(gains_of(model, c, kind.visibility)[0], free, 1e-12 * free) << kind.name;
}

TEST(PathModel, SceneOfMoversAloneAndNoReceivers) {
  Scene scene;
  scene.materials = test::test_materials();
  const auto movers = add_movers(scene, Movers::two, 1, 2);
  scene.add({"tx", {1, 1, 2}, {}, 0, {}});
  for (int receivers : {0, 1}) {
    if (receivers == 1) scene.receivers.positions = {{3, 1, 2}};
    const PathModel model(scene, movers, {.max_depth = 3});
    Configuration c = at_home(scene, 2);
    c.movers = {make_pose({2, 3, 2}, {-pi / 2, 0, 0}), make_pose({2, -1, 2}, {pi / 2, 0, 0})};
    for (const Kind& kind : kinds) {
      Workspace w = model.make_workspace();
      model.gains(c, kind.visibility, w);
      ASSERT_EQ(w.gains.size(), std::size_t(receivers));
      ConfigurationGradient gradient;
      model.pullback(w.gains, w, gradient);
      if (receivers == 0)
        EXPECT_EQ(norm(gradient.movers[0].translation), 0);
      else
        EXPECT_GT(norm(gradient.movers[0].translation), 0);
    }
  }
}

}  // namespace
