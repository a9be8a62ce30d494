// What a batch of worlds cannot do, it says before it starts.
#include "error_of.hpp"
#include "manyworlds/backend/serial.hpp"
#include "world_batch.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using backend::Serial;
using paths::batch::make_arrays;
using test::PathModel;

struct OneMover {
  Scene scene = small_scene();
  std::vector<std::uint32_t> movers = add_movers(scene, Movers::metal, 1, 2);
  paths::batch::Arrays arrays(paths::PathOptions options = {}) const {
    return make_arrays(PathModel(scene, movers, options).world());
  }
};

TEST(BatchErrors, TransmittersThatMove) {
  EXPECT_EQ(error_of([] { OneMover{}.arrays({.moving_transmitters = true}); }),
            "batch: expected transmitters that stand still");
}

TEST(BatchErrors, ChainsFoundByRays) {
  EXPECT_EQ(error_of([] { OneMover{}.arrays({.finder = paths::Finder::shooting, .rays = 1000}); }),
            "batch: expected paths found by beams; rays found those of this scene");
}

TEST(BatchErrors, MoversThatAreNoRectangles) {
  OneMover one;
  one.scene.objects[one.movers[0]].mesh.triangles.pop_back();
  EXPECT_EQ(error_of([&] { one.arrays(); }), "panel: has a face that is not a rectangle; a batch moves rectangles");
}

TEST(BatchErrors, CoherentSumsOfPowers) {
  Serial serial;
  const paths::batch::Arrays arrays = OneMover{}.arrays({.coherent = true});
  EXPECT_EQ(error_of([&] { paths::batch::Gains<Serial>(serial, arrays, 1); }),
            "batch: expected sums of fields where gains are coherent, else of powers");
}

TEST(BatchErrors, SizesThatDoNotFit) {
  Serial serial;
  paths::batch::Gains<Serial> batch(serial, OneMover{}.arrays(), 3);
  std::vector<double> gains(6);
  EXPECT_EQ(error_of([&] { batch.gains(std::vector<Pose>(2), gains); }), "poses: expected 3 poses");
  EXPECT_EQ(error_of([&] { batch.gains(std::vector<Pose>(3), std::span(gains).first(5)); }), "gains: expected 6 gains");
  std::vector<PoseGradient> gradient(3);
  EXPECT_EQ(error_of([&] { batch.pullback(std::vector<double>(5), gradient); }),
            "pullback: expected 6 derivatives and 3 gradients");
}

}  // namespace
