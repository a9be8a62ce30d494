#pragma once
#include "manyworlds/backend/memory.hpp"
#include "manyworlds/paths/batch/arrays.hpp"

namespace manyworlds::paths::batch {

namespace detail {

template <class T>
Device<T> as(const Device<double>& d) {
  Device<T> device;
  device.position = d.position.as<T>();
  device.axes = {d.axes.x.as<T>(), d.axes.y.as<T>(), d.axes.z.as<T>()};
  device.pattern = d.pattern;
  device.ports = d.ports;
  for (int m = 0; m < 2; ++m) {
    device.cos_slant[m] = T(d.cos_slant[m]);
    device.sin_slant[m] = T(d.sin_slant[m]);
  }
  return device;
}
template <class T>
Slab<T> as(const Slab<double>& s) {
  return {{T(s.eta.re), T(s.eta.im)}, T(s.thickness), T(s.specular), s.pec, s.opaque};
}
template <class T>
kernels::FaceFrame<T> as(const kernels::FaceFrame<double>& f) {
  return {f.rectangle.as<T>(), f.material};
}
template <class T, template <class> class Of>
std::vector<Of<T>> as(const std::vector<Of<double>>& all) {
  std::vector<Of<T>> converted;
  for (const Of<double>& one : all) converted.push_back(as<T>(one));
  return converted;
}
inline std::vector<Vec3d> positions(const std::vector<Device<double>>& devices) {
  std::vector<Vec3d> all;
  for (const Device<double>& d : devices) all.push_back(d.position);
  return all;
}

}  // namespace detail

/// The arrays in a backend's memory: geometry in double, fields in T.
template <class Backend, class T>
class Shared {
 public:
  Shared(Backend& b, const Arrays& a)
      : faces_(Faces::of(b, a.faces)),
        corners_(Points::of(b, a.corners)),
        triangles_(decltype(triangles_)::of(b, a.triangles)),
        nodes_(decltype(nodes_)::of(b, a.nodes)),
        leaves_(decltype(leaves_)::of(b, a.leaves)),
        face_tiles_(Tiles::of(b, a.face_tiles)),
        receiver_tiles_(Tiles::of(b, a.receiver_tiles)),
        transmitter_positions_(Points::of(b, detail::positions(a.transmitters))),
        receiver_positions_(Points::of(b, detail::positions(a.receivers))),
        prefixes_(decltype(prefixes_)::of(b, a.prefixes)),
        paths_(decltype(paths_)::of(b, a.paths)),
        points_(Points::of(b, a.points)),
        first_path_(decltype(first_path_)::of(b, a.first_path)),
        mover_faces_(decltype(mover_faces_)::of(b, a.mover_faces)),
        field_paths_(decltype(field_paths_)::of(b, a.field_paths)),
        hops_(decltype(hops_)::of(b, a.hops)),
        transmitters_(Devices::of(b, detail::as<T>(a.transmitters))),
        receivers_(Devices::of(b, detail::as<T>(a.receivers))),
        frames_(decltype(frames_)::of(b, detail::as<T>(a.frames))),
        slabs_(decltype(slabs_)::of(b, detail::as<T>(a.slabs))) {
    view_.geometry.faces = {
        faces_.data(), std::uint32_t(faces_.size()), corners_.data(), triangles_.data(), nullptr, 0};
    view_.geometry.tree = {nodes_.data(), std::uint32_t(nodes_.size()), leaves_.data(), a.extent};
    view_.geometry.transmission = a.transmission;
    view_.depth = a.depth;
    view_.face_tiles = face_tiles_.data();
    view_.face_tile_count = std::uint32_t(face_tiles_.size());
    view_.receiver_tiles = receiver_tiles_.data();
    view_.receiver_tile_count = std::uint32_t(receiver_tiles_.size());
    view_.transmitters = transmitter_positions_.data();
    view_.receivers = receiver_positions_.data();
    view_.transmitter_count = std::uint32_t(transmitters_.size());
    view_.receiver_count = std::uint32_t(receivers_.size());
    view_.prefixes = prefixes_.data();
    view_.prefix_count = std::uint32_t(prefixes_.size());
    view_.paths = paths_.data();
    view_.points = points_.data();
    view_.path_count = std::uint32_t(paths_.size());
    view_.first_path = first_path_.data();
    view_.mover_faces = mover_faces_.data();
    view_.mover_face_count = std::uint32_t(mover_faces_.size());
    view_.mover_count = a.movers;

    field_.wavelength = a.wavelength;
    field_.transmitters = transmitters_.data();
    field_.receivers = receivers_.data();
    field_.polarization_sum = a.polarization_sum;
    field_.phase = a.coherent;
    field_.static_faces = frames_.data();
    field_.static_count = std::uint32_t(frames_.size());
    field_.slabs = slabs_.data();
  }

  /// Without worlds.
  const kernels::BatchView& view() const { return view_; }
  /// With the hops of the static paths.
  kernels::FieldView<T> static_field() const {
    kernels::FieldView<T> field = field_;
    field.hops = hops_.data();
    return field;
  }
  const kernels::Path* field_paths() const { return field_paths_.data(); }
  std::size_t bytes() const {
    return faces_.bytes() + corners_.bytes() + triangles_.bytes() + nodes_.bytes() + leaves_.bytes() +
           face_tiles_.bytes() + receiver_tiles_.bytes() + transmitter_positions_.bytes() +
           receiver_positions_.bytes() + prefixes_.bytes() + paths_.bytes() + points_.bytes() + first_path_.bytes() +
           mover_faces_.bytes() + field_paths_.bytes() + hops_.bytes() + transmitters_.bytes() + receivers_.bytes() +
           frames_.bytes() + slabs_.bytes();
  }

 private:
  template <class Any>
  using Buffer = backend::Buffer<Backend, Any>;
  using Faces = Buffer<kernels::PlanarFace>;
  using Points = Buffer<Vec3d>;
  using Tiles = Buffer<kernels::Tile>;
  using Devices = Buffer<Device<T>>;

  Faces faces_;
  Points corners_;
  Buffer<BvhTriangle> triangles_;
  Buffer<SkipNode> nodes_;
  Buffer<LeafTriangle> leaves_;
  Tiles face_tiles_, receiver_tiles_;
  Points transmitter_positions_, receiver_positions_;
  Buffer<kernels::Pyramid> prefixes_;
  Buffer<kernels::StaticPath> paths_;
  Points points_;
  Buffer<std::uint32_t> first_path_;
  Buffer<kernels::MoverFace> mover_faces_;
  Buffer<kernels::Path> field_paths_;
  Buffer<kernels::Hop> hops_;
  Devices transmitters_, receivers_;
  Buffer<kernels::FaceFrame<T>> frames_;
  Buffer<Slab<T>> slabs_;
  kernels::BatchView view_{};
  kernels::FieldView<T> field_{};
};

}  // namespace manyworlds::paths::batch
