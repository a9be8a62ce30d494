/// The gradient of the path model by poses and transmitters, against finite differences of the model and of a full
/// retrace.
#include <gtest/gtest.h>

#include "manyworlds/io/load.hpp"
#include "path_differences.hpp"
#include "two_rooms.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

/// Checks the gradient by every pose and transmitter of a configuration.
void check_gradients(const PathModel& model, const Configuration& c, const Visibility& visibility, Random& random,
                     Tally& tally, const std::string& what) {
  Workspace w = model.make_workspace(), near = model.make_workspace();
  model.gains(c, visibility, w);
  const std::vector<double> gain_bar = balanced(w.gains, random);
  ConfigurationGradient gradient;
  model.pullback(gain_bar, w, gradient);
  const Signature here(model, w);
  const auto at = [&](const Configuration& other, double& value) {
    model.gains(other, visibility, near);
    value = weighted_sum(gain_bar, near.gains);
    return Signature(model, near) == here;
  };
  const double h = 2e-4;
  for (std::size_t m = 0; m < c.movers.size(); ++m) {
    if (norm(gradient.movers[m].translation) == 0) continue;  // nothing meets it
    for (const bool turn : {false, true}) {
      const Difference d = differentiate(
          [&](Vec3d step, double& value) {
            Configuration other = c;
            other.movers[m] = turn ? moved(c.movers[m], {}, step) : moved(c.movers[m], step, {});
            return at(other, value);
          },
          h);
      tally.check(turn ? gradient.movers[m].rotation : gradient.movers[m].translation, d, 1e-6,
                  what + (turn ? " rotation" : " translation"));
    }
  }
  for (std::size_t t = 0; t < c.transmitters.size(); ++t) {
    const Difference d = differentiate(
        [&](Vec3d step, double& value) {
          Configuration other = c;
          other.transmitters[t] += step;
          return at(other, value);
        },
        h);
    tally.check(gradient.transmitters[t], d, 1e-6, what + " transmitter");
  }
}

TEST(PathModel, GradientsEqualDifferencesInTwoRooms) {
  Tally tally;
  for (const Kind& kind : kinds)
    for (int which = 0; which < 5; ++which)
      for (const bool coherent : {false, true}) {
        const auto seed = std::uint32_t(which * 8 + int(kind.visibility.kind) * 2 + coherent);
        Random random(67, seed, 0, Purpose::test);
        Scene scene = two_rooms();
        const auto movers = add_movers(scene, Movers(which), 1, 2);
        scene.add({"tx0", random_point(random, {.5, .5, .5}, {3.5, 4.5, 2.3}), {}, 0, {}});
        scene.add(
            {"tx1", random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}), {0.3, 0.1, 0}, 0, {Pattern::tr38901, {0.4}}});
        for (int r = 0; r < 4; ++r)
          scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
        if (seed % 3 == 0) scene.receivers.antenna = Antenna{Pattern::hw_dipole, {pi / 4}};
        const int depth = which < 2 ? 3 : 2;
        const PathModel model(
            scene, movers,
            {.max_depth = depth, .transmission = seed % 4 != 1, .coherent = coherent, .moving_transmitters = true});
        Configuration c = at_home(scene, movers.size());
        for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6.5, 3.5, 1.8}, 0.5);
        c.transmitters[1] += random_point(random, {-.2, -.2, -.2}, {.2, .2, .2});  // has left its place; tx0 has not
        check_gradients(model, c, kind.visibility, random, tally,
                        std::string(kind.name) + ", " + mover_names[which] + (coherent ? ", coherent" : ""));
      }
  EXPECT_GT(tally.checked, 120);
  EXPECT_LT(tally.rough, tally.checked / 3);
}

