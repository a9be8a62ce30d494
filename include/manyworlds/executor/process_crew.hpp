#pragma once
#include <algorithm>
#include <cmath>

#include "manyworlds/core/text.hpp"
#include "manyworlds/executor/child.hpp"
#include "manyworlds/executor/connection.hpp"
#include "manyworlds/executor/ledger.hpp"

namespace manyworlds::executor {

/// Workers in processes of their own. A worker that crashes, hangs, falls silent or talks nonsense loses only the jobs
/// it has: these are done again, alone, by another. Nothing of a run is in a worker that the run does not have itself.
/// With a memory budget no more of them live than fit into it by what they have been seen to take, and fewer after one
/// was out of memory; the jobs wait.
class ProcessCrew : public Crew {
 public:
  ProcessCrew(CrewOptions options, Identity run)
      : options_(std::move(options)), run_(std::move(run)), ledger_(options_.admission) {
    seats_.resize(options_.workers);
    queue_.restarts = options_.restarts;
    for (std::size_t i = 0; i < admitted(); ++i) start(seats_[i]);
  }
  ~ProcessCrew() override {
    for (Seat& seat : seats_)
      if (seat.has_worker() && seat.state != Seat::State::ending) seat.begin_end("the run has ended");
    while (std::any_of(seats_.begin(), seats_.end(), [](const Seat& s) { return s.has_worker(); })) {
      for (Seat& seat : seats_) {
        if (!seat.has_worker()) continue;
        if (seat.ended())
          seat.clear({});
        else if (Clock::now() >= seat.due)
          seat.climb();
      }
      ::usleep(1000);
    }
  }

  void run(const RemoteJobs& jobs) override {
    queue_.begin(jobs);
    for (Seat& seat : seats_) seat.heard = Clock::now();  // nobody listened since the last run
    told_to_stop_ = {};
    while (!queue_.done()) {
      heed_stop();
      hand_out();
      wait();
      for (Seat& seat : seats_) attend(seat);
      ledger_.note_time(seats_, queue_);
      if (std::all_of(seats_.begin(), seats_.end(), [&](const Seat& s) { return retired(s); }))
        throw RunError("no worker starts: " + ledger_.last_loss);
    }
  }

  Identity report() const override { return ledger_.lines(options_, seats_, queue_); }

 private:
  static constexpr double backoff_s = 0.05, ask_s = 0.1;
  static constexpr const char* too_late = "has not begun within ";
  static constexpr const char* over_budget = "the memory budget had no room for it";
  /// Is there nobody to start it, or has it failed to start so often in a row that nobody tries again? Once workers
  /// have come, for a minute at least.
  bool retired(const Seat& seat) const { return seat.gone || seat.failed_starts > (met_ ? 10 : 2); }

  void start(Seat& seat) {
    try {
      const auto make = [&]() -> std::unique_ptr<Link> {
        if (!options_.connect.empty()) return std::make_unique<Connection>(options_.connect, options_.command);
        return std::make_unique<Child>(options_.program, options_.command);
      };
      seat.start(make, later(Clock::now(), options_.start_timeout_s));
      return;
    } catch (const Connection::Refused& e) {
      note_failed_start(seat, e.what());
      seat.gone = true;
    } catch (const RunError& e) {
      note_failed_start(seat, e.what());
    }
    seat.state = Seat::State::empty;
  }
  void note_failed_start(Seat& seat, const std::string& why) {
    ++seat.failed_starts;
    ledger_.last_loss = why;
    seat.due = later(Clock::now(), std::min(10.0, backoff_s * std::exp2(seat.failed_starts)));
  }

  std::size_t admitted() const { return ledger_.admission.admitted(seats_.size()); }
  /// Ends an idle worker when there are too many.
  void keep_to_budget() {
    std::size_t all = 0, ending = 0;
    for (const Seat& seat : seats_) all += seat.has_worker(), ending += seat.state == Seat::State::ending;
    const auto idle =
        std::find_if(seats_.begin(), seats_.end(), [](const Seat& s) { return s.state == Seat::State::idle; });
    too_many_ = all - ending > admitted();
    if (too_many_ && idle != seats_.end()) idle->begin_end(over_budget);
    budget_left_ = all < admitted() ? admitted() - all : 0;
  }
  bool to_start(const Seat& seat) const {
    return seat.state == Seat::State::empty && !retired(seat) && budget_left_ > 0 && queue_.waiting() > 0;
  }

