#pragma once
#include "manyworlds/backend/parallel.hpp"
#include "manyworlds/core/error.hpp"
#include "manyworlds/engine/executor.hpp"

namespace manyworlds::executor {

/// All worlds in one process over a pool of threads, sharing everything static (the default). Bit-equal to Serial.
/// Threads that no world is left for help inside the others (parallel::split).
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
    parallel::for_each(n, prm.threads, f);
  }
};
static_assert(Executor<Batch>);

}  // namespace manyworlds::executor
