#pragma once
#include "manyworlds/placement/placement.hpp"
#include "manyworlds/placement/surroundings.hpp"
#include "manyworlds/scene/names.hpp"

namespace manyworlds::placement {

/// Of all movers of a placement together.
inline constexpr std::size_t max_mover_faces = 64;

namespace detail {

/// Makes the bound parts one by one.
struct Binder {
  const Scene& scene;
  Surroundings around;
  std::size_t bound = 0;  ///< movers made so far
  std::size_t faces = 0;  ///< of these movers
  std::vector<bool> transmitter_moves{};

  Panel panel(const std::string& name) {
    const Object& object = scene.objects[find_object(scene, name, "placement")];
    const MoverShape shape = make_mover_shape(object);
    faces += shape.faces.size();
    require(
        faces <= max_mover_faces, name,
        "movers may have at most " + std::to_string(max_mover_faces) + " faces in all, found " + std::to_string(faces));
    return make_panel(object, shape, bound++);
  }

  /// Adds a part in a box. Throws unless one of its quasi-random places is free.
  template <class P>
  void add_checked(P part, const std::string& name, std::vector<Part>& out) const {
    std::vector<Vec3d> at;
    for (const Transmitter& t : scene.transmitters) at.push_back(t.position);
    std::vector<Variable> variables;
    part.variables(variables);
    std::vector<double> x;
    x.reserve(variables.size());
    for (const Variable& v : variables) x.push_back((v.lower + v.upper) / 2);
    std::string why;
    for (std::size_t k = 0; k < 512; ++k) {
      part.place(x.data(), quasi_random(k, 0), quasi_random(k, 1), quasi_random(k, 2));
      part.settle(x.data(), at);
      if ((why = part.trouble(x.data(), at, 1e-6)).empty()) return out.push_back(std::move(part));
    }
    throw InputError(name, "no free place within its bounds: " + why);
  }

  /// Shrinks the bounds of a wall part to the part of them that lies in a box.
  static void restrict(Area& b, const WallPart& part, const Boxd& within) {
    check_box(within, part.panel.name + ".within");
    std::vector<Vec3d> patch;
    for (const auto& [u, v] : {Point2{b.u0, b.v0}, {b.u1, b.v0}, {b.u1, b.v1}, {b.u0, b.v1}})
      patch.push_back(part.center + u * part.u + v * part.v);
    for (Vec3d axis : {Vec3d{1, 0, 0}, Vec3d{0, 1, 0}, Vec3d{0, 0, 1}})
      patch = clipped(std::move(patch), {}, axis, dot(within.lo, axis) - 1e-9, dot(within.hi, axis) + 1e-9);
    require(!patch.empty(), part.panel.name,
            "no place at wall '" + part.wall + "' has its centre within the given box");
    b = extent({part.center, part.u, part.v, part.base.x, 0, 0}, patch);
  }

