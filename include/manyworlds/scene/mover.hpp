#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/math/pose.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {

/// The planar faces of an object that moves rigidly, in the object's own frame: origin at its bounding-box centre
/// as loaded, axes parallel to the world's as loaded (see Pose).
struct MoverShape {
  struct Face {
    /// The face itself when `is_rectangle`, else its bounding rectangle. v is the edge closest to "up" (+z, for a
    /// horizontal face +y), the normal follows the winding of the triangles, u = v x normal.
    Rectangled rectangle;
    bool is_rectangle = false;
    std::vector<Vec3d> polygon;             ///< outer boundary, counter-clockwise about the normal, no collinear corner
    std::vector<std::uint32_t> primitives;  ///< indices into Mesh::triangles, ascending
  };
  Vec3d origin{};  ///< world position of the own frame's origin as loaded
  std::vector<Face> faces;
};

/// Vertices closer than this are one, and so are planes (metres); meshes are often stored in float.
inline constexpr double mover_tolerance = 1e-4;

inline Boxd bounding_box(const Mesh& mesh) {
  Boxd box;
  for (const auto& t : mesh.triangles)
    for (std::uint32_t i : t) box.extend(mesh.vertices[i]);
  return box;
}

/// A mesh as loaded, put at a pose.
inline Mesh placed(Mesh mesh, const Pose& pose) {
  const Vec3d origin = bounding_box(mesh).center();
  for (Vec3d& v : mesh.vertices) v = pose.point(v - origin);
  return mesh;
}

namespace detail {

using Triangle = std::array<std::uint32_t, 3>;

/// For each vertex the index of the first one that lies within the tolerance of it.
inline std::vector<std::uint32_t> weld(const std::vector<Vec3d>& vertices) {
  std::vector<std::uint32_t> first(vertices.size());
  std::map<std::array<std::int64_t, 3>, std::vector<std::uint32_t>> cells;
  for (std::uint32_t i = 0; i < vertices.size(); ++i) {
    std::array<std::int64_t, 3> cell{};
    for (int a = 0; a < 3; ++a) cell[std::size_t(a)] = std::int64_t(std::floor(vertices[i][a] / (2 * mover_tolerance)));
    first[i] = i;
    for (int n = 0; n < 27 && first[i] == i; ++n) {
      const auto found = cells.find({cell[0] + n % 3 - 1, cell[1] + n / 3 % 3 - 1, cell[2] + n / 9 - 1});
      if (found == cells.end()) continue;
      for (std::uint32_t j : found->second)
        if (norm(vertices[j] - vertices[i]) <= mover_tolerance) {
          first[i] = j;
          break;
        }
    }
    if (first[i] == i) cells[cell].push_back(i);
  }
  return first;
}

inline Vec3d area_vector(const std::vector<Vec3d>& p, const Triangle& t) {
  return 0.5 * cross(p[t[1]] - p[t[0]], p[t[2]] - p[t[0]]);
}

/// Outer boundary of coplanar triangles, counter-clockwise about `normal`, without collinear corners; `loops` counts
/// the boundaries (more than one: holes). An edge is on the boundary when its uses in both directions do not cancel.
inline std::vector<Vec3d> boundary(const std::vector<Vec3d>& p, std::vector<Triangle> triangles, Vec3d normal,
                                   std::size_t& loops) {
  for (Triangle& t : triangles) {
    if (dot(area_vector(p, t), normal) < 0) std::swap(t[1], t[2]);
    std::rotate(t.begin(), std::min_element(t.begin(), t.end()), t.end());
  }
  std::sort(triangles.begin(), triangles.end());  // the two sides of a double sheet count once
  triangles.erase(std::unique(triangles.begin(), triangles.end()), triangles.end());
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> uses;
  for (const Triangle& t : triangles)
    for (std::size_t k = 0; k < 3; ++k) {
      ++uses[{t[k], t[(k + 1) % 3]}];
      --uses[{t[(k + 1) % 3], t[k]}];
    }
  std::multimap<std::uint32_t, std::uint32_t> next;
  for (const auto& [edge, n] : uses)
    for (int i = 0; i < n; ++i) next.emplace(edge.first, edge.second);
  std::vector<Vec3d> outer;
  double outer_area = 0;
  for (loops = 0; !next.empty(); ++loops) {
    std::vector<Vec3d> loop;
    for (auto edge = next.begin(); edge != next.end();) {
      loop.push_back(p[edge->first]);
      const std::uint32_t end = edge->second;
      next.erase(edge);
      edge = next.find(end);
    }
    Vec3d area{};
    for (std::size_t i = 0; i < loop.size(); ++i) area += 0.5 * cross(loop[i], loop[(i + 1) % loop.size()]);
    if (dot(area, normal) > outer_area) outer_area = dot(area, normal), outer = std::move(loop);
  }
  for (std::size_t i = 0; i < outer.size() && outer.size() > 3;) {
    const Vec3d before = outer[(i + outer.size() - 1) % outer.size()], after = outer[(i + 1) % outer.size()];
    const Vec3d chord = after - before;
    if (norm(cross(chord, outer[i] - before)) > mover_tolerance * norm(chord))
      ++i;
    else
      outer.erase(outer.begin() + std::ptrdiff_t(i)), i = i > 0 ? i - 1 : 0;
  }
  return outer;
}

/// Smallest rectangle around a planar polygon with a side along one of its edges, axes as MoverShape::Face.
inline Rectangled bounding_rectangle(const std::vector<Vec3d>& polygon, Vec3d normal) {
  Rectangled best;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Vec3d edge = normalized(polygon[(i + 1) % polygon.size()] - polygon[i]);
    const Vec3d side = cross(normal, edge);
    Vec3d v = edge;
    auto upness = [](Vec3d a) { return Vec3d{a.z, a.y, a.x}; };
    // Lexicographic in (z, y, x) with a tolerance, so that noise decides nothing.
    for (Vec3d candidate : {-edge, side, -side})
      for (int k = 0; k < 3; ++k) {
        const double gain = upness(candidate)[k] - upness(v)[k];
        if (gain > 1e-6) v = candidate;
        if (std::abs(gain) > 1e-6) break;
      }
    const Vec3d u = cross(v, normal), at = polygon[0];
    Boxd extent;
    for (Vec3d q : polygon) extent.extend(Vec3d{dot(q - at, u), dot(q - at, v), 0});
    const Vec3d mid = extent.center();
    const Rectangled r{at + mid.x * u + mid.y * v, u, v, normal, extent.size().x / 2, extent.size().y / 2};
    if (i == 0 || r.half_u * r.half_v < best.half_u * best.half_v - 1e-9) best = r;
  }
  return best;
}

}  // namespace detail

