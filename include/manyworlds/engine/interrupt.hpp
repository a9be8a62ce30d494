#pragma once
#include <csignal>

#include "manyworlds/engine/callback.hpp"

namespace manyworlds::callback {

/// Ends the run once a flag is set, as a signal handler of the program does: after the current iteration, or after the
/// current batch of evaluations while starts are found or worlds are polished.
struct Interrupt {
  const volatile std::sig_atomic_t* flag;
  bool stop() const { return *flag != 0; }
};

}  // namespace manyworlds::callback
