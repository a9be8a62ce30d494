#pragma once
#include "manyworlds/loss/loss.hpp"

namespace manyworlds {

/// Calls f with the separable loss that a loss is or, for those that choose one of several, that it stands for now;
/// false when it is none. A loss that chooses has `bool as_separable(f)`.
template <Loss L, class F>
bool as_separable(const L& loss, const F& f) {
  if constexpr (SeparableLoss<L>)
    return f(loss), true;
  else if constexpr (requires { loss.as_separable(f); })
    return loss.as_separable(f);
  else
    return false;
}

}  // namespace manyworlds
