#pragma once
#include <cstdio>

#include "manyworlds/placement/descriptors.hpp"
#include "manyworlds/placement/obstacle.hpp"
#include "manyworlds/placement/wall.hpp"

/// What stands around the movers, cut down to what each of them can meet; and the checks of users' input.
namespace manyworlds::placement::detail {

inline std::string metres(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", x);
  return text;
}

inline void require(bool ok, const std::string& where, const std::string& what) {
  if (!ok) throw InputError(where, what);
}

inline void check_box(const Boxd& b, const std::string& where) {
  for (int a = 0; a < 3; ++a)
    require(b.lo[a] <= b.hi[a] && std::isfinite(b.lo[a]) && std::isfinite(b.hi[a]), where,
            std::string("bounds of ") + "xyz"[a] + " must be finite with lo <= hi, found " + metres(b.lo[a]) + " to " +
                metres(b.hi[a]));
}

inline void check_range(Range r, const std::string& where) {
  require(r.lower <= r.upper && std::isfinite(r.lower) && std::isfinite(r.upper), where,
          "bounds must be finite with lower <= upper, found " + metres(r.lower) + " to " + metres(r.upper));
}

struct Surroundings {
  const Scene& scene;
  const Constraints& constraints;
  std::vector<std::size_t> movers{};  ///< objects that move: no obstacles

  bool moves(std::size_t object) const { return std::find(movers.begin(), movers.end(), object) != movers.end(); }

  /// Obstacles that a body of this reach can meet in the box.
  Space space(const Boxd& bounds, double reach) const {
    Space s{bounds, constraints.wall_clearance_m, {}};
    const Boxd near = inflated(bounds, reach + constraints.wall_clearance_m);
    for (const Boxd& b : constraints.keep_out)
      if (b.overlaps(near)) s.obstacles.push_back({"a keep-out box", {}, b});
    for (std::size_t i = 0; i < scene.objects.size() && constraints.avoid_objects; ++i) {
      if (moves(i)) continue;
      const Mesh& mesh = scene.objects[i].mesh;
      for (const auto& t : mesh.triangles) {
        Obstacle o{scene.objects[i].name, {mesh.vertices[t[0]], mesh.vertices[t[1]], mesh.vertices[t[2]]}, {}};
        for (Vec3d p : o.triangle) o.box.extend(p);
        if (o.box.overlaps(near)) s.obstacles.push_back(std::move(o));
      }
    }
    return s;
  }

  /// The side of a wall to mount on: +1 or -1 along its normal (OnWall::side).
  int side(const Rectangled& wall, int wanted) const {
    if (wanted != 0) return wanted;
    int votes = 0;
    auto vote = [&](Vec3d p) {
      const double d = dot(p - wall.center, wall.normal);
      votes += (d > 0) - (d < 0);
    };
    for (const Transmitter& t : scene.transmitters) vote(t.position);
    if (votes == 0)
      for (Vec3d p : scene.receivers.positions) vote(p);
    return votes < 0 ? -1 : 1;
  }

  /// What a panel at this wall must not overlap, in (u, v), not yet grown by the panel: doorways of the wall,
  /// keep-outs, and static triangles between the wall's plane and `front` metres before it.
  std::vector<Area> holes(const Wall& wall, std::size_t wall_object, Vec3d normal, double front) const {
    std::vector<Area> out = wall.holes;
    const Rectangled& r = wall.rectangle;
    for (const Boxd& b : constraints.keep_out) {
      std::vector<Vec3d> inside;
      for (int axis = 0; axis < 3; ++axis)
        for (const Vec3d& corner : {b.lo, b.hi}) {
          Vec3d quad[4];
          for (int k = 0; k < 4; ++k) {
            quad[k] = corner;
            quad[k][(axis + 1) % 3] = k == 1 || k == 2 ? b.hi[(axis + 1) % 3] : b.lo[(axis + 1) % 3];
            quad[k][(axis + 2) % 3] = k >= 2 ? b.hi[(axis + 2) % 3] : b.lo[(axis + 2) % 3];
          }
          for (Vec3d p : clipped({quad, quad + 4}, r.center, normal, -1e-3, front)) inside.push_back(p);
        }
      if (!inside.empty()) out.push_back(extent(r, inside));
    }
    for (std::size_t i = 0; i < scene.objects.size() && constraints.avoid_objects; ++i) {
      if (i == wall_object || moves(i)) continue;
      const Mesh& mesh = scene.objects[i].mesh;
      for (const auto& t : mesh.triangles) {
        const auto cut =
            clipped({mesh.vertices[t[0]], mesh.vertices[t[1]], mesh.vertices[t[2]]}, r.center, normal, 1e-3, front);
        if (!cut.empty()) out.push_back(extent(r, cut));
      }
    }
    return out;
  }
};

}  // namespace manyworlds::placement::detail
