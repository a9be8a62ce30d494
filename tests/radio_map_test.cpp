/// A map made piece by piece is the map made at once.
#include "manyworlds/paths/radio_map.hpp"

#include <gtest/gtest.h>

#include <set>

#include "manyworlds/io/load.hpp"
#include "manyworlds/paths/listing.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/receivers.hpp"

namespace {

using namespace manyworlds;

struct RadioMap : testing::Test {
  Scene scene = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml");
  std::vector<std::uint32_t> movers{std::uint32_t(find_object(scene, "Reflector"))};
  Configuration configuration{{make_pose({6.2, 3.1, 1.4}, {2.5, 0.1, 0})}, {{1, 1, 2}, {2.5, 4, 2.2}}};

  RadioMap() {
    for (const Vec3d& p : configuration.transmitters) scene.add({"tx" + std::to_string(scene.transmitters.size()), p});
    scene.receivers = receiver_grid({.lo = {0, 0}, .hi = {8, 5}, .height = 1.5, .spacing = 0.5});
  }
};

TEST_F(RadioMap, PiecesAndThreadsDoNotChangeIt) {
  for (const VisibilityKind kind : {VisibilityKind::hard, VisibilityKind::fresnel}) {
    const Visibility visibility{.kind = kind, .tiles = 3};
    const paths::PathModel model(scene, movers);
    paths::Workspace w = model.make_workspace();
    model.gains(configuration, visibility, w);
    std::set<std::size_t> fronts;
    paths::for_each_path(model, w, [&](const kernels::Path&, const auto&, std::size_t group) { fronts.insert(group); });
    for (const paths::RadioMapPieces cut : {paths::RadioMapPieces{.smallest = 1, .largest = 7, .threads = 6},
                                            paths::RadioMapPieces{.smallest = 1, .largest = 1000, .threads = 1}}) {
      std::size_t last = 0, calls = 0;
      const auto progress = [&](std::size_t done, std::size_t all) {
        EXPECT_GT(done, last);
        EXPECT_EQ(all, model.receivers());
        last = done;
        ++calls;
      };
      const paths::RadioMap map = paths::radio_map(scene, movers, configuration, visibility, {}, progress, cut);
      EXPECT_EQ(map.gains, w.gains);
      EXPECT_EQ(map.paths, fronts.size());
      EXPECT_EQ(map.finder, paths::Finder::beams);
      EXPECT_EQ(last, model.receivers());
      EXPECT_EQ(calls, cut.largest == 7 ? 23u : 1u);
    }
  }
}

TEST_F(RadioMap, KeepsOrientationsAndAntennaOfReceivers) {
  scene.receivers.antenna = Antenna{Pattern::tr38901, {0}};
  for (std::size_t i = 0; i < scene.receivers.positions.size(); ++i)
    scene.receivers.orientations.push_back({0.1 * double(i), 0, 0});
  const paths::PathModel model(scene, movers);
  paths::Workspace w = model.make_workspace();
  model.gains(configuration, {}, w);
  const auto quiet = [](std::size_t, std::size_t) {};
  EXPECT_EQ(paths::radio_map(scene, movers, configuration, {}, {}, quiet, {1, 10, 2}).gains, w.gains);
}

TEST_F(RadioMap, MistakesOfAnyPieceReachTheCaller) {
  configuration.movers.clear();
  const auto quiet = [](std::size_t, std::size_t) {};
  EXPECT_THROW(paths::radio_map(scene, movers, configuration, {}, {}, quiet, {1, 10, 8}), InputError);
}

TEST_F(RadioMap, TellsThatRaysFoundThePaths) {
  const paths::RadioMap map =
      paths::radio_map(scene, movers, configuration, {}, {.finder = paths::Finder::shooting, .rays = 1000});
  EXPECT_EQ(map.finder, paths::Finder::shooting);
  EXPECT_GT(map.half_rays.found, 0);
  EXPECT_LE(map.half_rays.found, map.half_rays.expected);
  EXPECT_EQ(paths::radio_map(scene, movers, configuration, {}).half_rays.expected, 0);
}

}  // namespace
