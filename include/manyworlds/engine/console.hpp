#pragma once
#include <unistd.h>

#include <cstdio>

#include "manyworlds/engine/world_table.hpp"

namespace manyworlds::callback {

/// Tells on stderr how the run goes: a bar with the time left on a terminal, a plain line every `every` iterations
/// otherwise. "best" is the best value so far, by which the winner is chosen.
struct Progress {
  int every = 10;
  bool terminal = ::isatty(2) != 0;

  double begun = 0;  ///< seconds at which the iterations began

  void start(const manyworlds::Progress& p) {
    begun = p.seconds;
    std::fprintf(stderr, "%zu worlds, %d iterations, starts found in %.1f s\n", p.worlds, p.iterations, p.seconds);
  }
  void iteration(const manyworlds::Progress& p) const {
    const double left = (p.seconds - begun) / p.iteration * (p.iterations - p.iteration);
    if (terminal) {
      const std::string line = detail::progress_bar(p, 12) + detail::print_text("  %.0f s left  ", left) +
                               detail::running_text(p) + "  " + detail::best_text(p);
      std::fprintf(stderr, "\r%s\033[K", line.substr(0, std::size_t(TerminalSize{}.columns) - 1).c_str());
    } else if (p.iteration % every == 0 || p.iteration == p.iterations) {
      std::fprintf(stderr, "iteration %d/%d: %s, %s, %.0f s left\n", p.iteration, p.iterations,
                   detail::best_text(p).c_str(), detail::running_text(p).c_str(), left);
    }
  }
  void end(const Result& r) const {
    if (terminal && r.iterations > 0) std::fputc('\n', stderr);
    std::fprintf(stderr, "world %u wins, loss %.2f%s, %.1f s\n", r.winner, r.value,
                 r.interrupted ? " (interrupted)" : "", r.times.total_s);
  }
};
static_assert(Callback<Progress>);

}  // namespace manyworlds::callback
