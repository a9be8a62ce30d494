#pragma once
#include "manyworlds/loss/loss.hpp"

namespace manyworlds::loss {

/// Minus the power of the weakest receiver of positive weight, in dBm. Only that receiver has a gradient (the first
/// of equals), so there is none as long as it is dead: use it for scoring, or as a last stage.
struct Minimum {
  static constexpr const char* name = "minimum";
  struct Params {
  } prm;

  double value(const RssRows& rows) const { return -rows.dbm[weakest(rows)]; }
  void gradient(const RssRows& rows, std::span<double> gradient) const {
    for (double& g : gradient) g = 0;
    gradient[weakest(rows)] = -1;
  }

 private:
  static std::size_t weakest(const RssRows& rows) {
    std::size_t at = rows.receivers;
    for (std::size_t i = 0; i < rows.receivers; ++i) {
      if (rows.weights[i] > 0 && (at == rows.receivers || rows.dbm[i] < rows.dbm[at])) at = i;
    }
    return at;
  }
};
static_assert(RowLoss<Minimum>);

}  // namespace manyworlds::loss
