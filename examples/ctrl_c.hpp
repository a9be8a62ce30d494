#pragma once
#include <unistd.h>

#include <csignal>

namespace examples {

/// Set by the first Ctrl-C after end_on_ctrl_c().
inline volatile std::sig_atomic_t interrupted = 0;

/// From now on the first Ctrl-C only sets `interrupted`, so that a driver ends after the current step and writes what
/// is there; the second one ends the program.
inline void end_on_ctrl_c() {
  struct sigaction action {};
  action.sa_handler = [](int) {
    interrupted = 1;
    constexpr char text[] = "\nending after this step; once more ends at once\n";
    [[maybe_unused]] const auto written = ::write(2, text, sizeof text - 1);
  };
  action.sa_flags = int(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace examples
