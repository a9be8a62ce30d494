#include "device_gains.hpp"
#include "manyworlds/backend/cuda/cuda.cuh"

namespace manyworlds::test {

std::vector<backend::DeviceInfo> devices() { return backend::cuda::list_devices(); }

std::unique_ptr<paths::batch::AnyGains> device_gains(const paths::batch::Arrays& arrays, std::uint32_t worlds,
                                                     const paths::batch::Room& room, int device, Context context) {
  using backend::Cuda;
  const auto isolation = context == Context::own ? Cuda::Isolation::own_context : Cuda::Isolation::primary_context;
  return paths::batch::make_gains<double>(std::make_unique<Cuda>(device, isolation), arrays, worlds, room);
}

}  // namespace manyworlds::test
