#pragma once
#include "../examples/cuda/own_policies.hpp"

/// A user's own loss and optimizer, those of an example: plain structs, for hosts and devices alike.
namespace manyworlds::test {

using ::HeavyBall;
using ::Shortfall;

}  // namespace manyworlds::test
