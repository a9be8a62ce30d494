#pragma once
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/engine/crew.hpp"
#include "manyworlds/engine/identity.hpp"

/// What a run and its workers say to each other over a stream of bytes. A frame is "MWF1", the kind of message
/// (a byte), the length of its body (four bytes, little endian), a hash of these (sixteen digits), one of the body, and
/// the body.
namespace manyworlds::executor {

inline constexpr std::uint32_t protocol_version = 2;

enum class MessageKind : std::uint8_t { hello, task, done, heartbeat, leave, launch };
constexpr std::array<const char*, 6> choices(MessageKind) {
  return {"hello", "task", "done", "heartbeat", "leave", "launch"};
}

/// Jobs of one kind.
struct Task {
  std::uint64_t id = 0;
  std::uint8_t kind = 0;
  std::vector<std::string> questions;
  template <class A>
  void archive(A& a) {
    a(id, kind, questions);
  }
};

enum class Outcome : std::uint8_t { answered, failed, out_of_memory };
constexpr std::array<const char*, 3> choices(Outcome) { return {"answered", "failed", "out of memory"}; }

/// What became of the jobs of a task, in their order: answers, or why there are none.
struct Done {
  struct Job {
    Outcome outcome = Outcome::answered;
    std::string text;
    template <class A>
    void archive(A& a) {
      a(outcome, text);
    }
  };
  std::uint64_t id = 0, resident_bytes = 0;
  std::vector<Job> jobs;
  template <class A>
  void archive(A& a) {
    a(id, resident_bytes, jobs);
  }
};

/// A worker is alive. There is no message about progress besides: a task is a step of a world, the smallest that a run
/// tells of, so its answer is the progress.
struct Heartbeat {
  std::uint64_t resident_bytes = 0;
  template <class A>
  void archive(A& a) {
    a(resident_bytes);
  }
};

/// For whoever starts workers for a run: the command, and the folder to run it in.
struct Launch {
  std::string folder;
  std::vector<std::string> command;
  template <class A>
  void archive(A& a) {
    a(folder, command);
  }
};

/// Throws ArchiveError for a body that is none of this type.
template <class Body>
Body read_body(std::string_view bytes) {
  Body body;
  ArchiveReader reader(bytes);
  reader(body);
  if (!reader.done()) throw ArchiveError("a message is followed by more bytes");
  return body;
}

struct Frame {
  MessageKind kind{};
  std::string body;

  static constexpr std::string_view magic = "MWF1";
  static constexpr std::size_t hash_bytes = 16, named_bytes = magic.size() + 1 + 4,
                               header_bytes = named_bytes + 2 * hash_bytes, most_bytes = std::size_t(1) << 30;

  std::string bytes() const {
    if (body.size() > most_bytes)
      throw ArchiveError("a message of " + std::to_string(body.size()) + " bytes is too long");
    std::string text(magic);
    text += char(kind);
    for (int shift = 0; shift < 32; shift += 8) text += char(body.size() >> shift & 0xff);
    return text + hash_text(text) + hash_text(body) + body;
  }
};

template <class Body>
std::string frame_bytes(MessageKind kind, const Body& body) {
  ArchiveWriter writer;
  writer(body);
  return Frame{kind, writer.take()}.bytes();
}

/// Takes a stream apart.
class FrameReader {
 public:
  void feed(std::string_view more) { bytes_ += more; }

  /// The next whole frame, if there is one. Throws ArchiveError for bytes that are no frames; the stream is then lost.
  std::optional<Frame> next() {
    const std::string_view left = std::string_view(bytes_).substr(at_);
    const std::size_t compared = std::min(left.size(), Frame::magic.size());
    if (left.substr(0, compared) != Frame::magic.substr(0, compared)) throw ArchiveError("no message begins so");
    if (left.size() < Frame::header_bytes) return keep();
    const auto byte = [&](std::size_t i) { return std::size_t(static_cast<unsigned char>(left[i])); };
    const std::size_t length = byte(5) | byte(6) << 8 | byte(7) << 16 | byte(8) << 24;
    const bool sound =
        left.substr(Frame::named_bytes, Frame::hash_bytes) == hash_text(left.substr(0, Frame::named_bytes));
    if (!sound || byte(4) >= choices(MessageKind{}).size() || length > Frame::most_bytes)
      throw ArchiveError("the head of a message is damaged");
    if (left.size() < Frame::header_bytes + length) return keep();
    const std::string_view body = left.substr(Frame::header_bytes, length);
    if (left.substr(Frame::named_bytes + Frame::hash_bytes, Frame::hash_bytes) != hash_text(body))
      throw ArchiveError("a message is damaged");
    Frame frame{MessageKind(byte(4)), std::string(body)};
    at_ += Frame::header_bytes + length;
    return frame;
  }

 private:
  /// Forgets what has been read.
  std::nullopt_t keep() {
    bytes_.erase(0, std::exchange(at_, 0));
    return std::nullopt;
  }
  std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace manyworlds::executor
