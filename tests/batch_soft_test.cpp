// Under soft visibility, too, a batch of worlds finds the paths, gains and gradients of each world by itself.
#include "error_of.hpp"
#include "manyworlds/backend/serial.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/paths/batch/soft_finder.hpp"
#include "manyworlds/scene/names.hpp"
#include "world_batch.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using backend::Serial;
using kernels::Grouped;
using paths::batch::Arrays;
using paths::batch::Room;
using paths::batch::SoftFinder;
using test::PathModel;
template <class V, class T = double>
using Batch = paths::batch::Gains<Serial, T, V, SoftFinder<Serial>>;

/// A path with the tuples of tiles that it is seen through.
using SoftKey = std::pair<PathKey, std::vector<int>>;
using SoftKeys = std::multiset<SoftKey>;

SoftKey soft_key(std::uint32_t world, const kernels::Path& path, const kernels::Hop* hops, const std::uint8_t* tiles,
                 int bounces) {
  std::vector<int> list;
  for (std::uint32_t t = 0; t < path.tile_tuples * std::uint32_t(bounces); ++t)
    list.push_back(tiles[path.first_tile + t]);
  return {path_key(world, path, hops), list};
}

struct SoftExpected : Answers {
  SoftKeys paths;
  std::size_t tiled = 0, screened = 0, twice = 0;
  SoftExpected(const PathModel& model, const Worlds& worlds, const Visibility& visibility, Random& random) {
    ask(model, worlds, visibility, random, [&](std::uint32_t i, const paths::Workspace& w) {
      for (const kernels::Path& path : w.table.paths) {
        const int bounces = mover_bounces(model.geometry(w), &w.table.hops[path.first_hop], path.hops);
        paths.insert(soft_key(i, path, w.table.hops.data(), w.table.tiles.data(), bounces));
        tiled += path.tile_tuples > 0;
        twice += bounces > 1;
        for (std::uint32_t h = path.first_hop; h < path.first_hop + path.hops; ++h)
          screened += w.table.hops[h].kind >= kernels::HopKind::screen;
      }
    });
  }
};

template <class B>
SoftKeys soft_paths(const B& batch, const Arrays& arrays) {
  SoftKeys keys;
  const kernels::PathList list = batch.finder().paths();
  for (std::uint32_t i = 0; i < batch.finder().path_window()->end; ++i) {
    const kernels::Path& path = list.paths[i];
    int bounces = 0;
    for (std::uint32_t h = path.first_hop; h < path.first_hop + path.hops; ++h)
      bounces += list.hops[h].kind == kernels::HopKind::reflect && list.hops[h].face >= arrays.faces.size();
    keys.insert(soft_key(list.keys[i] / batch.links(), path, list.hops, batch.finder().tiles(), bounces));
  }
  return keys;
}

template <class V>
SoftExpected compare(const Scene& scene, const std::vector<std::uint32_t>& movers, const paths::PathOptions& options,
                     const Visibility& visibility, const Worlds& worlds, Random& random, const std::string& what) {
  const PathModel model(scene, movers, options);
  SoftExpected expected(model, worlds, visibility, random);
  const Arrays arrays = paths::batch::make_arrays(model.world());
  Serial serial;
  Batch<V> batch(serial, arrays, worlds.count(), Room::of(worlds.count()), visibility);
  std::vector<double> gains(expected.gains.size());
  std::vector<PoseGradient> gradient(expected.gradient.size());
  batch.gains(worlds.poses, gains);
  batch.pullback(expected.gain_bar, gradient);
  EXPECT_TRUE(soft_paths(batch, arrays) == expected.paths) << what;
  EXPECT_LE(relative_difference(gains, expected.gains), 1e-9) << what;
  EXPECT_LE(relative_difference(gradient, expected.gradient), 1e-9) << what;
  return expected;
}

TEST(BatchSoft, AreThoseOfEachWorldByItself) {
  std::size_t tiled = 0, screened = 0, twice = 0;
  for (int which = 0; which < 5; ++which)
    for (int depth = 0; depth <= 3; ++depth)
      for (const Kind& kind : kinds) {
        if (kind.visibility.kind == VisibilityKind::hard) continue;
        Random random(51, std::uint32_t(which), std::uint32_t(depth), Purpose::test);
        Scene scene = two_rooms();
        const auto movers = add_movers(scene, Movers(which), 1, 2);
        place_devices(scene, random, 2, 12, {.3, .3, .3}, {7.7, 4.7, 2.5});
        const Worlds worlds(scene, movers.size(), 2, random, {1, 1, .8}, {7, 4, 2});
        const std::string what =
            std::string(mover_names[which]) + ", " + kind.name + ", depth " + std::to_string(depth);
        Visibility visibility = kind.visibility;
        if (which >= 3) visibility.tiles = 1;
        const paths::PathOptions options{
            .max_depth = which >= 3 ? std::min(depth, 2) : depth, .transmission = depth != 1, .coherent = which == 1};
        const SoftExpected seen =
            which == 1 ? compare<CVec3<double>>(scene, movers, options, visibility, worlds, random, what)
                       : compare<Grouped<double>>(scene, movers, options, visibility, worlds, random, what);
        tiled += seen.tiled;
        screened += seen.screened;
        twice += seen.twice;
      }
  EXPECT_GT(tiled, 100u);
  EXPECT_GT(screened, 1000u);
  EXPECT_GT(twice, 100u);
}

