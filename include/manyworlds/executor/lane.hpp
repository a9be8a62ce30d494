#pragma once
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "manyworlds/paths/batch/staged.hpp"

namespace manyworlds::executor {

/// A batch on a device and the thread that drives it, so that several devices or contexts work at once.
class Lane {
 public:
  Lane(paths::batch::StagedGains::Make make, paths::batch::StagedGains::Say say)
      : staged_(std::move(make), std::move(say)) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  paths::batch::StagedGains& staged() { return staged_; }

  /// Begins work on the lane's own thread.
  void start(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      work_ = std::move(work);
    }
    if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
    changed_.notify_all();
  }
  /// Until the work is done; what it threw, or null.
  std::exception_ptr wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !work_; });
    return std::exchange(error_, nullptr);
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return work_ || ends_; });
      if (!work_) return;
      const std::function<void()>& work = work_;
      lock.unlock();
      std::exception_ptr error;
      try {
        work();
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      error_ = error;
      work_ = nullptr;
      changed_.notify_all();
    }
  }

  paths::batch::StagedGains staged_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> work_;
  std::exception_ptr error_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace manyworlds::executor
