#pragma once
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "manyworlds/executor/link.hpp"
#include "manyworlds/executor/worker.hpp"

namespace manyworlds::executor {

/// A worker that somebody else starts, who listens at a Unix socket: every connection is a worker. First goes a launch
/// message with the command; from then on the bytes are the worker's. Whoever listens ends the worker when the
/// connection is closed, and closes it when the worker ends (examples/cluster/).
class Connection : public Link {
 public:
  /// Nobody listens there: no worker can be had any more.
  struct Refused : RunError {
    using RunError::RunError;
  };
  /// Throws RunError with the path and the reason, Refused where it is that nobody listens.
  Connection(const std::string& path, const Command& command) {
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw RunError("socket '" + path + "': the path is too long");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) != 0) {
      const int failure = errno;
      const std::string why = "cannot connect to '" + path + "', where workers were expected: ";
      if (failure == ECONNREFUSED || failure == ENOENT) throw Refused(why + std::strerror(failure));
      throw RunError(why + std::strerror(failure));
    }
    char folder[4096];
    const std::string here = ::getcwd(folder, sizeof folder) ? folder : ".";
    if (!send_all(socket_, frame_bytes(MessageKind::launch, Launch{here, command})))
      throw RunError("'" + path + "', where workers were expected, has hung up");
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
  }
  void signal(int) override {
    ::shutdown(socket_, SHUT_RDWR);
    ended_ = true;
  }
  bool ended() override {
    char byte;
    if (!ended_ && ::recv(socket_, &byte, 1, MSG_PEEK) == 0) ended_ = true;
    return ended_;
  }
  std::string end_text() const override { return "was disconnected"; }

 private:
  bool ended_ = false;
};

}  // namespace manyworlds::executor
