#pragma once
#include <type_traits>

#include "manyworlds/kernels/path_field_adjoint.hpp"
#include "manyworlds/kernels/worlds/gains.hpp"

/// Derivatives of the gains of a batch by the poses of its movers: each path by itself, then sums in an order that does
/// not depend on how many run at once.
namespace manyworlds::kernels {

/// What one path leaves for the movers it meets, about the mover's origin: one entry for each mover face where these
/// are few, else one for each of its hops, used at the first hop on a face.
template <class T>
struct PathGradients {
  Vec3<T>*translation, *rotation;  ///< [path in the order of keys][slot]
  std::uint32_t slots;             ///< as many as the mover faces, or as a path has hops at most
  std::uint32_t mover_faces;

  MW_HD bool by_face() const { return mover_faces <= slots; }
};

namespace detail {

/// Sink of the field adjoint for one path.
template <class T, bool hard>
struct HopSink {
  static constexpr bool wants_materials = false, wants_receivers = false;
  static constexpr int most_hops = hard ? max_interactions : max_hops;
  const BatchView& batch;
  const FieldView<T>& view;
  const Path& path;
  std::uint32_t world;
  bool by_face;
  Vec3<T>*translation, *rotation;  ///< of the path

  MW_HD void transmitter(std::uint32_t, Vec3<T>) {}
  MW_HD void receiver(std::uint32_t, Vec3<T>) {}
  MW_HD void material(std::uint32_t, T, T, T) {}
  MW_HD void face(std::uint32_t face, Vec3<T> center, Vec3<T> turn, T, T) {
    std::uint32_t slot = by_face ? face - view.static_count : 0;
    while (!by_face && view.hops[path.first_hop + slot].face != face) ++slot;
    const std::uint32_t mover = batch.mover_faces[face - view.static_count].mover;
    const Vec3<T> origin = batch.poses[world * batch.mover_count + mover].position.template as<T>();
    translation[slot] += center;
    rotation[slot] += turn + cross(view.face(face).rectangle.center - origin, center);
  }
};

/// F_bar of a path for the cotangent of its link's gain.
template <class T, class Sink>
MW_HD CVec3<T> pull_path(const FieldView<T>& view, const Path& path, T gain_bar, const T&, Sink& sink) {
  return path_power_adjoint(view, path, gain_bar, sink);
}
template <class T, class Sink>
MW_HD CVec3<T> pull_path(const FieldView<T>& view, const Path& path, T gain_bar, const CVec3<T>& total, Sink& sink) {
  return path_field_adjoint(view, path, (T(2) * gain_bar) * total, sink);
}

template <class T, class Sink>
MW_HD CVec3<T> pull_path(const FieldView<T>& view, const Path& path, T gain_bar, const Grouped<T>& wave, Sink& sink) {
  return path_field_adjoint(view, path, (T(2) * gain_bar) * wave.field, sink);
}

}  // namespace detail

/// Pulls the derivatives by the gains back along every path: index = place in the order of keys.
template <class T, class V, bool hard>
struct PullPaths {
  BatchView batch;
  SortedPaths<T> sorted;
  const double* gain_bar;  ///< [world][link]
  const V* totals;         ///< [world][link]
  const V* contributions;  ///< by path
  PathGradients<T> out;
  MW_HD void operator()(std::uint32_t i) const {
    const std::size_t first = std::size_t(i) * out.slots;
    for (std::uint32_t k = 0; k < out.slots; ++k) out.translation[first + k] = out.rotation[first + k] = {};
    const std::uint32_t key = sorted.keys[i];
    if (gain_bar[key] == 0) return;
    const std::uint32_t world = sorted.world(i);
    const FieldView<T> view = sorted.template view<hard>(world);
    const Path& path = sorted.path(i);
    detail::HopSink<T, hard> sink{
        batch, view, path, world, out.by_face(), out.translation + first, out.rotation + first};
    if constexpr (std::is_same_v<V, Grouped<T>>)
      detail::pull_path(view, path, T(gain_bar[key]), contributions[i], sink);
    else
      detail::pull_path(view, path, T(gain_bar[key]), totals[key], sink);
  }
};

/// A world's paths are summed in so many runs, and these then in order.
inline constexpr std::uint32_t gradient_runs = 128;

/// Sum of a run of a world's paths for one mover: index = (world * movers + mover) * runs + run.
template <class T>
struct SumRuns {
  BatchView batch;
  SortedPaths<T> sorted;
  PathGradients<T> of_paths;
  PoseGradient* runs;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t run = i % gradient_runs, mover = i / gradient_runs % batch.mover_count,
                        world = i / gradient_runs / batch.mover_count;
    const std::uint32_t first = sorted.lower_bound(world * sorted.links),
                        last = sorted.lower_bound((world + 1) * sorted.links),
                        length = (last - first + gradient_runs - 1) / gradient_runs;
    PoseGradient sum;
    for (std::uint32_t k = min(first + run * length, last), end = min(first + (run + 1) * length, last); k < end; ++k) {
      const Path& path = sorted.path(k);
      const bool by_face = of_paths.by_face();
      for (std::uint32_t slot = 0; slot < (by_face ? of_paths.slots : path.hops); ++slot) {
        const std::uint32_t face =
            by_face ? sorted.field.static_count + slot : sorted.field.hops[path.first_hop + slot].face;
        if (!sorted.field.is_mover(face) || batch.mover_faces[face - sorted.field.static_count].mover != mover)
          continue;
        const std::size_t at = std::size_t(k) * of_paths.slots + slot;
        sum += {of_paths.translation[at].template as<double>(), of_paths.rotation[at].template as<double>()};
      }
    }
    runs[i] = sum;
  }
};

/// Sum of the runs: index = world * movers + mover.
struct SumGradients {
  const PoseGradient* runs;
  PoseGradient* gradient;
  MW_HD void operator()(std::uint32_t i) const {
    PoseGradient sum;
    for (std::uint32_t run = 0; run < gradient_runs; ++run) sum += runs[std::size_t(i) * gradient_runs + run];
    gradient[i] = sum;
  }
};

}  // namespace manyworlds::kernels
