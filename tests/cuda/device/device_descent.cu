// Policies of one's own run in a descent on a device.
#include "device_gains.hpp"
#include "manyworlds/backend/cuda/cuda.cuh"
#include "user_policies.hpp"

namespace manyworlds::test {

std::vector<double> device_descent(const paths::batch::Arrays& arrays,
                                   const paths::batch::DescentOptions<kernels::FreePanel>& options,
                                   const std::vector<double>& x, const paths::batch::Room& room) {
  backend::Cuda cuda(0);
  paths::batch::Descent<backend::Cuda, Shortfall, HeavyBall> descent(cuda, arrays, {{-30}}, {}, options, x, room);
  descent.run(std::uint32_t(options.factors.size()));
  return descent.history();
}

}  // namespace manyworlds::test
