#pragma once
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/hello.hpp"

namespace manyworlds::executor {

/// Environment variable that tells a process that it is a worker: the number of the socket that its run is at.
inline constexpr const char* worker_variable = "MANYWORLDS_WORKER";

/// Is this process a worker of a run elsewhere? Drivers that write files ask.
inline bool in_worker() { return std::getenv(worker_variable) != nullptr; }

/// A worker ends with the process that has started it, whatever it is doing, from before its main() on.
inline const bool ends_with_its_run = in_worker() && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;

/// Sends all bytes; false when the other side is gone.
inline bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ::ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(std::size_t(sent));
  }
  return true;
}

/// The worker's side of a run. One thread listens and beats; the calling one does tasks, the jobs of one on as many
/// threads as its run says. When the run's process ends, closes the socket, or says leave, so does this one, whatever
/// it is doing.
class Worker {
 public:
  Worker(int socket, int threads, double heartbeat_s, const JobServer& server)
      : socket_(socket), heartbeat_s_(heartbeat_s), server_(server) {
    batch_.prm.threads = threads;
  }

  [[noreturn]] void serve(const Identity& run) {
    ::fcntl(socket_, F_SETFD, FD_CLOEXEC);  // what a loss may start is no worker
    ::unsetenv(worker_variable);
    say(MessageKind::hello, Hello::of(run));
    std::thread(&Worker::listen, this).detach();
    for (;;) say(MessageKind::done, done(take()));
  }

 private:
  template <class Body>
  void say(MessageKind kind, const Body& body) {
    const std::string bytes = frame_bytes(kind, body);
    const std::lock_guard lock(sending_);
    if (!send_all(socket_, bytes)) std::_Exit(0);
  }

  void listen() {
    FrameReader frames;
    char bytes[65536];
    for (;;) {
      ::pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, int(std::clamp(1000 * heartbeat_s_, 1.0, 1e6))) <= 0) {
        say(MessageKind::heartbeat, Heartbeat{resident_bytes()});
        continue;
      }
      const ::ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) std::_Exit(0);
      try {
        frames.feed({bytes, std::size_t(count)});
        while (const std::optional<Frame> frame = frames.next()) {
          if (frame->kind == MessageKind::leave) std::_Exit(0);
          if (frame->kind != MessageKind::task) throw ArchiveError("only a run sends messages to a worker");
          put(read_body<Task>(frame->body));
        }
      } catch (const std::exception& e) {
        std::fprintf(stderr, "worker: %s\n", e.what());
        std::_Exit(1);
      }
    }
  }

  void put(Task task) {
    {
      const std::lock_guard lock(waiting_);
      tasks_.push_back(std::move(task));
    }
    arrived_.notify_one();
  }
  Task take() {
    std::unique_lock lock(waiting_);
    arrived_.wait(lock, [&] { return !tasks_.empty(); });
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
  }

  Done done(const Task& task) const {
    Done done{task.id, 0, {}};
    done.jobs.resize(task.questions.size());
    batch_.for_each_world(task.questions.size(), [&](std::size_t i) {
      try {
        ArchiveReader question(task.questions[i]);
        ArchiveWriter answer;
        server_(task.kind, question, answer);
        done.jobs[i].text = answer.take();
      } catch (const std::bad_alloc&) {
        done.jobs[i] = {Outcome::out_of_memory, "out of memory"};
      } catch (const std::exception& e) {
        done.jobs[i] = {Outcome::failed, e.what()};
      }
    });
    done.resident_bytes = executor::resident_bytes();
    return done;
  }

  int socket_;
  double heartbeat_s_;
  const JobServer& server_;
  Batch batch_;
  std::mutex sending_, waiting_;
  std::condition_variable arrived_;
  std::deque<Task> tasks_;
};

}  // namespace manyworlds::executor