  /// May it get a task? One more than it does, as long as all others get one, too.
  bool to_get(const Seat& seat) const {
    if (seat.state == Seat::State::idle) return true;
    return seat.state == Seat::State::busy && seat.assigned.size() == 1 && !too_many_ &&
           queue_.waiting() > seats_.size() * options_.jobs_per_task;
  }

  /// Gives jobs to workers and restarts workers that are gone.
  void hand_out() {
    keep_to_budget();
    for (Seat& seat : seats_) {
      if (to_start(seat) && Clock::now() >= seat.due) start(seat), --budget_left_;
      if (!to_get(seat)) continue;
      Task task{++tasks_, queue_.kind(), {}};
      std::vector<std::size_t> jobs = queue_.take(options_.jobs_per_task, task.questions);
      if (jobs.empty()) continue;
      const double rounds = std::ceil(double(jobs.size()) / double(options_.threads));
      seat.give(task, std::move(jobs), rounds * options_.step_timeout_s);
    }
  }

  /// Throws Stopped when the run is to end and what is out takes longer than a moment.
  void heed_stop() {
    const Clock::time_point now = Clock::now();
    if (now < later(asked_, ask_s)) return;
    asked_ = now;
    if (!stop()) return;
    if (!told_to_stop_) told_to_stop_ = now;
    if (now >= later(*told_to_stop_, options_.stop_patience_s)) throw Stopped();
  }

  /// Sleeps until somebody says something or a time has come.
  void wait() const {
    std::vector<::pollfd> all;
    Clock::time_point until = later(Clock::now(), ask_s);
    bool any_idle = false;
    for (const Seat& seat : seats_) {
      any_idle = any_idle || seat.state == Seat::State::idle;
      if (to_start(seat)) until = std::min(until, seat.due);
      if (!seat.has_worker()) continue;
      if (seat.state != Seat::State::idle) until = std::min(until, seat.due);
      if (seat.state == Seat::State::ending)
        until = std::min(until, later(Clock::now(), 0.002));  // its end is not heard, but looked for
      else
        seat.watch(all);
    }
    if (any_idle) until = queue_.next(until);
    const double left_s = std::chrono::duration<double>(until - Clock::now()).count();
    ::poll(all.data(), ::nfds_t(all.size()), std::max(0, int(std::ceil(1000 * left_s))));
  }

  void attend(Seat& seat) {
    if (!seat.has_worker()) return;
    const Clock::time_point now = Clock::now();
    if (seat.state == Seat::State::ending) {
      if (seat.ended()) return lose(seat);
      if (now >= seat.due) seat.climb();
      return;
    }
    try {
      if (!seat.exchange([&](const Frame& frame) { hear(seat, frame); })) return seat.await_end();
      if (seat.state == Seat::State::ending) return;
    } catch (const ArchiveError& e) {
      return seat.begin_end(std::string("sent bytes that are no message: ") + e.what());
    }
    const auto seconds = [](double s) { return to_text(s) + " s"; };
    if (seat.state == Seat::State::starting && now >= seat.due)
      seat.begin_end(too_late + seconds(options_.start_timeout_s));
    else if (seat.state == Seat::State::busy && now >= seat.due)
      seat.begin_end("has not done its task in time, " + seconds(options_.step_timeout_s) + " a step");
    else if (seat.state == Seat::State::busy && now >= later(seat.heard, options_.heartbeat_timeout_s))
      seat.begin_end("was silent for " + seconds(options_.heartbeat_timeout_s));
  }

