#pragma once
#include "manyworlds/placement/box_parts.hpp"
#include "manyworlds/placement/wall.hpp"

namespace manyworlds::placement {

/// A panel mounted on a wall; x is u[, v][, yaw, pitch]. Same members as the box parts.
struct WallPart {
  Panel panel;
  std::string wall;
  Vec3d center{};      ///< wall's centre, shifted by the offset
  Vec3d u{}, v{};      ///< axes of the wall's rectangle
  Mat3d base{};        ///< (normal on the mounted side, side, up)
  FreeArea area;       ///< for the panel's centre
  double room = 0;     ///< offset less clearance: what the panel may reach towards the wall
  bool along = false;  ///< one variable t; v is fixed
  bool tilt = false;
  Range yaw, pitch;

  std::size_t angles() const { return along ? 1 : 2; }

  void variables(std::vector<Variable>& out) const {
    const Area& b = area.bounds();
    out.push_back({panel.name + (along ? ".t" : ".u"), b.u0, b.u1, false});
    if (!along) out.push_back({panel.name + ".v", b.v0, b.v1, false});
    if (!tilt) return;
    out.push_back({panel.name + ".yaw", yaw.lower, yaw.upper, true});
    out.push_back({panel.name + ".pitch", pitch.lower, pitch.upper, true});
  }
  template <class V>
  void describe(V&& visit) const {
    visit(panel.name + ".wall", wall);
    visit(panel.name + ".panel", panel);
    visit(panel.name + ".mounting", center, u, v, base, room, along, tilt);
    visit(panel.name + ".free_area", area);
    visit(panel.name + ".angles", yaw, pitch);
  }
  Point2 point(const double* x) const { return {x[0], along ? area.bounds().v0 : x[1]}; }
  void put(double* x, Point2 p) const {
    x[0] = p.u;
    if (!along) x[1] = p.v;
  }
  Vec3d position(const double* x) const { return center + point(x).u * u + point(x).v * v; }
  Mat3d frame(const double* x, Transmitters) const { return tilt ? turned(base, x[angles()], x[angles() + 1]) : base; }
  void pullback(const double* x, Transmitters, PoseGradient g, std::vector<Vec3d>&, double* out) const {
    out[0] += dot(g.translation, u);
    if (!along) out[1] += dot(g.translation, v);
    if (tilt) turned_adjoint(base, x[angles()], g.rotation, out[angles()], out[angles() + 1]);
  }
  void place(double* x, double a, double b, double c) const { put(x, area.at(a, b, c)); }
  void aim(double* x, Transmitters t, std::size_t tx, Vec3d target, double yaw_noise, double pitch_noise) const {
    if (!tilt) return;
    double* const at = x + angles();
    mirror_angles(base, bisector(position(x), t[tx], target), yaw, pitch, at);
    at[0] += yaw_noise;
    at[1] += pitch_noise;
  }
  /// Along the wall, in the direction away from the other centre.
  void slide(double* x, Vec3d from, double distance) const {
    const Vec3d away = position(x) - from;
    double du = dot(away, u), dv = along ? 0.0 : dot(away, v);
    const double in_plane = std::sqrt(du * du + dv * dv);
    if (in_plane > 1e-9)
      du /= in_plane, dv /= in_plane;
    else
      du = 1, dv = 0;
    const double missing = square(distance * (1 + 1e-9)) - norm2(away);
    if (missing <= 0) return;
    const double step = std::sqrt(in_plane * in_plane + missing) - in_plane;
    put(x, {point(x).u + step * du, point(x).v + step * dv});
  }
  /// How far the panel reaches towards the wall when tilted.
  double depth(double a, double b) const { return panel.support(turned(base, a, b), base.x); }
  /// The tilt nearest to (a, b) that keeps the panel clear of its own wall: a descent that runs into the wall slides
  /// along it, as projected gradients need (scaling the tilt down instead would hold it where it hit).
  void limit(double& a, double& b) const {
    if (depth(a, b) <= room) return;
    const double angle = std::atan2(b, a), radius = std::hypot(a, b);
    // Golden section over the direction; along a direction the panel's reach grows with the tilt.
    const auto clear = [&](double at) {
      double lo = 0, hi = radius;
      for (int i = 0; i < 30; ++i) {
        const double mid = (lo + hi) / 2;
        (depth(mid * std::cos(at), mid * std::sin(at)) <= room ? lo : hi) = mid;
      }
      return lo;
    };
    const auto distance2 = [&](double at) {
      const double r = clear(at);
      return r * r - 2 * r * radius * std::cos(at - angle);
    };
    constexpr double golden = 0.6180339887498949;
    double lo = angle - pi / 2, hi = angle + pi / 2;
    double left = hi - golden * (hi - lo), right = lo + golden * (hi - lo), at_left = distance2(left),
           at_right = distance2(right);
    for (int i = 0; i < 40; ++i) {
      if (at_left < at_right) {
        hi = right, right = left, at_right = at_left;
        left = hi - golden * (hi - lo), at_left = distance2(left);
      } else {
        lo = left, left = right, at_left = at_right;
        right = lo + golden * (hi - lo), at_right = distance2(right);
      }
    }
    const double at = (lo + hi) / 2, r = clear(at);
    a = clamp(r * std::cos(at), yaw.lower, yaw.upper);
    b = clamp(r * std::sin(at), pitch.lower, pitch.upper);
    if (depth(a, b) <= room) return;
    const double direction = std::atan2(b, a), shorter = min(clear(direction), std::hypot(a, b));
    a = shorter * std::cos(direction);
    b = shorter * std::sin(direction);
  }
  void settle(double* x, Transmitters) const {
    put(x, area.nearest(point(x)));
    if (tilt) limit(x[angles()], x[angles() + 1]);
  }
  std::string trouble(const double* x, Transmitters, double tolerance) const {
    if (!area.contains(point(x), tolerance)) return panel.name + " overlaps a hole or an obstacle at " + wall;
    if (tilt && depth(x[angles()], x[angles() + 1]) > room + tolerance) return panel.name + " is tilted into " + wall;
    return "";
  }
};

}  // namespace manyworlds::placement
