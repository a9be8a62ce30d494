#pragma once
#include <array>
#include <map>

#include "manyworlds/bvh/build.hpp"
#include "manyworlds/kernels/worlds/face.hpp"
#include "manyworlds/math/pose.hpp"
#include "manyworlds/scene/mover.hpp"

namespace manyworlds::paths {

using kernels::no_face;
using kernels::tolerance;

/// A planar face: what a path reflects off and passes through.
struct Surface {
  Vec3d normal{};
  double offset = 0;  ///< the plane is normal . x = offset
  Vec3d center{};     ///< centre of the bounding sphere
  double radius = 0;
  Rectangled rectangle{};  ///< the face itself when `is_rectangle`, else its bounding rectangle
  bool is_rectangle = false;
  bool exact = false;  ///< the corners below bound the face exactly (it is convex)
  std::uint32_t object = 0, material = 0;
  std::uint32_t first_corner = 0, corners = 0;  ///< convex polygon that contains the face
  std::uint32_t first_triangle = 0, triangles = 0;
  std::uint32_t first_edge = 0, edges = 0;  ///< outline and holes of a face that is no rectangle, made by build_tree()
};

/// The faces of some objects: coplanar triangles merged, with their triangles and convex outlines.
class SurfaceSet {
 public:
  std::vector<Surface> surfaces;
  std::vector<Vec3d> corners;
  std::vector<BvhTriangle> triangles;  ///< face ids are indices into `surfaces` plus `first_id`
  std::uint32_t first_id = 0;
  BoxTree tree{{}, {}};  ///< over the surfaces, made by build_tree()
  /// Ends of the edges in the coordinates of the face's rectangle: u, v and u, v.
  std::vector<std::array<double, 4>> edges;

  std::uint32_t size() const { return std::uint32_t(surfaces.size()); }
  void clear() {
    surfaces.clear();
    corners.clear();
    triangles.clear();
    edges.clear();
  }
  void build_tree() {
    std::vector<Boxd> boxes(surfaces.size());
    for (std::size_t i = 0; i < boxes.size(); ++i)
      for (std::uint32_t k = 0; k < surfaces[i].corners; ++k) boxes[i].extend(corners[surfaces[i].first_corner + k]);
    tree = build_boxes(boxes);
    edges.clear();
    for (Surface& s : surfaces)
      if (!s.is_rectangle) add_edges(s);
  }

  /// Adds the faces of an object whose own frame is put at `pose`.
  void add(const Object& object, std::uint32_t index, const MoverShape& shape, const Pose& pose) {
    for (const MoverShape::Face& face : shape.faces) {
      Surface s;
      s.object = index;
      s.material = object.material;
      s.is_rectangle = face.is_rectangle;
      const Rectangled& r = face.rectangle;
      s.rectangle = pose.rectangle(r);
      s.normal = s.rectangle.normal;
      s.offset = dot(s.normal, s.rectangle.center);
      s.exact = face.is_rectangle || (face.polygon.size() <= max_outline && is_convex(face, object.mesh, r.normal));
      s.first_corner = std::uint32_t(corners.size());
      if (s.exact && !face.is_rectangle)
        for (Vec3d p : face.polygon) corners.push_back(pose.point(p));
      else
        for (auto [a, b] : {std::pair{-1., -1.}, {1., -1.}, {1., 1.}, {-1., 1.}})
          corners.push_back(s.rectangle.point(a * r.half_u, b * r.half_v));
      s.corners = std::uint32_t(corners.size()) - s.first_corner;
      s.center = s.rectangle.center;
      for (std::uint32_t i = 0; i < s.corners; ++i)
        s.radius = max(s.radius, norm(corners[s.first_corner + i] - s.center));
      s.first_triangle = std::uint32_t(triangles.size());
      for (std::uint32_t primitive : face.primitives) {
        const auto& t = object.mesh.triangles[primitive];
        auto place = [&](std::uint32_t v) { return pose.point(object.mesh.vertices[v] - shape.origin); };
        const auto& source = object.mesh.source_index;
        triangles.push_back(
            {place(t[0]), place(t[1]), place(t[2]), first_id + size(), source.empty() ? primitive : source[primitive]});
      }
      s.triangles = std::uint32_t(triangles.size()) - s.first_triangle;
      surfaces.push_back(s);
    }
  }

  /// Is a point of the face's plane inside the face (edges included)?
  bool contains(const Surface& s, Vec3d p) const {
    if (s.is_rectangle) {
      const Vec3d d = p - s.rectangle.center;
      return std::abs(dot(d, s.rectangle.u)) <= s.rectangle.half_u + tolerance &&
             std::abs(dot(d, s.rectangle.v)) <= s.rectangle.half_v + tolerance;
    }
    if (s.exact) return inside(&corners[s.first_corner], s.corners, s.normal, p);
    return triangle_at(s, p) != no_face;
  }

