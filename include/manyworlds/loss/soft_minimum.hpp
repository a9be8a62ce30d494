#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/core/units.hpp"
#include "manyworlds/loss/loss.hpp"

namespace manyworlds::loss {

/// Minus the soft minimum of the received powers over the same smooth floor F as MeanDb: t ln mean exp(-f/t) with
/// f = 10 log10(10^(rss/10) + 10^(F/10)) and temperature t in dB (small: the minimum; large: the mean).
/// With q = 10^((rss-F)/10) the term exp(-(f-F)/t) is (1+q)^(-k), k = 10/(t ln 10): it lies in (0, 1], no overflow.
/// Has a gradient when some receivers are above the floor, but the dead ones hold most of the weight: start with
/// MeanDb (Stages). All dead: no gradient.
struct SoftMinimum {
  static constexpr const char* name = "soft_minimum";
  struct Params {
    double temperature_db = 5;
    double floor_dbm = -110;
    template <class V>
    void fields(V&& v) {
      v("temperature_db", temperature_db, "small: the minimum, large: the mean; at least 1 dB");
      v("floor_dbm", floor_dbm, "power below which a receiver counts as being there, dBm");
    }
  } prm;

  void check() const {
    if (!(prm.temperature_db >= 1)) {
      throw InputError("loss.temperature_db", "expected at least 1 dB, found " + to_text(prm.temperature_db));
    }
  }

  template <class T>
  MW_HD T term(T rss_dbm) const {
    using std::pow;
    return pow(T(1) + from_db(rss_dbm - T(prm.floor_dbm)), -exponent<T>());
  }
  template <class T>
  MW_HD T term_gradient(T rss_dbm) const {
    const T share = T(1) / (T(1) + from_db(T(prm.floor_dbm) - rss_dbm));  // q / (1 + q) = df/drss
    return -term(rss_dbm) * share / T(prm.temperature_db);
  }
  template <class T>
  MW_HD T finish(T mean) const {
    using std::log;
    return T(prm.temperature_db) * log(mean) - T(prm.floor_dbm);
  }
  template <class T>
  MW_HD T finish_gradient(T mean) const {
    return T(prm.temperature_db) / mean;
  }

 private:
  template <class T>
  MW_HD T exponent() const {
    return db_per_neper<T> / T(prm.temperature_db);
  }
};
static_assert(SeparableLoss<SoftMinimum>);

}  // namespace manyworlds::loss
