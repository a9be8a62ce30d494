#include "descend.hpp"

#include <manyworlds/backend/cuda/cuda.cuh>

Descended descend_on_device(const mw::paths::batch::Arrays& arrays, const Shortfall& loss, const Options& options,
                            std::span<const double> starts) {
  mw::backend::Cuda cuda(0);
  return descend_on(cuda, arrays, loss, options, starts);
}
