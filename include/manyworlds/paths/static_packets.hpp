#pragma once
#include "manyworlds/paths/path_packets.hpp"
#include "manyworlds/paths/transmitter_cache.hpp"

namespace manyworlds::paths {

/// Static paths of a transmitter in packets, for the adjoint of one that moves.
struct StaticPackets {
  PathTable table;
  PathPackets packets;
  std::vector<std::uint32_t> static_path;  ///< of each path in the table: its number in the cache

  /// Takes up the paths i with wanted(i); the view knows their faces.
  template <class Wanted>
  void build(const TransmitterCache& cache, std::uint32_t tx, const kernels::FieldView<double>& view, Wanted&& wanted) {
    table.clear();
    static_path.clear();
    for (std::uint32_t i = 0; i < cache.paths.size(); ++i) {
      if (!wanted(i)) continue;
      const TransmitterCache::StaticPath& path = cache.paths[i];
      const std::size_t first_hop = table.hops.size();
      const auto begin = cache.hops.begin() + path.first_hop;
      table.hops.insert(table.hops.end(), begin, begin + path.hops);
      table.add(tx, path.rx, first_hop);
      static_path.push_back(i);
    }
    packets.build(table, view);
  }
  std::size_t bytes() const {
    return table.bytes() + packets.bytes() + static_path.capacity() * sizeof(static_path[0]);
  }
};

}  // namespace manyworlds::paths
