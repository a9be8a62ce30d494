#pragma once
#include <mpi.h>

#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace examples {

/// What ranks tell each other of a connection, which has a number; leave is for the rank itself.
enum class Kind : int { open, bytes, closed, leave };

struct Letter {
  int rank = 0;
  Kind kind{};
  std::uint64_t id = 0;
  std::string bytes{};
};

/// Sends without waiting; letters between two ranks keep their order.
class Mail {
 public:
  void send(int rank, Kind kind, std::uint64_t id, std::string_view bytes = {}) {
    Sent& sent = sent_.emplace_back();
    sent.text.assign(reinterpret_cast<const char*>(&id), sizeof id).append(bytes);
    MPI_Isend(sent.text.data(), int(sent.text.size()), MPI_BYTE, rank, int(kind), MPI_COMM_WORLD, &sent.request);
  }
  std::optional<Letter> receive() {
    forget(false);
    int there = 0, count = 0;
    MPI_Message message;
    MPI_Status status;
    MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &message, &status);
    if (!there) return std::nullopt;
    MPI_Get_count(&status, MPI_BYTE, &count);
    std::string text(std::size_t(count), '\0');
    MPI_Mrecv(text.data(), count, MPI_BYTE, &message, MPI_STATUS_IGNORE);
    Letter letter{status.MPI_SOURCE, Kind(status.MPI_TAG)};
    std::memcpy(&letter.id, text.data(), sizeof letter.id);
    letter.bytes = text.substr(sizeof letter.id);
    return letter;
  }
  void finish() { forget(true); }

 private:
  struct Sent {
    std::string text{};
    MPI_Request request{};
  };
  void forget(bool wait) {
    for (int done = 1; !sent_.empty(); sent_.pop_front()) {
      MPI_Request& first = sent_.front().request;
      wait ? MPI_Wait(&first, MPI_STATUS_IGNORE) : MPI_Test(&first, &done, MPI_STATUS_IGNORE);
      if (!done) return;
    }
  }
  std::deque<Sent> sent_;
};

}  // namespace examples
