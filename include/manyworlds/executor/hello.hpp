#pragma once
#include "manyworlds/executor/machine.hpp"
#include "manyworlds/executor/message.hpp"

namespace manyworlds::executor {

/// A worker has built its problem and waits for tasks. The version comes first in all versions.
struct Hello {
  std::uint32_t version = protocol_version;
  int pid = 0;
  std::string build{}, host{}, device{};  ///< executor/machine.hpp
  std::uint64_t resident_bytes = 0, free_bytes = 0;
  Identity run{};

  template <class A>
  void archive(A& a) {
    a(version, pid, build, host, device, resident_bytes, free_bytes, run);
  }

  /// What this process says as a worker of a run.
  static Hello of(const Identity& run) {
    return {protocol_version,           int(::getpid()),        build_id(), host_name(), device_text(),
            executor::resident_bytes(), executor::free_bytes(), run};
  }
  /// Of another version only that is known. Throws ArchiveError.
  static Hello read(std::string_view body) {
    Hello hello;
    ArchiveReader reader(body);
    reader(hello.version);
    return hello.version == protocol_version ? read_body<Hello>(body) : hello;
  }
  /// Why this is no worker of ours; empty when it is.
  std::string stranger_to(const Identity& ours) const {
    const Identity here{{"protocol", std::to_string(protocol_version)}, {"build", build_id()}};
    const Identity there{{"protocol", std::to_string(version)}, {"build", build}};
    if (version != protocol_version || build != build_id()) return "is another program: " + difference(here, there);
    const std::string differs = difference(ours, run);
    return differs.empty() ? ""
                           : "has come to another run (a worker serves at the first search in processes that its "
                             "main() comes to): " +
                                 differs;
  }
};

}  // namespace manyworlds::executor
