// A batch of worlds finds the paths, gains and gradients that the path model finds for each world by itself.
#include "manyworlds/backend/serial.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/scene/names.hpp"
#include "world_batch.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using backend::Serial;
using paths::batch::Arrays;
using test::PathModel;

struct Seen {
  std::size_t paths = 0, blocked = 0, passed = 0;
};

/// Compares a batch with the model, path by path and number by number.
template <class V>
Seen compare(const Scene& scene, const std::vector<std::uint32_t>& movers, const paths::PathOptions& options,
             const Worlds& worlds, Random& random, const std::string& what) {
  const PathModel model(scene, movers, options);
  const Expected expected(model, worlds, random);
  const Arrays arrays = paths::batch::make_arrays(model.world());
  Serial serial;
  paths::batch::Gains<Serial, double, V> batch(serial, arrays, worlds.count());
  std::vector<double> gains(expected.gains.size());
  std::vector<PoseGradient> gradient(expected.gradient.size());
  batch.gains(worlds.poses, gains);
  batch.pullback(expected.gain_bar, gradient);
  EXPECT_TRUE(found_paths(batch) == expected.paths) << what;
  EXPECT_TRUE(blocked_paths(batch, arrays) == expected.blocked) << what;
  EXPECT_LE(relative_difference(gains, expected.gains), 1e-10) << what;
  EXPECT_LE(relative_difference(gradient, expected.gradient), 1e-10) << what;
  Seen seen{expected.paths.size(), expected.blocked.size(), 0};
  for (const PathKey& path : expected.paths)
    for (const auto& [face, kind] : std::get<3>(path))
      seen.passed += face >= arrays.faces.size() && kind == int(kernels::HopKind::transmit);
  return seen;
}

TEST(BatchGains, AreThoseOfEachWorldByItself) {
  Seen all;
  for (int which = 0; which < 5; ++which)
    for (int depth = 0; depth <= 3; ++depth)
      for (const bool transmission : {false, true}) {
        Random random(7, std::uint32_t(which), std::uint32_t(2 * depth + transmission), Purpose::test);
        Scene scene = two_rooms();
        const auto movers = add_movers(scene, Movers(which), 1, 2);
        place_devices(scene, random, 2, 40, {.3, .3, .3}, {7.7, 4.7, 2.5});
        const Worlds worlds(scene, movers.size(), 7, random, {1, 1, .8}, {7, 4, 2});
        const std::string what = std::string(mover_names[which]) + ", depth " + std::to_string(depth) +
                                 (transmission ? ", through walls" : "");
        const paths::PathOptions options{.max_depth = depth, .transmission = transmission, .coherent = which == 1};
        const Seen seen = which == 1 ? compare<CVec3<double>>(scene, movers, options, worlds, random, what)
                                     : compare<double>(scene, movers, options, worlds, random, what);
        all.paths += seen.paths;
        all.blocked += seen.blocked;
        all.passed += seen.passed;
      }
  EXPECT_GT(all.paths, 5000u);
  EXPECT_GT(all.blocked, 1000u);
  EXPECT_GT(all.passed, 100u);
}

TEST(BatchGains, AreThoseOfEachWorldInAnOffice) {
  Random random(8, 0, 0, Purpose::test);
  Scene scene = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/office_v1/office_v1.xml",
                         {.frequency_hz = 3.5e9});
  scene.add({"ap1", {8.1, 10.2, 2.7}, {}, 20, {}});
  scene.add({"ap2", {4.0, 4.72, 2.7}, {}, 20, {}});
  for (int i = 0; i < 150; ++i)
    scene.receivers.positions.push_back(random_point(random, {0.3, 0.3, 0.5}, {29.7, 19.7, 2}));
  const std::vector<std::uint32_t> movers{std::uint32_t(find_object(scene, "Reflector"))};
  const Worlds worlds(scene, 1, 37, random, {3, 9, 1}, {28, 11.5, 2});
  const Seen seen = compare<double>(scene, movers, {}, worlds, random, "office");
  EXPECT_GT(seen.paths, 300u);
  EXPECT_GT(seen.blocked, 50u);
}

TEST(BatchGains, HoldForTheRoomsOfTheExamples) {
  Random random(9, 0, 0, Purpose::test);
  Scene scene = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml",
                         {.frequency_hz = 3.5e9});
  Boxd box;
  for (const Object& o : scene.objects)
    for (Vec3d p : o.mesh.vertices) box.extend(p);
  const Vec3d lo = box.lo + Vec3d{.4, .4, .4}, hi = box.hi - Vec3d{.4, .4, .4};
  place_devices(scene, random, 2, 100, lo, hi);
  const std::vector<std::uint32_t> movers{std::uint32_t(find_object(scene, "Reflector"))};
  const Worlds worlds(scene, 1, 33, random, lo, hi);
  EXPECT_GT(compare<double>(scene, movers, {}, worlds, random, "two_rooms").paths, 1000u);
}

/// A room with a panel in front of every receiver: many paths, and the batch's room for them is given.
struct Crowded {
  Scene scene = two_rooms();
  std::vector<std::uint32_t> movers;
  Random random{10, 0, 0, Purpose::test};
  std::unique_ptr<PathModel> model;
  Crowded() {
    movers = add_movers(scene, Movers::two, 1, 2);
    place_devices(scene, random, 2, 60, {.3, .3, .3}, {7.7, 4.7, 2.5});
    model = std::make_unique<PathModel>(scene, movers);
  }
  Worlds worlds(std::uint32_t count) { return {scene, movers.size(), count, random, {1, 1, .8}, {7, 4, 2}}; }
};

