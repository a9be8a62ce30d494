#pragma once
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <deque>
#include <memory>
#include <optional>

#include "manyworlds/executor/link.hpp"
#include "manyworlds/executor/worker.hpp"

namespace manyworlds::executor {

using Clock = std::chrono::steady_clock;
inline Clock::time_point later(Clock::time_point now, double seconds) {
  const std::chrono::duration<double> span(std::min(seconds, 1e8));  // three years are for ever
  return now + std::chrono::duration_cast<Clock::duration>(span);
}

/// One place for a worker in a crew, with the worker that has it. It moves bytes and watches the clock; what messages
/// mean is the crew's business.
class Seat {
 public:
  enum class State { empty, starting, idle, busy, ending };

  State state = State::empty;
  Clock::time_point due{};    ///< empty: not before; starting, busy: until; ending: next rung of the ladder
  Clock::time_point heard{};  ///< when it was last heard of
  /// Tasks that the worker has: it does the first, the next one waits there, so that it need not wait itself.
  struct Assigned {
    std::uint64_t task;
    std::vector<std::size_t> jobs;
    double limit_s;  ///< may be worked on for so long
  };
  std::deque<Assigned> assigned{};
  std::size_t resident_bytes = 0;
  int failed_starts = 0;     ///< in a row
  bool greeted = false;      ///< the present worker has said hello
  bool gone = false;         ///< nobody starts workers for it any more
  std::string end_reason{};  ///< why it was told to end

  Link& worker() const { return *worker_; }
  bool has_worker() const { return worker_ != nullptr; }
  /// The last line that the worker has printed, in words; empty when there is none.
  std::string printed() const {
    const std::string text = printed_.substr(0, printed_.find_last_not_of('\n') + 1);
    return text.empty() ? "" : "; it printed: " + text.substr(text.find_last_of('\n') + 1);
  }

  /// `make()` starts a worker and returns its link.
  template <class Make>
  void start(const Make& make, Clock::time_point until) {
    frames_ = {};
    unsent_.clear();
    printed_.clear();
    end_reason.clear();
    greeted = false;
    rung_ = 0;
    output_open_ = true;
    worker_ = make();
    state = State::starting;
    due = until;
    heard = Clock::now();
  }
  void give(const Task& task, std::vector<std::size_t> jobs, double limit_s) {
    assigned.push_back({task.id, std::move(jobs), limit_s});
    if (assigned.size() == 1) due = later(Clock::now(), limit_s);
    state = State::busy;
    unsent_ += frame_bytes(MessageKind::task, task);
    flush();
  }
  /// The first of its tasks is done.
  void next() {
    assigned.pop_front();
    state = assigned.empty() ? State::idle : State::busy;
    if (!assigned.empty()) due = later(Clock::now(), assigned.front().limit_s);
  }

  /// What poll() is to wait for.
  void watch(std::vector<::pollfd>& all) const {
    all.push_back({worker_->socket(), short(POLLIN | (unsent_.empty() ? 0 : POLLOUT)), 0});
    all.push_back({output_open_ ? worker_->output() : -1, POLLIN, 0});
  }
  /// Reads what there is and sends what it can; false when the worker has closed its socket. Throws ArchiveError for
  /// bytes that are no messages.
  template <class OnFrame>
  bool exchange(const OnFrame& on_frame) {
    read_output();
    flush();
    char bytes[65536];
    for (;;) {
      const ::ssize_t count = ::recv(worker_->socket(), bytes, sizeof bytes, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
      if (count <= 0) return false;
      heard = Clock::now();
      frames_.feed({bytes, std::size_t(count)});
      while (std::optional<Frame> frame = frames_.next()) on_frame(*frame);
    }
  }

  /// Has the worker ended, first asked to, then by SIGTERM, then by SIGKILL; `due` says when climb() is to be called.
  void begin_end(const std::string& why) {
    end_reason = why;
    state = State::ending;
    rung_ = 0;
    climb();
  }
  /// It has closed its socket: it may be ending by itself; if not, it is ended soon.
  void await_end() {
    state = State::ending;
    rung_ = 1;
    due = later(Clock::now(), 0.2);
  }
  void climb() {
    constexpr double patience[] = {0.1, 0.5, 1e6};
    if (rung_ == 0) {
      unsent_ = Frame{MessageKind::leave, {}}.bytes();
      flush();
    } else {
      worker_->signal(rung_ == 1 ? SIGTERM : SIGKILL);
    }
    due = later(Clock::now(), patience[std::min(rung_, 2)]);
    ++rung_;
  }
  bool ended() {
    if (!worker_->ended()) return false;
    read_output();
    return true;
  }
  /// Why the worker is gone; the seat is then empty.
  std::string clear(Clock::time_point not_before) {
    const std::string why = end_reason.empty() ? worker_->end_text() : end_reason;
    worker_.reset();
    state = State::empty;
    due = not_before;
    assigned.clear();
    return why;
  }

 private:
  void flush() {
    while (!unsent_.empty()) {
      const ::ssize_t sent = ::send(worker_->socket(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return;  // full, or closed, which reading tells
      unsent_.erase(0, std::size_t(sent));
    }
  }
  /// Keeps the end of what the worker prints, for messages.
  void read_output() {
    constexpr std::size_t most = 4096;
    char bytes[4096];
    while (worker_->output() >= 0) {
      const ::ssize_t count = ::read(worker_->output(), bytes, sizeof bytes);
      if (count == 0) output_open_ = false;
      if (count <= 0) break;
      printed_.append(bytes, std::size_t(count));
    }
    if (printed_.size() > most) printed_.erase(0, printed_.size() - most);
  }

  std::unique_ptr<Link> worker_;
  FrameReader frames_;
  std::string unsent_, printed_;
  bool output_open_ = true;
  int rung_ = 0;
};

}  // namespace manyworlds::executor
