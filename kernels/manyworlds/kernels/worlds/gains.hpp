#pragma once
#include "manyworlds/kernels/path_field.hpp"
#include "manyworlds/kernels/worlds/stages.hpp"

/// Fields of the paths of a batch, and the gain of every link of every world. What a path contributes is its power, of
/// type T; for coherent sums its field, of type CVec3<T>; under soft visibility its field, too, which adds up with
/// those of its neighbours that are part of the same wave, and then counts by its power, of type Grouped<T>: V in what
/// follows.
namespace manyworlds::kernels {

template <class T>
struct Grouped {
  CVec3<T> field;  ///< of the path, and once the links are summed of its group
};

template <class T>
MW_HD void contribute(const CVec3<T>& field, T& power) {
  power = norm2(field);
}
template <class T>
MW_HD void contribute(const CVec3<T>& field, CVec3<T>& total) {
  total = field;
}
template <class T>
MW_HD void contribute(const CVec3<T>& field, Grouped<T>& wave) {
  wave.field = field;
}
template <class T>
MW_HD T gain_of(T power) {
  return power;
}
template <class T>
MW_HD T gain_of(const CVec3<T>& total) {
  return norm2(total);
}

/// The paths of a batch, sorted by key (see PathList). `field` holds what all worlds share.
template <class T>
struct SortedPaths {
  FieldView<T> field{};  ///< with the hops of the batch
  const Path* paths = nullptr;
  const std::uint32_t *keys = nullptr, *order = nullptr;  ///< sorted keys; paths[order[i]] has keys[i]
  const std::uint32_t* count = nullptr;                   ///< of paths
  const std::uint32_t* groups = nullptr;                  ///< by path; neighbours in order with equal ones are one wave
  const FaceFrame<T>* frames = nullptr;                   ///< [world][mover face]
  std::uint32_t mover_face_count = 0, links = 0;

  MW_HD std::uint32_t world(std::uint32_t i) const { return keys[i] / links; }
  MW_HD const Path& path(std::uint32_t i) const { return paths[order[i]]; }
  /// `hard`: visibility is, which the compiler may know.
  template <bool hard>
  MW_HD FieldView<T> view(std::uint32_t world) const {
    FieldView<T> v = field;
    if constexpr (hard) v.visibility.kind = VisibilityKind::hard;
    v.mover_faces = frames + std::size_t(world) * mover_face_count;
    return v;
  }
  /// The first path whose key is at least so much.
  MW_HD std::uint32_t lower_bound(std::uint32_t key) const {
    std::uint32_t first = 0, n = *count;
    while (n > 0) {
      const std::uint32_t half = n / 2;
      const bool less = keys[first + half] < key;
      first += less ? half + 1 : 0;
      n = less ? n - half - 1 : half;
    }
    return first;
  }
};

/// The moving faces as field kernels see them: index = world * mover faces + face.
template <class T>
struct FrameMovers {
  const PlanarFace* moving;
  FaceFrame<T>* frames;
  MW_HD void operator()(std::uint32_t i) const {
    frames[i] = {moving[i].rectangle.template as<T>(), moving[i].material};
  }
};

/// What each path contributes: index = place in the order of keys.
template <class T, class V, bool hard>
struct EvaluatePaths {
  SortedPaths<T> sorted;
  V* contributions;
  MW_HD void operator()(std::uint32_t i) const {
    contribute(path_field(sorted.template view<hard>(sorted.world(i)), sorted.path(i)), contributions[i]);
  }
};

/// What a static path contributes in every world: index = path.
template <class T, class V>
struct EvaluateStatic {
  FieldView<T> field;  ///< with the hops of the static paths
  const Path* paths;
  V* contributions;
  MW_HD void operator()(std::uint32_t i) const {
    FieldView<T> view = field;
    view.visibility.kind = VisibilityKind::hard;  // no mover is met
    contribute(path_field(view, paths[i]), contributions[i]);
  }
};

/// Sums of a link: static paths that nothing stands in, in their order, then those of the batch. index = (group * links
/// + link) * 32 + world of the group, so that the worlds of a warp read the same static paths.
template <class T, class V>
struct SumLinks {
  BatchView batch;
  SortedPaths<T> sorted;
  const std::uint32_t* blocked;  ///< see Overlay
  const V* of_static;
  const V* contributions;
  V* totals;      ///< [world][link]
  double* gains;  ///< [world][link]
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t lane = i % Overlay::group, link = i / Overlay::group % sorted.links,
                        group = i / Overlay::group / sorted.links, world = group * Overlay::group + lane;
    if (world >= batch.worlds) return;
    V sum{};
    for (std::uint32_t p = batch.first_path[link]; p < batch.first_path[link + 1]; ++p)
      if (!(blocked[group * batch.path_count + p] >> lane & 1)) sum += of_static[p];
    const std::uint32_t key = world * sorted.links + link;
    for (std::uint32_t k = sorted.lower_bound(key); k < *sorted.count && sorted.keys[k] == key; ++k)
      sum += contributions[k];
    totals[key] = sum;
    gains[key] = double(gain_of(sum));
  }
};

/// The same where paths are grouped: the fields of a group add up, then its power counts. Puts the sum of its group in
/// the place of each path's own.
template <class T>
struct SumLinks<T, Grouped<T>> {
  BatchView batch;
  SortedPaths<T> sorted;
  const std::uint32_t* blocked;
  const T* of_static;  ///< powers
  Grouped<T>* contributions;
  Grouped<T>* totals;  ///< not written
  double* gains;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t lane = i % Overlay::group, link = i / Overlay::group % sorted.links,
                        group = i / Overlay::group / sorted.links, world = group * Overlay::group + lane;
    if (world >= batch.worlds) return;
    T sum{};
    for (std::uint32_t p = batch.first_path[link]; p < batch.first_path[link + 1]; ++p)
      if (!(blocked[group * batch.path_count + p] >> lane & 1)) sum += of_static[p];
    const std::uint32_t key = world * sorted.links + link;
    for (std::uint32_t k = sorted.lower_bound(key), end; k < *sorted.count && sorted.keys[k] == key; k = end) {
      const std::uint32_t wave = sorted.groups[sorted.order[k]];
      CVec3<T> field{};
      for (end = k; end < *sorted.count && sorted.keys[end] == key && sorted.groups[sorted.order[end]] == wave; ++end)
        field += contributions[end].field;
      for (std::uint32_t own = k; own < end; ++own) contributions[own].field = field;
      sum += norm2(field);
    }
    gains[key] = double(sum);
  }
};

}  // namespace manyworlds::kernels
