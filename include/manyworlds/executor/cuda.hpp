#pragma once
#include "manyworlds/backend/parallel.hpp"
#include "manyworlds/engine/executor.hpp"
#include "manyworlds/executor/cuda_devices.hpp"
#include "manyworlds/executor/device_evaluator.hpp"

/// Executors on CUDA devices. What runs there is compiled by nvcc into the library manyworlds::cuda; a driver that
/// links it needs nothing else. Results agree with those of the CPU to rounding, and among themselves.
namespace manyworlds::executor {

/// Numbers of the fields; what decides which paths there are is always in double precision.
enum class Precision : std::uint8_t { in_double, in_single };
constexpr std::array<const char*, 2> choices(Precision) { return {"double", "single"}; }

namespace detail {

/// What both executors have in common.
template <bool OwnContexts>
struct OnDevices {
  struct Params {
    std::vector<int> device;  ///< none: all
    Precision precision = Precision::in_double;
    int most = 0;                    ///< 0 = as many as memory holds
    double memory_budget_bytes = 0;  ///< of each device; 0 = nine tenths of what is free
    int threads = 0;
    template <class V>
    void fields(V&& v) {
      v("device", device, "numbers of the devices to use, e.g. 0,1; none = all");
      v("precision", precision, "numbers of the fields");
      v("most", most, "worlds at once on each device, 0 = as many as memory holds");
      v("memory_budget_bytes", memory_budget_bytes, "bytes of each device, 0 = nine tenths of what is free");
      v("threads", threads, "threads for what runs on this machine's processors, 0 = all processors");
    }
  } prm{};
  std::shared_ptr<const paths::batch::Devices> devices{};  ///< null: cuda_devices()
  std::function<void(const std::string&)> say{};           ///< told when memory does not hold all worlds at once

  /// Throws InputError for parameters out of range, NoDevice without a device.
  void check() const {
    expect(prm.threads >= 0, "executor.threads", "0 (all processors) or more");
    expect(prm.most >= 0, "executor.most", "0 (as many as memory holds) or more");
    expect(prm.memory_budget_bytes >= 0, "executor.memory_budget_bytes", "0 (what is free) or more");
    const std::vector<backend::DeviceInfo> all = (devices ? devices : cuda_devices())->list();
    for (const int device : prm.device) {
      backend::device_at(all, device);
      expect(std::count(prm.device.begin(), prm.device.end(), device) == 1, "device", "each number once");
    }
  }
  template <class F>
  void for_each_world(std::size_t n, F&& f) const {
    if (n == 0) return check();
    parallel::for_each(n, prm.threads, f);
  }
  template <class Problem>
  std::unique_ptr<DeviceEvaluator<Problem>> evaluator(const Problem& problem) const {
    check();
    LaneOptions options;
    options.devices = prm.device;
    options.own_contexts = OwnContexts;
    if (prm.most > 0) options.most = std::uint32_t(prm.most);
    options.single = prm.precision == Precision::in_single;
    options.memory_budget = std::size_t(prm.memory_budget_bytes);
    options.say = say;
    return std::make_unique<DeviceEvaluator<Problem>>(problem, devices ? devices : cuda_devices(), options);
  }
};

}  // namespace detail

/// All worlds of a device in one sequence of launches (docs/worlds-on-a-device.md).
struct CudaBatch : detail::OnDevices<false> {
  static constexpr const char* name = "cuda_batch";
};
/// Each world in a CUDA context of its own, with its own copy of the scene and its own stream, each driven by a thread:
/// what a process for each world does to a device, without processes. To be measured against CudaBatch, not to be used.
struct CudaContexts : detail::OnDevices<true> {
  static constexpr const char* name = "cuda_contexts";
};
static_assert(Executor<CudaBatch> && Executor<CudaContexts>);

}  // namespace manyworlds::executor
