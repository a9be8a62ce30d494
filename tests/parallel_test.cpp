/// Loops over threads.
#include "manyworlds/backend/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace {

using namespace manyworlds;

TEST(Parallel, LoopsCallEveryNumberOnce) {
  for (const std::size_t n : {0, 1, 2, 7, 1000}) {
    for (const int threads : {0, 1, 3}) {
      std::vector<std::atomic<int>> calls(n);
      parallel::for_each(n, threads, [&](std::size_t i) { ++calls[i]; });
      for (const auto& c : calls) EXPECT_EQ(c, 1);
    }
    std::vector<std::atomic<int>> calls(n);
    parallel::split(n, [&](std::size_t i) { ++calls[i]; });
    for (const auto& c : calls) EXPECT_EQ(c, 1);
  }
}

TEST(Parallel, SeveralLoopsRunAsOne) {
  std::vector<std::atomic<int>> a(5), b(0), c(40);
  parallel::split_all(parallel::Loop{a.size(), [&](std::size_t i) { ++a[i]; }},
                      parallel::Loop{b.size(), [&](std::size_t i) { ++b[i]; }},
                      parallel::Loop{c.size(), [&](std::size_t i) { ++c[i]; }});
  for (const auto* all : {&a, &c})
    for (const auto& calls : *all) EXPECT_EQ(calls, 1);
}

TEST(Parallel, ExceptionsReachTheCaller) {
  const auto fails = [](std::size_t i) {
    if (i == 5) throw InputError("number 5", "fails");
  };
  EXPECT_THROW(parallel::for_each(10, 3, fails), InputError);
  EXPECT_THROW(parallel::for_each(10, 3, [&](std::size_t) { parallel::split(10, fails); }), InputError);
  EXPECT_THROW(parallel::split(10, fails), InputError);
  EXPECT_THROW(parallel::for_each(1, -1, fails), InputError);
}

TEST(Parallel, ExceptionsLeaveTheLoopsInsideOtherCallsWhole) {
  std::atomic<int> cut_short = 0;
  const auto world = [&](std::size_t number) {
    std::atomic<int> calls = 0;
    parallel::split(50, [&](std::size_t) {
      std::this_thread::sleep_for(std::chrono::microseconds(20));
      ++calls;
    });
    cut_short += calls != 50;
    parallel::for_each(50, 0, [&](std::size_t) { ++calls; });
    cut_short += calls != 100;
    if (number % 3 == 0) throw InputError("world", "fails");
  };
  for (int i = 0; i < 20; ++i) EXPECT_THROW(parallel::for_each(12, 4, world), InputError);
  EXPECT_EQ(cut_short, 0);
}

TEST(Parallel, WithoutHelpTheCallerDoesItAll) {
  std::set<std::thread::id> threads;
  std::mutex turn;
  parallel::without_help([&] {
    parallel::split(200, [&](std::size_t) {
      std::this_thread::sleep_for(std::chrono::microseconds(20));
      const std::lock_guard lock(turn);
      threads.insert(std::this_thread::get_id());
    });
  });
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
}

/// A world that waited for its helpers inside another one would need a second workspace.
TEST(Parallel, WhoWaitsForHelpTakesUpNothingElse) {
  static thread_local int inside = 0;
  std::atomic<int> nested = 0;
  parallel::for_each(200, 4, [&](std::size_t world) {
    nested += ++inside > 1;
    parallel::split(
        8, [&](std::size_t i) { std::this_thread::sleep_for(std::chrono::microseconds((world + i) % 3 * 30)); });
    --inside;
  });
  EXPECT_EQ(nested, 0);
}

TEST(Cut, CoversAllWithPiecesOfAboutTheSameSize) {
  for (const std::size_t n : {0, 1, 9, 10, 19, 20, 555, 100000}) {
    const parallel::Cut cut(n, 10, 16);
    EXPECT_LE(cut.pieces, 16u);
    std::size_t next = 0;
    for (std::size_t i = 0; i < cut.pieces; ++i) {
      EXPECT_EQ(cut.begin(i), next);
      next = cut.end(i);
      EXPECT_GE(next - cut.begin(i), std::min<std::size_t>(n, 10));
      EXPECT_LE(next - cut.begin(i), std::max<std::size_t>(19, n / 16 + 1));
    }
    EXPECT_EQ(next, n);
  }
}

}  // namespace
