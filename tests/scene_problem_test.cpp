/// The engine on a real scene: the whole chain from design variables to loss and back, and equal results on every
/// executor.
#include <gtest/gtest.h>

#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/serial.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/scene/receivers.hpp"

namespace {

namespace mw = manyworlds;

mw::Problem two_rooms(bool transmission, bool moving_transmitter) {
  mw::Scene scene = mw::io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml",
                                 {.frequency_hz = 3.5e9});
  scene.add(mw::Transmitter{.name = "ap1", .position = {2, 4.4, 1.5}, .power_dbm = 20});
  scene.receivers = mw::receiver_grid({.lo = {5.2, 0.2}, .hi = {7.8, 4.8}, .height = 1.2, .spacing = 0.8});
  mw::placement::All places{{mw::placement::OnWall{.object = "Reflector", .wall = "wall_south", .offset = 0.6}}, {}};
  if (moving_transmitter)
    places.parts.push_back(mw::placement::TransmitterPositions{.lo = {1, 3.5, 1.2}, .hi = {3, 4.5, 2}});
  return {scene, places, {.paths = {.max_depth = 2, .transmission = transmission}}};
}

TEST(SceneProblem, GradientByDesignVariablesMatchesDifferences) {
  for (const bool transmission : {false, true})
    for (const bool moving : {false, true}) {
      const mw::Problem problem = two_rooms(transmission, moving);
      auto w = problem.make_workspace();
      const std::size_t n = problem.variables().size();
      ASSERT_EQ(n, moving ? 7u : 4u);
      int smooth = 0;
      for (std::uint32_t draw = 0; draw < 6; ++draw) {
        std::vector<double> x(n), gradient(n), differences(n), coarse(n);
        mw::Random random(3, draw, 0, mw::Purpose::test);
        problem.placement.start(random, mw::placement::StartKind::bisector, x);
        const mw::loss::MeanDb loss{};
        problem.value_and_gradient(loss, x, {}, w, gradient);
        double error = 0, size = 0, rough = 0;
        for (std::size_t i = 0; i < n; ++i) {
          const auto difference = [&](double h) {
            std::vector<double> at = x;
            at[i] = x[i] + h;
            const double up = problem.value(loss, at, {}, w);
            at[i] = x[i] - h;
            return (up - problem.value(loss, at, {}, w)) / (2 * h);
          };
          const double fine = difference(1e-5), wide = difference(2e-5);
          error += mw::square(gradient[i] - (4 * fine - wide) / 3);
          rough += mw::square(fine - wide);
          size += mw::square(gradient[i]);
        }
        if (rough > 1e-6 * size) continue;  // a tile comes into sight within the step: the loss jumps there
        ++smooth;
        EXPECT_LT(std::sqrt(error / size), 1e-6)
            << "draw " << draw << " transmission " << transmission << " moving " << moving;
      }
      EXPECT_GE(smooth, 4);
    }
}

TEST(SceneProblem, ResultsAreBitEqualForEveryExecutorAndNumberOfThreads) {
  using Engine = mw::MultiStart<mw::loss::MeanDb, mw::optimizer::Adam, mw::pruning::BottomFraction>;
  Engine::Params prm;
  prm.worlds = 6;
  prm.iterations = 12;
  const Engine engine{two_rooms(true, false), prm};
  const mw::Result serial = mw::run(engine, mw::executor::Serial{});
  EXPECT_LT(serial.value, 200);
  for (const int threads : {1, 2, 7}) {
    const mw::Result batch = mw::run(engine, mw::executor::Batch{.prm = {.threads = threads}});
    EXPECT_EQ(batch.winner, serial.winner);
    EXPECT_EQ(batch.value, serial.value);
    EXPECT_EQ(batch.x, serial.x);
    EXPECT_EQ(batch.rss.dbm, serial.rss.dbm);
    ASSERT_EQ(batch.worlds.size(), serial.worlds.size());
    for (std::size_t i = 0; i < serial.worlds.size(); ++i) {
      EXPECT_EQ(batch.worlds[i].history.x, serial.worlds[i].history.x);
      EXPECT_EQ(batch.worlds[i].history.loss, serial.worlds[i].history.loss);
    }
  }
}

}  // namespace
