#pragma once
#include "manyworlds/math/vec3.hpp"

/// Half-spaces that bound what a source lights, on any machine.
namespace manyworlds::kernels {

/// Distances below this (metres) count as zero where a decision needs a margin.
inline constexpr double tolerance = 1e-7;

/// normal . x >= offset
struct HalfSpace {
  Vec3d normal{};
  double offset = 0;
  MW_HD double operator()(Vec3d p) const { return dot(normal, p) - offset; }
};

/// Corners that clip() may add: one, and another where rounding has bent the polygon.
inline constexpr int most_added_corners = 2;

/// Cuts a convex polygon at a half-space (Sutherland and Hodgman 1974): the number of corners left. A polygon so bent
/// that more would be added stays whole: a larger one is still a superset.
MW_HD inline int clip(const HalfSpace& inner, const Vec3d* in, int n, Vec3d* out) {
  int kept = 0;
  double before = inner(in[n - 1]) + tolerance;
  for (int i = 0; i < n; ++i) {
    const Vec3d a = in[i == 0 ? n - 1 : i - 1], b = in[i];
    const double now = inner(b) + tolerance;
    const bool cut = (before < 0) != (now < 0);
    if (kept + int(cut) + int(now >= 0) > n + most_added_corners) {
      for (int k = 0; k < n; ++k) out[k] = in[k];
      return n;
    }
    if (cut) out[kept++] = a + (before / (before - now)) * (b - a);
    if (now >= 0) out[kept++] = b;
    before = now;
  }
  return kept;
}

/// Adds planes to a pyramid (PyramidOf, paths::Beam): through the edge from a to b of the lit polygon, `middle` inside
/// it, that have all sources behind and the polygon in front: one, two where the sources stand on both sides of the
/// face, or none.
template <class P>
MW_HD void add_edge_planes(P& pyramid, Vec3d face_normal, Vec3d a, Vec3d b, Vec3d middle) {
  constexpr double same = 1e-9;  // m
  const double length = norm(b - a);
  if (length < tolerance) return;
  const Vec3d e = (b - a) / length;
  Vec3d inward = cross(face_normal, e);
  if (dot(inward, middle - a) < 0) inward = -inward;
  HalfSpace through[P::max_apexes];
  for (int j = 0; j < pyramid.apexes; ++j) {
    const Vec3d normal = cross(e, a - pyramid.apex[j]);
    const double distance = norm(normal);
    if (distance <= tolerance) return;  // the source lies on the edge: no bound on this side
    const Vec3d unit = ((dot(normal, inward) < 0 ? -1 : 1) / distance) * normal;
    through[j] = {unit, dot(unit, a)};
  }
  for (int j = 0; j < pyramid.apexes && pyramid.planes < P::max_planes; ++j) {
    bool bounds = true;
    for (int k = 0; k < pyramid.apexes; ++k) {
      const double out = through[j](pyramid.apex[k]);
      bounds = bounds && out <= same && !(k < j && out >= -same);  // of equal planes the first
    }
    if (bounds) pyramid.plane[pyramid.planes++] = through[j];
  }
}

}  // namespace manyworlds::kernels
