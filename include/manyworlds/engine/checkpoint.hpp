#pragma once
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>

#include "manyworlds/core/file.hpp"
#include "manyworlds/engine/callback.hpp"
#include "manyworlds/engine/identity.hpp"

namespace manyworlds {

/// A checkpoint file: a name, a version, the run's identity, its state, and a hash of all that.
struct CheckpointFile {
  static constexpr std::string_view magic = "manyworlds checkpoint 1\n";
  Identity run;
  int iteration = 0;
  std::string state;

  template <class A>
  void archive(A& a) {
    a(run, iteration, state);
  }
  std::string bytes() {
    ArchiveWriter writer;
    writer(*this);
    std::string body = std::string(magic) + writer.take();
    return body + hash_text(body);
  }
  /// Throws ArchiveError for bytes that are no whole checkpoint.
  static CheckpointFile parse(std::string_view bytes) {
    constexpr std::size_t hash_length = 16;
    if (bytes.substr(0, magic.size()) != magic) throw ArchiveError("it is no checkpoint of this version");
    if (bytes.size() < magic.size() + hash_length) throw ArchiveError("it is cut short");
    const std::string_view body = bytes.substr(0, bytes.size() - hash_length);
    if (bytes.substr(body.size()) != hash_text(body)) throw ArchiveError("it is cut short or damaged");
    CheckpointFile file;
    ArchiveReader reader(body.substr(magic.size()));
    reader(file);
    if (!reader.done()) throw ArchiveError("it is followed by more bytes");
    return file;
  }
};

}  // namespace manyworlds

namespace manyworlds::callback {

/// Keeps the state of a run in a folder, so that it can go on after a crash or Ctrl-C and end as if it had never
/// stopped, bit for bit: checkpoint.bin every `every` iterations (0: never) and when a callback or an error ends
/// the run, the one before as checkpoint.previous.bin. With `resume` a run begins where the newest whole one of them
/// was written; without any it begins anew. `tell` gets lines for the user. Throws InputError for a checkpoint of
/// another run, with what differs, and when there are only broken ones. A checkpoint that cannot be written is told and
/// does not end the run.
struct Checkpoint {
  std::filesystem::path folder;
  int every = 10;
  bool resume = false;
  std::function<void(const std::string&)> tell = [](const std::string& line) {
    std::fprintf(stderr, "%s\n", line.c_str());
  };

  struct Kept {
    bool whole = false;  ///< newest() is of this run and whole
    int iteration = -1;
  } kept{};

  std::filesystem::path newest() const { return folder / "checkpoint.bin"; }
  std::filesystem::path previous() const { return folder / "checkpoint.previous.bin"; }

  template <class State>
  void save(int iteration, bool last, const Identity& run, const State& state) {
    if (!last && (every <= 0 || iteration % every != 0)) return;
    if (iteration != kept.iteration || !kept.whole) write(iteration, run, state);
    if (last && iteration == kept.iteration)
      tell("iteration " + std::to_string(iteration) + " is kept in " + newest().string() +
           ", from where --resume goes on");
  }

  std::optional<std::string> restore(const Identity& run) {
    if (!resume) return {};
    std::string broken;
    for (const std::filesystem::path& path : {newest(), previous()}) {
      if (!std::filesystem::exists(path)) continue;
      CheckpointFile file;
      try {
        std::ifstream stream(path, std::ios::binary);
        file = CheckpointFile::parse(std::string(std::istreambuf_iterator<char>(stream), {}));
      } catch (const ArchiveError& e) {
        broken = path.string() + ": cannot be read: " + e.what();
        tell("warning: " + broken);
        continue;
      }
      if (const std::string differs = difference(file.run, run); !differs.empty())
        throw InputError(path.string(), "the checkpoint is of another run: " + differs);
      kept.whole = path == newest();
      kept.iteration = file.iteration;
      tell("going on after iteration " + std::to_string(file.iteration) + " from " + path.string());
      return std::move(file.state);
    }
    if (!broken.empty())
      throw InputError(folder.string(), "no checkpoint can be read; without --resume the run begins anew");
    tell("no checkpoint in " + folder.string() + ", the run begins anew");
    return {};
  }

 private:
  template <class State>
  void write(int iteration, const Identity& run, const State& state) {
    try {
      const std::string bytes = CheckpointFile{run, iteration, state()}.bytes();
      if (kept.whole) std::filesystem::rename(newest(), previous());
      kept.whole = false;
      write_file_atomically(newest(), bytes);
      kept.whole = true;
      kept.iteration = iteration;
    } catch (const std::exception& e) {
      tell(std::string("warning: no checkpoint of iteration ") + std::to_string(iteration) + ": " + e.what());
    }
  }
};
static_assert(Callback<Checkpoint>);

}  // namespace manyworlds::callback
