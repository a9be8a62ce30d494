/// What a step takes from the system's memory: nothing that it took before.
#include <cstdlib>
#include <new>

#include "manyworlds/backend/parallel.hpp"
#include "two_rooms.hpp"

namespace {
/// Of this thread: blocks taken so far, and those not given back.
thread_local std::size_t taken = 0, held = 0;

void* take(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
  void* const block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (!block) throw std::bad_alloc();
  ++taken, ++held;
  return block;
}
void give(void* block) {
  if (block) --held;
  std::free(block);
}
}  // namespace

// All other forms end in these.
void* operator new(std::size_t bytes) { return take(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return take(bytes, std::size_t(alignment)); }
void operator delete(void* block) noexcept { give(block); }
void operator delete(void* block, std::size_t) noexcept { give(block); }
void operator delete(void* block, std::align_val_t) noexcept { give(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give(block); }

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using test::PathModel;

/// Two movers that turn and go round through both rooms, past walls and each other, with the gradient at every step.
struct Walk {
  static constexpr int steps = 24;
  std::size_t most_in_a_step = 0;  ///< blocks taken
  std::vector<std::size_t> held_after;

  /// `transmitter`: metres that the second one goes at each step.
  void go(const PathModel& model, const Scene& scene, const Visibility& visibility, double transmitter,
          paths::Workspace& w, ConfigurationGradient& gradient) {
    Configuration c = at_home(scene, 2);
    std::vector<double> bar(model.transmitters() * model.receivers());
    held_after.assign(steps, 0);
    most_in_a_step = 0;
    for (int i = 0; i < steps; ++i) {
      for (std::size_t m = 0; m < 2; ++m) {
        const double at = 2 * pi * i / steps, other = double(m);
        c.movers[m] = make_pose({4 + 2 * std::sin(at + other), 2.4 + 1.2 * std::cos(at + 2 * other), 1.4},
                                {3 * at, 0.3 * std::sin(2 * at), 0.1});
      }
      c.transmitters[1].x += transmitter;
      const std::size_t before = taken;
      model.gains(c, visibility, w);
      for (std::size_t k = 0; k < bar.size(); ++k) bar[k] = 1 / (w.gains[k] + 1e-14);
      model.pullback(bar, w, gradient);
      most_in_a_step = std::max(most_in_a_step, taken - before);
      held_after[std::size_t(i)] = held;
    }
  }
};

/// The walk for the third time, on one thread: what it needed was taken in the first two.
Walk third_walk(const Visibility& visibility, bool coherent, int receivers, double transmitter = 0) {
  Scene scene = two_rooms();
  const auto movers = add_movers(scene, Movers::two, 0, 1);
  Random random(105, 0, 0, Purpose::test);
  place_devices(scene, random, 2, receivers, {0.3, 0.3, 0.3}, {7, 4.7, 2.5});
  const PathModel model(scene, movers, {.max_depth = 2, .coherent = coherent, .moving_transmitters = transmitter != 0});
  paths::Workspace w = model.make_workspace();
  ConfigurationGradient gradient;
  Walk first, second, third;
  parallel::without_help([&] {
    for (Walk* walk : {&first, &second, &third}) walk->go(model, scene, visibility, transmitter, w, gradient);
  });
  EXPECT_GT(first.most_in_a_step, 100u) << "the counter does not count";
  std::vector<std::size_t> more;  // the walks themselves hold a block more each
  for (const std::size_t blocks : second.held_after) more.push_back(blocks + 1);
  EXPECT_EQ(third.held_after, more) << "memory grows";
  return third;
}

TEST(StepMemory, NothingIsTaken) {
  for (const Kind& kind : kinds)
    for (const bool coherent : {false, true})
      EXPECT_EQ(third_walk(kind.visibility, coherent, 100).most_in_a_step, 0u) << kind.name << coherent;
}

TEST(StepMemory, WhatAMovingTransmitterTakesIsGivenBack) {
  for (const Kind& kind : kinds) {
    const Walk walk = third_walk(kind.visibility, true, 40, 0.002);
    EXPECT_LE(walk.most_in_a_step, 1000u) << kind.name;
  }
}

}  // namespace