  /// Does the face, with a margin, contain the box [lo, hi] of its rectangle's coordinates (from its centre along u and
  /// v)? Needs build_tree().
  bool covers(const Surface& s, const double (&lo)[2], const double (&hi)[2]) const {
    constexpr double margin = 1e-4;  // m
    const Rectangled& r = s.rectangle;
    if (!(max(-lo[0], hi[0]) < r.half_u - margin && max(-lo[1], hi[1]) < r.half_v - margin)) return false;
    if (s.is_rectangle) return true;
    const double middle[2] = {(lo[0] + hi[0]) / 2, (lo[1] + hi[1]) / 2},
                 half[2] = {(hi[0] - lo[0]) / 2 + margin, (hi[1] - lo[1]) / 2 + margin};
    for (std::uint32_t i = s.first_edge; i < s.first_edge + s.edges; ++i)
      if (meets(edges[i], middle, half)) return false;
    return contains(s, r.point(middle[0], middle[1]));
  }

  /// Index of the primitive (in its mesh file) at a point of the face; no_face when there is none.
  std::uint32_t primitive_at(const Surface& s, Vec3d p) const {
    const std::uint32_t t = triangle_at(s, p);
    return t == no_face ? no_face : triangles[t].primitive;
  }

 private:
  static constexpr std::size_t max_outline = 8;

  static bool is_convex(const MoverShape::Face& face, const Mesh& mesh, Vec3d normal) {
    double triangles_area = 0, outline = 0;
    for (std::uint32_t i : face.primitives) {
      const auto& t = mesh.triangles[i];
      triangles_area +=
          norm(cross(mesh.vertices[t[1]] - mesh.vertices[t[0]], mesh.vertices[t[2]] - mesh.vertices[t[0]])) / 2;
    }
    const std::size_t n = face.polygon.size();
    for (std::size_t i = 0; i < n; ++i) {
      const Vec3d a = face.polygon[i], b = face.polygon[(i + 1) % n], c = face.polygon[(i + 2) % n];
      if (dot(cross(b - a, c - b), normal) < 0) return false;
      outline += dot(cross(a, b), normal) / 2;
    }
    return n >= 3 && std::abs(outline - triangles_area) <= 1e-3 * outline;  // no hole
  }

  /// Edges that only one triangle has, or two on different stretches: what bounds the face, if not less.
  void add_edges(Surface& s) {
    std::map<std::pair<std::array<std::int64_t, 2>, std::array<std::int64_t, 2>>, std::pair<int, std::array<double, 4>>>
        uses;
    for (std::uint32_t t = s.first_triangle; t < s.first_triangle + s.triangles; ++t) {
      const Vec3d corner[3] = {triangles[t].a, triangles[t].b, triangles[t].c};
      for (int k = 0; k < 3; ++k) {
        std::array<double, 4> ends;
        std::array<std::int64_t, 2> key[2];
        for (std::size_t e : {0, 1}) {
          const Vec3d d = corner[(std::size_t(k) + e) % 3] - s.rectangle.center;
          const double at[2] = {dot(d, s.rectangle.u), dot(d, s.rectangle.v)};
          for (std::size_t c : {0, 1}) ends[2 * e + c] = at[c], key[e][c] = std::llround(at[c] / mover_tolerance);
        }
        if (key[1] < key[0]) std::swap(key[0], key[1]);
        auto& [count, kept] = uses[{key[0], key[1]}];
        ++count;
        kept = ends;
      }
    }
    s.first_edge = std::uint32_t(edges.size());
    for (const auto& [key, use] : uses)
      if (use.first == 1) edges.push_back(use.second);
    s.edges = std::uint32_t(edges.size()) - s.first_edge;
  }

  /// Does an edge meet a box of the plane?
  static bool meets(const std::array<double, 4>& edge, const double (&middle)[2], const double (&half)[2]) {
    const double a[2] = {edge[0] - middle[0], edge[1] - middle[1]}, b[2] = {edge[2] - middle[0], edge[3] - middle[1]};
    for (int k : {0, 1})
      if (min(a[k], b[k]) > half[k] || max(a[k], b[k]) < -half[k]) return false;
    const double d[2] = {b[0] - a[0], b[1] - a[1]};
    return std::abs(a[0] * d[1] - a[1] * d[0]) <= half[0] * std::abs(d[1]) + half[1] * std::abs(d[0]);
  }

  static bool inside(const Vec3d* p, std::uint32_t n, Vec3d normal, Vec3d q) {
    for (std::uint32_t i = 0; i < n; ++i) {
      const Vec3d a = p[i], edge = p[i + 1 == n ? 0 : i + 1] - a;
      if (dot(cross(normal, edge), q - a) < -tolerance * norm(edge)) return false;
    }
    return true;
  }

  std::uint32_t triangle_at(const Surface& s, Vec3d p) const {
    for (std::uint32_t i = s.first_triangle; i < s.first_triangle + s.triangles; ++i) {
      const BvhTriangle& t = triangles[i];
      const Vec3d v[3] = {t.a, t.b, t.c};
      const double winding = dot(cross(t.b - t.a, t.c - t.a), s.normal);
      if (inside(v, 3, winding < 0 ? -s.normal : s.normal, p)) return i;
    }
    return no_face;
  }
};

}  // namespace manyworlds::paths
