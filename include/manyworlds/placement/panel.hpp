#pragma once
#include "manyworlds/scene/mover.hpp"

/// The frame of a panel and how a wanted frame becomes a rotation. A frame is (normal, side, up) as matrix columns,
/// right-handed.
namespace manyworlds::placement {

/// A mover as placements see it: which one it is, its frame and its size.
struct Panel {
  std::string name;
  std::size_t mover = 0;  ///< index into Configuration::movers
  Vec3d origin{};         ///< as loaded
  Mat3d local{};          ///< frame of the largest face, in the object's own frame
  Vec3d half{};           ///< half extents along normal, side, up, m
  template <class A>
  void archive(A& a) {
    a(name, mover, origin, local, half);
  }

  /// Rotation of the pose that brings the panel into a frame given in world axes.
  Mat3d rotation(const Mat3d& frame) const { return frame * transposed(local); }

  /// How far the panel (its oriented box) reaches from its centre along a unit direction.
  double support(const Mat3d& frame, Vec3d d) const {
    return half.x * std::abs(dot(frame.x, d)) + half.y * std::abs(dot(frame.y, d)) + half.z * std::abs(dot(frame.z, d));
  }
};

/// The panel of an object, by its largest planar face.
inline Panel make_panel(const Object& object, const MoverShape& shape, std::size_t mover) {
  const MoverShape::Face* largest = &shape.faces[0];
  auto area = [](const MoverShape::Face& f) { return f.rectangle.half_u * f.rectangle.half_v; };
  for (const auto& f : shape.faces)
    if (area(f) > area(*largest) * (1 + 1e-6)) largest = &f;
  const Vec3d n = largest->rectangle.normal, up = largest->rectangle.v;
  Panel panel{object.name, mover, shape.origin, {n, cross(up, n), up}, {}};
  for (const auto& t : object.mesh.triangles)
    for (std::uint32_t i : t) {
      const Vec3d p = object.mesh.vertices[i] - shape.origin;
      panel.half = {max(panel.half.x, std::abs(dot(p, panel.local.x))),
                    max(panel.half.y, std::abs(dot(p, panel.local.y))),
                    max(panel.half.z, std::abs(dot(p, panel.local.z)))};
    }
  return panel;
}

/// base * Rz(yaw) Ry(pitch): the frame turned from the base frame.
inline Mat3d turned(const Mat3d& base, double yaw, double pitch) { return base * rotation(yaw, pitch, 0.0); }

/// Cotangents of yaw and pitch from that of the rotation vector (docs/adjoint: Euler angles).
inline void turned_adjoint(const Mat3d& base, double yaw, Vec3d rotation_bar, double& yaw_bar, double& pitch_bar) {
  yaw_bar += dot(rotation_bar, base.z);
  pitch_bar += dot(rotation_bar, std::cos(yaw) * base.y - std::sin(yaw) * base.x);
}

/// The angles that turn base.x into the direction n (unit): yaw in [-pi, pi], pitch in [-pi/2, pi/2].
inline void angles_of(const Mat3d& base, Vec3d n, double& yaw, double& pitch) {
  yaw = std::atan2(dot(n, base.y), dot(n, base.x));
  pitch = -std::asin(clamp(dot(n, base.z), -1.0, 1.0));
}

/// Frame with normal n whose side = up x n / |up x n|; when n is parallel to up, side is any fixed perpendicular.
inline Mat3d upright(Vec3d n, Vec3d up) {
  Vec3d side = cross(up, n);
  if (norm2(side) < 1e-18) side = cross(std::abs(n.x) < 0.5 ? Vec3d{-1, 0, 0} : Vec3d{0, -1, 0}, n);
  side = normalized(side);
  return {n, side, cross(n, side)};
}

/// Cotangent of n. With d side . up' = dn . (up' x up) / |up x n| the rotation vector of the frame (n, side, up') is
/// n x dn + n (dn . (up' x up)) / |up x n|; its transpose follows. The roll term is dropped where it is singular.
inline Vec3d upright_adjoint(const Mat3d& frame, Vec3d up, Vec3d rotation_bar) {
  Vec3d n_bar = cross(rotation_bar, frame.x);
  const double sine = norm(cross(up, frame.x));
  if (sine > 1e-9) n_bar += (dot(rotation_bar, frame.x) / sine) * cross(frame.z, up);
  return n_bar;
}

/// Unit bisector of the directions from p to a and to b: the normal of a mirror at p that images a on b.
inline Vec3d bisector(Vec3d p, Vec3d a, Vec3d b) {
  const Vec3d h = normalized(a - p) + normalized(b - p);
  if (norm2(h) > 1e-24) return normalized(h);
  return upright(normalized(a - p), {0, 0, 1}).y;  // a and b lie opposite: any perpendicular is as good
}

/// Cotangents of p, a and b (accumulated) from that of the bisector.
inline void bisector_adjoint(Vec3d p, Vec3d a, Vec3d b, Vec3d n_bar, Vec3d& p_bar, Vec3d& a_bar, Vec3d& b_bar) {
  const Vec3d ea = normalized(a - p), eb = normalized(b - p), h = ea + eb;
  if (norm2(h) <= 1e-24) return;
  const Vec3d n = normalized(h), h_bar = (n_bar - dot(n, n_bar) * n) / norm(h);
  const Vec3d da = (h_bar - dot(ea, h_bar) * ea) / norm(a - p), db = (h_bar - dot(eb, h_bar) * eb) / norm(b - p);
  a_bar += da;
  b_bar += db;
  p_bar -= da + db;
}

}  // namespace manyworlds::placement
