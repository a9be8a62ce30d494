#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "manyworlds/engine/executor.hpp"

namespace manyworlds {

/// The workspaces of a run, as many as jobs run at once: worlds share them, since what an evaluation gives does not
/// depend on what its workspace did before.
template <class Problem, Executor E>
class Workspaces {
 public:
  using Workspace = typename Problem::Workspace;

  /// `batch`: jobs between two questions of for_each_until().
  Workspaces(const Problem& problem, const E& executor, std::size_t batch)
      : problem_(problem), executor_(executor), batch_(batch) {}

  /// A workspace that goes back when the loan ends.
  class Loan {
   public:
    explicit Loan(Workspaces& all) : all_(all), workspace_(all.take()) {}
    ~Loan() { all_.put(std::move(workspace_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Workspace& operator*() { return *workspace_; }

   private:
    Workspaces& all_;
    std::unique_ptr<Workspace> workspace_;
  };

  /// f(job, workspace) for every job in [0, jobs).
  template <class F>
  void for_each(std::size_t jobs, F&& f) {
    executor_.for_each_world(jobs, [&](std::size_t job) {
      Loan workspace(*this);
      f(job, *workspace);
    });
  }
  /// The same in batches, as long as `stop()`, asked after each batch, is false. Returns how many jobs were done.
  template <class F, class Stop>
  std::size_t for_each_until(const Stop& stop, std::size_t jobs, F&& f) {
    std::size_t done = 0;
    do {
      const std::size_t first = done;
      done = std::min(jobs, first + batch_);
      for_each(done - first, [&](std::size_t job, Workspace& workspace) { f(first + job, workspace); });
    } while (done < jobs && !stop());
    return done;
  }

  /// Of all workspaces; none may be on loan.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& workspace : idle_) sum += workspace->bytes();
    return sum;
  }

 private:
  std::unique_ptr<Workspace> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Workspace> workspace = std::move(idle_.back());
        idle_.pop_back();
        return workspace;
      }
    }
    return std::make_unique<Workspace>(problem_.make_workspace());
  }
  void put(std::unique_ptr<Workspace> workspace) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(workspace));
  }

  const Problem& problem_;
  const E& executor_;
  std::size_t batch_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
};

}  // namespace manyworlds
