#pragma once
#include "manyworlds/kernels/path_view.hpp"

/// Image method (docs/physics.md). Mirroring the receiver at the faces of a path, last bounce first, gives the
/// straight line of the unfolded path: its length and the direction of departure. Mirroring the transmitter, first
/// bounce first, gives the line of each segment, and the point where it meets a face.
namespace manyworlds::kernels {

template <class T>
MW_HD Vec3<T> mirrored(Vec3<T> point, Vec3<T> center, Vec3<T> normal) {
  return point - (T(2) * dot(normal, point - center)) * normal;
}
template <class T>
MW_HD Vec3<T> mirrored(Vec3<T> direction, Vec3<T> normal) {
  return direction - (T(2) * dot(normal, direction)) * normal;
}

/// From the transmitter to the image of the receiver, m; computed in U.
template <class U, class T>
MW_HD Vec3<U> unfolded(const FieldView<T>& view, const Path& path) {
  Vec3<U> image = view.receivers[path.rx].position.template as<U>();
  for (std::uint32_t i = path.hops; i-- > 0;) {
    const Hop hop = view.hops[path.first_hop + i];
    if (hop.kind != HopKind::reflect) continue;
    const Rectangle<T>& plane = view.face(hop.face).rectangle;
    image = mirrored(image, plane.center.template as<U>(), plane.normal.template as<U>());
  }
  return image - view.transmitters[path.tx].position.template as<U>();
}

/// A path in space, for output: the points on its faces in order, unit directions at both ends, length in m.
template <class T>
struct PathTrace {
  Vec3<T> points[max_hops];
  Vec3<T> departure, arrival;
  T length{};
};

template <class T>
MW_HD PathTrace<T> trace_path(const FieldView<T>& view, const Path& path) {
  PathTrace<T> trace;
  const Vec3<T> line = unfolded<T>(view, path);
  trace.length = norm(line);
  Vec3<T> k = line / trace.length, image = view.transmitters[path.tx].position;
  trace.departure = k;
  for (std::uint32_t i = 0; i < path.hops; ++i) {
    const Hop hop = view.hops[path.first_hop + i];
    const Rectangle<T>& plane = view.face(hop.face).rectangle;
    trace.points[i] = image + (dot(plane.normal, plane.center - image) / dot(plane.normal, k)) * k;
    if (hop.kind != HopKind::reflect) continue;
    image = mirrored(image, plane.center, plane.normal);
    k = mirrored(k, plane.normal);
  }
  trace.arrival = k;
  return trace;
}

}  // namespace manyworlds::kernels
