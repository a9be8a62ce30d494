#pragma once
#include <algorithm>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/pruning/pruning.hpp"

namespace manyworlds::pruning {

/// Stops the worst fraction of the live worlds after the given iterations (rungs). The classic case is half at 5;
/// the default, half at 10, loses the later winner less often. The best world always lives on.
struct BottomFraction {
  static constexpr const char* name = "bottom_fraction";
  struct Params {
    double fraction = 0.5;
    std::vector<int> at = {10};
    template <class V>
    void fields(V&& v) {
      v("fraction", fraction, "share of the live worlds that is stopped, 0 to 1");
      v("at", at, "after which iterations");
    }
  } prm;

  void check() const {
    if (!(prm.fraction >= 0 && prm.fraction <= 1)) {
      throw InputError("pruning.fraction", "expected a share from 0 to 1, found " + to_text(prm.fraction));
    }
  }
  bool acts(int iteration) const { return std::find(prm.at.begin(), prm.at.end(), iteration) != prm.at.end(); }
  std::size_t keep(int, std::span<const double> ranked) const {
    const auto dropped = std::size_t(prm.fraction * double(ranked.size()));
    return std::max<std::size_t>(1, ranked.size() - dropped);
  }
};
static_assert(Pruning<BottomFraction>);

}  // namespace manyworlds::pruning
