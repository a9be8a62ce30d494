#pragma once
#include "manyworlds/paths/receiver_groups.hpp"
#include "manyworlds/paths/shooting.hpp"

namespace manyworlds::paths {

/// Static chains that may lead from a mover to receivers or to other movers, for any place of the mover inside a ball:
/// a superset, found once with fat beams and kept until the mover leaves the ball. Or, when rays are shot from all over
/// the ball, the chains that these meet.
class SuffixTree {
 public:
  struct Chain {
    std::uint32_t faces[max_depth]{};
    int length = 0;
    std::uint32_t first = 0, count = 0;  ///< range in receivers()
  };

  /// Was the tree built for a mover of this radius at this place? Balls stand on a lattice, so that a place decides which
  /// ball it is searched from, wherever the mover was before.
  bool covers(Vec3d center, double radius) const { return lattice_point(center) == center_ && radius <= mover_radius_ + tolerance; }

  /// For a mover of the given radius about `center`; `length` reflections at most; `rays` are shot, or all beams grown
  /// when it is 0.
  void build(const Geometry& g, const ReceiverGroups& receivers, Vec3d center, double radius, int length, std::uint64_t rays) {
    center_ = lattice_point(center);
    mover_radius_ = radius;
    radius_ = radius + spacing * std::sqrt(3.0) / 2 + tolerance;
    chains_.clear();
    beams_.clear();
    receivers_.clear();
    Beam root;
    root.apex = center_;
    root.radius = radius_;
    const auto keep = [&](const Beam& beam) {
      Chain chain;
      chain.length = beam.length;
      std::copy(beam.chain, beam.chain + beam.length, chain.faces);
      chain.first = std::uint32_t(receivers_.size());
      receivers.for_each_in(beam, [&](std::uint32_t rx) { receivers_.push_back(rx); });
      chain.count = std::uint32_t(receivers_.size()) - chain.first;
      if (chain.count > 0) chains_.push_back(chain);
      if (beam.length < length) beams_.push_back(beam);
    };
    shot_.clear();
    if (rays == 0) return grow(root, *g.fixed, nullptr, length, keep);
    shot_ = shoot(g, {center_, radius_}, rays, length);
    grow_along(root, *g.fixed, shot_, length, keep);
  }

  const std::vector<Chain>& chains() const { return chains_; }
  const std::vector<std::uint32_t>& receivers() const { return receivers_; }
  /// Beams with room for one more reflection: ways to another mover.
  const std::vector<Beam>& beams() const { return beams_; }
  /// What the rays met.
  const std::vector<FaceChain>& shot() const { return shot_; }
  std::size_t bytes() const {
    return chains_.capacity() * sizeof(Chain) + receivers_.capacity() * 4 + beams_.capacity() * sizeof(Beam) +
           shot_.capacity() * sizeof(FaceChain);
  }

 private:
  static constexpr double spacing = 0.25;  ///< m, of the lattice of balls
  static Vec3d lattice_point(Vec3d p) {
    return {spacing * std::round(p.x / spacing), spacing * std::round(p.y / spacing), spacing * std::round(p.z / spacing)};
  }

  Vec3d center_{};
  double radius_ = 0, mover_radius_ = -1;
  std::vector<Chain> chains_;
  std::vector<std::uint32_t> receivers_;
  std::vector<Beam> beams_;
  std::vector<FaceChain> shot_;
};

}  // namespace manyworlds::paths
