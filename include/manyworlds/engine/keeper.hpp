#pragma once
#include <functional>
#include <string>

#include "manyworlds/engine/callback.hpp"

namespace manyworlds {

/// Keeps a run that may be ended at any moment: gives its state to the callbacks that write checkpoints, as it was when
/// the last whole step was done. `archivable`: the state can be had as bytes.
template <bool archivable, Callback... C>
class Keeper {
 public:
  static constexpr bool keeps = archivable && Callbacks<C...>::keeps;

  /// `state()`: the bytes of the run between two steps, after so many iterations.
  Keeper(Callbacks<C...>& callbacks, const int& iteration, std::function<std::string()> state)
      : callbacks_(callbacks), iteration_(iteration), state_(std::move(state)) {}

  Identity run{};  ///< what makes two runs the same

  /// Takes steps. When a callback ends the run in the middle of one, that one has not happened; when the run cannot go
  /// on, what was done before that is kept.
  template <class Steps>
  void attempt(const Steps& steps) {
    try {
      steps();
    } catch (const Stopped&) {
      given_up_ = true;
      save(true);
    } catch (const RunError&) {
      save(true);
      throw;
    }
  }
  /// Has a callback ended the run in the middle of a step?
  bool given_up() const { return given_up_; }

  /// The next step may be cut short: where it is, the run goes on before it.
  void remember() {
    if (keeps) before_ = state_();
  }
  /// That step is done.
  void forget() {
    cut_short_ = callbacks_.stopped();
    if (!cut_short_) std::string().swap(before_);
  }

  /// Offers the state to whoever keeps it; `last`: the run ends here.
  void save(bool last) {
    if (!keeps || (cut_short_ && (!last || before_.empty()))) return;
    callbacks_.save(iteration_, last, run, [this] { return before_.empty() ? state_() : before_; });
  }
  /// What was kept of this run, if it is to go on from there.
  std::optional<std::string> restore() { return keeps ? callbacks_.restore(run) : std::nullopt; }

 private:
  Callbacks<C...>& callbacks_;
  const int& iteration_;
  std::function<std::string()> state_;
  std::string before_;
  bool given_up_ = false, cut_short_ = false;
};

}  // namespace manyworlds
