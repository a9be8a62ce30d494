#pragma once
#include "manyworlds/paths/transmitter_cache.hpp"

namespace manyworlds::paths {

/// A transmitter's static paths with their fields at the receivers.
struct TransmitterPaths {
  TransmitterCache cache;
  std::vector<CVec3<double>> fields;  ///< by path
  std::vector<CVec3<double>> total;   ///< by receiver: sum of fields when coherent
  std::vector<double> power;          ///< by receiver: sum of |field|^2 when not

  /// What the paths of one receiver take, about.
  std::size_t bytes_of(std::size_t rx) const {
    std::size_t sum = sizeof(cache.first_path[0]) + sizeof(total[0]) + sizeof(power[0]);
    for (std::uint32_t i = cache.first_path[rx]; i < cache.first_path[rx + 1]; ++i) {
      const TransmitterCache::StaticPath& path = cache.paths[i];
      sum += sizeof(path) + sizeof(fields[0]) + path.hops * sizeof(Hop) + path.points * sizeof(Vec3d) +
             (path.points - 1) * StaticSegments::bytes_of_segment();
    }
    return sum;
  }
  std::size_t bytes() const {
    return cache.prefixes.capacity() * sizeof(Beam) + cache.paths.capacity() * sizeof(cache.paths[0]) +
           cache.points.capacity() * sizeof(Vec3d) + cache.segments.bytes() + cache.hops.capacity() * sizeof(Hop) +
           (fields.capacity() + total.capacity()) * sizeof(CVec3<double>) + power.capacity() * sizeof(double);
  }
};

}  // namespace manyworlds::paths
