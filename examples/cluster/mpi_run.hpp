#pragma once
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "manyworlds/executor/link.hpp"

namespace examples {

/// A Unix socket that listens at `path` and does not block. Throws RunError.
inline int listen_at(const std::string& path) {
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw manyworlds::RunError("socket '" + path + "': the path is too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (::bind(listener, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, SOMAXCONN) != 0)
    throw manyworlds::RunError("cannot listen at '" + path + "': " + std::strerror(errno));
  return listener;
}

/// Starts the run, in a process group of its own. Throws RunError.
inline ::pid_t start_run(const manyworlds::executor::Command& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::sigset_t all;
  ::sigfillset(&all);
  ::posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  ::pid_t pid = 0;
  const int failure = ::posix_spawnp(&pid, words.front(), nullptr, &attributes, words.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (failure != 0) throw manyworlds::RunError("cannot start '" + command.front() + "': " + std::strerror(failure));
  return pid;
}

}  // namespace examples