  /// OnWall, or AlongWall when `height` is given.
  WallPart on_wall(const OnWall& d, const double* height) {
    WallPart part;
    part.panel = panel(d.object);
    part.wall = d.wall;
    const std::size_t wall_object = find_object(scene, d.wall, d.object, "wall");
    require(!around.moves(wall_object), d.object, "its wall '" + d.wall + "' moves itself");
    const Wall wall = make_wall(scene.objects[wall_object]);
    const Rectangled& r = wall.rectangle;
    require(d.side >= -1 && d.side <= 1, d.object, "side must be -1, 0 or 1, found " + std::to_string(d.side));
    require(d.margin >= 0, d.object, "margin must be >= 0 m, found " + metres(d.margin));
    const Vec3d normal = around.side(r, d.side) * r.normal;
    part.base = {normal, cross(r.v, normal), r.v};
    part.center = r.center + d.offset * normal;
    part.u = r.u;
    part.v = r.v;
    part.along = height != nullptr;
    part.tilt = d.tilt;
    check_range(d.yaw, d.object + ".yaw");
    check_range(d.pitch, d.object + ".pitch");
    part.yaw = d.tilt ? d.yaw : Range{};
    part.pitch = d.tilt ? d.pitch : Range{};
    part.room = d.offset - around.constraints.wall_clearance_m;
    const double flat =
        part.depth(clamp(0.0, part.yaw.lower, part.yaw.upper), clamp(0.0, part.pitch.lower, part.pitch.upper));
    require(flat <= part.room, d.object,
            "offset must be at least " + metres(flat + around.constraints.wall_clearance_m) +
                " m to clear its wall, found " + metres(d.offset));

    // The largest extents over all tilts that clear the wall, on a fine grid of angles.
    double du = 0, dv = 0, dn = 0;
    for (int i = 0; i <= 32; ++i)
      for (int j = 0; j <= 32; ++j) {
        double a = part.yaw.lower + i / 32.0 * (part.yaw.upper - part.yaw.lower);
        double b = part.pitch.lower + j / 32.0 * (part.pitch.upper - part.pitch.lower);
        part.limit(a, b);
        const Mat3d f = turned(part.base, a, b);
        du = max(du, part.panel.support(f, r.u)), dv = max(dv, part.panel.support(f, r.v));
        dn = max(dn, part.panel.support(f, normal));
      }
    const double eu = du + d.margin, ev = dv + d.margin;
    require(eu <= r.half_u && ev <= r.half_v, d.object,
            "needs " + metres(2 * eu) + " x " + metres(2 * ev) + " m with tilt and margin, its wall '" + d.wall +
                "' has " + metres(2 * r.half_u) + " x " + metres(2 * r.half_v) + " m");
    Area bounds{eu - r.half_u, r.half_u - eu, ev - r.half_v, r.half_v - ev};
    if (d.within) restrict(bounds, part, *d.within);
    if (height) {
      const double v = *height - r.half_v;
      require(v >= bounds.v0 && v <= bounds.v1, d.object,
              "height over the lower rim of '" + d.wall + "' must be in " + metres(bounds.v0 + r.half_v) + " to " +
                  metres(bounds.v1 + r.half_v) + " m, found " + metres(*height));
      bounds.v0 = bounds.v1 = v;
    }
    std::vector<Area> taken =
        around.holes(wall, wall_object, normal, d.offset + dn + around.constraints.wall_clearance_m);
    const double c = around.constraints.wall_clearance_m;
    for (Area& h : taken) h = {h.u0 - du - c, h.u1 + du + c, h.v0 - dv - c, h.v1 + dv + c};
    part.area = FreeArea(bounds, taken);
    require(!part.area.empty(), d.object, "no free place at wall '" + d.wall + "' between doorways and obstacles");
    return part;
  }

