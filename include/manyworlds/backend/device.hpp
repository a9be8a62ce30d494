#pragma once
#include <algorithm>
#include <cmath>
#include <span>

#include "manyworlds/core/error.hpp"

/// Devices as plain data, and what can go wrong with them: nothing here needs a device or a toolkit.
namespace manyworlds::backend {

struct DeviceInfo {
  int index = 0;
  std::string name;
  int major = 0, minor = 0;  ///< compute capability
  std::size_t total_bytes = 0, free_bytes = 0;
  int multiprocessors = 0;
  double clock_ghz = 0;

  /// Relative to others, for spreading work.
  double speed() const { return multiprocessors * clock_ghz; }
};

/// A call to a device failed: which call, for what, on which device (-1: none yet), and the error's name.
class DeviceError : public std::runtime_error {
 public:
  DeviceError(const std::string& failed_call, int on_device, const std::string& error_name, const std::string& text)
      : std::runtime_error(failed_call + (on_device < 0 ? "" : " on CUDA device " + std::to_string(on_device)) + ": " +
                           error_name + (text.empty() ? "" : ": " + text)),
        call(failed_call),
        device(on_device),
        name(error_name) {}
  std::string call;
  int device;
  std::string name;
};

/// The device has not enough memory left; fewer worlds at once may do.
class OutOfDeviceMemory : public DeviceError {
 public:
  using DeviceError::DeviceError;
};

/// There is no device at all; the CPU can do everything that one can.
class NoDevice : public std::runtime_error {
 public:
  explicit NoDevice(const std::string& why)
      : std::runtime_error("no CUDA device: " + why + "; the executors 'batch' and 'serial' need none") {}
};

/// Device number `wanted`. Throws NoDevice when there is none, InputError when there are not so many.
inline const DeviceInfo& device_at(std::span<const DeviceInfo> devices, int wanted) {
  if (devices.empty()) throw NoDevice("none was found");
  for (const DeviceInfo& d : devices)
    if (d.index == wanted) return d;
  throw InputError("device", "expected 0 to " + std::to_string(devices.size() - 1) + ", got " + std::to_string(wanted));
}

/// Worlds [first, first + count) go to a device, at most `at_once` of them in one step.
struct DeviceShare {
  int device = 0;
  std::size_t first = 0, count = 0, at_once = 0;

  /// Steps that they take.
  std::size_t groups() const { return at_once == 0 ? 0 : (count + at_once - 1) / at_once; }
};

/// What is free, less a tenth.
inline std::size_t usable_bytes(const DeviceInfo& d) { return d.free_bytes - d.free_bytes / 10; }

/// Spreads worlds over devices by speed; how many run at once is what their usable memory holds. Devices that
/// hold no world get none. Throws NoDevice without devices, InputError when no device holds even one world.
inline std::vector<DeviceShare> spread_worlds(std::size_t worlds, std::span<const DeviceInfo> devices,
                                              std::size_t shared_bytes, std::size_t bytes_per_world) {
  if (devices.empty()) throw NoDevice("none was found");
  std::vector<DeviceShare> shares;
  std::vector<double> speeds;
  double total = 0;
  for (const DeviceInfo& d : devices) {
    const std::size_t usable = usable_bytes(d);
    const std::size_t fits =
        usable > shared_bytes ? (usable - shared_bytes) / std::max<std::size_t>(1, bytes_per_world) : 0;
    if (fits == 0) continue;
    shares.push_back({d.index, 0, 0, fits});
    speeds.push_back(std::max(d.speed(), 1e-9));
    total += speeds.back();
  }
  if (shares.empty())
    throw InputError("device", "expected " + std::to_string((shared_bytes + bytes_per_world + (1 << 20) - 1) >> 20) +
                                   " MiB of free memory for one world, no device has so much");
  double before = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i].first = std::size_t(std::llround(double(worlds) * before / total));
    before += speeds[i];
    const std::size_t end =
        i + 1 == shares.size() ? worlds : std::size_t(std::llround(double(worlds) * before / total));
    shares[i].count = end - shares[i].first;
    shares[i].at_once = std::min(shares[i].at_once, shares[i].count);
  }
  std::erase_if(shares, [](const DeviceShare& s) { return s.count == 0; });
  return shares;
}

}  // namespace manyworlds::backend
