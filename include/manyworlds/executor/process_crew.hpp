#pragma once
#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

#include "manyworlds/core/text.hpp"
#include "manyworlds/executor/admission.hpp"
#include "manyworlds/executor/child.hpp"
#include "manyworlds/executor/connection.hpp"
#include "manyworlds/executor/seat.hpp"

namespace manyworlds::executor {

/// How a crew of processes is led.
struct CrewOptions {
  std::size_t workers = 1;
  Admission admission{};
  std::size_t jobs_per_task = 1;  ///< a worker gets so many at once, and may lose them at once
  int restarts = 3;               ///< times a job is begun again after its worker was lost, before it fails
  double backoff_s = 0.05;        ///< before the first of them, twice that before the next
  double start_timeout_s = 120, heartbeat_timeout_s = 10, task_timeout_s = 600;
  std::string program = "/proc/self/exe";
  Command command{};
  std::string connect{};  ///< Unix socket of whoever starts workers instead; empty = they are children
};

/// Workers in processes of their own. A worker that crashes, hangs, falls silent or talks nonsense loses only the jobs it
/// has: these are done again, alone, by another. Nothing of a run is in a worker that the run does not have itself.
/// With a memory budget no more of them live than fit into it by what they have been seen to take, and fewer after one
/// was out of memory; the jobs wait.
class ProcessCrew : public Crew {
 public:
  ProcessCrew(CrewOptions options, Identity run) : options_(std::move(options)), run_(std::move(run)) {
    seats_.resize(options_.workers);
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
    jobs_ = &jobs;
    todo_.clear();
    for (std::size_t i = 0; i < jobs.count; ++i) todo_.push_back({i, 0, {}});
    left_ = jobs.count;
    for (Seat& seat : seats_) seat.heard = Clock::now();  // nobody listened since the last run
    while (left_ > 0) {
      hand_out();
      wait();
      for (Seat& seat : seats_) attend(seat);
      if (std::all_of(seats_.begin(), seats_.end(), [](const Seat& s) { return retired(s); }))
        throw RunError("no worker starts: " + last_loss_);
    }
  }

  Identity report() const override {
    Identity lines{{"workers", std::to_string(admitted())},
                   {"jobs_per_task", std::to_string(options_.jobs_per_task)},
                   {"workers_lost", std::to_string(lost_)},
                   {"bytes_per_worker_expected", std::to_string(options_.admission.expected)},
                   {"bytes_per_worker", std::to_string(options_.admission.most_bytes)},
                   {"bytes_of_workers", std::to_string(options_.admission.most_in_all)},
                   {"memory_budget", std::to_string(options_.admission.budget)}};
    std::string pids;
    for (const Seat& seat : seats_)
      if (seat.has_worker()) pids += (pids.empty() ? "" : ",") + std::to_string(seat.worker().pid());
    lines.emplace_back("pids", pids);
    if (lost_ > 0) lines.emplace_back("last_loss", last_loss_);
    return lines;
  }

 private:
  /// Has it failed to start so often that nobody tries again?
  static bool retired(const Seat& seat) { return seat.failed_starts > 2; }
  static constexpr const char* over_budget = "the memory budget had no room for it";
  struct Job {
    std::size_t index;
    int attempts;
    Clock::time_point not_before;
  };

  void start(Seat& seat) {
    try {
      const auto make = [&]() -> std::unique_ptr<Link> {
        if (!options_.connect.empty()) return std::make_unique<Connection>(options_.connect, options_.command);
        return std::make_unique<Child>(options_.program, options_.command);
      };
      seat.start(make, later(Clock::now(), options_.start_timeout_s));
    } catch (const RunError& e) {
      note_failed_start(seat, e.what());
      seat.state = Seat::State::empty;
    }
  }
  void note_failed_start(Seat& seat, const std::string& why) {
    ++seat.failed_starts;
    last_loss_ = why;
    seat.due = later(Clock::now(), options_.backoff_s * (1 << seat.failed_starts));
  }

