#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/loss/loss.hpp"

namespace manyworlds::loss {

/// Minus the smooth share of receivers above a threshold: -mean sigmoid((rss - threshold) / width), between -1 and 0.
/// Receivers some widths below the threshold have (nearly) no gradient; so has a world where all are dead.
struct Coverage {
  static constexpr const char* name = "coverage";
  struct Params {
    double threshold_dbm = -85;
    double width_db = 5;
    template <class V>
    void fields(V&& v) {
      v("threshold_dbm", threshold_dbm, "a receiver above this power is covered, dBm");
      v("width_db", width_db, "width of the smooth step, dB");
    }
  } prm;

  void check() const {
    if (!(prm.width_db > 0)) {
      throw InputError("loss.width_db", "expected a positive width in dB, found " + to_text(prm.width_db));
    }
  }

  template <class T>
  MW_HD T term(T rss_dbm) const {
    using std::exp;
    return T(-1) / (T(1) + exp((T(prm.threshold_dbm) - rss_dbm) / T(prm.width_db)));
  }
  template <class T>
  MW_HD T term_gradient(T rss_dbm) const {
    const T covered = -term(rss_dbm);
    return -covered * (T(1) - covered) / T(prm.width_db);
  }
};
static_assert(SeparableLoss<Coverage>);

}  // namespace manyworlds::loss
