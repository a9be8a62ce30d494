#pragma once
#include <map>

#include "manyworlds/backend/device.hpp"
#include "manyworlds/executor/cuda_devices.hpp"
#include "manyworlds/paths/batch/descent.hpp"

/// What tests and benchmarks that are compiled for the host alone ask of a device.
namespace manyworlds::test {

enum class Context { primary, own };
enum class Fields { in_double, in_single };

/// Gains on a device. Throws NoDevice, backend::DeviceError.
inline std::unique_ptr<paths::batch::AnyGains> device_gains(
    const paths::batch::Arrays& arrays, std::uint32_t worlds, const paths::batch::Room& room,
    const Visibility& visibility = {.kind = VisibilityKind::hard}, Fields fields = Fields::in_double,
    Context context = Context::primary) {
  paths::batch::Reception reception;
  reception.power_mw.assign(arrays.transmitters.size(), 1);
  reception.weights.assign(arrays.receivers.size(), 1 / double(arrays.receivers.size()));
  return executor::cuda_devices()->make(
      {arrays, reception, worlds, room, visibility, fields == Fields::in_single, 0, context == Context::own});
}

/// One step forward and back, each launch by itself.
struct Profile {
  std::map<std::string, double> ms;  ///< by launch
  paths::batch::Room used;
};
Profile device_profile(const paths::batch::Arrays& arrays, std::span<const Pose> poses,
                       std::span<const double> gain_bar, const paths::batch::Room& room);

/// What rates.hpp asks, on device 0; for benchmarks alone, which compile it.
struct Rates;
Rates device_rates(const paths::batch::Arrays& arrays);

/// Losses [step][world] of a descent on device 0 with the policies of user_policies.hpp, target -30 dBm.
std::vector<double> device_descent(const paths::batch::Arrays& arrays,
                                   const paths::batch::DescentOptions<kernels::FreePanel>& options,
                                   const std::vector<double>& x, const paths::batch::Room& room);
/// The same under soft visibility, with fields in single precision.
std::vector<double> device_descent_soft_single(const paths::batch::Arrays& arrays,
                                               const paths::batch::DescentOptions<kernels::FreePanel>& options,
                                               const std::vector<double>& x, const paths::batch::Room& room);

/// The library's devices with code for Shortfall of user_policies.hpp, too.
std::shared_ptr<const paths::batch::Devices> devices_with_own_loss();

}  // namespace manyworlds::test