TEST(PathModel, GradientsEqualDifferencesInTheReferenceScene) {
  Tally tally;
  const Scene rooms = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/tests/data/sionna/two_rooms/two_rooms.xml",
                               {.frequency_hz = 2.4e9});
  for (const Kind& kind : kinds)
    for (std::uint32_t seed = 0; seed < 3; ++seed) {
      Random random(71, seed, std::uint32_t(kind.visibility.kind), Purpose::test);
      Scene scene = rooms;
      Material metal;
      metal.name = "panel metal";
      metal.pec = true;
      scene.materials.push_back(metal);
      const auto movers = add_movers(scene,
                                     seed == 1   ? Movers::plasterboard
                                     : seed == 2 ? Movers::two
                                                 : Movers::metal,
                                     std::uint32_t(scene.materials.size() - 1), 2);
      scene.add({"tx", {1.2, 1.1, 2.1}, {}, 0, {}});
      for (int r = 0; r < 5; ++r)
        scene.receivers.positions.push_back(random_point(random, {4.5, .5, .5}, {8.5, 4.5, 2}));
      const PathModel model(scene, movers, {.max_depth = 3, .coherent = seed == 2, .moving_transmitters = true});
      Configuration c = at_home(scene, movers.size());
      for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6, 3.5, 1.8}, 0.5);
      check_gradients(model, c, kind.visibility, random, tally, kind.name);
    }
  EXPECT_GT(tally.checked, 30);
  EXPECT_LT(tally.rough, tally.checked / 4);
}

TEST(PathModel, HardGradientsEqualDifferencesOfAFullRetrace) {
  Tally tally;
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    Random random(73, seed, 0, Purpose::test);
    Scene scene = two_rooms();
    const auto movers = add_movers(scene, Movers(seed % 5), 1, 2);
    scene.add({"tx", random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}), {}, 0, {}});
    for (int r = 0; r < 12; ++r)
      scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
    const PathOptions options{.max_depth = 2, .coherent = seed % 2 == 1, .moving_transmitters = true};
    const PathModel model(scene, movers, options);
    Configuration c = at_home(scene, movers.size());
    for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6.5, 3.5, 1.8}, 0.5);
    Workspace w = model.make_workspace();
    model.gains(c, hard, w);
    const std::vector<double> gain_bar = balanced(w.gains, random);
    ConfigurationGradient gradient;
    model.pullback(gain_bar, w, gradient);
    const auto retrace = [&](const Configuration& other, double& value) {
      Scene placed = scene;
      for (std::size_t m = 0; m < movers.size(); ++m) put(placed.objects[movers[m]], other.movers[m]);
      placed.transmitters[0].position = other.transmitters[0];
      const PathModel full(placed, {}, options);
      Workspace all = full.make_workspace();
      full.gains(at_home(placed, 0), hard, all);
      value = weighted_sum(gain_bar, all.gains);
      Workspace split = model.make_workspace();
      model.gains(other, hard, split);
      return Signature(model, split) == Signature(model, w);
    };
    for (std::size_t m = 0; m < movers.size(); ++m) {
      if (norm(gradient.movers[m].translation) == 0) continue;
      for (const bool turn : {false, true})
        tally.check(turn ? gradient.movers[m].rotation : gradient.movers[m].translation,
                    differentiate(
                        [&](Vec3d step, double& value) {
                          Configuration other = c;
                          other.movers[m] = turn ? moved(c.movers[m], {}, step) : moved(c.movers[m], step, {});
                          return retrace(other, value);
                        },
                        1e-4),
                    1e-6, "seed " + std::to_string(seed) + (turn ? " rotation" : " translation"));
    }
    tally.check(gradient.transmitters[0],
                differentiate(
                    [&](Vec3d step, double& value) {
                      Configuration other = c;
                      other.transmitters[0] += step;
                      return retrace(other, value);
                    },
                    1e-4),
                1e-6, "seed " + std::to_string(seed) + " transmitter");
  }
  EXPECT_GT(tally.checked, 20);
  EXPECT_LT(tally.rough, tally.checked / 4);
}

}  // namespace
