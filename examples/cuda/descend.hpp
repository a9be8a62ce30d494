#pragma once
#include <manyworlds/paths/batch/descent.hpp>

#include "own_policies.hpp"

using Options = mw::paths::batch::DescentOptions<mw::kernels::FreePanel>;

/// Where the worlds of a descent came to: least losses, by world, and the variables there.
struct Descended {
  std::vector<double> values, x;
};

template <class Backend>
Descended descend_on(Backend& backend, const mw::paths::batch::Arrays& arrays, const Shortfall& loss,
                     const Options& options, std::span<const double> starts) {
  mw::paths::batch::Descent<Backend, Shortfall, HeavyBall> descent(
      backend, arrays, loss, {}, options, starts, mw::paths::batch::Room::of(std::uint32_t(options.rates.size())));
  descent.run(std::uint32_t(options.factors.size()));
  return {descent.best_values(), descent.best_x()};
}

/// On CUDA device 0; throws NoDevice.
Descended descend_on_device(const mw::paths::batch::Arrays& arrays, const Shortfall& loss, const Options& options,
                            std::span<const double> starts);
