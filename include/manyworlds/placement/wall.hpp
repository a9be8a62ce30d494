#pragma once
#include <array>

#include "manyworlds/placement/free_area.hpp"
#include "manyworlds/scene/mover.hpp"

/// A planar wall object as a place to mount panels: its rectangle, its holes, and what stands in front of it.
namespace manyworlds::placement {

struct Wall {
  Rectangled rectangle;     ///< bounding rectangle, v upwards, normal from the winding of the first triangle
  std::vector<Area> holes;  ///< doorways and windows of its mesh, in (u, v) from the centre
};

namespace detail {

inline bool in_triangle(Point2 p, const Point2* t) {
  double sign[3];
  for (int i = 0; i < 3; ++i) {
    const Point2 a = t[i], b = t[(i + 1) % 3];
    sign[i] = (b.u - a.u) * (p.v - a.v) - (b.v - a.v) * (p.u - a.u);
  }
  const double round_off = 1e-9;  // a point on the edge between two triangles belongs to both
  return min(min(sign[0], sign[1]), sign[2]) >= -round_off || max(max(sign[0], sign[1]), sign[2]) <= round_off;
}

/// Part of a convex polygon with lo <= dot(p - at, n) <= hi.
inline std::vector<Vec3d> clipped(std::vector<Vec3d> polygon, Vec3d at, Vec3d n, double lo, double hi) {
  for (double sign : {1.0, -1.0}) {
    auto depth = [&](Vec3d p) { return sign > 0 ? dot(p - at, n) - lo : hi - dot(p - at, n); };
    std::vector<Vec3d> kept;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Vec3d p = polygon[i], q = polygon[(i + 1) % polygon.size()];
      const double a = depth(p), b = depth(q);
      if (a >= 0) kept.push_back(p);
      if ((a < 0) != (b < 0)) kept.push_back(p + (a / (a - b)) * (q - p));
    }
    polygon = std::move(kept);
  }
  return polygon;
}

}  // namespace detail

/// Extent of points in the wall's plane.
inline Area extent(const Rectangled& r, const std::vector<Vec3d>& points) {
  Boxd box;
  for (Vec3d p : points) box.extend(Vec3d{dot(p - r.center, r.u), dot(p - r.center, r.v), 0});
  return {box.lo.x, box.hi.x, box.lo.y, box.hi.y};
}

/// Rectangle and holes of an object whose triangles lie in one plane; throws InputError otherwise. A hole is a cell of
/// the grid through all vertices that the triangles do not cover whole: slanting outlines come out too small, never too
/// big.
inline Wall make_wall(const Object& object) {
  const MoverShape shape = make_mover_shape(object);
  std::vector<Vec3d> points;
  for (const auto& face : shape.faces)
    for (Vec3d p : face.polygon) points.push_back(p + shape.origin);
  const Vec3d normal = shape.faces[0].rectangle.normal, v = shape.faces[0].rectangle.v;
  Wall wall{{points[0], cross(v, normal), v, normal, 0, 0}, {}};
  for (Vec3d p : points)
    if (std::abs(dot(p - points[0], normal)) > 1e-3)
      throw InputError(object.name, "a wall must lie in one plane, found a vertex " +
                                        std::to_string(std::abs(dot(p - points[0], normal))) + " m off it");
  const Area all = extent(wall.rectangle, points);
  wall.rectangle.center = wall.rectangle.point((all.u0 + all.u1) / 2, (all.v0 + all.v1) / 2);
  wall.rectangle.half_u = (all.u1 - all.u0) / 2;
  wall.rectangle.half_v = (all.v1 - all.v0) / 2;

  std::vector<std::array<Point2, 3>> triangles;
  std::vector<double> us, vs;
  for (const auto& t : object.mesh.triangles) {
    auto& corners = triangles.emplace_back();
    for (std::size_t k = 0; k < 3; ++k) {
      const Vec3d p = object.mesh.vertices[t[k]] - wall.rectangle.center;
      corners[k] = {dot(p, wall.rectangle.u), dot(p, wall.rectangle.v)};
      us.push_back(corners[k].u);
      vs.push_back(corners[k].v);
    }
  }
  auto distinct = [](std::vector<double>& x) {
    std::sort(x.begin(), x.end());
    x.erase(std::unique(x.begin(), x.end(), [](double a, double b) { return b - a < mover_tolerance; }), x.end());
  };
  distinct(us);
  distinct(vs);
  for (std::size_t i = 0; i + 1 < us.size(); ++i)
    for (std::size_t j = 0; j + 1 < vs.size(); ++j) {
      const double inset = 1e-3, du = us[i + 1] - us[i], dv = vs[j + 1] - vs[j];
      const bool solid = [&] {
        for (double a : {inset, 0.5, 1 - inset})
          for (double b : {inset, 0.5, 1 - inset})
            if (std::none_of(triangles.begin(), triangles.end(), [&](const auto& t) {
                  return detail::in_triangle({us[i] + a * du, vs[j] + b * dv}, t.data());
                }))
              return false;
        return true;
      }();
      if (!solid) wall.holes.push_back({us[i], us[i + 1], vs[j], vs[j + 1]});
    }
  return wall;
}

}  // namespace manyworlds::placement
