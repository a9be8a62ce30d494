#pragma once
#include <string>

#include "manyworlds/executor/admission.hpp"
#include "manyworlds/executor/link.hpp"
#include "manyworlds/executor/oom_kills.hpp"

namespace manyworlds::executor {

/// How a crew of processes is led.
struct CrewOptions {
  std::size_t workers = 1, threads = 1;  ///< threads of a worker
  std::size_t jobs_per_task = 1;         ///< a worker gets so many at once, and may lose them at once
  int restarts = 3;                      ///< times a job is begun again after its worker was lost, before it fails
  Admission admission{};
  OomKills oom_kills{};
  double start_timeout_s = 120, heartbeat_timeout_s = 10, step_timeout_s = 600;
  double stop_patience_s = 0.3;  ///< for jobs that are out when the run is to end
  std::string program = "/proc/self/exe";
  Command command{};
  std::string connect{};  ///< Unix socket of whoever starts workers instead; empty = they are children
};

}  // namespace manyworlds::executor
