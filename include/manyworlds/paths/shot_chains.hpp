#pragma once
#include "manyworlds/paths/shooting.hpp"

namespace manyworlds::paths {

/// Static chains that rays meet which are shot from all over a ball about a mover, for meshes whose beam tree would be
/// too big. They hold until the mover leaves the ball; the balls used last are kept, for the worlds that come by in
/// turn.
class ShotChains {
 public:
  /// Chains for a mover of the given radius about `center`; `length` reflections at most. Balls stand on a lattice, so
  /// that a place decides which ball it is searched from, wherever the mover was before. Valid until the next call.
  const std::vector<FaceChain>& at(const Geometry& g, Vec3d center, double radius, int length, std::uint64_t rays) {
    const Vec3d place = lattice_point(center);
    radius = 1e-4 * std::ceil(1e4 * radius);  // the same for all turns of a mover
    auto ball = std::find_if(balls_.begin(), balls_.end(),
                             [&](const Ball& b) { return b.center == place && b.radius == radius; });
    if (ball == balls_.end()) {
      if (balls_.size() == most_balls) balls_.pop_back();
      balls_.push_back(
          {place, radius, shoot(g, {place, radius + spacing * std::sqrt(3.0) / 2 + tolerance}, rays, length)});
      ball = balls_.end() - 1;
      ++shot_;
    }
    std::rotate(balls_.begin(), ball, ball + 1);
    return balls_.front().chains;
  }

  std::size_t shot() const { return shot_; }  ///< times that rays were shot
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Ball& ball : balls_) sum += ball.chains.capacity() * sizeof(FaceChain);
    return sum;
  }

 private:
  static constexpr double spacing = 0.25;  ///< m, of the lattice of balls
  static constexpr std::size_t most_balls = 32;
  static Vec3d lattice_point(Vec3d p) {
    return {spacing * std::round(p.x / spacing), spacing * std::round(p.y / spacing),
            spacing * std::round(p.z / spacing)};
  }

  struct Ball {
    Vec3d center{};
    double radius = 0;  ///< of the mover
    std::vector<FaceChain> chains;
  };
  std::vector<Ball> balls_;  ///< the one used last first
  std::size_t shot_ = 0;
};

}  // namespace manyworlds::paths
