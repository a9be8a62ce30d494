/// One step of one world on any number of threads.
#include <gtest/gtest.h>

#include "manyworlds/backend/parallel.hpp"
#include "two_rooms.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

/// Gains and gradient, one number after the other, of some steps with one workspace.
std::vector<double> walk(const PathModel& model, const std::vector<Configuration>& steps,
                         const Visibility& visibility) {
  std::vector<double> numbers, bar;
  Workspace w = model.make_workspace();
  ConfigurationGradient gradient;
  for (const Configuration& c : steps) {
    model.gains(c, visibility, w);
    bar.clear();
    for (const double g : w.gains) bar.push_back(1 / (g + 1e-14));
    model.pullback(bar, w, gradient);
    numbers.insert(numbers.end(), w.gains.begin(), w.gains.end());
    const auto add = [&](Vec3d v) { numbers.insert(numbers.end(), {v.x, v.y, v.z}); };
    for (const PoseGradient& m : gradient.movers) add(m.translation), add(m.rotation);
    for (const Vec3d& t : gradient.transmitters) add(t);
  }
  return numbers;
}

TEST(WorldThreads, GainsAndGradientsAreBitEqualForAnyNumber) {
  for (const Kind& kind : kinds)
    for (const bool coherent : {false, true}) {
      Random random(104, coherent, std::uint32_t(kind.visibility.kind), Purpose::test);
      Scene scene = two_rooms();
      const auto movers = add_movers(scene, Movers::two, 0, 1);
      place_devices(scene, random, 2, 300, {0.1, 0.1, 0.1}, {7.9, 4.9, 2.7});
      const PathModel model(scene, movers, {.max_depth = 2, .coherent = coherent, .moving_transmitters = coherent});
      std::vector<Configuration> steps(2, at_home(scene, movers.size()));
      for (Configuration& c : steps)
        for (Pose& pose : c.movers) pose = random_pose(random, {1, 1, .5}, {5, 3, 1.5}, 0.5);
      steps[1].transmitters[1] += {0.1, 0, 0};
      std::vector<double> alone;
      parallel::without_help([&] { alone = walk(model, steps, kind.visibility); });
      for (const int threads : {1, 2, 7}) {
        std::vector<std::vector<double>> worlds(threads < 3 ? 1 : 4);
        parallel::for_each(worlds.size(), threads,
                           [&](std::size_t i) { worlds[i] = walk(model, steps, kind.visibility); });
        for (const auto& numbers : worlds) EXPECT_EQ(numbers, alone) << kind.name << ", " << threads << " threads";
      }
    }
}

}  // namespace
