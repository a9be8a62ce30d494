#pragma once
#include <array>
#include <span>

#include "manyworlds/paths/path_table.hpp"
#include "manyworlds/paths/wide_path.hpp"
#include "manyworlds/paths/wide_sums.hpp"

namespace manyworlds::paths {

/// The paths of a table that go through the field kernels side by side, up to Wide::lanes at a time: those with the
/// same transmitter, kinds of hops, movers and tiles, and static faces of the same materials.
class PathPackets {
 public:
  struct Packet {
    std::uint32_t count = 0;
    std::array<std::uint32_t, Wide::lanes> path;  ///< indices into the table; the first one again where there are fewer

    std::array<std::uint32_t, Wide::lanes> receivers(const PathTable& table) const {
      std::array<std::uint32_t, Wide::lanes> rx;
      for (std::size_t i = 0; i < rx.size(); ++i) rx[i] = table.paths[path[i]].rx;
      return rx;
    }
    std::array<const kernels::Path*, Wide::lanes> paths(const PathTable& table) const {
      std::array<const kernels::Path*, Wide::lanes> all;
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = &table.paths[path[i]];
      return all;
    }
  };
  std::vector<Packet> list;
  std::span<const Packet> part(std::size_t first, std::size_t last) const { return {&list[first], last - first}; }
  std::vector<std::uint32_t> group;  ///< of each path of the table

  /// Of all paths but the dimmed ones; the view knows their faces.
  void build(const PathTable& table, const kernels::FieldView<double>& view) {
    list.clear();
    open_.assign(std::bit_ceil(2 * table.paths.size() + 2), none);
    group.resize(table.paths.size());
    std::size_t d = 0;
    for (std::uint32_t g = 0; g < table.groups.size(); ++g) {
      if (d < table.dimmed.size() && table.dimmed[d].group == g)
        ++d;
      else
        for (std::uint32_t i = table.groups[g]; i < table.group_end(g); ++i) group[i] = g, add(table, view, i);
    }
    for (Packet& packet : list) std::fill(packet.path.begin() + packet.count, packet.path.end(), packet.path[0]);
  }

  std::size_t bytes() const {
    return list.capacity() * sizeof(Packet) + (open_.capacity() + group.capacity()) * sizeof(open_[0]);
  }

 private:
  static constexpr std::uint32_t none = ~0u;

  /// Puts the path into the packet that waits for its like, or into a new one.
  void add(const PathTable& table, const kernels::FieldView<double>& view, std::uint32_t path) {
    std::size_t at = hash(table, view, table.paths[path]) & (open_.size() - 1);
    while (open_[at] != none && !alike(table, view, table.paths[path], table.paths[list[open_[at]].path[0]]))
      at = (at + 1) & (open_.size() - 1);
    if (open_[at] == none || list[open_[at]].count == Wide::lanes) {
      open_[at] = std::uint32_t(list.size());
      list.emplace_back();
    }
    Packet& packet = list[open_[at]];
    packet.path[packet.count++] = path;
  }

  /// Tile indices of a path: a tuple has one for each bounce on a mover, so as many as the next path's begin later.
  static std::span<const std::uint8_t> tiles(const PathTable& table, const kernels::Path& path) {
    const std::size_t next = std::size_t(&path - table.paths.data()) + 1;
    const std::size_t end = next < table.paths.size() ? table.paths[next].first_tile : table.tiles.size();
    return {table.tiles.data() + path.first_tile, end - path.first_tile};
  }
  static std::span<const Hop> hops(const PathTable& table, const kernels::Path& path) {
    return {table.hops.data() + path.first_hop, path.hops};
  }

  /// Equal for faces that may stand in different lanes.
  static std::uint32_t kind_of_face(const kernels::FieldView<double>& view, std::uint32_t face) {
    return view.is_mover(face) ? face : ~view.face(face).material;
  }

  static bool alike(const PathTable& table, const kernels::FieldView<double>& view, const kernels::Path& a,
                    const kernels::Path& b) {
    return a.tx == b.tx && a.hops == b.hops && a.tile_tuples == b.tile_tuples &&
           std::ranges::equal(hops(table, a), hops(table, b),
                              [&](const Hop& x, const Hop& y) {
                                return x.kind == y.kind && kind_of_face(view, x.face) == kind_of_face(view, y.face);
                              }) &&
           std::ranges::equal(tiles(table, a), tiles(table, b));
  }
  static std::size_t hash(const PathTable& table, const kernels::FieldView<double>& view, const kernels::Path& path) {
    std::uint64_t h = path.tx;
    const auto mix = [&](std::uint64_t x) { h = (h ^ x) * 0x9e3779b97f4a7c15u, h ^= h >> 29; };
    for (const Hop& hop : hops(table, path))
      mix(std::uint64_t(kind_of_face(view, hop.face)) << 8 | std::uint64_t(hop.kind));
    for (const std::uint8_t tile : tiles(table, path)) mix(tile);
    return h;
  }

  std::vector<std::uint32_t> open_;  ///< packets that may take more, by hash; a power of two
};

/// Fields of some packets' paths, into fields[path].
inline void packet_fields(std::span<const PathPackets::Packet> packets, const kernels::FieldView<double>& view,
                          const PathTable& table, std::vector<CVec3<double>>& fields) {
  WidePath wide;
  for (const PathPackets::Packet& packet : packets) {
    wide.take(view, packet.paths(table));
    const CVec3<Wide> field = wide.field(packet.receivers(table).data());
    double part[6][Wide::lanes];
    const Wide parts[6] = {field.x.re, field.x.im, field.y.re, field.y.im, field.z.re, field.z.im};
    for (int p = 0; p < 6; ++p) parts[p].store(part[p]);
    for (std::uint32_t i = 0; i < packet.count; ++i)
      fields[packet.path[i]] = {{part[0][i], part[1][i]}, {part[2][i], part[3][i]}, {part[4][i], part[5][i]}};
  }
}

/// Adjoint of packet_fields() for the cotangents cotangent(path), into `sums`; sinks that want materials or receivers
/// hear of it path by path instead.
template <class Cotangent, class Sink>
void pull_packets(std::span<const PathPackets::Packet> packets, const kernels::FieldView<double>& view,
                  const PathTable& table, Cotangent&& cotangent, WideSums& sums, Sink& sink) {
  constexpr bool one_by_one = Sink::wants_materials || Sink::wants_receivers;
  WidePath wide;
  for (const PathPackets::Packet& packet : packets) {
    double part[6][Wide::lanes] = {}, most = 0;
    for (std::uint32_t i = 0; i < packet.count; ++i) {
      const CVec3<double> bar = cotangent(packet.path[i]);
      const double parts[6] = {bar.x.re, bar.x.im, bar.y.re, bar.y.im, bar.z.re, bar.z.im};
      for (int p = 0; p < 6; ++p) part[p][i] = parts[p], most = max(most, std::abs(parts[p]));
      if (one_by_one) kernels::path_field_adjoint(view, table.paths[packet.path[i]], bar, sink);
    }
    if constexpr (!one_by_one) {
      if (most == 0) continue;
      const auto load = [&](int p) { return Complex<Wide>{Wide::load(part[p]), Wide::load(part[p + 1])}; };
      wide.take(view, packet.paths(table));
      wide.adjoint(packet.receivers(table).data(), {load(0), load(2), load(4)}, sums);
    }
  }
}

}  // namespace manyworlds::paths
