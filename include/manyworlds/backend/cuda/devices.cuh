#pragma once
#include "manyworlds/backend/cuda/error.cuh"

namespace manyworlds::backend::cuda {

/// How many devices this machine has. Throws NoDevice when there is none, or none that works.
inline int count_devices() {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  cudaGetLastError();
  if (error == cudaErrorInsufficientDriver) throw NoDevice("there is no NVIDIA driver, or it is too old");
  if (error != cudaSuccess)
    throw NoDevice(std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ")");
  if (count == 0) throw NoDevice("the driver sees none");
  return count;
}

/// What device number i is, without the memory that is free; touches no other.
inline DeviceInfo describe_device(int i) {
  const int count = count_devices();
  if (i < 0 || i >= count)
    throw InputError("device", "expected 0 to " + std::to_string(count - 1) + ", got " + std::to_string(i));
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, i), "cudaGetDeviceProperties", i);
  DeviceInfo d;
  d.index = i;
  d.name = properties.name;
  d.major = properties.major;
  d.minor = properties.minor;
  d.total_bytes = properties.totalGlobalMem;
  d.multiprocessors = properties.multiProcessorCount;
  int kilohertz = 0;
  check(cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, i), "cudaDeviceGetAttribute(clock rate)", i);
  d.clock_ghz = kilohertz * 1e-6;
  return d;
}

/// The devices of this machine with the memory that is free now: none on one that cannot be asked. Throws NoDevice when
/// there is none.
inline std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices;
  int before = 0;
  for (int i = 0, count = count_devices(); i < count; ++i) devices.push_back(describe_device(i));
  check(cudaGetDevice(&before), "cudaGetDevice");
  for (DeviceInfo& d : devices)
    if (cudaSetDevice(d.index) != cudaSuccess || cudaMemGetInfo(&d.free_bytes, &d.total_bytes) != cudaSuccess) {
      d.free_bytes = 0;
      cudaGetLastError();
    }
  check(cudaSetDevice(before), "cudaSetDevice", before);
  return devices;
}

}  // namespace manyworlds::backend::cuda
