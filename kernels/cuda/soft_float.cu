#include "manyworlds/executor/cuda_devices.cuh"

namespace manyworlds::executor {

template <>
std::unique_ptr<paths::batch::AnyGains> make_on_cuda<float, false>(std::unique_ptr<backend::Cuda> backend,
                                                                   const paths::batch::BatchSpec& spec,
                                                                   const CudaLossKinds& kinds) {
  return paths::batch::make_soft_gains<float>(std::move(backend), spec.arrays, spec.worlds, spec.room, spec.visibility,
                                              {&spec.reception, kinds});
}

}  // namespace manyworlds::executor
