#pragma once
#include <cmath>

#include "manyworlds/core/error.hpp"
#include "manyworlds/scene/antenna.hpp"

namespace manyworlds {

/// Kernel view of an antenna at a position (m) with an orientation (yaw, pitch, roll in radians; boresight is local x).
/// Throws InputError unless the antenna has one or two ports.
template <class T>
Device<T> make_device(Vec3d position, Vec3d orientation, const Antenna& antenna) {
  const std::size_t ports = antenna.slants.size();
  if (ports < 1 || ports > 2)
    throw InputError("antenna", "expected 1 or 2 polarisation ports, got " + std::to_string(ports));
  const Mat3d axes = rotation(orientation.x, orientation.y, orientation.z);
  Device<T> device;
  device.position = position.as<T>();
  device.axes = {axes.x.as<T>(), axes.y.as<T>(), axes.z.as<T>()};
  device.pattern = antenna.pattern;
  device.ports = static_cast<std::uint8_t>(ports);
  for (std::size_t m = 0; m < ports; ++m) {
    device.cos_slant[m] = T(std::cos(antenna.slants[m]));
    device.sin_slant[m] = T(std::sin(antenna.slants[m]));
  }
  return device;
}

}  // namespace manyworlds
