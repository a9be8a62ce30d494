#pragma once
#include "manyworlds/core/units.hpp"
#include "manyworlds/kernels/worlds/batch_view.hpp"

/// From the gains of a batch to a separable loss of each world, and back to the derivatives by the gains. L is any
/// plain struct with `term(dbm)` and `term_gradient(dbm)`, perhaps `finish(mean)` and `finish_gradient(mean)`
/// (loss/loss.hpp).
namespace manyworlds::kernels {

/// How gains become received powers; trivially copyable.
struct ServingView {
  std::uint32_t transmitters = 0, receivers = 0;
  const double* power_mw = nullptr;           ///< by transmitter
  const double* weights = nullptr;            ///< by receiver, their sum is 1
  double floor_dbm = -200, floor_mw = 1e-20;  ///< received power where no path arrives, in dBm and in mW
  bool sum = false;                           ///< powers add up; else the strongest transmitter serves
  const double* gains = nullptr;              ///< [world][tx][rx]

  /// Received power of a link, at least the floor.
  MW_HD double rss_dbm(std::uint32_t world, std::uint32_t tx, std::uint32_t rx) const {
    const double p = power_mw[tx] * gains[(std::size_t(world) * transmitters + tx) * receivers + rx];
    return p > floor_mw ? to_db(p) : floor_dbm;
  }
  MW_HD std::uint32_t strongest(std::uint32_t world, std::uint32_t rx) const {
    std::uint32_t best = 0;
    for (std::uint32_t tx = 1; tx < transmitters; ++tx)
      if (rss_dbm(world, tx, rx) > rss_dbm(world, best, rx)) best = tx;
    return best;
  }
  /// NaN when a gain is not finite.
  MW_HD double combined_dbm(std::uint32_t world, std::uint32_t rx) const {
    double mixed = 0, total = 0;
    for (std::uint32_t tx = 0; tx < transmitters; ++tx) {
      mixed += 0 * gains[(std::size_t(world) * transmitters + tx) * receivers + rx];
      total += from_db(rss_dbm(world, tx, rx));
    }
    const double top = rss_dbm(world, strongest(world, rx), rx);
    return mixed + (sum && top > floor_dbm ? to_db(total) : top);
  }
};

/// Sums over the receivers of a world are made of so many runs, and these then in order.
inline constexpr std::uint32_t loss_runs = 64;

/// The share of a loss that a run of receivers has, and the power at the weakest of them that counts.
struct LossRun {
  double sum, weakest_dbm;
};

/// index = world * runs + run.
template <class L>
struct SumTerms {
  L loss;
  ServingView serving;
  LossRun* runs;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t world = i / loss_runs, run = i % loss_runs,
                        length = (serving.receivers + loss_runs - 1) / loss_runs;
    LossRun own{0, 1e300};
    for (std::uint32_t rx = run * length, end = min(rx + length, serving.receivers); rx < end; ++rx)
      if (serving.weights[rx] > 0) {
        const double dbm = serving.combined_dbm(world, rx);
        own.sum += serving.weights[rx] * loss.term(dbm);
        own.weakest_dbm = min(own.weakest_dbm, dbm);
      }
    runs[i] = own;
  }
};

/// The loss of a world, its derivative by the weighted mean of the terms, and the power at the weakest receiver:
/// index = world.
template <class L>
struct FinishLoss {
  L loss;
  const LossRun* runs;
  double *values, *outer, *weakest_dbm;
  MW_HD void operator()(std::uint32_t world) const {
    double mean = 0, weakest = 1e300;
    for (std::uint32_t run = world * loss_runs; run < (world + 1) * loss_runs; ++run) {
      mean += runs[run].sum;
      weakest = min(weakest, runs[run].weakest_dbm);
    }
    weakest_dbm[world] = weakest;
    if constexpr (requires { loss.finish(mean); })
      values[world] = loss.finish(mean);
    else
      values[world] = mean;
    if constexpr (requires { loss.finish_gradient(mean); })
      outer[world] = loss.finish_gradient(mean);
    else
      outer[world] = 1;
  }
};

/// d loss / d gain of every link: index = world * receivers + receiver.
template <class L>
struct PullLoss {
  L loss;
  ServingView serving;
  const double* outer;
  double* gain_bar;  ///< [world][tx][rx]
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t world = i / serving.receivers, rx = i % serving.receivers;
    const double weight = serving.weights[rx], combined = serving.combined_dbm(world, rx);
    const double bar = weight > 0 ? outer[world] * weight * loss.term_gradient(combined) : 0;
    const std::uint32_t best = serving.strongest(world, rx);
    for (std::uint32_t tx = 0; tx < serving.transmitters; ++tx) {
      const std::size_t link = (std::size_t(world) * serving.transmitters + tx) * serving.receivers + rx;
      const double rss = serving.rss_dbm(world, tx, rx);
      const double share = serving.sum ? from_db(rss - combined) : (tx == best ? 1 : 0);
      gain_bar[link] = rss > serving.floor_dbm ? share * bar * db_per_neper<double> / serving.gains[link] : 0;
    }
  }
};

}  // namespace manyworlds::kernels
