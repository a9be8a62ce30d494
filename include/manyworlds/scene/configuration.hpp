#pragma once
#include <vector>

#include "manyworlds/math/pose.hpp"

namespace manyworlds {

/// What differs between worlds: where each mover and each transmitter is.
struct Configuration {
  std::vector<Pose> movers;
  std::vector<Vec3d> transmitters;     ///< positions, m
  std::vector<std::uint8_t> absent{};  ///< by mover: is not there at all; empty = all are there

  bool is_absent(std::size_t mover) const { return mover < absent.size() && absent[mover] != 0; }
};

/// Derivative of a scalar with respect to a Configuration, same shapes: per metre and per radian.
struct ConfigurationGradient {
  std::vector<PoseGradient> movers;
  std::vector<Vec3d> transmitters;
};

}  // namespace manyworlds
