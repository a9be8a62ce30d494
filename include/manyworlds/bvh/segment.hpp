#pragma once
#include "manyworlds/math/box.hpp"

namespace manyworlds {

/// A triangle to build a tree from. `face` names the planar polygon it belongs to (what queries skip and report),
/// `primitive` is the caller's own number.
struct BvhTriangle {
  Vec3d a{}, b{}, c{};
  std::uint32_t face = 0, primitive = 0;
};

/// A triangle prepared for segment tests, in double: corners are corner, corner + edge1, corner + edge2.
struct LeafTriangle {
  Vec3d corner{}, edge1{}, edge2{};
  double twice_area = 0, longest_edge = 0;
  std::uint32_t face = 0, primitive = 0;

  LeafTriangle() = default;
  explicit LeafTriangle(const BvhTriangle& t)
      : corner(t.a),
        edge1(t.b - t.a),
        edge2(t.c - t.a),
        twice_area(norm(cross(edge1, edge2))),
        longest_edge(max(norm(edge1), max(norm(edge2), norm(t.c - t.b)))),
        face(t.face),
        primitive(t.primitive) {}
};

MW_HD inline double max_abs(Vec3d v) { return max(std::fabs(v.x), max(std::fabs(v.y), std::fabs(v.z))); }

/// The segment from `a` to `a + d`, with the tolerances that its size and place ask for.
///
/// `clearance`: a triangle is crossed only if both ends are farther than this from its plane, on opposite sides:
/// 1e-7 of the coordinates (at least 1e-7 m). So a face that an end lies on does not block, whatever the angle, nor
/// does a neighbour that is coplanar with it or touches it there, and a segment in a plane never crosses it.
/// `slack`: times an edge length it bounds the rounding of the edge tests, so that none slips between neighbours.
struct Segment {
  Vec3d a{}, d{};
  double clearance = 0, slack = 0;

  /// `extent`: largest absolute coordinate of the scene.
  MW_HD Segment(Vec3d from, Vec3d to, double extent) : a(from), d(to - from) {
    const double size = max(max_abs(from), max_abs(to));
    clearance = 1e-7 * max(1.0, size);
    slack = 1e-14 * max_abs(d) * (size + extent);
  }
};

/// Does the segment cross the triangle? If so, t in (0, 1) is where; if not, t means nothing. The one triangle test.
/// With c = d x (a - corner), the barycentric coordinates of the crossing times d . normal are edge2 . c and
/// -edge1 . c (Moeller and Trumbore 1997). Edges and corners belong to the triangle; one without area is never crossed.
MW_HD inline bool crosses(const LeafTriangle& triangle, const Segment& segment, double& t) {
  const Vec3d s = segment.a - triangle.corner, c = cross(segment.d, s), normal = cross(triangle.edge1, triangle.edge2);
  const double slope = dot(normal, segment.d), sign = std::copysign(1.0, slope);
  const double from = sign * dot(normal, s), to = from + sign * slope;
  const double u = sign * dot(triangle.edge2, c), v = -sign * dot(triangle.edge1, c);
  const double slack = segment.slack * triangle.longest_edge;
  // One branch on the outcome: the single conditions are hard to predict.
  const bool apart = min(-from, to) > segment.clearance * triangle.twice_area;
  const bool inside = min(min(u, v), to - from - (u + v)) >= -slack;
  t = -from / (to - from);
  return apart & inside;
}

}  // namespace manyworlds
