#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

#include "manyworlds/engine/executor.hpp"

namespace manyworlds {

/// A fixed number of workspaces to spread jobs over. Job j always runs in lane j mod size(), so that results do not
/// depend on threads even if a workspace remembers its last job.
template <class Problem, Executor E>
class Lanes {
 public:
  Lanes(const Problem& problem, const E& executor, std::size_t size) : executor_(executor) {
    lanes_.reserve(size);
    for (std::size_t i = 0; i < size; ++i) lanes_.push_back(problem.make_workspace());
  }
  std::size_t size() const { return lanes_.size(); }
  typename Problem::Workspace& operator[](std::size_t lane) { return lanes_[lane]; }
  const E& executor() const { return executor_; }

  /// f(job, workspace) for every job in [0, jobs).
  template <class F>
  void for_each(std::size_t jobs, F&& f) {
    executor_.for_each_world(std::min(jobs, size()), [&](std::size_t lane) {
      for (std::size_t job = lane; job < jobs; job += size()) f(job, lanes_[lane]);
    });
  }
  /// The same in batches of size() jobs, as long as `stop()`, asked after each batch, is false. Returns how many jobs
  /// were done.
  template <class F, class Stop>
  std::size_t for_each_until(const Stop& stop, std::size_t jobs, F&& f) {
    std::size_t done = 0;
    do {
      const std::size_t first = done;
      done = std::min(jobs, first + size());
      executor_.for_each_world(done - first, [&](std::size_t lane) { f(first + lane, lanes_[lane]); });
    } while (done < jobs && !stop());
    return done;
  }

 private:
  const E& executor_;
  std::vector<typename Problem::Workspace> lanes_;
};

}  // namespace manyworlds
