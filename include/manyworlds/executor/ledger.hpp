#pragma once
#include <cmath>
#include <deque>
#include <map>

#include "manyworlds/core/text.hpp"
#include "manyworlds/executor/crew_options.hpp"
#include "manyworlds/executor/job_queue.hpp"
#include "manyworlds/executor/seat.hpp"

namespace manyworlds::executor {

/// What a crew has seen of its workers: what they take, which were lost and why.
class Ledger {
 public:
  explicit Ledger(const Admission& plan) : admission(plan) {}

  Admission admission;
  std::string last_loss = "";

  /// The worker at a seat has told how many bytes it takes.
  void note_bytes(std::deque<Seat>& seats, Seat& seat, std::uint64_t bytes) {
    seat.resident_bytes = std::size_t(bytes);
    std::size_t in_all = 0;
    for (const Seat& s : seats) in_all += s.has_worker() ? s.resident_bytes : 0;
    admission.see(seat.resident_bytes, in_all);
  }
  /// A worker has come.
  void note_arrival(const Hello& hello) {
    machines_.try_emplace(hello.host + " (" + hello.device + ")", double(hello.free_bytes));
  }
  /// Something has happened: from here on workers have nothing to do when nothing waits and others still do the rest.
  void note_time(const std::deque<Seat>& seats, const JobQueue& queue) {
    const Clock::time_point now = Clock::now();
    idle_s_ += double(idle_) * std::chrono::duration<double>(now - noted_).count();
    noted_ = now;
    idle_ = 0;
    if (queue.waiting() > 0 || queue.done()) return;
    for (const Seat& seat : seats) idle_ += seat.state == Seat::State::idle;
  }
  /// A worker is gone that nobody has sent away.
  void note_loss() { ++lost_; }

  /// As names and values for the result.
  Identity lines(const CrewOptions& options, const std::deque<Seat>& seats, const JobQueue& queue) const {
    Identity lines{{"workers", std::to_string(admission.admitted(seats.size()))},
                   {"jobs_per_task", std::to_string(options.jobs_per_task)},
                   {"workers_lost", std::to_string(lost_)},
                   {"workers_idle_s", to_text(idle_s_)},
                   {"bytes_per_worker_expected", std::to_string(admission.expected)},
                   {"bytes_per_worker", std::to_string(admission.most_bytes)},
                   {"bytes_of_workers", std::to_string(admission.most_in_all)},
                   {"memory_budget", std::to_string(admission.budget)}};
    std::string pids, machines;
    for (const Seat& seat : seats)
      if (seat.has_worker()) pids += (pids.empty() ? "" : ",") + std::to_string(seat.worker().pid());
    for (const auto& [machine, free] : machines_)
      machines += (machines.empty() ? "" : "; ") + machine + ", " + to_text(std::round(free / 1e8) / 10) + " GB free";
    lines.emplace_back("pids", pids);
    lines.emplace_back("machines", machines);
    if (lost_ > 0) lines.emplace_back("last_loss", last_loss);
    if (queue.failures > 0) {
      lines.emplace_back("jobs_failed", std::to_string(queue.failures));
      lines.emplace_back("last_failure", queue.last_failure);
    }
    return lines;
  }

 private:
  std::size_t lost_ = 0, idle_ = 0;
  double idle_s_ = 0;
  Clock::time_point noted_{};
  std::map<std::string, double> machines_;  ///< with the bytes that its first worker has found free
};

}  // namespace manyworlds::executor
