#pragma once
#include "manyworlds/paths/batch/devices.hpp"

namespace manyworlds::executor {

#ifdef MANYWORLDS_WITH_CUDA
/// This machine's CUDA devices, with code for the losses of the library (executor/cuda_devices.cuh takes others).
std::shared_ptr<const paths::batch::Devices> cuda_devices();
#else
inline std::shared_ptr<const paths::batch::Devices> cuda_devices() {
  throw backend::NoDevice("this program was built without CUDA");
}
#endif

}  // namespace manyworlds::executor
