#pragma once
#include "manyworlds/kernels/path_field_adjoint.hpp"
#include "manyworlds/paths/workspace.hpp"

namespace manyworlds::paths {

/// The model of a world whose static paths are all there (PathModel, for the receivers of one tile).
class TileModel {
 public:
  explicit TileModel(std::shared_ptr<const StaticWorld> world) : world_(std::move(world)) {}

  std::size_t transmitters() const { return world_->transmitters.size(); }
  std::size_t receivers() const { return world_->receivers.size(); }
  const StaticWorld& world() const { return *world_; }

  void gains(const Configuration& c, const Visibility& visibility, Workspace& w) const {
    place(c, visibility, w);
    place_transmitters(w);
    find(w);
    evaluate(w);
  }

  /// Adjoint of the last gains() for a sink of the field kernels (path_field_adjoint.hpp).
  template <class AnySink>
  void pullback(const std::vector<double>& gain_bar, Workspace& w, AnySink& sink) const {
    const auto cotangent = [&](std::uint32_t tx, std::uint32_t rx, const CVec3<double>& field) {
      const std::size_t at = tx * receivers() + rx;
      return 2 * gain_bar[at] * (world_->options.coherent ? w.totals[at] : field);
    };
    kernels::FieldView<double> view = field_view(w);
    w.dimmed.begin_pull();
    // Dimmed paths hang on the movers by their screens alone, unless the transmitter moves, too.
    for (const PathTable::Dimmed& dimmed : w.table.dimmed) {
      const kernels::Path& path = w.table.paths[w.table.groups[dimmed.group]];
      if (gain_bar[path.tx * receivers() + path.rx] == 0) continue;
      const CVec3<double> bar = cotangent(path.tx, path.rx, w.fields[dimmed.group]);
      if (follows_transmitter<AnySink>(w, path.tx))
        kernels::path_field_adjoint(view, path, bar, sink);
      else
        w.dimmed.pull(dimmed, hermitian(paths_of(w, path.tx).fields[dimmed.static_path], bar));
    }
    const auto path_cotangent = [&](std::uint32_t i) {
      const kernels::Path& path = w.table.paths[i];
      return cotangent(path.tx, path.rx, w.fields[w.packets.group[i]]);
    };
    const parallel::Cut screens(w.dimmed.blocks(), 16);
    const auto screen_piece = [&](std::size_t i, WideSums& sums) {
      w.dimmed.pull_faces(view, w.table, screens.begin(i), screens.end(i), sums);
    };
    pull_pieces(w.packets, view, w.table, path_cotangent, screens.pieces, screen_piece, w, sink);
    // Static paths know nothing of the movers; only the transmitter's place, or a sink that asks for more, cares.
    for (std::uint32_t tx = 0; tx < transmitters(); ++tx) {
      if (!follows_transmitter<AnySink>(w, tx)) continue;
      const TransmitterPaths& own = paths_of(w, tx);
      StaticPackets& all = w.static_packets;
      all.build(own.cache, tx, view, [&](std::uint32_t i) {
        return !w.replaced[tx][i] && gain_bar[tx * receivers() + own.cache.paths[i].rx] != 0;
      });
      view.hops = all.table.hops.data();
      const auto static_cotangent = [&](std::uint32_t i) {
        return cotangent(tx, all.table.paths[i].rx, own.fields[all.static_path[i]]);
      };
      pull_pieces(all.packets, view, all.table, static_cotangent, 0, screen_piece, w, sink);
    }
  }

  /// View of a workspace's table for the field kernels.
  kernels::FieldView<double> field_view(const Workspace& w) const {
    kernels::FieldView<double> view = world_->field_view(w.transmitters);
    view.mover_faces = w.frames.data();
    view.visibility = w.visibility;
    view.hops = w.table.hops.data();
    view.tiles = w.table.tiles.data();
    return view;
  }
  const TransmitterPaths& paths_of(const Workspace& w, std::size_t tx) const {
    return w.own_paths[tx] ? *w.own_paths[tx] : *world_->static_paths[tx];
  }
  Geometry geometry(const Workspace& w) const {
    Geometry g = world_->geometry();
    g.moving = &w.moving;
    return g;
  }

