/// Runs a search whose worker processes belong to the ranks of an MPI job, on this machine or on many:
///
///     mpirun -n 3 --bind-to none build/examples/cluster/mpi_workers --workers 4 -- build/examples/place --scene ...
///
/// Rank 0 runs the command and listens at a Unix socket where it asks for workers; the other ranks start these, each
/// has its share, and bytes go between by MPI. A worker that crashes takes no rank with it. Leaves with the exit code
/// of the run. See docs/clusters.md.
#include <poll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "manyworlds/executor/child.hpp"
#include "mpi_mail.hpp"
#include "mpi_run.hpp"

namespace {

using namespace manyworlds;
using examples::Kind;
using examples::Letter;
using executor::Child;
using executor::Command;

/// One side of a connection: the run's on rank 0, the worker's elsewhere. The other side is at `rank`.
struct Side {
  int rank = 0, socket = -1;
  std::string unsent{};
  std::unique_ptr<Child> child{};
  std::string printed{};             ///< by the child, the end of it
  executor::FrameReader launched{};  ///< before there is a child
};

class Rank {
 public:
  Rank() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }

  /// Rank 0: runs the command, asked for workers at a socket in `folder`, and returns its exit code. Throws RunError.
  int lead(Command command, int workers, const std::string& folder) {
    const std::string path = folder + "/workers";
    const int listener = examples::listen_at(path);
    for (const std::string& word :
         {std::string("--executor"), std::string("processes"), std::string("--executor.processes"),
          std::to_string(workers), std::string("--executor.connect"), path})
      command.push_back(word);
    int status = 0;
    for (run_ = examples::start_run(command); ::waitpid(run_, &status, WNOHANG) == 0;) {
      exchange(listener);
      for (int fd; (fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
        std::vector<int> has(std::size_t(size_), 0);
        for (const auto& [id, side] : sides_) ++has[std::size_t(side.rank)];
        const int rank = int(std::min_element(has.begin() + 1, has.end()) - has.begin());
        sides_[++last_id_] = Side{rank, fd};
        mail_.send(rank, Kind::open, last_id_);
      }
      while (const std::optional<Letter> letter = mail_.receive()) deliver(*letter);
    }
    ::close(listener);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  /// Rank 0: sends the other ranks home.
  void dismiss() {
    while (!sides_.empty()) drop(sides_.begin());
    for (int rank = 1; rank < size_; ++rank) mail_.send(rank, Kind::leave, 0);
    for (int left = size_ - 1; left > 0;)
      if (const std::optional<Letter> letter = mail_.receive()) left -= letter->kind == Kind::leave;
    mail_.finish();
  }

  /// Other ranks: own workers until told to leave.
  void own_workers() {
    for (;;) {
      exchange(-1);
      while (const std::optional<Letter> letter = mail_.receive()) {
        deliver(*letter);
        if (letter->kind != Kind::leave) continue;
        sides_.clear();
        mail_.send(0, Kind::leave, 0);
        return mail_.finish();
      }
    }
  }

  int number() const { return rank_; }
  int others() const { return size_ - 1; }
  /// Ctrl-C at mpirun reaches ranks as SIGTERM: it is for the run alone, which writes what is there.
  static void interrupt(int) {
    if (run_ > 0) ::kill(run_, SIGINT);
  }

 private:
  static constexpr double least_s = 20e-6;
  using Sides = std::map<std::uint64_t, Side>;

  /// Moves bytes; first sleeps until a socket has some, but no longer than a twentieth of the time for which nothing
  /// has come, since MPI wakes nobody.
  void exchange(int listener) {
    std::vector<::pollfd> all{{listener, POLLIN, 0}};
    for (const auto& [id, side] : sides_) {
      all.push_back({side.socket, short(POLLIN | (side.unsent.empty() ? 0 : POLLOUT)), 0});
      all.push_back({side.child ? side.child->output() : -1, POLLIN, 0});
    }
    const ::timespec patience{0, long(1e9 * patience_s_)};
    patience_s_ = std::min(1.05 * patience_s_, 1e-3);
    if (::ppoll(all.data(), ::nfds_t(all.size()), &patience, nullptr) <= 0) return;
    patience_s_ = least_s;
    std::size_t i = 1;
    for (auto at = sides_.begin(); at != sides_.end(); i += 2) {
      const auto here = at++;
      if (all[i + 1].revents) read_output(here->second);
      if (all[i].revents) read(here);
    }
  }

  void read(Sides::iterator at) {
    auto& [id, side] = *at;
    flush(side);
    char bytes[65536];
    for (;;) {
      const ::ssize_t count = ::recv(side.socket, bytes, sizeof bytes, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (count <= 0) return drop(at);
      mail_.send(side.rank, Kind::bytes, id, {bytes, std::size_t(count)});
    }
  }
  static void flush(Side& side) {
    while (!side.unsent.empty() && side.socket >= 0) {
      const ::ssize_t sent = ::send(side.socket, side.unsent.data(), side.unsent.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return;  // full, or closed, which reading tells
      side.unsent.erase(0, std::size_t(sent));
    }
  }
  static void read_output(Side& side) {
    char bytes[4096];
    for (::ssize_t count; (count = ::read(side.child->output(), bytes, sizeof bytes)) > 0;)
      side.printed.append(bytes, std::size_t(count));
    if (side.printed.size() > sizeof bytes) side.printed.erase(0, side.printed.size() - sizeof bytes);
  }

  void deliver(const Letter& letter) {
    patience_s_ = least_s;
    if (letter.kind == Kind::open) sides_[letter.id].rank = letter.rank;
    const auto at = sides_.find(letter.id);
    if (at == sides_.end()) return;  // it was closed at both ends at once
    Side& side = at->second;
    if (letter.kind == Kind::closed) {
      if (!side.child) ::close(side.socket);
      sides_.erase(at);
    } else if (side.socket >= 0) {
      side.unsent += letter.bytes;
      flush(side);
    } else {
      launch(at, letter.bytes);
    }
  }

  /// A connection begins with the message that says which worker it wants.
  void launch(Sides::iterator at, std::string_view bytes) {
    Side& side = at->second;
    try {
      side.launched.feed(bytes);
      const std::optional<executor::Frame> frame = side.launched.next();
      if (!frame) return;
      auto [folder, command] = executor::read_body<executor::Launch>(frame->body);
      std::filesystem::current_path(folder);
      if (command.at(0).find('/') == std::string::npos) command.insert(command.begin(), "/usr/bin/env");
      side.child = std::make_unique<Child>(command[0], command);
      side.socket = side.child->socket();
    } catch (const std::exception& e) {
      tell(e.what());
      drop(at);
    }
  }

  /// Forgets a side that has closed, tells the other one, and says so when a worker ended as it should not.
  void drop(Sides::iterator at) {
    auto& [id, side] = *at;
    mail_.send(side.rank, Kind::closed, id);
    if (side.child) {
      for (int tries = 0; tries < 100 && !side.child->ended(); ++tries) ::usleep(500);
      read_output(side);
      while (!side.printed.empty() && side.printed.back() == '\n') side.printed.pop_back();
      const std::string last = side.printed.substr(side.printed.find_last_of('\n') + 1), how = side.child->end_text();
      if (how != "left with exit code 0")
        tell("worker " + std::to_string(side.child->pid()) + " " + how + (last.empty() ? "" : "; it printed: " + last));
    } else if (side.socket >= 0) {
      ::close(side.socket);
    }
    sides_.erase(at);
  }
  void tell(const std::string& line) const {
    char host[256] = "";
    ::gethostname(host, sizeof host - 1);
    std::fprintf(stderr, "mpi_workers: rank %d on %s: %s\n", rank_, host, line.c_str());
  }

  inline static volatile ::pid_t run_ = 0;
  int rank_ = 0, size_ = 0;
  std::uint64_t last_id_ = 0;
  double patience_s_ = least_s;
  examples::Mail mail_;
  Sides sides_;
};

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  ::prctl(PR_SET_TIMERSLACK, 1);
  Rank rank;
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, rank.number() == 0 ? Rank::interrupt : SIG_IGN);
  const Command words(argv + 1, argv + argc);
  const auto separator = std::find(words.begin(), words.end(), "--");
  const Command options(words.begin(), separator),
      command(separator == words.end() ? separator : separator + 1, words.end());
  const int workers = options.empty() ? rank.others() : options.size() == 2 ? std::atoi(options[1].c_str()) : 0;
  int code = 2;
  if (command.empty() || workers < 1 || rank.others() < 1 || (!options.empty() && options[0] != "--workers")) {
    if (rank.number() == 0)
      std::fprintf(
          stderr,
          "usage: mpirun -n RANKS --bind-to none mpi_workers [--workers N] -- COMMAND OF THE RUN\n"
          "mpi_workers: expected two ranks or more, the first of which owns no workers, and one worker or more "
          "(default: one for each other rank)\n");
  } else if (rank.number() > 0) {
    rank.own_workers();
    code = 0;
  } else {
    std::string folder = (std::filesystem::temp_directory_path() / "manyworlds-XXXXXX").string();
    try {
      if (!::mkdtemp(folder.data())) throw RunError("cannot make folder '" + folder + "': " + std::strerror(errno));
      code = rank.lead(command, workers, folder);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "mpi_workers: %s\n", e.what());
    }
    std::filesystem::remove_all(folder);
    rank.dismiss();
  }
  MPI_Finalize();
  return code;
}
