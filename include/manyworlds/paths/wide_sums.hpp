#pragma once
#include <vector>

#include "manyworlds/core/wide.hpp"
#include "manyworlds/math/vec3.hpp"

namespace manyworlds::paths {

/// Sums what lanes say of transmitters and mover faces, call by call, and tells a sink of the field adjoint
/// (path_field_adjoint.hpp) once.
class alignas(64) WideSums {
 public:
  WideSums() = default;
  /// Faces are numbered from `first_face` on.
  WideSums(std::size_t transmitters, std::uint32_t first_face, std::size_t faces) {
    begin(transmitters, first_face, faces);
  }
  /// Starts anew with sums of 0.
  void begin(std::size_t transmitters, std::uint32_t first_face, std::size_t faces) {
    transmitters_.assign(transmitters, {});
    first_face_ = first_face;
    faces_.assign(faces, {});
  }
  void operator+=(const WideSums& other) {
    for (std::size_t tx = 0; tx < transmitters_.size(); ++tx) transmitters_[tx] += other.transmitters_[tx];
    for (std::uint32_t f = 0; f < faces_.size(); ++f) {
      const Face& sum = other.faces_[f];
      face(first_face_ + f, sum.center, sum.rotation, sum.half_u, sum.half_v);
    }
  }

  void transmitter(std::uint32_t tx, Vec3<Wide> position) { transmitters_[tx] += position; }
  void face(std::uint32_t face, Vec3<Wide> center, Vec3<Wide> rotation, Wide half_u, Wide half_v) {
    Face& sum = faces_[face - first_face_];
    sum.center += center;
    sum.rotation += rotation;
    sum.half_u += half_u;
    sum.half_v += half_v;
  }
  template <class Sink>
  void tell(Sink& sink) const {
    for (std::uint32_t tx = 0; tx < transmitters_.size(); ++tx) sink.transmitter(tx, total(transmitters_[tx]));
    for (std::uint32_t f = 0; f < faces_.size(); ++f)
      sink.face(first_face_ + f, total(faces_[f].center), total(faces_[f].rotation), total(faces_[f].half_u),
                total(faces_[f].half_v));
  }

 private:
  struct Face {
    Vec3<Wide> center{}, rotation{};
    Wide half_u{}, half_v{};
  };
  static double total(Wide w) {
    double lane[Wide::lanes], sum = 0;
    w.store(lane);
    for (const double x : lane) sum += x;
    return sum;
  }
  static Vec3d total(Vec3<Wide> v) { return {total(v.x), total(v.y), total(v.z)}; }

  std::vector<Vec3<Wide>> transmitters_;
  std::uint32_t first_face_ = 0;
  std::vector<Face> faces_;
};

}  // namespace manyworlds::paths