  std::size_t admitted() const { return options_.admission.admitted(seats_.size()); }
  /// Ends an idle worker when there are too many.
  void keep_to_budget() {
    const auto living = [](const Seat& s) { return s.has_worker() && s.state != Seat::State::ending; };
    const auto alive = std::size_t(std::count_if(seats_.begin(), seats_.end(), living));
    const auto idle =
        std::find_if(seats_.begin(), seats_.end(), [](const Seat& s) { return s.state == Seat::State::idle; });
    if (alive > admitted() && idle != seats_.end()) idle->begin_end(over_budget);
    budget_left_ = alive < admitted() ? admitted() - alive : 0;
  }

  /// Gives jobs to idle workers: new ones together, those that were lost before alone. Restarts workers that are gone.
  void hand_out() {
    const Clock::time_point now = Clock::now();
    keep_to_budget();
    for (Seat& seat : seats_) {
      const bool wanted = budget_left_ > 0 && !todo_.empty();
      if (seat.state == Seat::State::empty && !retired(seat) && now >= seat.due && wanted) start(seat), --budget_left_;
      if (seat.state != Seat::State::idle) continue;
      Task task{++tasks_, jobs_->kind, {}};
      while (task.questions.size() < options_.jobs_per_task) {
        const auto next = std::find_if(todo_.begin(), todo_.end(), [&](const Job& job) {
          return now >= job.not_before && (job.attempts == 0 || task.questions.empty());
        });
        if (next == todo_.end()) break;
        ArchiveWriter question;
        jobs_->question(next->index, question);
        task.questions.push_back(question.take());
        seat.jobs.push_back(next->index);
        attempts_[next->index] = next->attempts;
        const bool alone = next->attempts > 0;
        todo_.erase(next);
        if (alone) break;
      }
      if (!task.questions.empty()) seat.give(std::move(task), later(now, options_.task_timeout_s));
    }
  }

  /// Sleeps until somebody says something or a time has come.
  void wait() const {
    std::vector<::pollfd> all;
    Clock::time_point until = later(Clock::now(), 1);
    for (const Seat& seat : seats_) {
      if (seat.has_worker()) seat.watch(all);
      const bool to_start = seat.state == Seat::State::empty && !retired(seat) && !todo_.empty() && budget_left_ > 0;
      if (to_start || (seat.has_worker() && seat.state != Seat::State::idle)) until = std::min(until, seat.due);
      if (seat.state == Seat::State::ending) until = std::min(until, later(Clock::now(), 0.002));
    }
    for (const Job& job : todo_)
      if (job.attempts > 0) until = std::min(until, job.not_before);
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
      if (!seat.exchange([&](const Frame& frame) { hear(seat, frame); })) {
        // It is ending, or has closed its socket and goes on.
        const Clock::time_point patience = later(now, 0.2);
        while (!seat.ended() && Clock::now() < patience) ::usleep(500);
        if (seat.ended()) return lose(seat);
        return seat.begin_end("has closed its socket");
      }
    } catch (const ArchiveError& e) {
      return seat.begin_end(std::string("sent bytes that are no message: ") + e.what());
    }
    const auto seconds = [](double s) { return to_text(s) + " s"; };
    if (seat.state == Seat::State::starting && now >= seat.due)
      seat.begin_end("has not begun within " + seconds(options_.start_timeout_s));
    else if (seat.state == Seat::State::busy && now >= seat.due)
      seat.begin_end("has not done its task within " + seconds(options_.task_timeout_s));
    else if (seat.state == Seat::State::busy && now >= later(seat.heard, options_.heartbeat_timeout_s))
      seat.begin_end("was silent for " + seconds(options_.heartbeat_timeout_s));
  }

