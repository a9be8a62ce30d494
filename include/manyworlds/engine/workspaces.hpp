#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <vector>

#include "manyworlds/engine/executor.hpp"
#include "manyworlds/engine/job.hpp"

namespace manyworlds {

/// Where the jobs of a run are done: in this process, with as many workspaces as jobs run at once (worlds share them,
/// since what an evaluation gives does not depend on what its workspace did before), or by a crew of other processes.
template <class Problem, Executor E>
class Workspaces {
 public:
  using Workspace = typename Problem::Workspace;

  /// `batch`: jobs between two questions of run_until().
  Workspaces(const Problem& problem, const E& executor, std::size_t batch)
      : problem_(problem), executor_(executor), batch_(batch), evaluator_(open_evaluator(executor, problem)) {}

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

  /// From now on jobs go to this crew; null: to nobody else.
  void hire(std::unique_ptr<Crew> crew) { crew_ = std::move(crew); }
  /// What the crew or the devices used and planned; nothing where worlds run on this process's threads.
  Identity execution() const {
    if (crew_) return crew_->report();
    if constexpr (EvaluatesTogether<E, Problem>)
      if (evaluator_) return evaluator_->report();
    return {};
  }

  /// f(i, workspace) for every i in [0, count), in this process.
  template <class F>
  void for_each(std::size_t count, F&& f) {
    executor_.for_each_world(count, [&](std::size_t i) {
      Loan workspace(*this);
      f(i, *workspace);
    });
  }
  /// Does all jobs.
  template <class Context, class Job>
  void run(const Context& context, std::span<Job> jobs) {
    if (crew_) return send(jobs);
    if constexpr (EvaluatesTogether<E, Problem> && AsksForEvaluations<Job, Context>)
      if (evaluator_) return run_together(context, jobs);
    for_each(jobs.size(), [&](std::size_t i, Workspace& workspace) { run_job(jobs[i], context, workspace); });
  }
  template <class Context, class Job>
  void run(const Context& context, std::vector<Job>& jobs) {
    run(context, std::span<Job>(jobs));
  }
  /// Does jobs in batches, as long as `stop()`, asked after each batch, is false. Returns how many were done.
  template <class Stop, class Context, class Job>
  std::size_t run_until(const Stop& stop, const Context& context, std::vector<Job>& jobs) {
    std::size_t done = 0;
    do {
      const std::size_t count = std::min(jobs.size() - done, batch_);
      run(context, std::span<Job>(jobs).subspan(done, count));
      done += count;
    } while (done < jobs.size() && !stop());
    return done;
  }

  /// Of all workspaces; none may be on loan.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& workspace : idle_) sum += workspace->bytes();
    return sum;
  }

 private:
  template <class Job>
  void send(std::span<Job> jobs) {
    RemoteJobs remote{std::uint8_t(Job::kind), jobs.size(), {}, {}, {}};
    remote.question = [&](std::size_t i, ArchiveWriter& bytes) { jobs[i].question(bytes); };
    remote.answer = [&](std::size_t i, ArchiveReader& bytes, const Delivery& by) {
      jobs[i].answer(bytes);
      if constexpr (requires { jobs[i].delivered(by); }) jobs[i].delivered(by);
    };
    remote.failed = [&](std::size_t i, const std::string& why, const Delivery& by) {
      if constexpr (requires { jobs[i].failed(why, by); }) jobs[i].failed(why, by);
    };
    crew_->run(remote);
  }

  /// In rounds: all jobs that ask have their evaluations in one go.
  template <class Context, class Job>
  void run_together(const Context& context, std::span<Job> jobs) {
    std::vector<Evaluation> evaluations(jobs.size());
    std::vector<std::size_t> open(jobs.size());
    std::iota(open.begin(), open.end(), std::size_t(0));
    while (!open.empty()) {
      std::vector<Evaluation*> asked;
      for (const std::size_t i : open) {
        jobs[i].ask(context, evaluations[i]);
        asked.push_back(&evaluations[i]);
      }
      evaluator_->evaluate(context, asked, [&](std::size_t count, auto&& f) { for_each(count, f); });
      std::vector<std::uint8_t> again(open.size());
      executor_.for_each_world(open.size(),
                               [&](std::size_t k) { again[k] = jobs[open[k]].take(context, evaluations[open[k]]); });
      std::size_t left = 0;
      for (std::size_t k = 0; k < open.size(); ++k)
        if (again[k]) open[left++] = open[k];
      open.resize(left);
    }
  }

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
  std::unique_ptr<Crew> crew_;
  decltype(open_evaluator(std::declval<const E&>(), std::declval<const Problem&>())) evaluator_;
};

/// What a worker of a run answers: any job, with the context of the run.
template <class World, class Context, class Problem, Executor E>
JobServer make_job_server(const Context& context, Workspaces<Problem, E>& workspaces) {
  return [&](std::uint8_t kind, ArchiveReader& question, ArchiveWriter& answer) {
    typename Workspaces<Problem, E>::Loan workspace(workspaces);
    if (serve_evaluation(JobKind(kind), context, *workspace, question, answer)) return;
    if (JobKind(kind) != JobKind::advance) throw ArchiveError("unknown kind of job " + std::to_string(kind));
    World world;
    AdvanceJob<World> job{&world};
    serve_job(job, context, *workspace, question, answer);
  };
}

}  // namespace manyworlds
