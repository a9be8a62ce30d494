#pragma once
#include <concepts>
#include <cstddef>

#include "manyworlds/core/config.hpp"

/// An executor decides where worlds run. It calls f(0), ..., f(n - 1), each once, in any order and on any thread, and
/// returns when all are done; an exception of any call reaches the caller. What f does must not depend on the order.
/// An executor with workers elsewhere has open(identity, server), too (engine/crew.hpp). One that answers the questions
/// of many worlds at once has evaluator(problem): a pointer, null when it does not after all, to something with
/// evaluate(context, evaluations, for_each) and report().
namespace manyworlds {

template <class E>
concept Executor = requires(const E& e, void (*f)(std::size_t)) {
  E::name;
  typename E::Params;
  e.prm;
  e.for_each_world(std::size_t(1), f);
};

template <class E, class Problem>
concept EvaluatesTogether = requires(const E& executor, const Problem& problem) {
  executor.evaluator(problem);
};

/// The evaluator of an executor that has one, else null.
template <class E, class Problem>
auto open_evaluator(const E& executor, const Problem& problem) {
  if constexpr (EvaluatesTogether<E, Problem>)
    return executor.evaluator(problem);
  else
    return nullptr;
}

}  // namespace manyworlds
