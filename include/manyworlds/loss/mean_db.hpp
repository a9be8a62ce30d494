#pragma once
#include "manyworlds/core/units.hpp"
#include "manyworlds/loss/loss.hpp"

namespace manyworlds::loss {

/// Minus the mean received power in dB over a smooth floor (the default):
/// -mean 10 log10(10^(rss/10) + 10^(floor/10)). Receivers well below the floor neither count nor pull, so a few
/// covered receivers give a useful gradient among many dead ones. All dead: no gradient.
struct MeanDb {
  static constexpr const char* name = "mean_db";
  struct Params {
    double floor_dbm = -110;
    template <class V>
    void fields(V&& v) {
      v("floor_dbm", floor_dbm, "power below which a receiver hardly counts, dBm");
    }
  } prm;

  template <class T>
  MW_HD T term(T rss_dbm) const {
    return -(T(prm.floor_dbm) + to_db(T(1) + from_db(rss_dbm - T(prm.floor_dbm))));
  }
  template <class T>
  MW_HD T term_gradient(T rss_dbm) const {
    return T(-1) / (T(1) + from_db(T(prm.floor_dbm) - rss_dbm));
  }
};
static_assert(SeparableLoss<MeanDb>);

}  // namespace manyworlds::loss
