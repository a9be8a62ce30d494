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

template <class T>
MW_HD inline T max_abs(Vec3<T> v) {
  using std::abs;
  return max(T(abs(v.x)), max(T(abs(v.y)), T(abs(v.z))));
}

/// The segment from `a` to `a + d`, with the tolerances that its size and place ask for; T is double, or lanes of
/// double for several segments at once.
///
/// `clearance`: a triangle is crossed only if both ends are farther than this from its plane, on opposite sides:
/// 1e-7 of the coordinates (at least 1e-7 m). So a face that an end lies on does not block, whatever the angle, nor
/// does a neighbour that is coplanar with it or touches it there, and a segment in a plane never crosses it.
/// `slack`: times an edge length it bounds the rounding of the edge tests, so that none slips between neighbours.
template <class T>
struct SegmentOf {
  Vec3<T> a{}, d{};
  T clearance{}, slack{};

  SegmentOf() = default;
  /// `extent`: largest absolute coordinate of the scene.
  MW_HD inline SegmentOf(Vec3<T> from, Vec3<T> to, double extent) : a(from), d(to - from) {
    const T size = max(max_abs(from), max_abs(to));
    clearance = T(1e-7) * max(T(1.0), size);
    slack = T(1e-14) * max_abs(d) * (size + T(extent));
  }
};
using Segment = SegmentOf<double>;

/// Does the segment cross the triangle? If so, t in (0, 1) is where; if not, t means nothing. The one triangle test, by
/// lane when T is lanes. With c = d x (a - corner), the barycentric coordinates of the crossing times d . normal are
/// edge2 . c and -edge1 . c (Moeller and Trumbore 1997). Edges and corners belong to the triangle; one without area is
/// never crossed.
template <class T>
MW_HD inline auto crosses(const LeafTriangle& triangle, const SegmentOf<T>& segment, T& t) -> decltype(t < t) {
  using std::copysign;
  const Vec3<T> edge1 = triangle.edge1.as<T>(), edge2 = triangle.edge2.as<T>();
  const Vec3<T> normal = cross(triangle.edge1, triangle.edge2).as<T>();
  const Vec3<T> s = segment.a - triangle.corner.as<T>(), c = cross(segment.d, s);
  const T slope = dot(normal, segment.d), sign = copysign(T(1.0), slope);
  const T from = sign * dot(normal, s), to = from + sign * slope;
  const T u = sign * dot(edge2, c), v = -sign * dot(edge1, c);
  const T slack = segment.slack * T(triangle.longest_edge);
  // One branch on the outcome: the single conditions are hard to predict.
  const auto apart = min(T(-from), to) > segment.clearance * T(triangle.twice_area);
  const auto inside = min(min(u, v), T(to - from - (u + v))) >= -slack;
  t = -from / (to - from);
  return apart & inside;
}

}  // namespace manyworlds
