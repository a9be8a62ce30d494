#include "manyworlds/executor/cuda_devices.cuh"

namespace manyworlds::executor {

template <>
std::unique_ptr<paths::batch::AnyGains> make_on_cuda<double, true>(std::unique_ptr<backend::Cuda> backend,
                                                                   const paths::batch::BatchSpec& spec,
                                                                   const CudaLossKinds& kinds) {
  return paths::batch::make_gains<double>(std::move(backend), spec.arrays, spec.worlds, spec.room,
                                          {&spec.reception, kinds});
}

}  // namespace manyworlds::executor
