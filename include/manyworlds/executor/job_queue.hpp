#pragma once
#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

#include "manyworlds/engine/crew.hpp"
#include "manyworlds/executor/seat.hpp"

namespace manyworlds::executor {

/// The jobs of one call of a crew: which wait, which are out, and how often each was begun.
class JobQueue {
 public:
  int restarts = 3;         ///< times a job is begun again before it fails
  double backoff_s = 0.05;  ///< before the first of them, twice that before the next, 5 s at most

  std::size_t failures = 0;       ///< jobs that nobody could do, in all calls
  std::string last_failure = "";  ///< why the last of them

  void begin(const RemoteJobs& jobs) {
    jobs_ = &jobs;
    waiting_.clear();
    attempts_.clear();
    for (std::size_t i = 0; i < jobs.count; ++i) waiting_.push_back({i, {}});
    left_ = jobs.count;
  }
  std::uint8_t kind() const { return jobs_->kind; }
  bool done() const { return left_ == 0; }
  std::size_t waiting() const { return waiting_.size(); }
  /// When the next job that was lost may be begun again; `otherwise` when there is none.
  Clock::time_point next(Clock::time_point otherwise) const {
    for (const Waiting& w : waiting_)
      if (attempts(w.job) > 0) otherwise = std::min(otherwise, w.not_before);
    return otherwise;
  }
  int attempts(std::size_t job) const {
    const auto at = attempts_.find(job);
    return at == attempts_.end() ? 0 : at->second;
  }

  /// Up to `most` jobs for a worker, with their questions: new ones together, one that was lost before alone.
  std::vector<std::size_t> take(std::size_t most, std::vector<std::string>& questions) {
    std::vector<std::size_t> taken;
    const Clock::time_point now = Clock::now();
    while (taken.size() < most) {
      const auto next = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& w) {
        return now >= w.not_before && (attempts(w.job) == 0 || taken.empty());
      });
      if (next == waiting_.end()) break;
      ArchiveWriter question;
      jobs_->question(next->job, question);
      questions.push_back(question.take());
      taken.push_back(next->job);
      waiting_.erase(next);
      if (attempts(taken.back()) > 0) break;
    }
    return taken;
  }

  /// Jobs that were out and have not been begun.
  void put_back(const std::vector<std::size_t>& jobs) {
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) waiting_.push_front({*job, {}});
  }

  /// Throws ArchiveError for bytes that are no answer; the job is then still out.
  void answer(std::size_t job, const std::string& bytes, Delivery by) {
    by.restarts = attempts(job);
    ArchiveReader reader(bytes);
    jobs_->answer(job, reader, by);
    if (!reader.done()) throw ArchiveError("an answer is followed by more bytes");
    --left_;
  }
  /// A job that was out is to be begun again, or has failed for good.
  void again(std::size_t job, const std::string& why, Delivery by) {
    by.restarts = attempts(job);
    if (by.restarts >= restarts) {
      ++failures;
      last_failure = why;
      jobs_->failed(job, why, by);
      --left_;
      return;
    }
    waiting_.push_back({job, later(Clock::now(), std::min(5.0, backoff_s * std::exp2(by.restarts)))});
    ++attempts_[job];
  }

 private:
  struct Waiting {
    std::size_t job;
    Clock::time_point not_before;
  };
  const RemoteJobs* jobs_ = nullptr;
  std::deque<Waiting> waiting_;
  std::map<std::size_t, int> attempts_;  ///< of jobs that were lost
  std::size_t left_ = 0;
};

}  // namespace manyworlds::executor
