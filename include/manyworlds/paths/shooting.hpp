#pragma once
#include <array>
#include <limits>

#include "manyworlds/core/random.hpp"
#include "manyworlds/paths/geometry.hpp"

/// Chains of reflections found by shooting rays: for meshes whose beam tree would be too big. Rays find candidates at
/// random; beams then grow along the chains found, so that receivers are culled and paths are solved as ever.
namespace manyworlds::paths {

/// Faces that a path reflects off, in order; places that are not used hold no_face, and so stand last when sorted.
using FaceChain = std::array<std::uint32_t, max_depth>;

/// Where rays start: anywhere in a ball; a point when its radius is 0.
struct RaySource {
  Vec3d center{};
  double radius = 0;
};

namespace detail {

/// Direction i of n that cover the sphere evenly (Fibonacci lattice).
inline Vec3d lattice_direction(std::uint64_t i, std::uint64_t n) {
  const double z = 1 - (2 * double(i) + 1) / double(n), r = std::sqrt(1 - z * z),
               turns = double(i) * 0.6180339887498949;
  const double phi = 2 * pi * (turns - std::floor(turns));
  return {r * std::cos(phi), r * std::sin(phi), z};
}

/// Point i of a ball, uniform.
inline Vec3d point_in(const RaySource& source, std::uint64_t i) {
  if (source.radius == 0) return source.center;
  Random random(0, std::uint32_t(i >> 32), std::uint32_t(i), Purpose::rays);
  const double z = random.uniform(-1, 1), phi = random.uniform(0, 2 * pi), r = std::sqrt(1 - z * z);
  return source.center + source.radius * std::cbrt(random.uniform()) * Vec3d{r * std::cos(phi), r * std::sin(phi), z};
}

inline void sort_unique(std::vector<FaceChain>& chains) {
  std::sort(chains.begin(), chains.end());
  chains.erase(std::unique(chains.begin(), chains.end()), chains.end());
}

/// Follows one ray through `budget` more interactions. At every face it reflects, which makes a chain, and where the
/// face is penetrable it also goes straight on.
inline void follow(const Geometry& g, Vec3d origin, Vec3d direction, std::uint32_t from, FaceChain& chain, int length,
                   int budget, std::vector<FaceChain>& found) {
  Hit hit;
  if (budget == 0 || !nearest(g.bvh, origin, direction, std::numeric_limits<double>::infinity(), SkipFaces{from}, hit))
    return;
  const Vec3d at = origin + hit.t * direction, normal = g.fixed->surfaces[hit.face].normal;
  chain[std::size_t(length)] = hit.face;
  found.push_back(chain);
  follow(g, at, direction - 2 * dot(normal, direction) * normal, hit.face, chain, length + 1, budget - 1, found);
  chain[std::size_t(length)] = no_face;
  if (!g.opaque(hit.face)) follow(g, at, direction, hit.face, chain, length, budget - 1, found);
}

}  // namespace detail

/// All chains of static faces that some ray meets within `depth` interactions, with all their prefixes, sorted, each
/// once. The same for the same arguments.
inline std::vector<FaceChain> shoot(const Geometry& g, const RaySource& source, std::uint64_t rays, int depth) {
  // Chains are merged batch by batch: most rays of a batch meet the same faces, so memory stays near that of the
  // result.
  constexpr std::uint64_t batch = 1 << 16;
  std::vector<FaceChain> all, found;
  if (depth == 0) return all;
  FaceChain chain;
  chain.fill(no_face);
  for (std::uint64_t first = 0; first < rays; first += batch) {
    found.clear();
    for (std::uint64_t i = first; i < std::min(rays, first + batch); ++i)
      detail::follow(g, detail::point_in(source, i), detail::lattice_direction(i, rays), no_face, chain, 0, depth,
                     found);
    detail::sort_unique(found);
    const auto middle = std::ptrdiff_t(all.size());
    all.insert(all.end(), found.begin(), found.end());
    std::inplace_merge(all.begin(), all.begin() + middle, all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }
  return all;
}

/// Adds the chains of one reflection, off each of `faces` faces: too few to be left to chance.
inline void add_single_faces(std::vector<FaceChain>& chains, std::uint32_t faces) {
  for (std::uint32_t face = 0; face < faces; ++face) {
    chains.emplace_back().fill(no_face);
    chains.back()[0] = face;
  }
  detail::sort_unique(chains);
}

/// Guide that knows only given chains: a walk through the trie that sorted chains are. After a mover the chains of that
/// mover hold, if there are any.
class AlongChains {
 public:
  using ByMoverFace = std::vector<const std::vector<FaceChain>*>;

  explicit AlongChains(const std::vector<FaceChain>& chains, const ByMoverFace* of_mover = nullptr)
      : chains_(&chains), last_(chains.size()), of_mover_(of_mover) {}

  template <class F>
  void for_each(const Beam&, F&& f) const {
    AlongChains child = *this;
    ++child.place_;
    for (std::size_t i = first_; i < last_; i = child.last_) {
      const std::uint32_t face = (*chains_)[i][place_];
      if (face == no_face) return;
      child.first_ = i;
      for (child.last_ = i; child.last_ < last_ && (*chains_)[child.last_][place_] == face;) ++child.last_;
      f(face, child);
    }
  }
  AlongChains after_mover(std::uint32_t local) const { return AlongChains(*(*of_mover_)[local], of_mover_); }
  bool keeps(const Beam&, std::uint32_t, const Polygon&) const { return true; }
  FirstFace first_face(std::uint32_t face) const { return {face, std::uint32_t(first_), std::uint32_t(last_)}; }
  AlongChains after(const FirstFace& start) const {
    AlongChains child = *this;
    child.first_ = start.first, child.last_ = start.last, ++child.place_;
    return child;
  }

 private:
  const std::vector<FaceChain>* chains_;
  std::size_t first_ = 0, last_, place_ = 0;  ///< chains with the faces so far; place of the next face in them
  const ByMoverFace* of_mover_;
};

/// grow() through static faces, along the given sorted chains only.
template <class Visit>
void grow_along(const Beam& root, const SurfaceSet& fixed, const std::vector<FaceChain>& chains, int depth,
                Visit&& visit) {
  grow(root, fixed, nullptr, depth, AlongChains(chains), visit);
}

}  // namespace manyworlds::paths
