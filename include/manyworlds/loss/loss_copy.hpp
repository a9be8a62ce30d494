#pragma once
#include <cstring>
#include <type_traits>
#include <typeindex>
#include <vector>

#include "manyworlds/loss/loss.hpp"

namespace manyworlds {

/// A separable loss without its type: the bytes of the struct. What is compiled for a device knows some types of
/// losses, and takes the copy of one of these from code that is compiled for the host alone.
class LossCopy {
 public:
  template <SeparableLoss L>
  explicit LossCopy(const L& loss) : type_(typeid(L)), bytes_(sizeof(L)) {
    static_assert(std::is_trivially_copyable_v<L>, "a loss for devices is a plain struct");
    std::memcpy(bytes_.data(), &loss, sizeof(L));
  }

  std::type_index type() const { return type_; }
  /// The loss; L must be of its type.
  template <class L>
  L get() const {
    L loss;
    std::memcpy(&loss, bytes_.data(), sizeof(L));
    return loss;
  }
  friend bool operator==(const LossCopy&, const LossCopy&) = default;

 private:
  std::type_index type_;
  std::vector<unsigned char> bytes_;
};

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
