#pragma once
#include <cmath>

#include "manyworlds/bvh/segment.hpp"
#include "manyworlds/kernels/worlds/half_space.hpp"
#include "manyworlds/math/rectangle.hpp"

/// Planar faces as the search for paths meets them on any machine.
namespace manyworlds::kernels {

inline constexpr std::uint32_t no_face = ~0u;

/// Most reflections and transmissions of a path together.
inline constexpr int max_interactions = 5;

/// What bounds a face.
enum class Outline : std::uint8_t {
  rectangle,  ///< its rectangle
  polygon,    ///< a convex polygon
  triangles   ///< its triangles; its rectangle only contains it
};

/// What reflects, blocks and lets through. The plane is normal . x = offset; the sphere about the rectangle's centre
/// contains the face.
struct PlanarFace {
  Rectangled rectangle{};
  double offset = 0, radius = 0;
  std::uint32_t first = 0, count = 0;  ///< of the polygon's corners, or of the triangles
  std::uint32_t material = 0;
  Outline outline = Outline::rectangle;
  bool opaque = false;  ///< nothing passes through
};

/// The static faces of a scene and the moving ones of a world, whose numbers follow those of the static ones.
struct FacesView {
  const PlanarFace* fixed = nullptr;
  std::uint32_t fixed_count = 0;
  const Vec3d* corners = nullptr;          ///< of the polygons
  const BvhTriangle* triangles = nullptr;  ///< of the faces that need them
  const PlanarFace* moving = nullptr;      ///< rectangles
  std::uint32_t moving_count = 0;

  MW_HD const PlanarFace& operator[](std::uint32_t face) const {
    return face < fixed_count ? fixed[face] : moving[face - fixed_count];
  }
  MW_HD std::uint32_t count() const { return fixed_count + moving_count; }
};

/// Signed distance from the plane.
MW_HD inline double height(const PlanarFace& face, Vec3d p) { return dot(face.rectangle.normal, p) - face.offset; }

MW_HD inline Vec3d mirrored(const PlanarFace& face, Vec3d p) { return p - 2 * height(face, p) * face.rectangle.normal; }

/// Corners of the polygon that a beam is clipped to: the face, or its rectangle.
MW_HD inline int corner_count(const PlanarFace& face) { return face.outline == Outline::polygon ? int(face.count) : 4; }
MW_HD inline Vec3d corner(const FacesView& faces, const PlanarFace& face, int i) {
  if (face.outline == Outline::polygon) return faces.corners[face.first + std::uint32_t(i)];
  const Rectangled& r = face.rectangle;
  return r.point(i == 1 || i == 2 ? r.half_u : -r.half_u, i < 2 ? -r.half_v : r.half_v);
}

namespace detail {

/// Is q, in the plane, inside the edge from a to b of a polygon that turns about `normal`?
MW_HD inline bool inside_edge(Vec3d a, Vec3d b, Vec3d normal, Vec3d q) {
  const Vec3d edge = b - a;
  return dot(cross(normal, edge), q - a) >= -tolerance * norm(edge);
}

}  // namespace detail

/// Is a point of the face's plane inside the face (edges included)?
MW_HD inline bool contains(const FacesView& faces, const PlanarFace& face, Vec3d p) {
  using std::abs;
  const Vec3d normal = face.rectangle.normal;
  if (face.outline == Outline::rectangle) {
    const Vec3d d = p - face.rectangle.center;
    return abs(dot(d, face.rectangle.u)) <= face.rectangle.half_u + tolerance &&
           abs(dot(d, face.rectangle.v)) <= face.rectangle.half_v + tolerance;
  }
  if (face.outline == Outline::polygon) {
    for (std::uint32_t i = 0; i < face.count; ++i) {
      const Vec3d a = faces.corners[face.first + i], b = faces.corners[face.first + (i + 1 == face.count ? 0 : i + 1)];
      if (!detail::inside_edge(a, b, normal, p)) return false;
    }
    return true;
  }
  for (std::uint32_t i = face.first; i < face.first + face.count; ++i) {
    const BvhTriangle& t = faces.triangles[i];
    const Vec3d n = dot(cross(t.b - t.a, t.c - t.a), normal) < 0 ? -normal : normal;
    if (detail::inside_edge(t.a, t.b, n, p) && detail::inside_edge(t.b, t.c, n, p) &&
        detail::inside_edge(t.c, t.a, n, p))
      return true;
  }
  return false;
}

}  // namespace manyworlds::kernels
