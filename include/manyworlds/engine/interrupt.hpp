#pragma once
#include <csignal>

#include "manyworlds/engine/callback.hpp"

namespace manyworlds::callback {

/// Ends the run after the current iteration once a flag is set, as a signal handler of the program does.
struct Interrupt {
  const volatile std::sig_atomic_t* flag;
  bool iteration(const manyworlds::Progress&) const { return *flag != 0; }
};

}  // namespace manyworlds::callback
