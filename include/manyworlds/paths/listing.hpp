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

/// Visits all paths of the workspace's last gains(), static ones included: f(path, view that holds its hops, group),
/// where paths with equal group belong to one wave front and their fields add up.
template <class F>
void for_each_path(const PathModel& model, const Workspace& w, F&& f) {
  kernels::FieldView<double> view = model.field_view(w);
  std::size_t group = 0;
  for (; group < w.table.groups.size(); ++group)
    for (std::uint32_t i = w.table.groups[group]; i < w.table.group_end(group); ++i) f(w.table.paths[i], view, group);
  for (std::uint32_t tx = 0; tx < model.transmitters(); ++tx) {
    const TransmitterCache& cache = model.paths_of(w, tx).cache;
    view.hops = cache.hops.data();
    for (std::size_t i = 0; i < cache.paths.size(); ++i)
      if (!w.replaced[tx][i])
        f(kernels::Path{tx, cache.paths[i].rx, cache.paths[i].first_hop, cache.paths[i].hops, 0, 0}, view, group++);
  }
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
