#pragma once
#include "manyworlds/backend/memory.hpp"
#include "manyworlds/core/error.hpp"
#include "manyworlds/kernels/worlds/loss.hpp"
#include "manyworlds/paths/batch/arrays.hpp"

namespace manyworlds::paths::batch {

/// How gains become received powers, and what receivers count.
struct Reception {
  std::vector<double> power_mw;  ///< by transmitter
  std::vector<double> weights;   ///< by receiver, their sum is 1
  double floor_dbm = -200;       ///< received power where no path arrives
  bool sum = false;              ///< powers of transmitters add up; else the strongest serves
};

/// Losses of the worlds of a batch, and their derivatives by the gains: from gains to gain_bar in the backend's memory.
template <class Backend>
class Losses {
 public:
  /// gains and gain_bar [world][link]. Throws InputError when sizes do not fit.
  Losses(Backend& backend, const Arrays& arrays, std::uint32_t worlds, const Reception& reception, const double* gains,
         double* gain_bar)
      : backend_(&backend),
        gain_bar_(gain_bar),
        power_mw_(Numbers::of(backend, reception.power_mw)),
        weights_(Numbers::of(backend, reception.weights)),
        runs_(backend, std::size_t(worlds) * kernels::loss_runs),
        values_(backend, worlds),
        outer_(backend, worlds),
        weakest_dbm_(backend, worlds) {
    const auto fits = [](std::size_t have, std::size_t wanted, const char* what) {
      expect(have == wanted, "reception", std::to_string(wanted) + " " + what + ", not " + std::to_string(have));
    };
    fits(reception.power_mw.size(), arrays.transmitters.size(), "powers");
    fits(reception.weights.size(), arrays.receivers.size(), "weights");
    serving_.transmitters = std::uint32_t(arrays.transmitters.size());
    serving_.receivers = std::uint32_t(arrays.receivers.size());
    serving_.power_mw = power_mw_.data();
    serving_.weights = weights_.data();
    serving_.floor_dbm = reception.floor_dbm;
    serving_.floor_mw = from_db(reception.floor_dbm);
    serving_.sum = reception.sum;
    serving_.gains = gains;
  }

  template <class L>
  void launch_values(const L& loss, std::uint32_t worlds) {
    backend_->for_each("terms of losses", worlds * kernels::loss_runs,
                       kernels::SumTerms<L>{loss, serving_, runs_.data()});
    backend_->for_each("losses", worlds,
                       kernels::FinishLoss<L>{loss, runs_.data(), values_.data(), outer_.data(), weakest_dbm_.data()});
  }
  /// After launch_values() of the same loss.
  template <class L>
  void launch_adjoint(const L& loss, std::uint32_t worlds) {
    backend_->for_each("adjoint of losses", worlds * serving_.receivers,
                       kernels::PullLoss<L>{loss, serving_, outer_.data(), gain_bar_});
  }

  const double* values() const { return values_.data(); }  ///< by world
  void read(std::span<double> values) const { values_.read(values); }
  void read(std::span<double> values, std::span<double> weakest_dbm) const {
    read(values);
    weakest_dbm_.read(weakest_dbm);
  }
  std::size_t bytes() const {
    return power_mw_.bytes() + weights_.bytes() + runs_.bytes() + values_.bytes() + outer_.bytes() +
           weakest_dbm_.bytes();
  }

 private:
  using Numbers = backend::Buffer<Backend, double>;

  Backend* backend_;
  double* gain_bar_;
  Numbers power_mw_, weights_;
  backend::Buffer<Backend, kernels::LossRun> runs_;
  Numbers values_, outer_, weakest_dbm_;
  kernels::ServingView serving_{};
};

}  // namespace manyworlds::paths::batch
