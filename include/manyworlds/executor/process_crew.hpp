#pragma once
#include <algorithm>
#include <deque>
#include <map>

#include "manyworlds/executor/child.hpp"
#include "manyworlds/executor/connection.hpp"
#include "manyworlds/executor/seat.hpp"

namespace manyworlds::executor {

/// How a crew of processes is led.
struct CrewOptions {
  std::size_t workers = 1;
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
class ProcessCrew : public Crew {
 public:
  ProcessCrew(CrewOptions options, Identity run) : options_(std::move(options)), run_(std::move(run)) {
    for (std::size_t i = 0; i < options_.workers; ++i) start(seats_.emplace_back());
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
    Identity lines{{"workers", std::to_string(seats_.size())},
                   {"jobs_per_task", std::to_string(options_.jobs_per_task)},
                   {"workers_lost", std::to_string(lost_)},
                   {"bytes_per_worker", std::to_string(most_bytes_)}};
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

  /// Gives jobs to idle workers: new ones together, those that were lost before alone. Restarts workers that are gone.
  void hand_out() {
    const Clock::time_point now = Clock::now();
    for (Seat& seat : seats_) {
      if (seat.state == Seat::State::empty && !retired(seat) && now >= seat.due && !todo_.empty()) start(seat);
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
      const bool to_start = seat.state == Seat::State::empty && !retired(seat) && !todo_.empty();
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
    ++lost_;
    const int pid = seat.worker().pid();
    const bool started = seat.greeted;
    const std::vector<std::size_t> jobs = seat.jobs;
    const std::string printed = seat.printed(), said = printed.empty() ? "" : "; it printed: " + last_line(printed);
    const std::string why = seat.clear(later(Clock::now(), options_.backoff_s)) + said;
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
    most_bytes_ = std::max(most_bytes_, seat.resident_bytes);
  }

  CrewOptions options_;
  Identity run_;
  std::deque<Seat> seats_;
  const RemoteJobs* jobs_ = nullptr;
  std::deque<Job> todo_;
  std::map<std::size_t, int> attempts_;  ///< of the jobs that are out
  std::size_t left_ = 0, lost_ = 0, most_bytes_ = 0;
  std::uint64_t tasks_ = 0;
  std::string last_loss_;
};

}  // namespace manyworlds::executor
