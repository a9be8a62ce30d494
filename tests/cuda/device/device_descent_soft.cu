// The same under soft visibility, with fields in single precision.
#include "device_gains.hpp"
#include "manyworlds/backend/cuda/cuda.cuh"
#include "manyworlds/paths/batch/soft_finder.hpp"
#include "user_policies.hpp"

namespace manyworlds::test {

std::vector<double> device_descent_soft_single(const paths::batch::Arrays& arrays,
                                               const paths::batch::DescentOptions<kernels::FreePanel>& options,
                                               const std::vector<double>& x, const paths::batch::Room& room) {
  using backend::Cuda;
  Cuda cuda(0);
  paths::batch::Descent<Cuda, Shortfall, HeavyBall, kernels::FreePanel, float, kernels::Grouped<float>,
                        paths::batch::SoftFinder<Cuda>>
      descent(cuda, arrays, {{-30}}, {}, options, x, room);
  descent.run(std::uint32_t(options.factors.size()));
  return descent.history();
}

}  // namespace manyworlds::test
