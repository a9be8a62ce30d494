#pragma once
#include <array>

#include "manyworlds/core/wide.hpp"
#include "manyworlds/kernels/path_field_adjoint.hpp"

/// Eight paths at a time that have the same transmitter, kinds of hops, movers and tiles, and differ in the receiver
/// and in static faces of one material: the kernels of path_field.hpp and path_field_adjoint.hpp with T = Wide.
namespace manyworlds::paths {

/// View of such paths as the kernels want it: what they share is the same in all lanes. Its faces, materials and
/// devices are numbered anew: face i of hop i, from max_hops on when it is a mover's.
class WidePath {
 public:
  WidePath() = default;
  WidePath(const WidePath&) = delete;
  WidePath& operator=(const WidePath&) = delete;

  /// Takes up the paths that are like this one; the view must stay.
  void take(const kernels::FieldView<double>& view, const kernels::Path& path) {
    all_ = &view;
    first_ = path;
    path_ = {0, 0, 0, path.hops, path.first_tile, path.tile_tuples};
    tx_ = wide(view.transmitters[path.tx]);
    for (std::uint32_t i = 0; i < path.hops; ++i) {
      const kernels::Hop hop = view.hops[path.first_hop + i];
      const kernels::FaceFrame<double>& face = view.face(hop.face);
      faces_[i] = {face.rectangle.as<Wide>(), i};
      slabs_[i] = wide(view.slabs[face.material]);
      hops_[i] = {view.is_mover(hop.face) ? i + kernels::max_hops : i, hop.kind};
    }
    view_.wavelength = view.wavelength;
    view_.transmitters = &tx_;
    view_.receivers = &rx_;
    view_.polarization_sum = view.polarization_sum;
    view_.phase = view.phase;
    view_.static_faces = view_.mover_faces = faces_;
    view_.static_count = kernels::max_hops;
    view_.slabs = slabs_;
    view_.visibility = view.visibility;
    view_.hops = hops_;
    view_.tiles = view.tiles;
  }

  /// The same for one path in each lane: what they share is told by the first, their static faces may be others.
  void take(const kernels::FieldView<double>& view, const std::array<const kernels::Path*, Wide::lanes>& paths) {
    take(view, *paths[0]);
    for (std::uint32_t i = 0; i < first_.hops; ++i) {
      const std::uint32_t common = view.hops[first_.first_hop + i].face;
      double center[3][Wide::lanes], normal[3][Wide::lanes];
      bool same = true;
      for (std::size_t lane = 0; lane < paths.size(); ++lane) {
        const std::uint32_t face = view.hops[paths[lane]->first_hop + i].face;
        same = same && face == common;
        const Rectangled& r = view.face(face).rectangle;
        for (int axis = 0; axis < 3; ++axis) center[axis][lane] = r.center[axis], normal[axis][lane] = r.normal[axis];
      }
      if (same) continue;
      Rectangle<Wide>& r = faces_[i].rectangle;
      for (int axis = 0; axis < 3; ++axis)
        r.center[axis] = Wide::load(center[axis]), r.normal[axis] = Wide::load(normal[axis]);
    }
  }

  /// Fields to receivers rx[0, lanes).
  CVec3<Wide> field(const std::uint32_t* rx) {
    aim(rx);
    return kernels::path_field(view_, path_);
  }

  /// Adjoint of field() for the cotangent f_bar. The sink is that of path_field_adjoint() but for its numbers, which
  /// are Wide; it wants neither materials nor receivers.
  template <class Sink>
  void adjoint(const std::uint32_t* rx, CVec3<Wide> f_bar, Sink& sink) {
    aim(rx);
    Numbered<Sink> numbered{sink, *this};
    kernels::path_field_adjoint(view_, path_, f_bar, numbered);
  }

 private:
  /// Gives faces and transmitters their own numbers back.
  template <class Sink>
  struct Numbered {
    static constexpr bool wants_materials = false, wants_receivers = false;
    Sink& sink;
    const WidePath& path;
    void transmitter(std::uint32_t, Vec3<Wide> position) { sink.transmitter(path.first_.tx, position); }
    void face(std::uint32_t face, Vec3<Wide> center, Vec3<Wide> rotation, Wide half_u, Wide half_v) {
      sink.face(path.all_->hops[path.first_.first_hop + face - kernels::max_hops].face, center, rotation, half_u,
                half_v);
    }
  };

  static Device<Wide> wide(const Device<double>& d) {
    Device<Wide> w;
    w.position = d.position.as<Wide>();
    w.axes = {d.axes.x.as<Wide>(), d.axes.y.as<Wide>(), d.axes.z.as<Wide>()};
    w.pattern = d.pattern;
    w.ports = d.ports;
    for (int m = 0; m < 2; ++m) w.cos_slant[m] = d.cos_slant[m], w.sin_slant[m] = d.sin_slant[m];
    return w;
  }
  static Slab<Wide> wide(const Slab<double>& s) {
    Slab<Wide> w;
    w.eta = {s.eta.re, s.eta.im};
    w.thickness = s.thickness;
    w.specular = s.specular;
    w.pec = s.pec;
    w.opaque = s.opaque;
    return w;
  }
  void aim(const std::uint32_t* rx) {
    double x[3][Wide::lanes];
    for (int i = 0; i < Wide::lanes; ++i) {
      const Vec3d p = all_->receivers[rx[i]].position;
      for (int axis = 0; axis < 3; ++axis) x[axis][i] = p[axis];
    }
    rx_.position = {Wide::load(x[0]), Wide::load(x[1]), Wide::load(x[2])};
    if (view_.polarization_sum) return;
    // Antennas of receivers are one antenna, turned in their own ways.
    const Device<double>& like = all_->receivers[rx[0]];
    rx_.pattern = like.pattern;
    rx_.ports = like.ports;
    for (int m = 0; m < 2; ++m) rx_.cos_slant[m] = like.cos_slant[m], rx_.sin_slant[m] = like.sin_slant[m];
    Vec3<Wide>* const axes[3] = {&rx_.axes.x, &rx_.axes.y, &rx_.axes.z};
    for (int a = 0; a < 3; ++a) {
      for (int i = 0; i < Wide::lanes; ++i) {
        const auto& own = all_->receivers[rx[i]].axes;
        const Vec3d p = a == 0 ? own.x : a == 1 ? own.y : own.z;
        for (int axis = 0; axis < 3; ++axis) x[axis][i] = p[axis];
      }
      *axes[a] = {Wide::load(x[0]), Wide::load(x[1]), Wide::load(x[2])};
    }
  }

  const kernels::FieldView<double>* all_ = nullptr;
  kernels::Path first_, path_;
  kernels::FieldView<Wide> view_;
  Device<Wide> tx_, rx_;
  kernels::FaceFrame<Wide> faces_[kernels::max_hops];
  Slab<Wide> slabs_[kernels::max_hops];
  kernels::Hop hops_[kernels::max_hops];
};

}  // namespace manyworlds::paths
