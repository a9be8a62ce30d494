#pragma once
#include <concepts>
#include <limits>
#include <span>

#include "manyworlds/engine/result.hpp"

namespace manyworlds {

/// What callbacks see after an iteration (and at the start, with iteration 0).
struct Progress {
  int iteration = 0;       ///< iterations done
  int iterations = 0;      ///< iterations planned
  std::size_t worlds = 0;  ///< in all
  std::size_t alive = 0;
  std::uint32_t best_world = 0;  ///< of those that ran in this iteration, by loss as descended
  double best_loss = std::numeric_limits<double>::quiet_NaN();
  double best_rss_dbm = std::numeric_limits<double>::quiet_NaN();  ///< power at the weakest receiver of that world
  std::span<const double> best_x;
  double evaluations = 0;  ///< so far
  double seconds = 0;      ///< since the start
};

/// A callback is any object with any subset of these hooks; `iteration` may return true to end the run (a Ctrl-C flag
/// is a callback that returns it). Hooks run on the calling thread, between iterations, in the order given.
template <class C>
concept Callback = requires(C& c, const Progress& p) {
  c.start(p);
}
|| requires(C& c, const Progress& p) { c.iteration(p); }
|| requires(C& c, const Progress& p, const WorldResult& w) { c.world_stopped(p, w); }
|| requires(C& c, const Result& r) { c.end(r); };

namespace detail {

template <class C>
void notify_start(C& c, const Progress& p) {
  if constexpr (requires { c.start(p); }) c.start(p);
}
template <class C>
bool notify_iteration(C& c, const Progress& p) {
  if constexpr (requires {
                  { c.iteration(p) } -> std::convertible_to<bool>;
                })
    return c.iteration(p);
  else if constexpr (requires { c.iteration(p); })
    c.iteration(p);
  return false;
}
template <class C>
void notify_stopped(C& c, const Progress& p, const WorldResult& w) {
  if constexpr (requires { c.world_stopped(p, w); }) c.world_stopped(p, w);
}
template <class C>
void notify_end(C& c, const Result& r) {
  if constexpr (requires { c.end(r); }) c.end(r);
}

}  // namespace detail
}  // namespace manyworlds
