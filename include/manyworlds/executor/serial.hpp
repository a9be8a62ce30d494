#pragma once
#include "manyworlds/backend/parallel.hpp"
#include "manyworlds/engine/executor.hpp"

namespace manyworlds::executor {

/// One world after the other on the calling thread: the reference, exists to be right.
struct Serial {
  static constexpr const char* name = "serial";
  struct Params {
  } prm;
  template <class F>
  void for_each_world(std::size_t n, F&& f) const {
    parallel::without_help([&] {
      for (std::size_t i = 0; i < n; ++i) f(i);
    });
  }
};
static_assert(Executor<Serial>);

}  // namespace manyworlds::executor
