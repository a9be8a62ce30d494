#include "device_gains.hpp"
#include "manyworlds/backend/cuda/cuda.cuh"

namespace manyworlds::test {

std::unique_ptr<paths::batch::AnyGains> device_soft_gains_single(const paths::batch::Arrays& arrays,
                                                                 std::uint32_t worlds, const paths::batch::Room& room,
                                                                 const Visibility& visibility, int device) {
  return paths::batch::make_soft_gains<float>(std::make_unique<backend::Cuda>(device), arrays, worlds, room,
                                              visibility);
}

}  // namespace manyworlds::test