/// Planar faces of an object: coplanar triangles that share an edge are one face. Throws InputError for an object
/// without triangles.
inline MoverShape make_mover_shape(const Object& object) {
  const Boxd box = bounding_box(object.mesh);
  if (box.empty()) throw InputError(object.name, "a mover needs triangles, found none");
  MoverShape shape{box.center(), {}};

  std::vector<Vec3d> p = object.mesh.vertices;
  for (Vec3d& q : p) q = q - shape.origin;
  const std::vector<std::uint32_t> first = detail::weld(p);
  std::vector<detail::Triangle> triangles = object.mesh.triangles;
  for (auto& t : triangles)
    for (auto& i : t) i = first[i];

  // Groups of triangles, each within the tolerance of the plane of its largest one: testing neighbours alone would roll
  // a finely cut cylinder out into one face.
  struct Group {
    std::vector<std::uint32_t> members;
    Vec3d normal{}, at{};  ///< plane of the largest member
    double area = 0;
  };
  std::vector<Group> of_root(triangles.size());
  std::vector<std::uint32_t> parent(triangles.size());
  std::iota(parent.begin(), parent.end(), 0u);
  auto root = [&](std::uint32_t i) {
    while (parent[i] != i) i = parent[i];
    return i;
  };
  auto near_plane = [&](const Group& plane, const Group& group) {
    for (std::uint32_t member : group.members)
      for (std::uint32_t i : triangles[member])
        if (std::abs(dot(plane.normal, p[i] - plane.at)) > mover_tolerance) return false;
    return true;
  };
  auto merge = [&](std::uint32_t a, std::uint32_t b) {
    if (a == b) return;
    if (b < a) std::swap(a, b);
    Group &kept = of_root[a], &added = of_root[b];
    const bool by_kept = kept.area >= added.area;
    const Group& plane = by_kept ? kept : added;
    if (!near_plane(plane, by_kept ? added : kept)) return;
    // The members of the plane's own group are near it already.
    if (!by_kept) kept.normal = added.normal, kept.at = added.at, kept.area = added.area;
    kept.members.insert(kept.members.end(), added.members.begin(), added.members.end());
    added = {};
    parent[b] = a;
  };
  std::multimap<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> edges;
  for (std::uint32_t i = 0; i < triangles.size(); ++i) {
    const Vec3d area = detail::area_vector(p, triangles[i]);
    if (norm(area) == 0) continue;
    of_root[i] = {{i}, normalized(area), p[triangles[i][0]], norm(area)};
    for (std::size_t k = 0; k < 3; ++k) {
      const auto edge = std::minmax(triangles[i][k], triangles[i][(k + 1) % 3]);
      for (auto [e, end] = edges.equal_range(edge); e != end; ++e) merge(root(i), root(e->second));
      edges.emplace(edge, i);
    }
  }

  std::map<std::uint32_t, std::vector<std::uint32_t>> groups;
  for (std::uint32_t i = 0; i < triangles.size(); ++i)
    if (norm(detail::area_vector(p, triangles[i])) > 0) groups[root(i)].push_back(i);
  for (auto& [key, members] : groups) {
    std::vector<detail::Triangle> own;
    double area = 0, largest = 0;
    Vec3d normal{};
    for (std::uint32_t i : members) {
      own.push_back(triangles[i]);
      const Vec3d a = detail::area_vector(p, triangles[i]);
      if (norm(a) > largest * (1 + 1e-6)) largest = norm(a), normal = normalized(a);
    }
    std::size_t loops = 0;
    MoverShape::Face face{{}, false, detail::boundary(p, std::move(own), normal, loops), std::move(members)};
    face.rectangle = detail::bounding_rectangle(face.polygon, normal);
    for (std::size_t i = 0; i < face.polygon.size(); ++i)
      area += 0.5 * dot(cross(face.polygon[i], face.polygon[(i + 1) % face.polygon.size()]), normal);
    const Rectangled& r = face.rectangle;
    face.is_rectangle = loops == 1 && face.polygon.size() == 4 &&
                        4 * r.half_u * r.half_v - area <= 4 * mover_tolerance * (r.half_u + r.half_v);
    shape.faces.push_back(std::move(face));
  }
  if (shape.faces.empty()) throw InputError(object.name, "a mover needs triangles, found only degenerate ones");
  return shape;
}

}  // namespace manyworlds
