#pragma once
#include <span>

#include "manyworlds/core/random.hpp"
#include "manyworlds/placement/descriptors.hpp"
#include "manyworlds/placement/obstacle.hpp"
#include "manyworlds/placement/panel.hpp"
#include "manyworlds/scene/configuration.hpp"

/// Bound parts whose position is a point in a box. A part reads and writes its own variables only, x points to the
/// first; all parts have the same members, visited by Placement. x[0..2] is the position in all three.
namespace manyworlds::placement {

using Transmitters = std::span<const Vec3d>;

inline Vec3d read3(const double* x) { return {x[0], x[1], x[2]}; }
inline void write3(double* x, Vec3d p) { x[0] = p.x, x[1] = p.y, x[2] = p.z; }
inline void add3(double* x, Vec3d p) { x[0] += p.x, x[1] += p.y, x[2] += p.z; }

inline void name3(std::vector<Variable>& out, const std::string& prefix, const Boxd& b) {
  for (int a = 0; a < 3; ++a) out.push_back({prefix + "xyz"[a], b.lo[a], b.hi[a], false});
}

/// The panel's normal may point either way (sheets act alike on both sides): of n and -n the one whose angles are less
/// outside the ranges, and those angles.
inline void mirror_angles(const Mat3d& base, Vec3d n, Range yaw, Range pitch, double* x) {
  double least = 1e300;
  for (Vec3d m : {n, -n}) {
    double a = 0, b = 0;
    angles_of(base, m, a, b);
    const double outside =
        std::abs(a - clamp(a, yaw.lower, yaw.upper)) + std::abs(b - clamp(b, pitch.lower, pitch.upper));
    if (outside < least) least = outside, x[0] = a, x[1] = b;
  }
}

/// Position as a point on the quasi-random sequence of Roberts in three dimensions, component i in [0, 1).
inline double quasi_random(std::size_t k, int i) {
  const double x = 0.5 + double(k + 1) / std::pow(1.22074408460575947536, i + 1);
  return x - std::floor(x);
}

inline Vec3d point_in(const Boxd& b, double s, double t, double r) {
  return b.lo + Vec3d{s * b.size().x, t * b.size().y, r * b.size().z};
}

/// Moves p in its box so that it is at least `distance` from q, straight away from it.
inline void push_from(double* x, Vec3d q, double distance, const Boxd& bounds) {
  const Vec3d away = read3(x) - q;
  const double d = norm(away);
  const Vec3d direction = d > 1e-9 ? away / d : Vec3d{1, 0, 0};
  write3(x, clamped(q + (distance * (1 + 1e-9)) * direction, bounds));
}

/// Attitude of a panel by two angles, y = yaw, pitch. `p` is the panel's centre.
struct YawPitch {
  Range yaw, pitch;

  void variables(std::vector<Variable>& out, const std::string& prefix) const {
    out.push_back({prefix + "yaw", yaw.lower, yaw.upper, true});
    out.push_back({prefix + "pitch", pitch.lower, pitch.upper, true});
  }
  Mat3d frame(Vec3d, const double* y, Transmitters) const { return turned({}, y[0], y[1]); }
  void pullback(Vec3d, const double* y, Transmitters, Vec3d rotation_bar, Vec3d&, std::vector<Vec3d>&,
                double* out) const {
    turned_adjoint({}, y[0], rotation_bar, out[0], out[1]);
  }
  void aim(Vec3d p, double* y, Transmitters t, std::size_t tx, Vec3d target, double yaw_noise,
           double pitch_noise) const {
    mirror_angles({}, bisector(p, t[tx], target), yaw, pitch, y);
    y[0] += yaw_noise;
    y[1] += pitch_noise;
  }
};

/// Attitude of a panel that images a transmitter on a focal point, y = its coordinates. `p` is the panel's centre.
struct FocalPoint {
  Boxd bounds{};
  std::size_t transmitter = 0;
  Vec3d up{0, 0, 1};