  /// Puts movers and transmitters where a configuration has them; throws InputError as PathModel::gains does.
  void place(const Configuration& c, const Visibility& visibility, Workspace& w) const {
    const auto& shapes = world_->mover_shapes;
    if (c.movers.size() != shapes.size() || c.transmitters.size() != transmitters())
      throw InputError("configuration", "expected " + std::to_string(shapes.size()) + " poses and " +
                                            std::to_string(transmitters()) + " transmitters, got " +
                                            std::to_string(c.movers.size()) + " and " +
                                            std::to_string(c.transmitters.size()));
    const Visibility& v = visibility;
    if (v.tiles < 1 || v.tiles > kernels::max_tiles || !(v.smoothing_wavelengths > 0 && v.alpha > 0 && v.support > 0))
      throw InputError("visibility", "expected 1 to 8 tiles and smoothing and support above 0, got " +
                                         std::to_string(v.tiles) + " tiles, " +
                                         std::to_string(v.smoothing_wavelengths) + " wavelengths, " +
                                         std::to_string(v.alpha) + " 1/m, support " + std::to_string(v.support));
    w.visibility = visibility;
    w.poses = c.movers;
    w.moving.clear();
    w.moving.first_id = world_->fixed.size();
    w.mover_of_face.clear();
    w.frames.clear();
    for (std::uint32_t m = 0; m < shapes.size(); ++m) {
      if (c.is_absent(m)) continue;
      w.moving.add(world_->mover_objects[m], world_->object_index[m], shapes[m], c.movers[m]);
      w.mover_of_face.resize(w.moving.size(), m);
    }
    for (const Surface& s : w.moving.surfaces) {
      if (visibility.kind != VisibilityKind::hard && !s.is_rectangle)
        throw InputError(world_->mover_objects[w.mover_of_face[w.frames.size()]].name,
                         "has a face that is not a rectangle; such movers need hard visibility");
      w.frames.push_back({s.rectangle, s.material});
    }
    w.configuration = c;
    w.transmitters = world_->transmitters;
    for (std::size_t t = 0; t < transmitters(); ++t) w.transmitters[t].position = c.transmitters[t];
  }

 private:
  /// pull_packets() of all packets, and more(i, sums) for further pieces; their sums go to the sink in order.
  template <class Cotangent, class More, class AnySink>
  void pull_pieces(const PathPackets& packets, const kernels::FieldView<double>& view, const PathTable& table,
                   const Cotangent& cotangent, std::size_t further, const More& more, Workspace& w,
                   AnySink& sink) const {
    const parallel::Cut cut(packets.list.size(), 16);
    const std::size_t pieces = cut.pieces + further;
    if (w.sums.size() < pieces) w.sums.resize(pieces);
    const auto piece = [&](std::size_t i) {
      w.sums[i].begin(transmitters(), w.moving.first_id, w.moving.size());
      if (i < cut.pieces)
        pull_packets(packets.part(cut.begin(i), cut.end(i)), view, table, cotangent, w.sums[i], sink);
      else
        more(i - cut.pieces, w.sums[i]);
    };
    if constexpr (AnySink::wants_materials || AnySink::wants_receivers)  // it hears of packets path by path
      for (std::size_t i = 0; i < pieces; ++i) piece(i);
    else
      parallel::split(pieces, piece);
    for (std::size_t i = 1; i < pieces; ++i) w.sums[0] += w.sums[i];
    if (pieces > 0) w.sums[0].tell(sink);
  }

  /// Does the sink hear of static paths, which know nothing of the movers?
  template <class AnySink>
  bool follows_transmitter(const Workspace& w, std::size_t tx) const {
    return AnySink::wants_static || w.own_paths[tx] || world_->options.moving_transmitters;
  }

  /// Static paths of transmitters that have left their places.
  void place_transmitters(Workspace& w) const {
    w.own_paths.resize(transmitters());
    for (std::size_t t = 0; t < transmitters(); ++t) {
      const Vec3d position = w.transmitters[t].position;
      if (position == world_->transmitters[t].position)
        w.own_paths[t].reset();
      else if (!w.own_paths[t] || !(w.own_paths[t]->cache.position == position))
        w.own_paths[t] = std::make_shared<const TransmitterPaths>(world_->paths_from(w.transmitters, t));
    }
  }

  void find(Workspace& w) const {
    w.table.clear();
    w.caches.clear();
    w.replaced.resize(transmitters());
    for (std::size_t t = 0; t < transmitters(); ++t) {
      w.caches.push_back(&paths_of(w, t).cache);
      w.replaced[t].assign(w.caches[t]->paths.size(), 0);
    }
    if (w.moving.size() == 0) return;
    w.finder.find(geometry(w), w.caches, world_->groups, chains_at_place(w), w.visibility, world_->wavelength,
                  world_->options.max_depth, w.replaced, w.table);
  }

