#include "device_gains.hpp"
#include "manyworlds/backend/cuda/cuda.cuh"
#include "rates.hpp"

namespace manyworlds::test {

Rates device_rates(const paths::batch::Arrays& arrays) {
  backend::Cuda cuda(0);
  cuda.profile();
  return measure_rates(cuda, arrays, 1u << 25, [&](const auto& ask) {
    double least = 1e300;
    for (int i = 0; i < 6; ++i) {  // the first warms up
      cuda.profiled();
      ask();
      least = std::min(least, cuda.profiled().at("questions"));
    }
    return least;
  });
}

}  // namespace manyworlds::test
