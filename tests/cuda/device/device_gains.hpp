#pragma once
#include <map>

#include "manyworlds/backend/device.hpp"
#include "manyworlds/paths/batch/any_gains.hpp"
#include "manyworlds/paths/batch/descent.hpp"

/// What tests and benchmarks that are compiled for the host alone ask of a device.
namespace manyworlds::test {

/// Throws backend::NoDevice where there is none.
std::vector<backend::DeviceInfo> devices();

enum class Context { primary, own };

/// Gains on a device, fields in double or in float. Throws NoDevice, backend::DeviceError.
std::unique_ptr<paths::batch::AnyGains> device_gains(const paths::batch::Arrays& arrays, std::uint32_t worlds,
                                                     const paths::batch::Room& room, int device = 0,
                                                     Context context = Context::primary);
std::unique_ptr<paths::batch::AnyGains> device_gains_single(const paths::batch::Arrays& arrays, std::uint32_t worlds,
                                                            const paths::batch::Room& room, int device = 0);

/// The same under soft visibility.
std::unique_ptr<paths::batch::AnyGains> device_soft_gains(const paths::batch::Arrays& arrays, std::uint32_t worlds,
                                                          const paths::batch::Room& room, const Visibility& visibility,
                                                          int device = 0, Context context = Context::primary);
std::unique_ptr<paths::batch::AnyGains> device_soft_gains_single(const paths::batch::Arrays& arrays,
                                                                 std::uint32_t worlds, const paths::batch::Room& room,
                                                                 const Visibility& visibility, int device = 0);

/// Milliseconds by launch of one step forward and back, each launch by itself.
std::map<std::string, double> device_profile(const paths::batch::Arrays& arrays, std::span<const Pose> poses,
                                             std::span<const double> gain_bar, const paths::batch::Room& room);

/// Losses [step][world] of a descent on device 0 with the policies of user_policies.hpp, target -30 dBm.
std::vector<double> device_descent(const paths::batch::Arrays& arrays,
                                   const paths::batch::DescentOptions<kernels::FreePanel>& options,
                                   const std::vector<double>& x, const paths::batch::Room& room);

}  // namespace manyworlds::test
