#pragma once
#include "manyworlds/paths/transmitter_cache.hpp"

namespace manyworlds::paths {

/// A transmitter's static paths with their fields at the receivers.
struct TransmitterPaths {
  TransmitterCache cache;
  std::vector<CVec3<double>> fields;  ///< by path
  std::vector<CVec3<double>> total;   ///< by receiver: sum of fields when coherent
  std::vector<double> power;          ///< by receiver: sum of |field|^2 when not

  std::size_t bytes() const {
    return cache.prefixes.capacity() * sizeof(Beam) + cache.paths.capacity() * sizeof(cache.paths[0]) +
           cache.points.capacity() * sizeof(Vec3d) + cache.segments.bytes() + cache.hops.capacity() * sizeof(Hop) +
           (fields.capacity() + total.capacity()) * sizeof(CVec3<double>) + power.capacity() * sizeof(double);
  }
};

}  // namespace manyworlds::paths
