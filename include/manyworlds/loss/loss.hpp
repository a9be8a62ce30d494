#pragma once
#include <concepts>
#include <span>
#include <vector>

#include "manyworlds/core/scalar.hpp"

/// A loss turns the received powers of one world into one number, lower is better. Two forms, one page:
///
/// **Separable** (take this one when you can): the loss is finish(sum over receivers of weight * term(rss)), the
/// weights summing to one. Write `term` and `term_gradient`, templates on the scalar and MW_HD; `finish` and
/// `finish_gradient` are optional (missing: the weighted mean itself). The engine does one reduction in fixed order,
/// on any backend, and chains the derivatives.
///
/// **Row** (a true minimum, a quantile, SINR across transmitters): the loss sees every receiver at once. Write
/// `value(const RssRows&)` and `gradient(const RssRows&, std::span<double>)`, host code in double. Say
/// `static constexpr bool per_transmitter = true` to get one row per transmitter instead of the combined row.
///
/// Both have `static constexpr const char* name`, `struct Params` with defaults and a member `prm`. Optional: `check()`
/// throws InputError when a parameter is out of range; `at(double progress)` returns the loss to use at this share of
/// the iterations, 0 to 1 (Stages).
namespace manyworlds {

/// What a row loss sees. Received powers in dBm, row-major [transmitters][receivers]; one row, the combined one,
/// unless the loss is per_transmitter. Weights sum to one; receivers of weight 0 do not count, whatever their power.
struct RssRows {
  std::span<const double> dbm;
  std::size_t transmitters = 1;
  std::size_t receivers = 0;
  std::span<const double> weights;
  double noise_dbm = -114;

  /// Received power in dBm.
  double operator()(std::size_t transmitter, std::size_t receiver) const {
    return dbm[transmitter * receivers + receiver];
  }
};

/// A name, a struct of parameters with defaults, and their values.
template <class P>
concept Policy = requires(const P& p) {
  P::name;
  typename P::Params;
  p.prm;
};

/// A loss by its term of one receiver, dBm in; for float and double alike, since devices work in either.
template <class L>
concept SeparableLoss = Policy<L> && requires(const L& l, double rss_dbm, float single_dbm) {
  { l.term(rss_dbm) } -> std::same_as<double>;
  { l.term_gradient(rss_dbm) } -> std::same_as<double>;
  { l.term(single_dbm) } -> std::same_as<float>;
  { l.term_gradient(single_dbm) } -> std::same_as<float>;
};

/// A loss that sees all receivers; `gradient` has the shape of RssRows::dbm and is overwritten.
template <class L>
concept RowLoss = Policy<L> && requires(const L& l, const RssRows& rows, std::span<double> gradient) {
  { l.value(rows) } -> std::same_as<double>;
  { l.gradient(rows, gradient) } -> std::same_as<void>;
};

/// Either form; a loss of both is taken as separable.
template <class L>
concept Loss = SeparableLoss<L> || RowLoss<L>;

/// Does the loss want one row per transmitter?
template <class L>
constexpr bool per_transmitter() {
  if constexpr (requires { L::per_transmitter; })
    return L::per_transmitter;
  else
    return false;
}

/// The loss to use at this share of the iterations; the loss itself unless it has stages.
template <Loss L>
L at_progress(const L& loss, double progress) {
  if constexpr (requires {
                  { loss.at(progress) } -> std::same_as<L>;
                })
    return loss.at(progress);
  else
    return loss;
}

/// Does the loss change with the progress?
template <Loss L>
inline constexpr bool staged = requires(const L& loss) {
  loss.at(0.5);
};

namespace detail {

template <SeparableLoss L>
double weighted_mean(const L& loss, const RssRows& rows) {
  double mean = 0;
  for (std::size_t i = 0; i < rows.receivers; ++i) {
    if (rows.weights[i] > 0) mean += rows.weights[i] * loss.term(rows.dbm[i]);
  }
  return mean;
}

}  // namespace detail

/// Value of either form.
template <Loss L>
double loss_value(const L& loss, const RssRows& rows) {
  if constexpr (SeparableLoss<L>) {
    const double mean = detail::weighted_mean(loss, rows);
    if constexpr (requires { loss.finish(mean); })
      return loss.finish(mean);
    else
      return mean;
  } else {
    return loss.value(rows);
  }
}

/// d loss / d rss_dbm, written to `gradient` (shape of rows.dbm).
template <Loss L>
void loss_gradient(const L& loss, const RssRows& rows, std::span<double> gradient) {
  if constexpr (SeparableLoss<L>) {
    double outer = 1;
    if constexpr (requires { loss.finish_gradient(outer); }) {
      outer = loss.finish_gradient(detail::weighted_mean(loss, rows));
    }
    for (std::size_t i = 0; i < rows.receivers; ++i) {
      gradient[i] = rows.weights[i] > 0 ? outer * rows.weights[i] * loss.term_gradient(rows.dbm[i]) : 0.0;
    }
  } else {
    loss.gradient(rows, gradient);
  }
}

}  // namespace manyworlds
