#pragma once
#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/loss/as_separable.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/soft_minimum.hpp"

namespace manyworlds::loss {

/// One loss first, another for the last part of the iterations; worlds are ranked by the last. Default: the mean,
/// which starts well, then the soft minimum, which does not (docs/search.md). Has a gradient when its stage has.
template <Loss First = MeanDb, Loss Second = SoftMinimum>
struct Stages {
  static_assert(manyworlds::per_transmitter<First>() == manyworlds::per_transmitter<Second>(),
                "both stages must see the same rows: combined or per transmitter");
  static constexpr const char* name = "stages";
  static constexpr bool per_transmitter = manyworlds::per_transmitter<First>();
  struct Params {
    typename First::Params first{};
    typename Second::Params second{};
    double switch_at = 0.7;  ///< share of the iterations
    template <class V>
    void fields(V&& v) {
      v("first", first, "");
      v("second", second, "");
      v("switch_at", switch_at, "share of the iterations done with the first loss, 0 to 1");
    }
  } prm;
  bool last = true;  ///< which stage speaks; set by at()

  Stages at(double progress) const { return {prm, progress >= prm.switch_at}; }
  double value(const RssRows& rows) const { return last ? loss_value(second(), rows) : loss_value(first(), rows); }
  void gradient(const RssRows& rows, std::span<double> gradient) const {
    last ? loss_gradient(second(), rows, gradient) : loss_gradient(first(), rows, gradient);
  }
  template <class F>
  bool as_separable(const F& f) const {
    return last ? manyworlds::as_separable(second(), f) : manyworlds::as_separable(first(), f);
  }
  void check() const {
    if (!(prm.switch_at >= 0 && prm.switch_at <= 1)) {
      throw InputError("loss.switch_at", "expected a share from 0 to 1, found " + to_text(prm.switch_at));
    }
    if constexpr (requires { first().check(); }) first().check();
    if constexpr (requires { second().check(); }) second().check();
  }

 private:
  First first() const {
    First f{};
    f.prm = prm.first;
    return f;
  }
  Second second() const {
    Second s{};
    s.prm = prm.second;
    return s;
  }
};
static_assert(RowLoss<Stages<>>);

}  // namespace manyworlds::loss
