#pragma once
#include <cudaTypedefs.h>

#include "manyworlds/backend/cuda/error.cuh"

namespace manyworlds::backend::cuda {

/// A function of the driver, fetched at run time: programs start where there is no driver.
template <class Function>
Function driver_function(const char* name, unsigned version) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  check(cudaGetDriverEntryPointByVersion(name, &function, version, cudaEnableDefault, &found),
        std::string("cudaGetDriverEntryPointByVersion(") + name + ")");
  if (found != cudaDriverEntryPointSuccess || !function)
    throw DeviceError(name, -1, "cudaDriverEntryPointSymbolNotFound", "the driver is too old");
  return reinterpret_cast<Function>(function);
}

inline void check_driver(CUresult result, const std::string& call, int device) {
  if (result == CUDA_SUCCESS) return;
  const char* name = nullptr;
  driver_function<PFN_cuGetErrorName_v6000>("cuGetErrorName", 6000)(result, &name);
  if (result == CUDA_ERROR_OUT_OF_MEMORY) throw OutOfDeviceMemory(call, device, name ? name : "?", "");
  throw DeviceError(call, device, name ? name : "?", "");
}

/// A context of its own on a device, beside the primary one that everything else uses. Contexts of one process share
/// nothing and take turns; the toolkit's own header advises against more than one.
class Context {
 public:
  explicit Context(int device) : device_(device) {
    check(cudaInitDevice(device, 0, 0), "cudaInitDevice", device);
    CUdevice handle;
    check_driver(driver_function<PFN_cuDeviceGet_v2000>("cuDeviceGet", 2000)(&handle, device), "cuDeviceGet", device);
    CUctxCreateParams parameters{};
    check_driver(driver_function<PFN_cuCtxCreate_v12050>("cuCtxCreate", 12050)(&context_, &parameters, 0, handle),
                 "cuCtxCreate", device);
    set_current_ = driver_function<PFN_cuCtxSetCurrent_v4000>("cuCtxSetCurrent", 4000);
    destroy_ = driver_function<PFN_cuCtxDestroy_v4000>("cuCtxDestroy", 4000);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { destroy_(context_); }

  /// Makes it the one that this thread's calls go to.
  void activate() const { check_driver(set_current_(context_), "cuCtxSetCurrent", device_); }
  int device() const { return device_; }

 private:
  int device_;
  CUcontext context_ = nullptr;
  PFN_cuCtxSetCurrent_v4000 set_current_ = nullptr;
  PFN_cuCtxDestroy_v4000 destroy_ = nullptr;
};

}  // namespace manyworlds::backend::cuda
