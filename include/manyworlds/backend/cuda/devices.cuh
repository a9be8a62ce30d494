#pragma once
#include "manyworlds/backend/cuda/error.cuh"

namespace manyworlds::backend::cuda {

/// The devices of this machine with the memory that is free now. Throws NoDevice when there is none.
inline std::vector<DeviceInfo> list_devices() {
  int count = 0;
  check(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
  if (count == 0) throw NoDevice("the driver sees none");
  int before = 0;
  check(cudaGetDevice(&before), "cudaGetDevice");
  std::vector<DeviceInfo> devices;
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, i), "cudaGetDeviceProperties", i);
    DeviceInfo d;
    d.index = i;
    d.name = properties.name;
    d.major = properties.major;
    d.minor = properties.minor;
    d.multiprocessors = properties.multiProcessorCount;
    int kilohertz = 0;
    check(cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, i), "cudaDeviceGetAttribute(clock rate)", i);
    d.clock_ghz = kilohertz * 1e-6;
    check(cudaSetDevice(i), "cudaSetDevice", i);
    check(cudaMemGetInfo(&d.free_bytes, &d.total_bytes), "cudaMemGetInfo", i);
    devices.push_back(d);
  }
  check(cudaSetDevice(before), "cudaSetDevice", before);
  return devices;
}

}  // namespace manyworlds::backend::cuda
