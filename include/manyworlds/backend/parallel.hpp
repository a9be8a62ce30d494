#pragma once
#include <algorithm>
#include <cstddef>
#include <utility>

#include "manyworlds/core/error.hpp"

#if defined(MANYWORLDS_WITH_TBB)
#include <atomic>
#include <optional>

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#else
#include <atomic>
#include <exception>
#include <thread>
#include <vector>
#endif

/// Loops over threads: oneTBB when the build has it (MANYWORLDS_WITH_TBB), else std::thread. Which thread runs what is
/// open; results that are put together piece by piece (Cut) are the same for any number of threads.
namespace manyworlds::parallel {

namespace detail {
#if defined(MANYWORLDS_WITH_TBB)
/// With a context of its own: an exception in the loop around, which cancels that, leaves this one whole.
template <class F>
void tbb_loop(std::size_t n, F&& f) {
  tbb::task_group_context context(tbb::task_group_context::isolated);
  tbb::parallel_for(
      std::size_t(0), n, [&](std::size_t i) { f(i); }, tbb::simple_partitioner{}, context);
}
#else
inline thread_local bool helped = true;  ///< false inside without_help()
#endif
}  // namespace detail

/// Calls f(0), ..., f(n - 1), each once, in any order, on up to `threads` threads (0: those of the loop around this
/// one, of all processors where there is none), and returns when all are done. An exception of any call reaches the
/// caller. Throws InputError when there are fewer than 0 threads.
template <class F>
void for_each(std::size_t n, int threads, F&& f) {
  if (threads < 0) throw InputError("threads", "expected 0 (all processors) or more, found " + std::to_string(threads));
#if defined(MANYWORLDS_WITH_TBB)
  using Limit = tbb::global_control;
  std::optional<Limit> more;  // oneTBB keeps to the processors unless told otherwise
  if (threads > tbb::info::default_concurrency()) more.emplace(Limit::max_allowed_parallelism, std::size_t(threads));
  const auto loop = [&] { detail::tbb_loop(n, f); };
  if (threads > 0)
    tbb::task_arena(threads).execute(loop);
  else
    tbb::this_task_arena::isolate(loop);  // a wait inside a loop takes up nothing else: stacks stay small
#else
  const std::size_t processors = detail::helped ? std::max(1u, std::thread::hardware_concurrency()) : 1;
  const std::size_t count = std::min(threads > 0 ? std::size_t(threads) : processors, n);
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failures(count);
  const auto work = [&](std::size_t t) {
    try {
      for (std::size_t i = next++; i < n; i = next++) f(i);
    } catch (...) {
      failures[t] = std::current_exception();
      next = n;
    }
  };
  {
    std::vector<std::jthread> pool;
    for (std::size_t t = 1; t < count; ++t) pool.emplace_back(work, t);
    if (count > 0) work(0);
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
#endif
}

/// The same for pieces of microseconds, with the help of threads that have nothing to do: those of the loop around this
/// one, of all processors where there is none. While the caller waits for them it takes up nothing else. Without oneTBB
/// it does all of it by itself, since starting a thread takes longer.
template <class F>
void split(std::size_t n, F&& f) {
#if defined(MANYWORLDS_WITH_TBB)
  const std::size_t most = std::min(n, std::size_t(tbb::this_task_arena::max_concurrency()));
  if (most > 1) {
    // As many tasks as threads, not as pieces: those that nobody takes cost the caller next to nothing.
    std::atomic<std::size_t> next{0};
    const auto help = [&](std::size_t) {
      for (std::size_t i = next++; i < n; i = next++) f(i);
    };
    tbb::this_task_arena::isolate([&] { detail::tbb_loop(most, help); });
    return;
  }
#endif
  for (std::size_t i = 0; i < n; ++i) f(i);
}

/// f(), all of it on the calling thread: no help for split(), nor for for_each() unless it names threads.
template <class F>
void without_help(F&& f) {
#if defined(MANYWORLDS_WITH_TBB)
  tbb::task_arena(1).execute([&] { f(); });
#else
  struct Alone {
    bool before = std::exchange(detail::helped, false);
    ~Alone() { detail::helped = before; }
  } alone;
  f();
#endif
}

/// A loop as an argument of split_all().
template <class F>
struct Loop {
  std::size_t n;
  F f;
};
template <class F>
Loop(std::size_t, F) -> Loop<F>;

/// Several loops that do not wait for each other, as one split().
template <class... F>
void split_all(const Loop<F>&... loops) {
  split((std::size_t(0) + ... + loops.n), [&](std::size_t i) {
    const auto is_in = [&](const auto& loop) {
      if (i >= loop.n) return i -= loop.n, false;
      return loop.f(i), true;
    };
    (is_in(loops) || ...);
  });
}

/// [0, n) in consecutive pieces of about `least` or more, at most `most` of them; by n alone, whatever the threads.
class Cut {
 public:
  Cut(std::size_t n, std::size_t least, std::size_t most = 64)
      : pieces(n == 0 ? 0 : std::clamp<std::size_t>(n / least, 1, most)), n_(n) {}

  const std::size_t pieces;
  std::size_t begin(std::size_t piece) const { return piece * n_ / pieces; }
  std::size_t end(std::size_t piece) const { return begin(piece + 1); }

 private:
  std::size_t n_;
};

}  // namespace manyworlds::parallel
