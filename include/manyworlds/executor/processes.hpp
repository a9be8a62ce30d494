#pragma once
#include <thread>

#include "manyworlds/engine/executor.hpp"
#include "manyworlds/executor/process_crew.hpp"

namespace manyworlds::executor {

/// Worlds in processes of their own: workers are this program again, started with its arguments, each with its own copy
/// of the problem. A driver needs no line for that: its main() runs in a worker up to the search, which serves there
/// instead of searching. What it prints on the way goes into messages about lost workers only; a driver that writes
/// files before its search asks in_worker(). Bit-equal to Serial. Pruning, exchange and the assembly of starts are done
/// in the run's own process.
struct Processes {
  static constexpr const char* name = "processes";
  struct Params {
    int processes = 0;  ///< workers; 0 = as many as processors
    int threads = 1;    ///< of each worker
    int batch = 0;      ///< jobs that a worker gets at once, and may lose at once; 0 = as many as threads
    int restarts = 3;
    double memory_budget_bytes = 0;  ///< of this process and all workers; workers that do not fit wait; 0 = no limit
    double fraction = 0;             ///< of the budget (of the machine, without one) that a worker may take; 0 = any
    double start_timeout_s = 120, heartbeat_s = 1, heartbeat_timeout_s = 10, task_timeout_s = 600;
    std::string connect{};  ///< Unix socket of whoever starts workers, elsewhere maybe; empty = they are children
    std::string program{};  ///< instead of this one, started with the same arguments; empty = this one
    template <class V>
    void fields(V&& v) {
      v("processes", processes, "worker processes, 0 = as many as processors");
      v("threads", threads, "threads, 0 = all processors");
      v("batch", batch, "jobs that a worker gets and may lose at once; 0 = as many as threads");
      v("memory_budget_bytes", memory_budget_bytes, "bytes for this process and all workers, 0 = no limit");
      v("fraction", fraction, "share of the budget or of the machine that a worker may take, 0 = any");
      v("restarts", restarts, "times a step is begun again after its worker was lost");
      v("start_timeout_s", start_timeout_s, "seconds until a worker must have begun");
      v("heartbeat_s", heartbeat_s, "seconds between signs of life");
      v("heartbeat_timeout_s", heartbeat_timeout_s, "seconds of silence after which a worker is lost");
      v("task_timeout_s", task_timeout_s, "seconds that a step may take (a task of several, in turn)");
      v("connect", connect, "Unix socket of a program that starts the workers (docs/clusters.md)");
      v("program", program, "program of the workers instead of this one");
    }
  } prm{};

  void check() const {
    expect(prm.processes >= 0, "executor.processes", "0 (as many as processors) or more");
    expect(prm.threads >= 0, "executor.threads", "0 (all processors) or more");
    expect(prm.batch >= 0, "executor.batch", "0 (as many as threads) or more");
    expect(prm.memory_budget_bytes >= 0, "executor.memory_budget_bytes", "0 (no limit) or more");
    expect(prm.fraction >= 0 && prm.fraction <= 1, "executor.fraction", "a share from 0 (any) to 1");
    expect(prm.restarts >= 0, "executor.restarts", "0 or more");
    expect(prm.start_timeout_s > 0, "executor.start_timeout_s", "more than 0 seconds");
    expect(prm.heartbeat_s > 0, "executor.heartbeat_s", "more than 0 seconds");
    expect(prm.heartbeat_timeout_s > 2 * prm.heartbeat_s, "executor.heartbeat_timeout_s", "more than two heartbeats");
    expect(prm.task_timeout_s > 0, "executor.task_timeout_s", "more than 0 seconds");
  }

  /// What is not sent to workers runs here, one after the other.
  template <class F>
  void for_each_world(std::size_t n, F&& f) const {
    check();
    for (std::size_t i = 0; i < n; ++i) f(i);
  }

  /// Starts the workers. Throws InputError for parameters out of range.
  std::unique_ptr<Crew> open(const Identity& run, const JobServer& server) const {
    check();
    if (in_worker()) Worker(std::atoi(std::getenv(worker_variable)), prm.threads, prm.heartbeat_s, server).serve(run);
    const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
    const unsigned threads = prm.threads > 0 ? unsigned(prm.threads) : processors;
    CrewOptions options;
    options.workers = prm.processes > 0 ? std::size_t(prm.processes) : processors;
    options.jobs_per_task = prm.batch > 0 ? std::size_t(prm.batch) : threads;
    options.restarts = prm.restarts;
    set_budget(options);
    options.start_timeout_s = prm.start_timeout_s;
    options.heartbeat_timeout_s = prm.heartbeat_timeout_s;
    options.step_timeout_s = prm.task_timeout_s;
    options.threads = threads;
    options.command = own_command();
    options.connect = prm.connect;
    if (!prm.program.empty()) options.program = options.command.front() = prm.program;
    return std::make_unique<ProcessCrew>(std::move(options), run);
  }

 private:
  /// A worker is expected to take what this process takes, which has built the same problem, and a quarter more for
  /// what evaluations need.
  void set_budget(CrewOptions& options) const {
    const auto megabytes = [](double bytes) { return to_text(std::round(bytes / 1e5) / 10) + " MB"; };
    const double own = double(resident_bytes()), each = 1.25 * own;
    options.admission.expected = std::size_t(each);
    const double machine = double(::sysconf(_SC_PHYS_PAGES)) * double(::sysconf(_SC_PAGESIZE));
    const double budget = prm.memory_budget_bytes > 0 ? prm.memory_budget_bytes : machine;
    if (prm.memory_budget_bytes > 0) {
      if (budget < own + each)
        throw InputError("executor.memory_budget_bytes", "expected at least " + megabytes(own + each) +
                                                             ", for this process and one worker, found " +
                                                             megabytes(budget));
      options.admission.budget = std::size_t(budget - own);
    }
    if (prm.fraction > 0) {
      if (each > prm.fraction * budget)
        throw InputError("executor.fraction", "a worker takes about " + megabytes(each) + ", more than " +
                                                  to_text(prm.fraction) + " of " + megabytes(budget));
      options.workers = std::min(options.workers, std::size_t(1 / prm.fraction + 1e-9));
    }
  }
};
static_assert(Executor<Processes>);

}  // namespace manyworlds::executor