TEST(BatchSoft, AreThoseOfEachWorldInAnOffice) {
  Random random(52, 0, 0, Purpose::test);
  Scene scene = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/office_v1/office_v1.xml",
                         {.frequency_hz = 3.5e9});
  scene.add({"ap1", {8.1, 10.2, 2.7}, {}, 20, {}});
  scene.add({"ap2", {4.0, 4.72, 2.7}, {}, 20, {}});
  for (int i = 0; i < 60; ++i)
    scene.receivers.positions.push_back(random_point(random, {0.3, 0.3, 0.5}, {29.7, 19.7, 2}));
  const std::vector<std::uint32_t> movers{std::uint32_t(find_object(scene, "Reflector"))};
  const Worlds worlds(scene, 1, 34, random, {3, 9, 1}, {28, 11.5, 2});
  const SoftExpected seen = compare<Grouped<double>>(scene, movers, {}, {}, worlds, random, "office");
  EXPECT_GT(seen.paths.size(), 1000u);
  EXPECT_GT(seen.tiled, 100u);
  EXPECT_GT(seen.screened, 1000u);
}

/// Two panels in two rooms.
struct Crowded {
  Scene scene = two_rooms();
  std::vector<std::uint32_t> movers;
  Random random{53, 0, 0, Purpose::test};
  std::unique_ptr<PathModel> model;
  Arrays arrays;
  Crowded() {
    movers = add_movers(scene, Movers::two, 1, 2);
    place_devices(scene, random, 2, 20, {.3, .3, .3}, {7.7, 4.7, 2.5});
    model = std::make_unique<PathModel>(scene, movers);
    arrays = paths::batch::make_arrays(model->world());
  }
  Worlds worlds(std::uint32_t count) { return {scene, movers.size(), count, random, {1, 1, .8}, {7, 4, 2}}; }
};

TEST(BatchSoft, LoseNothingWhereTheRoomForListsIsTooSmall) {
  Crowded crowded;
  const Worlds worlds = crowded.worlds(3);
  Serial serial;
  const std::uint32_t most = 1u << 14;
  const Room roomy_room{most, most, most, most, {most, most, most}};
  Batch<Grouped<double>> roomy(serial, crowded.arrays, 3, roomy_room, Visibility{});
  std::vector<double> gains(3 * crowded.arrays.links()), again(gains.size());
  roomy.gains(worlds.poses, gains);
  EXPECT_EQ(roomy.steps(), 1u);
  const SoftExpected expected(*crowded.model, worlds, {}, crowded.random);
  EXPECT_LE(relative_difference(gains, expected.gains), 1e-9);
  std::vector<Room> rooms(6, roomy_room);
  rooms[0].pyramids = 1;
  rooms[1].pairs = 1;
  rooms[2].candidates = 1;
  rooms[3].paths = 1;
  rooms[4].arrivals = {1, 1, 1};
  rooms[5] = {};
  for (const Room& room : rooms) {
    Batch<Grouped<double>> tight(serial, crowded.arrays, 3, room, Visibility{});
    tight.gains(worlds.poses, again);
    EXPECT_GT(tight.steps(), 1u);
    EXPECT_EQ(again, gains);
    EXPECT_TRUE(soft_paths(tight, crowded.arrays) == expected.paths);
  }
}

TEST(BatchSoft, FollowTheVisibilityFromStepToStep) {
  Crowded crowded;
  const Worlds worlds = crowded.worlds(2);
  Serial serial;
  Batch<Grouped<double>> batch(serial, crowded.arrays, 2, Room::of(2), Visibility{.smoothing_wavelengths = 4});
  std::vector<double> gains(2 * crowded.arrays.links());
  for (double smoothing : {4.0, 2.0, 1.0}) {
    const Visibility visibility{.smoothing_wavelengths = smoothing};
    const SoftExpected expected(*crowded.model, worlds, visibility, crowded.random);
    batch.set_visibility(visibility);
    batch.gains(worlds.poses, gains);
    EXPECT_LE(relative_difference(gains, expected.gains), 1e-9);
  }
  EXPECT_EQ(error_of([&] { batch.set_visibility(hard); }),
            "batch visibility: expected the same number of tiles, and hard where it was hard");
  EXPECT_EQ(error_of([&] { batch.set_visibility({.tiles = 3}); }),
            "batch visibility: expected the same number of tiles, and hard where it was hard");
  EXPECT_EQ(error_of([&] { batch.set_visibility({.smoothing_wavelengths = 0}); }),
            "visibility: expected smoothing and support above 0");
}

TEST(BatchSoft, InSinglePrecisionDifferByItsRounding) {
  Crowded crowded;
  const Worlds worlds = crowded.worlds(4);
  const SoftExpected expected(*crowded.model, worlds, {}, crowded.random);
  Serial serial;
  Batch<Grouped<float>, float> batch(serial, crowded.arrays, 4, Room::of(4), Visibility{});
  std::vector<double> gains(expected.gains.size());
  std::vector<PoseGradient> gradient(expected.gradient.size());
  batch.gains(worlds.poses, gains);
  batch.pullback(expected.gain_bar, gradient);
  EXPECT_TRUE(soft_paths(batch, crowded.arrays) == expected.paths);
  const double of_gains = relative_difference(gains, expected.gains);
  EXPECT_LE(of_gains, 1e-3);
  EXPECT_LE(relative_difference(gradient, expected.gradient), 1e-3);
  EXPECT_GT(of_gains, 1e-9);  // it is single precision
}

TEST(BatchSoft, HaveRoomForSoManyTilesOnly) {
  Crowded crowded;
  Serial serial;
  EXPECT_EQ(error_of([&] { Batch<Grouped<double>>(serial, crowded.arrays, 1, Room::of(1), {.tiles = 8}); }),
            "visibility.tiles: expected fewer tiles or movers, or a smaller depth: a path of a batch has room for 4096 "
            "tiles");
}

}  // namespace
