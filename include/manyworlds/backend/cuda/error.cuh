#pragma once
#include <cuda_runtime_api.h>

#include "manyworlds/backend/device.hpp"

namespace manyworlds::backend::cuda {

/// Throws what a failed call deserves. `call` names it with what it was for: "launch 'overlay'".
inline void check(cudaError_t error, const std::string& call, int device = -1) {
  if (error == cudaSuccess) return;
  const std::string name = cudaGetErrorName(error), text = cudaGetErrorString(error);
  cudaGetLastError();  // errors that can be recovered from must not be seen again
  if (error == cudaErrorInsufficientDriver)
    throw NoDevice("there is no NVIDIA driver, or it is too old (" + name + ")");
  if (error == cudaErrorNoDevice) throw NoDevice("the driver sees none (" + name + ")");
  if (error == cudaErrorMemoryAllocation) throw OutOfDeviceMemory(call, device, name, text);
  throw DeviceError(call, device, name, text);
}

}  // namespace manyworlds::backend::cuda
