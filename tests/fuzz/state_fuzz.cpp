// Bytes that come from other processes and from files of earlier runs: whatever they hold, ArchiveError or InputError
// is thrown, or what was read can be used. The first byte of an input chooses: f a stream of frames, b bodies of
// messages, c a checkpoint file, r the state of a run in a whole checkpoint, q questions to a worker, w a world's step.
#include <csignal>
#include <cstdlib>

#include "../analytic_problem.hpp"
#include "manyworlds/engine/checkpoint.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/executor/hello.hpp"
#include "manyworlds/executor/serial.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/social/pull.hpp"

namespace {

using namespace manyworlds;
using Engine = MultiStart<loss::MeanDb, optimizer::Adam, pruning::None, social::Pull, test::HillProblem>;
using AnyWorld = World<optimizer::Adam, social::Pull>;

const test::HillProblem problem = test::four_hills();

/// Resumes from these bytes; a few iterations are enough.
struct State {
  std::string bytes;
  template <class S>
  void save(int, bool, const Identity&, const S&) {}
  std::optional<std::string> restore(const Identity&) { return bytes; }
};
/// A worker that is asked and leaves.
struct Asked {
  static constexpr const char* name = "asked";
  struct Params {
  } prm;
  std::string question;
  template <class F>
  void for_each_world(std::size_t n, F&& f) const {
    for (std::size_t i = 0; i < n; ++i) f(i);
  }
  std::unique_ptr<Crew> open(const Identity&, const JobServer& server) const {
    ArchiveReader reader(std::string_view(question).substr(1));
    ArchiveWriter answer;
    server(std::uint8_t(question[0]), reader, answer);
    throw ArchiveError("answered");
  }
};

Engine::Params few() {
  Engine::Params prm;
  prm.worlds = 2;
  prm.iterations = 3;
  prm.starts.mode = StartMode::plain;
  return prm;
}

void read(char kind, const std::string& bytes) {
  if (kind == 'f') {
    executor::FrameReader frames;
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
      frames.feed(std::string_view(bytes).substr(at, 7));
      while (frames.next()) {
      }
    }
  }
  if (kind == 'b' && !bytes.empty()) {
    const std::string_view body = std::string_view(bytes).substr(1);
    if (bytes[0] % 4 == 0) executor::Hello::read(body);
    if (bytes[0] % 4 == 1) executor::read_body<executor::Task>(body);
    if (bytes[0] % 4 == 2) executor::read_body<executor::Done>(body);
    if (bytes[0] % 4 == 3) executor::read_body<executor::Launch>(body);
  }
  if (kind == 'c') {
    const std::string body = std::string(CheckpointFile::magic) + bytes;
    CheckpointFile::parse(body + hash_text(body));
  }
  if (kind == 'r') {
    State state{bytes};
    run(Engine{problem, few()}, executor::Serial{}, state);
  }
  if (kind == 'q' && !bytes.empty()) run(Engine{problem, few()}, Asked{{}, bytes});
  if (kind == 'w') {
    AnyWorld world;
    ArchiveReader reader(bytes);
    world.read_step(reader, 0, 2, 1000000);
    if (!world.fits(2, 1000000)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return -1;
  try {
    read(static_cast<char>(data[0]), std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  } catch (const ArchiveError&) {
  } catch (const InputError&) {
  }
  return 0;
}