  void hear(Seat& seat, const Frame& frame) {
    if (frame.kind == MessageKind::hello) {
      const Hello hello = read_body<Hello>(frame.body);
      note_bytes(seat, hello.resident_bytes);
      if (hello.version != protocol_version)
        throw RunError("a worker speaks version " + std::to_string(hello.version) + " of the protocol, expected " +
                       std::to_string(protocol_version));
      if (const std::string differs = difference(run_, hello.run); !differs.empty())
        throw RunError("worker '" + command_text(options_.command) + "' has come to another run: " + differs);
      seat.worker().met(hello.pid);
      seat.greeted = true;
      seat.failed_starts = 0;
      if (seat.state == Seat::State::starting) seat.state = Seat::State::idle;
    } else if (frame.kind == MessageKind::heartbeat) {
      note_bytes(seat, read_body<Heartbeat>(frame.body).resident_bytes);
    } else if (frame.kind == MessageKind::done && seat.state == Seat::State::busy) {
      receive(seat, read_body<Done>(frame.body));
    } else {
      throw ArchiveError("it is not the worker's turn");
    }
  }

  void receive(Seat& seat, const Done& done) {
    if (done.id != seat.task || done.jobs.size() != seat.jobs.size()) throw ArchiveError("an answer to another task");
    note_bytes(seat, done.resident_bytes);
    const std::vector<std::size_t> jobs = std::exchange(seat.jobs, {});
    std::size_t i = 0;
    try {
      for (; i < jobs.size(); ++i) {
        const Delivery by{seat.worker().pid(), seat.resident_bytes, attempts_[jobs[i]]};
        if (done.jobs[i].outcome != Outcome::answered) {
          if (done.jobs[i].outcome == Outcome::out_of_memory) options_.admission.out_of_memory(seats_.size());
          again(jobs[i], done.jobs[i].text, by);
          continue;
        }
        ArchiveReader answer(done.jobs[i].text);
        jobs_->answer(jobs[i], answer, by);
        if (!answer.done()) throw ArchiveError("an answer is followed by more bytes");
        --left_;
      }
    } catch (const ArchiveError&) {
      seat.jobs.assign(jobs.begin() + std::ptrdiff_t(i), jobs.end());
      throw;
    }
    seat.state = Seat::State::idle;
  }

  /// The worker is gone; what it had is done again.
  void lose(Seat& seat) {
    const int pid = seat.worker().pid();
    const bool started = seat.greeted, sent_away = seat.end_reason == over_budget;
    const std::vector<std::size_t> jobs = seat.jobs;
    const std::string printed = seat.printed(), said = printed.empty() ? "" : "; it printed: " + last_line(printed);
    const std::string why = seat.clear(later(Clock::now(), options_.backoff_s)) + said;
    if (sent_away) return;
    ++lost_;
    if (!started) return note_failed_start(seat, "worker '" + command_text(options_.command) + "' " + why);
    last_loss_ = "worker " + std::to_string(pid) + " " + why;
    for (const std::size_t job : jobs) again(job, last_loss_, {pid, seat.resident_bytes, attempts_[job]});
  }
  static std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.substr(text.find_last_of('\n') + 1);
  }

  void again(std::size_t job, const std::string& why, const Delivery& by) {
    const int attempts = attempts_[job] + 1;
    if (attempts > options_.restarts) {
      jobs_->failed(job, why, by);
      --left_;
      return;
    }
    todo_.push_back({job, attempts, later(Clock::now(), options_.backoff_s * (1 << (attempts - 1)))});
  }

  void note_bytes(Seat& seat, std::uint64_t bytes) {
    seat.resident_bytes = std::size_t(bytes);
    std::size_t in_all = 0;
    for (const Seat& s : seats_) in_all += s.has_worker() ? s.resident_bytes : 0;
    options_.admission.see(seat.resident_bytes, in_all);
  }

  CrewOptions options_;
  Identity run_;
  std::deque<Seat> seats_;
  const RemoteJobs* jobs_ = nullptr;
  std::deque<Job> todo_;
  std::map<std::size_t, int> attempts_;  ///< of the jobs that are out
  std::size_t left_ = 0, lost_ = 0;
  std::size_t budget_left_ = 0;  ///< workers that may be started
  std::uint64_t tasks_ = 0;
  std::string last_loss_;
};

}  // namespace manyworlds::executor