  void hear(Seat& seat, const Frame& frame) {
    if (frame.kind == MessageKind::hello) {
      const Hello hello = Hello::read(frame.body);
      ledger_.note_bytes(seats_, seat, hello.resident_bytes);
      if (const std::string why = hello.stranger_to(run_); !why.empty()) {
        if (!met_) throw RunError("worker '" + command_text(options_.command) + "' " + why);
        return seat.begin_end(why);  // its program or its input was changed meanwhile; the others go on
      }
      ledger_.note_arrival(hello);
      seat.worker().met(hello.pid);
      seat.greeted = met_ = true;
      seat.failed_starts = 0;
      if (seat.state == Seat::State::starting) seat.state = Seat::State::idle;
    } else if (frame.kind == MessageKind::heartbeat) {
      ledger_.note_bytes(seats_, seat, read_body<Heartbeat>(frame.body).resident_bytes);
    } else if (frame.kind == MessageKind::done && seat.state == Seat::State::busy) {
      receive(seat, read_body<Done>(frame.body));
    } else {
      throw ArchiveError("it is not the worker's turn");
    }
  }

  void receive(Seat& seat, const Done& done) {
    Seat::Assigned& asked = seat.assigned.front();
    if (done.id != asked.task || done.jobs.size() != asked.jobs.size()) throw ArchiveError("an answer to another task");
    ledger_.note_bytes(seats_, seat, done.resident_bytes);
    ledger_.admission.measured = true;
    const std::vector<std::size_t> jobs = std::exchange(asked.jobs, {});
    const Delivery by{seat.worker().pid(), seat.resident_bytes, 0};
    bool out_of_memory = false;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const Done::Job& job = done.jobs[i];
      if (job.outcome == Outcome::answered) {
        try {
          queue_.answer(jobs[i], job.text, by);
        } catch (const ArchiveError&) {
          asked.jobs.assign(jobs.begin() + std::ptrdiff_t(i), jobs.end());
          throw;
        }
      } else {
        out_of_memory = out_of_memory || (job.outcome == Outcome::out_of_memory && queue_.attempts(jobs[i]) == 0);
        queue_.again(jobs[i], job.text, by);
      }
    }
    if (out_of_memory) ledger_.admission.out_of_memory(seats_.size());
    seat.next();
  }

  /// The worker is gone; what it did is done again, what waited there is not held against.
  void lose(Seat& seat) {
    const Delivery by{seat.worker().pid(), seat.resident_bytes, 0};
    const bool started = seat.greeted, sent_away = seat.end_reason == over_budget;
    if (!met_ && seat.end_reason.rfind(too_late, 0) == 0) seat.failed_starts = 2;  // nobody waits so long again
    const std::deque<Seat::Assigned> had = std::move(seat.assigned);
    const std::vector<std::size_t> jobs = had.empty() ? std::vector<std::size_t>{} : had.front().jobs;
    const bool out_of_memory = seat.worker().killed() && seat.end_reason.empty() && options_.oom_kills.another();
    const std::string more = (out_of_memory ? ", for the system was out of memory" : "") + seat.printed();
    const std::string why = seat.clear(later(Clock::now(), backoff_s)) + more;
    if (sent_away) return;
    ledger_.note_loss();
    const auto is_new = [&](std::size_t job) { return queue_.attempts(job) == 0; };
    if (out_of_memory && (jobs.empty() || std::any_of(jobs.begin(), jobs.end(), is_new)))
      ledger_.admission.out_of_memory(seats_.size());
    if (!started) return note_failed_start(seat, "worker '" + command_text(options_.command) + "' " + why);
    ledger_.last_loss = "worker " + std::to_string(by.pid) + " " + why;
    for (const std::size_t job : jobs) queue_.again(job, ledger_.last_loss, by);
    for (std::size_t i = had.size(); i-- > 1;) queue_.put_back(had[i].jobs);
  }

  CrewOptions options_;
  Identity run_;
  std::deque<Seat> seats_;
  JobQueue queue_;
  Ledger ledger_;
  bool met_ = false, too_many_ = false;              ///< a worker has come; more live than fit
  std::size_t budget_left_ = 0, tasks_ = 0;          ///< workers that may be started; tasks so far
  Clock::time_point asked_{};                        ///< when stop() was last asked
  std::optional<Clock::time_point> told_to_stop_{};  ///< since when it says so
};

}  // namespace manyworlds::executor
