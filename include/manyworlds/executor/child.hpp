#pragma once
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "manyworlds/executor/link.hpp"
#include "manyworlds/executor/worker.hpp"

namespace manyworlds::executor {

/// A worker process: in a process group of its own, a socket to it, and what it prints (both streams) on a pipe. Ends
/// with its owner at the latest.
class Child : public Link {
 public:
  /// Starts `program` with these words, the first of them its name. Throws RunError with the command and the reason.
  Child(const std::string& program, const Command& command) {
    int sockets[2], pipes[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) throw RunError(reason("a socket", errno));
    if (::pipe2(pipes, O_CLOEXEC) != 0) {
      const int failure = errno;
      ::close(sockets[0]), ::close(sockets[1]);
      throw RunError(reason("a pipe", failure));
    }
    constexpr int theirs = 3;
    ::posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
    ::posix_spawn_file_actions_adddup2(&actions, pipes[1], 2);
    ::posix_spawn_file_actions_adddup2(&actions, sockets[1], theirs);
    ::posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::sigset_t none, all;
    ::sigemptyset(&none), ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> variables{worker_variable + ("=" + std::to_string(theirs))};
    for (char** v = environ; *v; ++v) variables.emplace_back(*v);
    const auto pointers = [](std::vector<std::string> const& words) {
      std::vector<char*> texts;
      for (const std::string& word : words) texts.push_back(const_cast<char*>(word.c_str()));
      texts.push_back(nullptr);
      return texts;
    };
    const int failure = ::posix_spawn(&pid_, program.c_str(), &actions, &attributes, pointers(command).data(),
                                      pointers(variables).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    ::close(sockets[1]), ::close(pipes[1]);
    socket_ = sockets[0];
    output_ = pipes[0];
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
    ::fcntl(output_, F_SETFL, O_NONBLOCK);
    if (failure == 0) return;
    ended_ = true;
    throw RunError(reason("worker '" + command_text(command) + "'", failure));
  }
  ~Child() override {
    if (ended()) return;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
  }

  void signal(int number) override { ::kill(-pid_, number); }
  /// What the worker has started itself ends with it.
  bool ended() override {
    if (ended_) return true;
    ::siginfo_t info{};
    const bool gone =
        ::waitid(P_PID, ::id_t(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0;  // somebody else has reaped it
    if (!gone && info.si_pid != pid_) return false;
    ::kill(-pid_, SIGKILL);  // before its number can be another's
    if (!gone) ::waitpid(pid_, &status_, 0);
    return ended_ = true;
  }
  bool killed() const override { return ended_ && WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL; }
  std::string end_text() const override {
    if (!ended_) return "closed its socket";
    if (WIFSIGNALED(status_)) return std::string("was ended by signal ") + ::strsignal(WTERMSIG(status_));
    return "left with exit code " + std::to_string(WEXITSTATUS(status_));
  }

 private:
  static std::string reason(const std::string& what, int error) {
    return "cannot start " + what + ": " + std::strerror(error);
  }
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace manyworlds::executor
