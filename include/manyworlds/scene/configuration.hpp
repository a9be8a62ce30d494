#pragma once
#include <vector>

#include "manyworlds/math/pose.hpp"

namespace manyworlds {

/// What differs between worlds: where each mover and each transmitter is.
struct Configuration {
  std::vector<Pose> movers;
  std::vector<Vec3d> transmitters;
};

/// Derivative of a scalar with respect to a Configuration, same shapes.
struct ConfigurationGradient {
  std::vector<PoseGradient> movers;
  std::vector<Vec3d> transmitters;
};

}  // namespace manyworlds
