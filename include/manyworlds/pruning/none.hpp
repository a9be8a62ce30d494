#pragma once
#include "manyworlds/pruning/pruning.hpp"

namespace manyworlds::pruning {

/// Every world lives to the end.
struct None {
  static constexpr const char* name = "none";
  struct Params {
  } prm;
  bool acts(int) const { return false; }
  std::size_t keep(int, std::span<const double> ranked) const { return ranked.size(); }
};
static_assert(Pruning<None>);

}  // namespace manyworlds::pruning
