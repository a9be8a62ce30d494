#pragma once
#include <functional>

#include "manyworlds/paths/model.hpp"

namespace manyworlds::paths {

/// One propagation path as a user sees it.
struct PathRow {
  struct Interaction {
    std::uint32_t object = 0;     ///< index into Scene::objects
    std::uint32_t primitive = 0;  ///< triangle in the object's mesh file; no_face beside the face (soft visibility)
    char type = 'R';              ///< R reflection, T transmission
    Vec3d vertex{};
  };
  std::uint32_t tx = 0, rx = 0;
  std::vector<Interaction> interactions;  ///< from transmitter to receiver
  CVec3<double>
      field{};  ///< coefficients of the receiver's ports (x, y), or the received field when polarisations are summed
  double length = 0;             ///< m
  Vec3d departure{}, arrival{};  ///< unit directions of travel at transmitter and receiver
};

namespace detail {

/// for_each_path() of a tile number `tile` of `tiles`; `view` is of all receivers. Returns the number of groups so far,
/// of which there were `group`.
template <class Model, class F>
std::size_t for_each_path(const Model& model, const Workspace& w, std::uint32_t tile, std::uint32_t tiles,
                          std::size_t group, kernels::FieldView<double> view, F&& f) {
  const auto visit = [&](kernels::Path path) {
    path.rx = tile + path.rx * tiles;
    f(std::as_const(path), view, group);
  };
  for (std::size_t g = 0; g < w.table.groups.size(); ++g, ++group)
    for (std::uint32_t i = w.table.groups[g]; i < w.table.group_end(g); ++i) visit(w.table.paths[i]);
  for (std::uint32_t tx = 0; tx < model.transmitters(); ++tx) {
    const TransmitterCache& cache = model.paths_of(w, tx).cache;
    view.hops = cache.hops.data();
    for (std::size_t i = 0; i < cache.paths.size(); ++i) {
      if (w.replaced[tx][i]) continue;
      visit({tx, cache.paths[i].rx, cache.paths[i].first_hop, cache.paths[i].hops, 0, 0});
      ++group;
    }
  }
  return group;
}

}  // namespace detail

/// Visits all paths of the workspace's last gains(), static ones included: f(path, view that holds its hops, group),
/// where paths with equal group belong to one wave front and their fields add up.
template <class F>
void for_each_path(const PathModel& model, const Workspace& w, F&& f) {
  if (model.receiver_tiles() == 1) return void(detail::for_each_path(model, w, 0, 1, 0, model.field_view(w), f));
  Workspace own;
  own.configuration = w.configuration, own.visibility = w.visibility;
  std::size_t group = 0;
  model.for_each_tile(own, [&](const TileModel& tile, const Workspace& of_tile, std::size_t number) {
    kernels::FieldView<double> view = tile.field_view(of_tile);
    view.receivers = model.world().receivers.data();
    group = detail::for_each_path(tile, of_tile, std::uint32_t(number), std::uint32_t(model.receiver_tiles()), group,
                                  view, f);
  });
}

/// Objects that a path reflects off, in order.
inline std::vector<std::uint32_t> reflecting_objects(const Geometry& g, const kernels::Path& path, const Hop* hops) {
  std::vector<std::uint32_t> objects;
  for (std::uint32_t h = 0; h < path.hops; ++h)
    if (hops[path.first_hop + h].kind == HopKind::reflect)
      objects.push_back(g.surface(hops[path.first_hop + h].face).object);
  return objects;
}

/// Geometry and field of one path; a path through the edge zone of a mover (a screen) is not an interaction unless it
/// passes through a penetrable mover itself.
inline PathRow describe(const Geometry& g, const kernels::FieldView<double>& view, const kernels::Path& path) {
  PathRow row;
  row.tx = path.tx;
  row.rx = path.rx;
  row.field = kernels::path_field(view, path);
  const Hop* hops = view.hops + path.first_hop;
  const kernels::PathTrace<double> trace = kernels::trace_path(view, path);
  row.length = trace.length;
  row.departure = trace.departure;
  row.arrival = trace.arrival;
  for (std::uint32_t h = 0; h < path.hops; ++h) {
    const bool reflects = hops[h].kind == HopKind::reflect;
    const Vec3d vertex = trace.points[h];
    const std::uint32_t primitive = g.set(hops[h].face).primitive_at(g.surface(hops[h].face), vertex);
    if (hops[h].kind == HopKind::screen || (hops[h].kind == HopKind::screen_transmit && primitive == no_face)) continue;
    row.interactions.push_back({g.surface(hops[h].face).object, primitive, reflects ? 'R' : 'T', vertex});
  }
  return row;
}

}  // namespace manyworlds::paths
