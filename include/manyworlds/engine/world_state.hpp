#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "manyworlds/engine/convergence.hpp"

namespace manyworlds {

/// What callbacks and reports see of one world besides its history. A world that has no process of its own leaves out
/// pid, bytes and restarts.
struct WorldState {
  std::uint32_t id = 0;
  double loss = std::numeric_limits<double>::quiet_NaN();   ///< as descended, in the last iteration that it ran
  double value = std::numeric_limits<double>::quiet_NaN();  ///< best physical value so far
  Reason reason = Reason::running;
  int pid = 0;            ///< process that runs it; 0 = none of its own
  std::size_t bytes = 0;  ///< resident memory of that process; 0 = not known
  int restarts = 0;       ///< times that a step of it was begun again
};

/// Something that happened to a world and leaves no trace in its history, such as the restart of its process.
struct WorldEvent {
  std::uint32_t world = 0;
  int iteration = 0;
  std::string what{};
  template <class A>
  void archive(A& a) {
    a(world, iteration, what);
  }
};

/// How a world stands, in words.
inline const char* state_text(Reason reason, int restarts = 0) {
  if (reason == Reason::running) return restarts > 0 ? "restarted" : "running";
  if (reason == Reason::iterations) return "done";
  if (reason == Reason::pruned) return "pruned";
  if (reason == Reason::failed) return "failed";
  if (reason == Reason::non_finite) return "not finite";
  return is_convergence(reason) ? "converged" : "stopped";
}

}  // namespace manyworlds
