#include "device_gains.hpp"
#include "manyworlds/backend/cuda/cuda.cuh"

namespace manyworlds::test {

std::unique_ptr<paths::batch::AnyGains> device_soft_gains(const paths::batch::Arrays& arrays, std::uint32_t worlds,
                                                          const paths::batch::Room& room, const Visibility& visibility,
                                                          int device, Context context) {
  using backend::Cuda;
  const auto isolation = context == Context::own ? Cuda::Isolation::own_context : Cuda::Isolation::primary_context;
  return paths::batch::make_soft_gains<double>(std::make_unique<Cuda>(device, isolation), arrays, worlds, room,
                                               visibility);
}

}  // namespace manyworlds::test
