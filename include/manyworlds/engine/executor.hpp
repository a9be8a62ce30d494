#pragma once
#include <concepts>
#include <cstddef>

#include "manyworlds/core/config.hpp"

/// An executor decides where worlds run. It calls f(0), ..., f(n - 1), each once, in any order and on any thread, and
/// returns when all are done; an exception of any call reaches the caller. What f does must not depend on the order.
/// An executor with workers elsewhere has open(identity, server), too (engine/crew.hpp).
namespace manyworlds {

template <class E>
concept Executor = requires(const E& e, void (*f)(std::size_t)) {
  E::name;
  typename E::Params;
  e.prm;
  e.for_each_world(std::size_t(1), f);
};

}  // namespace manyworlds
