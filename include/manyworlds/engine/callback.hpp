#pragma once
#include <concepts>
#include <limits>
#include <optional>
#include <span>
#include <tuple>

#include "manyworlds/engine/crew.hpp"
#include "manyworlds/engine/result.hpp"
#include "manyworlds/engine/world_state.hpp"

namespace manyworlds {

/// What callbacks see after an iteration (and at the start, with iteration 0).
struct Progress {
  int iteration = 0;       ///< iterations done
  int iterations = 0;      ///< iterations planned
  std::size_t worlds = 0;  ///< in all
  std::size_t alive = 0;
  std::size_t resting = 0;             ///< have converged, and may go on from a better place
  std::uint32_t best_value_world = 0;  ///< with the lowest physical value of all so far: what decides who wins
  double best_value = std::numeric_limits<double>::quiet_NaN();  ///< that value
  std::uint32_t best_world = 0;  ///< of those that ran in this iteration, by loss as descended
  double best_loss = std::numeric_limits<double>::quiet_NaN();
  bool comparable = true;  ///< is best_loss a physical value? Not while edges are smoother or an early stage speaks
  double best_rss_dbm = std::numeric_limits<double>::quiet_NaN();  ///< power at the weakest receiver of that world
  std::span<const double> best_x;
  double evaluations = 0;              ///< so far
  double seconds = 0;                  ///< since the start
  std::span<const WorldState> states;  ///< all worlds in any order, if they are watched one by one
  Identity execution;                  ///< what an executor tells of its workers; empty when there are none
};

/// A callback is any object with any subset of these hooks. `iteration` may return true to end the run; `stop` is asked
/// between batches of evaluations everywhere else (finding starts, polish) and ends that work early when it returns
/// true. A Ctrl-C flag is a callback that returns it from `stop` (engine/interrupt.hpp). `restore` may return what
/// `save` was once given, with which the run goes on (engine/checkpoint.hpp). Hooks run on the calling thread, between
/// iterations, in the order given.
template <class C>
concept Callback = requires(C& c, const Progress& p) {
  c.start(p);
}
|| requires(C& c, const Progress& p) { c.iteration(p); }
|| requires(C& c, const Progress& p, const WorldResult& w) { c.world_stopped(p, w); }
|| requires(C& c, const Result& r) { c.end(r); }
|| requires(C& c, const Identity& run, std::string (*bytes)()) {
  c.save(int(), bool(), run, bytes);
  { c.restore(run) } -> std::same_as<std::optional<std::string>>;
}
|| requires(C& c) {
  { c.stop() } -> std::convertible_to<bool>;
};

template <class C>
concept KeepsState = requires(C& c, const Identity& run) {
  c.restore(run);
};

/// The callbacks of one run; remembers whether any of them has ended it.
template <Callback... C>
class Callbacks {
 public:
  explicit Callbacks(C&... callbacks) : all_(callbacks...) {}

  bool stopped() {
    each([&](auto& c) {
      if constexpr (requires { c.stop(); }) stopped_ = c.stop() || stopped_;
    });
    return stopped_;
  }
  void start(const Progress& p) {
    each([&](auto& c) {
      if constexpr (requires { c.start(p); }) c.start(p);
    });
  }
  void iteration(const Progress& p) {
    each([&]<class One>(One& c) {
      if constexpr (requires {
                      { c.iteration(p) } -> std::convertible_to<bool>;
                    })
        stopped_ = c.iteration(p) || stopped_;
      else if constexpr (requires { c.iteration(p); })
        c.iteration(p);
    });
  }
  void world_stopped(const Progress& p, const WorldResult& w) {
    each([&](auto& c) {
      if constexpr (requires { c.world_stopped(p, w); }) c.world_stopped(p, w);
    });
  }
  /// Does any of them keep checkpoints?
  static constexpr bool keeps = (KeepsState<C> || ...);
  /// `state()` gives the bytes of the run, for whoever wants them now.
  template <class State>
  void save(int iteration, bool last, const Identity& run, const State& state) {
    each([&](auto& c) {
      if constexpr (requires { c.save(iteration, last, run, state); }) c.save(iteration, last, run, state);
    });
  }
  std::optional<std::string> restore(const Identity& run) {
    std::optional<std::string> bytes;
    each([&](auto& c) {
      if constexpr (requires { c.restore(run); })
        if (!bytes) bytes = c.restore(run);
    });
    return bytes;
  }
  void end(const Result& r) {
    each([&](auto& c) {
      if constexpr (requires { c.end(r); }) c.end(r);
    });
  }

 private:
  template <class F>
  void each(const F& f) {
    std::apply([&](auto&... c) { (f(c), ...); }, all_);
  }
  std::tuple<C&...> all_;
  bool stopped_ = false;
};

}  // namespace manyworlds
