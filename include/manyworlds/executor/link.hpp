#pragma once
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "manyworlds/engine/crew.hpp"

namespace manyworlds::executor {

/// A command, its name and its arguments.
using Command = std::vector<std::string>;

/// This program with the arguments that it was started with. Throws RunError where the system does not tell.
inline Command own_command() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  Command words(1);
  for (std::istreambuf_iterator<char> at(file), end; at != end; ++at) {
    if (*at == '\0')
      words.emplace_back();
    else
      words.back() += *at;
  }
  words.pop_back();
  if (words.empty()) throw RunError("cannot find out how this program was started: no /proc/self/cmdline");
  return words;
}

inline std::string command_text(const Command& command) {
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// What a run has of a worker: a socket to it, and ways to know of its end and to bring it about. The worker ends with
/// its link at the latest.
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  virtual ~Link() {
    for (const int file : {socket_, output_})
      if (file >= 0) ::close(file);
  }
  int socket() const { return socket_; }
  int output() const { return output_; }  ///< what it prints; -1: nobody hears it
  int pid() const { return pid_; }
  /// A worker elsewhere tells its number itself.
  void met(int pid) {
    if (pid_ == 0) pid_ = pid;
  }
  virtual void signal(int number) = 0;
  /// Has it ended? Its process is then gone from the table.
  virtual bool ended() = 0;
  /// Has somebody ended it by kill -9, as far as can be seen from here?
  virtual bool killed() const { return false; }
  /// How it ended.
  virtual std::string end_text() const = 0;

 protected:
  int socket_ = -1, output_ = -1;
  int pid_ = 0;  ///< 0 until it is known
};

}  // namespace manyworlds::executor
