#pragma once
#include "manyworlds/paths/tile_model.hpp"

namespace manyworlds::paths {

/// Path gains of all transmitters at all receivers as a function of where movers and transmitters are, and the adjoint
/// of that function. The model is immutable and shared; each world brings its Workspace. A step is cut into pieces for
/// which it takes the help of idle threads (parallel::split): results are the same for any number of them.
class PathModel {
 public:
  using Workspace = paths::Workspace;

  /// `movers`: indices of the objects that may move. Throws InputError as StaticWorld does.
  PathModel(const Scene& scene, const std::vector<std::uint32_t>& movers, PathOptions options = {})
      : all_(std::make_shared<const StaticWorld>(scene, movers, options)) {}

  std::size_t transmitters() const { return all_.transmitters(); }
  std::size_t receivers() const { return all_.receivers(); }
  const StaticWorld& world() const { return all_.world(); }
  /// 1, or into how many tiles the receivers are cut to keep to the memory budget.
  std::size_t receiver_tiles() const { return world().tiles; }
  Workspace make_workspace() const { return {}; }

  /// Finds the paths of a configuration, evaluates them and fills w.gains. Throws InputError when poses and
  /// transmitters are not as many as the model's, for a visibility out of range, and for a mover that it does not fit.
  void gains(const Configuration& c, const Visibility& visibility, Workspace& w) const {
    if (receiver_tiles() == 1) return all_.gains(c, visibility, w);
    all_.place(c, visibility, w);
    w.gains.resize(transmitters() * receivers());
    for_each_tile(w, [&](const TileModel&, const Workspace& own, std::size_t tile) {
      for_each_number(tile, [&](std::size_t in_tile, std::size_t number) { w.gains[number] = own.gains[in_tile]; });
    });
  }

  /// Adjoint of the last gains() of this workspace: gradient = (d gains / d configuration)^T gain_bar.
  void pullback(const std::vector<double>& gain_bar, Workspace& w, ConfigurationGradient& gradient) const {
    gradient.movers.assign(w.poses.size(), {});
    gradient.transmitters.assign(transmitters(), {});
    PoseSink sink{w, gradient};
    pullback(gain_bar, w, sink);
  }

  /// The same for any sink of the field kernels (path_field_adjoint.hpp).
  template <class AnySink>
  void pullback(const std::vector<double>& gain_bar, Workspace& w, AnySink& sink) const {
    if (const std::size_t n = transmitters() * receivers(); gain_bar.size() != n || w.gains.size() != n)
      throw InputError("pullback", "expected " + std::to_string(n) + " derivatives by gains and as many gains, got " +
                                       std::to_string(gain_bar.size()) + " and " + std::to_string(w.gains.size()));
    if (receiver_tiles() == 1) return all_.pullback(gain_bar, w, sink);
    std::vector<double> bar;
    for_each_tile(w, [&](const TileModel& model, Workspace& own, std::size_t tile) {
      bar.resize(own.gains.size());
      for_each_number(tile, [&](std::size_t in_tile, std::size_t number) { bar[in_tile] = gain_bar[number]; });
      if constexpr (AnySink::wants_receivers) {
        TileSink<AnySink> numbered{sink, std::uint32_t(tile), std::uint32_t(receiver_tiles())};
        model.pullback(bar, own, numbered);
      } else {
        model.pullback(bar, own, sink);
      }
    });
  }

  /// f(its model, its workspace, its number) for every tile of receivers (StaticWorld::tiles), one after the other,
  /// with the gains of the configuration that w holds. The static paths of a tile are found for the call and forgotten
  /// after it.
  template <class F>
  void for_each_tile(Workspace& w, F&& f) const {
    if (!w.of_tile) w.of_tile = std::make_unique<Workspace>();
    for (std::size_t i = 0; i < receiver_tiles(); ++i) {
      const TileModel tile(std::make_shared<const StaticWorld>(world(), i));
      w.of_tile->own_paths.clear();
      tile.gains(w.configuration, w.visibility, *w.of_tile);
      w.bytes_of_tile = std::max(w.bytes_of_tile, tile.world().bytes());
      f(tile, *w.of_tile, i);
    }
  }

  /// Of a workspace whose receivers are not cut into tiles.
  const TransmitterPaths& paths_of(const Workspace& w, std::size_t tx) const { return all_.paths_of(w, tx); }
  kernels::FieldView<double> field_view(const Workspace& w) const { return all_.field_view(w); }
  Geometry geometry(const Workspace& w) const { return all_.geometry(w); }

 private:
  /// f(i, k) for all gains of a tile: number i of its own is number k of the whole.
  template <class F>
  void for_each_number(std::size_t tile, F&& f) const {
    std::size_t i = 0;
    for (std::size_t t = 0; t < transmitters(); ++t)
      for (std::size_t rx = tile; rx < receivers(); rx += receiver_tiles()) f(i++, t * receivers() + rx);
  }

  TileModel all_;
};

}  // namespace manyworlds::paths
