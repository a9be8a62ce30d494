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

 private:
  const E& executor_;
  std::vector<typename Problem::Workspace> lanes_;
};

}  // namespace manyworlds
