// A batch that memory does not hold at once runs in groups and loses nothing; what it takes is known before.
#include "manyworlds/backend/serial.hpp"
#include "manyworlds/paths/batch/footprint.hpp"
#include "manyworlds/paths/batch/staged.hpp"
#include "world_batch.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using backend::Serial;
using paths::batch::AnyGains;
using paths::batch::Arrays;
using paths::batch::Room;
using paths::batch::StagedGains;
using test::PathModel;

/// A host with little memory.
class Small : public Serial {
 public:
  explicit Small(std::size_t budget) : left_(budget) {}
  void* allocate(std::size_t bytes) {
    if (bytes > left_) throw backend::OutOfDeviceMemory("allocation", 0, "made up", "");
    left_ -= bytes;
    void* memory = Serial::allocate(bytes);
    sizes_[memory] = bytes;
    return memory;
  }
  void release(void* memory) noexcept {
    left_ += sizes_[memory];
    sizes_.erase(memory);
    Serial::release(memory);
  }

 private:
  std::size_t left_;
  std::map<void*, std::size_t> sizes_;
};

struct Rooms {
  Scene scene = two_rooms();
  Random random{41, 0, 0, Purpose::test};
  std::vector<std::uint32_t> movers = add_movers(scene, Movers::two, 1, 2);
  Arrays arrays;
  Worlds worlds;
  Rooms()
      : arrays((place_devices(scene, random, 2, 40, {.3, .3, .3}, {7.7, 4.7, 2.5}),
                paths::batch::make_arrays(PathModel(scene, movers, {.max_depth = 2}).world()))),
        worlds(scene, movers.size(), 50, random, {1, 1, .8}, {7, 4, 2}) {}
};

constexpr Room world_room{200, 1000, 800, 100, {30, 10}};
Room room_of(std::uint32_t worlds) { return world_room.times(worlds); }

struct Answer {
  std::vector<double> gains;
  std::vector<PoseGradient> gradient;
  Answer(StagedGains& staged, std::uint32_t at_once, const Rooms& rooms)
      : gains(50 * rooms.arrays.links()), gradient(rooms.worlds.poses.size()) {
    const std::size_t links = rooms.arrays.links(), movers = rooms.movers.size();
    staged.run(50, at_once, hard, [&](AnyGains& batch, std::size_t first, std::size_t count) {
      const std::span<double> own = std::span(gains).subspan(first * links, count * links);
      batch.gains(std::span(rooms.worlds.poses).subspan(first * movers, count * movers), own);
      std::vector<double> gain_bar;
      for (const double gain : own) gain_bar.push_back(1 / (gain + 1e-12));
      batch.pullback(gain_bar, std::span(gradient).subspan(first * movers, count * movers));
    });
  }
  void expect_same(const Answer& other) const {
    EXPECT_EQ(gains, other.gains);
    EXPECT_EQ(relative_difference(gradient, other.gradient), 0);
  }
};

TEST(Footprint, IsWhatTheBatchTakes) {
  const Rooms rooms;
  const paths::batch::Footprint memory = paths::batch::footprint<double>(rooms.arrays, world_room);
  Serial serial;
  for (std::uint32_t worlds : {32u, 96u, 320u}) {
    const paths::batch::Gains<Serial> batch(serial, rooms.arrays, worlds, room_of(worlds));
    const double predicted = double(memory.shared_bytes + worlds * memory.bytes_per_world),
                 taken = double(batch.shared_bytes() + batch.world_bytes());
    EXPECT_NEAR(predicted / taken, 1, 0.001) << worlds;
  }
  const Visibility fresnel;
  const paths::batch::Footprint soft = paths::batch::footprint<double>(rooms.arrays, world_room, fresnel);
  const auto batch =
      paths::batch::make_soft_gains<double>(std::make_unique<Serial>(), rooms.arrays, 64, room_of(64), fresnel);
  EXPECT_NEAR(
      double(soft.shared_bytes + 64 * soft.bytes_per_world) / double(batch->shared_bytes() + batch->world_bytes()), 1,
      0.001);
  EXPECT_LT(paths::batch::footprint<float>(rooms.arrays, world_room).bytes_per_world, memory.bytes_per_world);
}

TEST(StagedGains, AreTheSameInGroupsOfAnySize) {
  const Rooms rooms;
  const auto make = [&](std::uint32_t worlds, const Visibility&) {
    return paths::batch::make_gains<double>(std::make_unique<Serial>(), rooms.arrays, worlds, room_of(worlds));
  };
  std::string said;
  StagedGains whole(make, [&](const std::string& line) { said = line; });
  const Answer expected(whole, 4096, rooms);
  EXPECT_EQ(whole.at_once(), 50u);
  EXPECT_EQ(said, "");
  for (std::uint32_t at_once : {1u, 7u, 25u, 49u}) {
    StagedGains staged(make, [&](const std::string& line) { said = line; });
    Answer(staged, at_once, rooms).expect_same(expected);
    EXPECT_EQ(said,
              "50 worlds in " + std::to_string((50 + at_once - 1) / at_once) + " groups of " + std::to_string(at_once));
    said.clear();
    Answer(staged, at_once, rooms).expect_same(expected);
    EXPECT_EQ(said, "");  // once is enough
  }
}

TEST(StagedGains, HalveWhatDoesNotFitAndLoseNothing) {
  const Rooms rooms;
  const paths::batch::Footprint memory = paths::batch::footprint<double>(rooms.arrays, world_room);
  const auto make_in = [&](std::size_t budget) {
    return [&rooms, budget](std::uint32_t worlds, const Visibility&) {
      return paths::batch::make_gains<double>(std::make_unique<Small>(budget), rooms.arrays, worlds, Room{});
    };
  };
  StagedGains whole(make_in(std::size_t(1) << 40));
  const Answer expected(whole, 50, rooms);
  EXPECT_EQ(whole.at_once(), 50u);
  std::vector<std::string> said;
  StagedGains staged(make_in(memory.shared_bytes + 10 * memory.bytes_per_world),
                     [&](const std::string& line) { said.push_back(line); });
  Answer(staged, 50, rooms).expect_same(expected);  // the lists grow until memory ends, in the middle of a step
  EXPECT_LT(staged.at_once(), 50u);
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said[0], "50 worlds in 2 groups of 25 after allocation failed");
  StagedGains none(make_in(memory.shared_bytes / 2));
  EXPECT_THROW(Answer(none, 50, rooms), backend::OutOfDeviceMemory);
}

}  // namespace
