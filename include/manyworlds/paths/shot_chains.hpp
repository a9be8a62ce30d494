#pragma once
#include "manyworlds/paths/shooting.hpp"

namespace manyworlds::paths {

/// Static chains that rays meet which are shot from all over a ball about a mover, for meshes whose beam tree would be too
/// big. They hold until the mover leaves the ball.
class ShotChains {
 public:
  /// Were the rays shot for a mover of this radius at this place? Balls stand on a lattice, so that a place decides which
  /// ball it is searched from, wherever the mover was before.
  bool covers(Vec3d center, double radius) const { return lattice_point(center) == center_ && radius <= mover_radius_ + tolerance; }

  /// For a mover of the given radius about `center`; `length` reflections at most.
  void shoot(const Geometry& g, Vec3d center, double radius, int length, std::uint64_t rays) {
    center_ = lattice_point(center);
    mover_radius_ = radius;
    chains_ = paths::shoot(g, {center_, radius + spacing * std::sqrt(3.0) / 2 + tolerance}, rays, length);
  }

  const std::vector<FaceChain>& chains() const { return chains_; }
  std::size_t bytes() const { return chains_.capacity() * sizeof(FaceChain); }

 private:
  static constexpr double spacing = 0.25;  ///< m, of the lattice of balls
  static Vec3d lattice_point(Vec3d p) {
    return {spacing * std::round(p.x / spacing), spacing * std::round(p.y / spacing), spacing * std::round(p.z / spacing)};
  }

  Vec3d center_{};
  double mover_radius_ = -1;
  std::vector<FaceChain> chains_;
};

}  // namespace manyworlds::paths
