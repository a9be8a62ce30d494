#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/engine/executor.hpp"

#if defined(MANYWORLDS_WITH_TBB)
#include <optional>

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#else
#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>
#endif

namespace manyworlds::executor {

/// All worlds in one process over a pool of threads, sharing everything static (the default). Bit-equal to Serial.
/// oneTBB when the build has it (MANYWORLDS_WITH_TBB), else std::thread.
struct Batch {
  static constexpr const char* name = "batch";
  struct Params {
    int threads = 0;  ///< 0 = all processors
    template <class V>
    void fields(V&& v) {
      v("threads", threads, "threads, 0 = all processors");
    }
  } prm;

  template <class F>
  void for_each_world(std::size_t n, F&& f) const {
    if (prm.threads < 0) throw InputError("executor.threads", "expected 0 (all processors) or more");
#if defined(MANYWORLDS_WITH_TBB)
    using Limit = tbb::global_control;
    std::optional<Limit> more;  // oneTBB keeps to the processors unless told otherwise
    if (prm.threads > tbb::info::default_concurrency()) {
      more.emplace(Limit::max_allowed_parallelism, std::size_t(prm.threads));
    }
    tbb::task_arena arena(prm.threads > 0 ? prm.threads : tbb::task_arena::automatic);
    auto one = [&](std::size_t i) { f(i); };
    arena.execute([&] { tbb::parallel_for(std::size_t(0), n, one, tbb::simple_partitioner{}); });
#else
    const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
    const std::size_t all = prm.threads > 0 ? std::size_t(prm.threads) : processors;
    const std::size_t threads = std::min(all, n);
    std::atomic<std::size_t> next{0};
    std::vector<std::exception_ptr> failures(threads);
    auto work = [&](std::size_t t) {
      try {
        for (std::size_t i = next++; i < n; i = next++) f(i);
      } catch (...) {
        failures[t] = std::current_exception();
        next = n;
      }
    };
    {
      std::vector<std::jthread> pool;
      for (std::size_t t = 1; t < threads; ++t) pool.emplace_back(work, t);
      if (threads > 0) work(0);
    }
    for (const std::exception_ptr& failure : failures) {
      if (failure) std::rethrow_exception(failure);
    }
#endif
  }
};
static_assert(Executor<Batch>);

}  // namespace manyworlds::executor
