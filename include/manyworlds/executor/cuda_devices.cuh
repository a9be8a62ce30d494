#pragma once
#include "manyworlds/backend/cuda/cuda.cuh"
#include "manyworlds/executor/cuda_devices.hpp"
#include "manyworlds/loss/loss.hpp"
#include "manyworlds/paths/batch/owned_gains.hpp"

/// What stands behind executor::CudaBatch and executor::CudaContexts; for nvcc. The batches themselves, which take
/// minutes to compile, are in the library manyworlds::cuda.
namespace manyworlds::executor {

using CudaLossKinds = paths::batch::LossKinds<backend::Cuda>;

/// A batch on this backend: fields in T, paths under hard visibility or under soft. In manyworlds::cuda for double and
/// float.
template <class T, bool hard>
std::unique_ptr<paths::batch::AnyGains> make_on_cuda(std::unique_ptr<backend::Cuda> backend,
                                                     const paths::batch::BatchSpec& spec, const CudaLossKinds& kinds);
using MakeOnCuda = decltype(make_on_cuda<double, true>);
template <>
MakeOnCuda make_on_cuda<double, true>;
template <>
MakeOnCuda make_on_cuda<float, true>;
template <>
MakeOnCuda make_on_cuda<double, false>;
template <>
MakeOnCuda make_on_cuda<float, false>;

/// Of the host's code, likewise there.
paths::batch::Footprint batch_footprint(const paths::batch::BatchSpec& spec);

/// The CUDA devices of this machine, with code for the losses that were added. A driver that is compiled by nvcc adds
/// its own: `auto devices = std::make_shared<CudaDevices>(); devices->add<MyLoss>(); executor.devices = devices;`
class CudaDevices final : public paths::batch::Devices {
 public:
  template <SeparableLoss L>
  void add() {
    kinds_.add<L>();
  }
  std::vector<backend::DeviceInfo> list() const override { return backend::cuda::list_devices(); }
  paths::batch::Footprint footprint(const paths::batch::BatchSpec& spec) const override {
    paths::batch::Footprint footprint = batch_footprint(spec);
    // Estimates: a context of its own, and the largest stack (docs/results/ptxas.md) of all threads that fit a device.
    footprint.context_bytes = (spec.visibility.kind == VisibilityKind::hard ? 1ull : 3ull) << 30;
    return footprint;
  }
  std::unique_ptr<paths::batch::AnyGains> make(const paths::batch::BatchSpec& spec) const override {
    using backend::Cuda;
    const auto isolation = spec.own_context ? Cuda::Isolation::own_context : Cuda::Isolation::primary_context;
    const bool hard = spec.visibility.kind == VisibilityKind::hard;
    MakeOnCuda* const make = spec.single ? (hard ? &make_on_cuda<float, true> : &make_on_cuda<float, false>)
                                         : (hard ? &make_on_cuda<double, true> : &make_on_cuda<double, false>);
    return make(std::make_unique<Cuda>(spec.device, isolation), spec, kinds_);
  }

 private:
  CudaLossKinds kinds_;
};

}  // namespace manyworlds::executor