TEST(BatchGains, LoseNothingWhereTheRoomForListsIsTooSmall) {
  Crowded crowded;
  const Worlds worlds = crowded.worlds(5);
  const Expected expected(*crowded.model, worlds, crowded.random);
  const Arrays arrays = paths::batch::make_arrays(crowded.model->world());
  Serial serial;
  paths::batch::Gains<Serial> roomy(serial, arrays, 5, {1u << 15, 1u << 15, 1u << 15, 1u << 15});
  std::vector<double> gains(expected.gains.size()), again(expected.gains.size());
  roomy.gains(worlds.poses, gains);
  EXPECT_EQ(roomy.steps(), 1u);
  EXPECT_LE(relative_difference(gains, expected.gains), 1e-10);
  for (const paths::batch::Room& room : {paths::batch::Room{1, 1 << 15, 1 << 15, 1 << 15},
                                         {1 << 15, 1, 1 << 15, 1 << 15},
                                         {1 << 15, 1 << 15, 1, 1 << 15},
                                         {1 << 15, 1 << 15, 1 << 15, 1},
                                         {0, 0, 0, 0}}) {
    paths::batch::Gains<Serial> tight(serial, arrays, 5, room);
    tight.gains(worlds.poses, again);
    EXPECT_GT(tight.steps(), 1u);
    EXPECT_EQ(again, gains);
    EXPECT_TRUE(found_paths(tight) == expected.paths);
    const std::size_t steps = tight.steps();
    tight.gains(worlds.poses, again);
    EXPECT_EQ(tight.steps(), steps + 1);  // the room stays
  }
}

TEST(BatchGains, DoNotDependOnTheOtherWorlds) {
  Crowded crowded;
  const Worlds worlds = crowded.worlds(40);
  const Arrays arrays = paths::batch::make_arrays(crowded.model->world());
  Serial serial;
  const std::uint32_t links = arrays.links();
  paths::batch::Gains<Serial> together(serial, arrays, 40), alone(serial, arrays, 1);
  std::vector<double> all(40 * links), one(links);
  together.gains(worlds.poses, all);
  std::vector<PoseGradient> gradients(80), gradient(2);
  const std::vector<double> bar = balanced(all, crowded.random);
  together.pullback(bar, gradients);
  for (std::uint32_t w : {0u, 31u, 32u, 39u}) {
    alone.gains(std::span(worlds.poses).subspan(2 * w, 2), one);
    EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + w * links));
    alone.pullback(std::span(bar).subspan(w * links, links), gradient);
    for (std::uint32_t m = 0; m < 2; ++m) {
      EXPECT_TRUE(gradient[m].translation == gradients[2 * w + m].translation);
      EXPECT_TRUE(gradient[m].rotation == gradients[2 * w + m].rotation);
    }
  }
}

/// Runs indices backwards, and the halves of a range by turns: a device takes any order.
struct Shuffled : Serial {
  template <class F>
  void for_each(const char*, backend::Length length, const F& f) {
    const std::uint32_t n = length.now();
    for (std::uint32_t i = n - n / 2; i-- > 0;) {
      if (n - 1 - i > i) f(n - 1 - i);
      f(i);
    }
  }
};

TEST(BatchGains, DoNotDependOnTheOrderOfIndices) {
  Crowded crowded;
  const Worlds worlds = crowded.worlds(9);
  const Arrays arrays = paths::batch::make_arrays(crowded.model->world());
  Serial serial;
  Shuffled shuffled;
  paths::batch::Gains<Serial> straight(serial, arrays, 9);
  paths::batch::Gains<Shuffled> turned(shuffled, arrays, 9);
  std::vector<double> gains[2] = {std::vector<double>(9 * arrays.links()), std::vector<double>(9 * arrays.links())};
  std::vector<PoseGradient> gradient[2] = {std::vector<PoseGradient>(18), std::vector<PoseGradient>(18)};
  straight.gains(worlds.poses, gains[0]);
  turned.gains(worlds.poses, gains[1]);
  EXPECT_EQ(gains[0], gains[1]);
  const std::vector<double> bar = balanced(gains[0], crowded.random);
  straight.pullback(bar, gradient[0]);
  turned.pullback(bar, gradient[1]);
  EXPECT_EQ(relative_difference(gradient[0], gradient[1]), 0);
}

TEST(BatchGains, InSinglePrecisionDifferByItsRounding) {
  Crowded crowded;
  const Worlds worlds = crowded.worlds(8);
  const Expected expected(*crowded.model, worlds, crowded.random);
  const Arrays arrays = paths::batch::make_arrays(crowded.model->world());
  Serial serial;
  paths::batch::Gains<Serial, float> batch(serial, arrays, 8);
  std::vector<double> gains(expected.gains.size());
  std::vector<PoseGradient> gradient(expected.gradient.size());
  batch.gains(worlds.poses, gains);
  batch.pullback(expected.gain_bar, gradient);
  EXPECT_TRUE(found_paths(batch) == expected.paths);
  const double of_gains = relative_difference(gains, expected.gains);
  EXPECT_LE(of_gains, 1e-5);
  EXPECT_LE(relative_difference(gradient, expected.gradient), 1e-5);
  EXPECT_GT(of_gains, 1e-9);  // it is single precision
}

}  // namespace
