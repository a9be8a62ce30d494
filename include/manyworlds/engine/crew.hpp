#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "manyworlds/core/archive.hpp"

namespace manyworlds {

/// What must be equal for two runs to be the same: names and values, a line each.
using Identity = std::vector<std::pair<std::string, std::string>>;

/// The value of a name; null when it is not there.
inline const std::string* find_value(const Identity& lines, const std::string& name) {
  for (const auto& [known, value] : lines)
    if (known == name) return &value;
  return nullptr;
}

/// Who did a job.
struct Delivery {
  int pid = 0;
  std::size_t bytes = 0;  ///< resident memory of that process
  int restarts = 0;       ///< times this job was begun again
};

/// Jobs of one kind for processes that hold the same problem, as bytes (engine/job.hpp).
struct RemoteJobs {
  std::uint8_t kind = 0;
  std::size_t count = 0;
  std::function<void(std::size_t, ArchiveWriter&)> question;
  /// Reads what the job gave; throws ArchiveError.
  std::function<void(std::size_t, ArchiveReader&, const Delivery&)> answer;
  /// Told instead when a job cannot be done, with the reason.
  std::function<void(std::size_t, const std::string&, const Delivery&)> failed;
};

/// Does the job of a kind that a question asks for, and writes its answer.
using JobServer = std::function<void(std::uint8_t kind, ArchiveReader& question, ArchiveWriter& answer)>;

/// A run cannot go on, though its input was good: workers do not start, too few worlds are left.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A callback has ended the run while jobs were out.
class Stopped : public RunError {
 public:
  Stopped() : RunError("the run was ended before its first worlds had begun") {}  // later ones the run hears itself
};

/// Workers in other processes. An executor that has them opens a crew for a run; they end with it.
class Crew {
 public:
  virtual ~Crew() = default;
  /// Has all jobs done, in any order, and returns when each was answered or has failed. Throws RunError when no worker
  /// can be had, and Stopped when stop() is true and jobs are still out a moment later; the crew is of no use then.
  virtual void run(const RemoteJobs& jobs) = 0;
  /// What it used and planned, as names and values for the result: workers, bytes, restarts.
  virtual Identity report() const = 0;
  /// Shall the run end? Asked now and then while jobs are out.
  std::function<bool()> stop = [] { return false; };
};

/// Executors that may have workers elsewhere.
template <class E>
concept OpensCrew = requires(const E& executor, const Identity& identity, const JobServer& server) {
  executor.open(identity, server);
};

/// The crew of an executor that has one; null when worlds run in this process. In a worker process this does not
/// return: it serves its parent's jobs and leaves.
template <class E>
std::unique_ptr<Crew> open_crew(const E& executor, const Identity& identity, const JobServer& server) {
  if constexpr (OpensCrew<E>)
    return executor.open(identity, server);
  else
    return nullptr;
}

}  // namespace manyworlds