  void variables(std::vector<Variable>& out, const std::string& prefix) const { name3(out, prefix + "focal_", bounds); }
  Mat3d frame(Vec3d p, const double* y, Transmitters t) const {
    return upright(bisector(p, t[transmitter], read3(y)), up);
  }
  void pullback(Vec3d p, const double* y, Transmitters t, Vec3d rotation_bar, Vec3d& p_bar, std::vector<Vec3d>& tx_bar,
                double* out) const {
    const Vec3d n_bar = upright_adjoint(frame(p, y, t), up, rotation_bar);
    Vec3d focal_bar{};
    bisector_adjoint(p, t[transmitter], read3(y), n_bar, p_bar, tx_bar[transmitter], focal_bar);
    add3(out, focal_bar);
  }
  /// The focal point goes to where a mirror with the noisy normal images the part's own transmitter, at the target's
  /// distance.
  void aim(Vec3d p, double* y, Transmitters t, std::size_t, Vec3d target, double yaw_noise, double pitch_noise) const {
    const Vec3d in = normalized(t[transmitter] - p);
    const Mat3d base = upright(bisector(p, t[transmitter], target), up);
    const Vec3d n = turned(base, yaw_noise, pitch_noise).x;
    write3(y, p + norm(target - p) * (2 * dot(in, n) * n - in));
  }
};

/// A panel whose centre x[0..2] is a point in a box; the attitude has the variables after it.
template <class Attitude>
struct BoxPart {
  Panel panel;
  Space space;
  Attitude attitude;

  void variables(std::vector<Variable>& out) const {
    name3(out, panel.name + ".", space.bounds);
    attitude.variables(out, panel.name + ".");
  }
  template <class V>
  void describe(V&& visit) const {
    visit(panel.name + ".panel", panel);
    visit(panel.name + ".bounds", space.bounds);
    visit(panel.name + ".clearance_m", space.clearance);
    visit(panel.name + ".obstacles", space.obstacles);
    visit(panel.name + ".attitude", attitude);
  }
  Vec3d position(const double* x) const { return read3(x); }
  Mat3d frame(const double* x, Transmitters t) const { return attitude.frame(read3(x), x + 3, t); }
  void pullback(const double* x, Transmitters t, PoseGradient g, std::vector<Vec3d>& tx_bar, double* out) const {
    Vec3d p_bar = g.translation;
    attitude.pullback(read3(x), x + 3, t, g.rotation, p_bar, tx_bar, out + 3);
    add3(out, p_bar);
  }
  void place(double* x, double a, double b, double c) const { write3(x, point_in(space.bounds, a, b, c)); }
  void aim(double* x, Transmitters t, std::size_t tx, Vec3d target, double yaw_noise, double pitch_noise) const {
    attitude.aim(read3(x), x + 3, t, tx, target, yaw_noise, pitch_noise);
  }
  void slide(double* x, Vec3d from, double distance) const { push_from(x, from, distance, space.bounds); }
  void settle(double* x, Transmitters t) const {
    const Mat3d f = frame(x, t);
    write3(x, space.pushed(read3(x), [&](Vec3d d) { return panel.support(f, d); }));
  }
  std::string trouble(const double* x, Transmitters t, double tolerance) const {
    const Mat3d f = frame(x, t);
    const Obstacle* o = space.hit(
        read3(x), [&](Vec3d d) { return panel.support(f, d); }, tolerance);
    return o ? panel.name + " overlaps " + o->name + " or its clearance" : "";
  }
};
using FreePart = BoxPart<YawPitch>;
using AimedPart = BoxPart<FocalPoint>;

/// One transmitter: a point, no panel.
struct TransmitterPart {
  std::string name;
  std::size_t transmitter = 0;
  Space space;

  void variables(std::vector<Variable>& out) const { name3(out, name + ".", space.bounds); }
  template <class V>
  void describe(V&& visit) const {
    visit(name + ".transmitter", transmitter);
    visit(name + ".bounds", space.bounds);
    visit(name + ".clearance_m", space.clearance);
    visit(name + ".obstacles", space.obstacles);
  }
  void place(double* x, double a, double b, double c) const { write3(x, point_in(space.bounds, a, b, c)); }
  void settle(double* x, Transmitters) const {
    write3(x, space.pushed(read3(x), [](Vec3d) { return 0.0; }));
  }
  std::string trouble(const double* x, Transmitters, double tolerance) const {
    const Obstacle* o = space.hit(
        read3(x), [](Vec3d) { return 0.0; }, tolerance);
    return o ? name + " overlaps " + o->name + " or its clearance" : "";
  }
};

}  // namespace manyworlds::placement