  /// When shooting: the chains from each mover face.
  ShotByFace chains_at_place(Workspace& w) const {
    const std::uint64_t rays = world_->mover_rays();
    ShotByFace by_face;
    if (rays == 0 || world_->options.max_depth == 0) return by_face;
    w.shot.resize(w.poses.size());
    std::vector<double> radius(w.poses.size(), 0);
    for (std::uint32_t f = 0; f < w.moving.size(); ++f) {
      const Surface& s = w.moving.surfaces[f];
      double& r = radius[w.mover_of_face[f]];
      r = max(r, norm(s.center - w.poses[w.mover_of_face[f]].position) + s.radius);
    }
    std::vector<const std::vector<FaceChain>*> chains(w.poses.size(), nullptr);
    for (std::size_t m = 0; m < w.poses.size(); ++m)
      if (radius[m] > 0)
        chains[m] =
            &w.shot[m].at(world_->geometry(), w.poses[m].position, radius[m], world_->options.max_depth - 1, rays);
    for (std::uint32_t m : w.mover_of_face) by_face.push_back(chains[m]);
    return by_face;
  }

  void evaluate(Workspace& w) const {
    const std::size_t n = receivers();
    const bool coherent = world_->options.coherent;
    const kernels::FieldView<double> view = field_view(w);
    w.packets.build(w.table, view);
    w.path_fields.resize(w.table.paths.size());
    w.dimmed.begin(w.table);
    w.gains.resize(transmitters() * n);
    w.totals.resize(coherent ? transmitters() * n : 0);
    const parallel::Cut packets(w.packets.list.size(), 16), screens(w.dimmed.blocks(), 16), sums(w.gains.size(), 512);
    const auto packet_piece = [&](std::size_t i) {
      packet_fields(w.packets.part(packets.begin(i), packets.end(i)), view, w.table, w.path_fields);
    };
    const auto screen_piece = [&](std::size_t i) {
      w.dimmed.evaluate(view, w.table, screens.begin(i), screens.end(i));
    };
    const auto sum_piece = [&](std::size_t i) {
      for (std::size_t k = sums.begin(i); k < sums.end(i); ++k) sum_static(w, k / n, k % n);
    };
    parallel::split_all(parallel::Loop{packets.pieces, packet_piece}, parallel::Loop{screens.pieces, screen_piece},
                        parallel::Loop{sums.pieces, sum_piece});
    w.fields.assign(w.table.groups.size(), {});
    for (std::size_t g = 0; g < w.table.groups.size(); ++g)
      for (std::uint32_t i = w.table.groups[g]; i < w.table.group_end(g); ++i) w.fields[g] += w.path_fields[i];
    for (const PathTable::Dimmed& dimmed : w.table.dimmed)
      w.fields[dimmed.group] = w.dimmed.factor(dimmed) *
                               paths_of(w, w.table.paths[w.table.groups[dimmed.group]].tx).fields[dimmed.static_path];
    for (std::size_t g = 0; g < w.table.groups.size(); ++g) {
      const kernels::Path& path = w.table.paths[w.table.groups[g]];
      if (coherent)
        w.totals[path.tx * n + path.rx] += w.fields[g];
      else
        w.gains[path.tx * n + path.rx] += norm2(w.fields[g]);
    }
    for (std::size_t i = 0; i < w.totals.size(); ++i) w.gains[i] = norm2(w.totals[i]);
  }

  /// What the static paths that no mover touches leave at a receiver.
  void sum_static(Workspace& w, std::size_t tx, std::size_t rx) const {
    const TransmitterPaths& own = paths_of(w, tx);
    const std::uint32_t first = own.cache.first_path[rx], last = own.cache.first_path[rx + 1];
    const std::vector<std::uint8_t>& replaced = w.replaced[tx];
    const bool touched = std::any_of(replaced.begin() + first, replaced.begin() + last, [](auto x) { return x != 0; });
    double power = touched ? 0 : own.power[rx];
    CVec3<double> total = touched ? CVec3<double>{} : own.total[rx];
    for (std::uint32_t i = first; touched && i < last; ++i)
      if (!replaced[i]) power += norm2(own.fields[i]), total += own.fields[i];
    w.gains[tx * receivers() + rx] = power;
    if (world_->options.coherent) w.totals[tx * receivers() + rx] = total;
  }

  std::shared_ptr<const StaticWorld> world_;
};

}  // namespace manyworlds::paths