  void add(const OnWall& d, std::vector<Part>& out) { out.push_back(on_wall(d, nullptr)); }
  void add(const AlongWall& d, std::vector<Part>& out) {
    out.push_back(on_wall({d.object, d.wall, false, {}, {}, d.offset, d.side, d.margin, d.within}, &d.height));
  }
  void add(const FreePose& d, std::vector<Part>& out) {
    Panel body = panel(d.object);
    check_box({d.lo, d.hi}, d.object);
    check_range(d.yaw, d.object + ".yaw");
    check_range(d.pitch, d.object + ".pitch");
    const double reach = norm(body.half);
    add_checked(FreePart{std::move(body), around.space({d.lo, d.hi}, reach), {d.yaw, d.pitch}}, d.object, out);
  }
  void add(const Aimed& d, std::vector<Part>& out) {
    Panel body = panel(d.object);
    check_box({d.lo, d.hi}, d.object);
    require(d.transmitter < scene.transmitters.size(), d.object,
            "aimed at transmitter " + std::to_string(d.transmitter) + ", the scene has " +
                std::to_string(scene.transmitters.size()));
    Boxd focal = d.focal.value_or(Boxd{});
    if (!d.focal)
      for (Vec3d p : scene.receivers.positions) focal.extend(p);
    require(d.focal || !focal.empty(), d.object, "needs bounds for its focal point, since there are no receivers");
    check_box(focal, d.object + ".focal");
    const Boxd box{d.lo, d.hi};
    const Vec3d n = bisector(box.center(), scene.transmitters[d.transmitter].position, focal.center());
    const Vec3d up = d.up ? *d.up : (std::abs(n.z) > std::sqrt(0.5) ? Vec3d{0, 1, 0} : Vec3d{0, 0, 1});
    require(norm(up) > 0 && std::isfinite(norm(up)), d.object, "up must be a direction, found a null vector");
    const double reach = norm(body.half);
    add_checked(AimedPart{std::move(body), around.space(box, reach), {focal, d.transmitter, normalized(up)}}, d.object,
                out);
  }
  void add(const TransmitterPositions& d, std::vector<Part>& out) {
    std::vector<std::string> all;
    for (const Transmitter& t : scene.transmitters) all.push_back(t.name);
    const std::vector<std::string>& names = d.names.empty() ? all : d.names;
    require(!names.empty(), "placement", "there are no transmitters to move");
    require(d.boxes.empty() || d.boxes.size() == names.size(), "placement",
            "boxes must be one per moved transmitter (" + std::to_string(names.size()) + "), found " +
                std::to_string(d.boxes.size()));
    transmitter_moves.resize(all.size());
    for (std::size_t k = 0; k < names.size(); ++k) {
      const std::size_t i = d.names.empty() ? k : find_transmitter(scene, names[k], "placement");
      require(!transmitter_moves[i], names[k], "transmitter listed twice");
      transmitter_moves[i] = true;
      const Boxd box = d.boxes.empty() ? Boxd{d.lo, d.hi} : d.boxes[k];
      check_box(box, names[k]);
      add_checked(TransmitterPart{names[k], i, around.space(box, 0)}, names[k], out);
    }
  }
};

}  // namespace detail

/// Binds descriptors to a scene. Throws InputError: unknown object, wall or transmitter; listed twice; bounds reversed;
/// wall not planar or too small; nothing free; more than 64 faces in the movers; constraints that nothing satisfies.
inline Placement bind(const Scene& scene, const All& all) {
  using detail::require;
  const Constraints& c = all.constraints;
  require(!all.parts.empty(), "placement", "nothing to place");
  require(c.min_distance_m >= 0 && std::isfinite(c.min_distance_m), "placement.min_distance_m",
          "must be >= 0, found " + detail::metres(c.min_distance_m));
  require(c.wall_clearance_m >= 0 && std::isfinite(c.wall_clearance_m), "placement.wall_clearance_m",
          "must be >= 0, found " + detail::metres(c.wall_clearance_m));
  for (const Boxd& b : c.keep_out) detail::check_box(b, "placement.keep_out");

  Placement p;
  for (const AnyPlacement& any : all.parts)
    std::visit(
        [&](const auto& d) {
          if constexpr (requires { d.object; }) {
            const std::size_t i = find_object(scene, d.object, "placement");
            require(std::find(p.movers_.begin(), p.movers_.end(), i) == p.movers_.end(), d.object,
                    "object listed twice");
            p.movers_.push_back(i);
            p.initial_.movers.push_back({bounding_box(scene.objects[i].mesh).center(), {}});
          }
        },
        any);
  for (const Transmitter& t : scene.transmitters) p.initial_.transmitters.push_back(t.position);

  detail::Binder binder{scene, {scene, c, p.movers_}};
  for (const AnyPlacement& any : all.parts) std::visit([&](const auto& d) { binder.add(d, p.parts_); }, any);
  for (const Part& part : p.parts_) {
    std::visit([&](const auto& bound) { bound.variables(p.variables_); }, part);
    p.first_.push_back(p.variables_.size());
  }

  const ReceiverSet& rx = scene.receivers;
  for (std::size_t i = 0; i < rx.positions.size(); ++i) {
    const double weight = rx.weights.empty() ? 1 : rx.weights[i];
    if (!(weight > 0)) continue;
    p.targets_.push_back(rx.positions[i]);
    p.cumulative_.push_back((p.cumulative_.empty() ? 0 : p.cumulative_.back()) + weight);
  }

  p.min_distance_ = c.min_distance_m;
  std::vector<double> x(p.variables_.size());
  std::string why;
  Random random(0, 0, 0, Purpose::start);
  p.start(random, StartKind::plain, x);
  require(p.feasible(x, &why), "placement", "the constraints leave no room: " + why);
  return p;
}

/// A concept for the descriptors, so that they can be bound without wrapping.
template <class T>
concept Descriptor = requires(T d) {
  AnyPlacement(d);
};

/// Binds one descriptor, or several without further constraints.
template <Descriptor... D>
Placement bind(const Scene& scene, const D&... descriptors) {
  return bind(scene, All{{AnyPlacement(descriptors)...}, {}});
}

}  // namespace manyworlds::placement
