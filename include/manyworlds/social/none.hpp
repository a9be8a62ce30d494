#pragma once
#include "manyworlds/social/social.hpp"

namespace manyworlds::social {

/// Worlds do not know of each other.
struct None {
  static constexpr const char* name = "none";
  static constexpr bool trial = false;
  struct Params {
  } prm;
  struct State {};
  bool acts(int) const { return false; }
  bool propose(const Barrier&, std::size_t, State&, Random&, std::span<double>) const { return false; }
};
static_assert(Social<None>);

}  // namespace manyworlds::social
