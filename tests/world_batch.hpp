#pragma once
#include <gtest/gtest.h>

#include <set>

#include "manyworlds/paths/batch/gains.hpp"
#include "manyworlds/paths/batch/make_arrays.hpp"
#include "path_differences.hpp"
#include "two_rooms.hpp"

/// Many worlds of one scene, by the path model one after another and as a batch.
namespace manyworlds::test {

/// (world, transmitter, receiver, hops)
using PathKey = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::vector<std::pair<std::uint32_t, int>>>;
using PathKeys = std::multiset<PathKey>;

inline PathKey path_key(std::uint32_t world, const kernels::Path& path, const kernels::Hop* hops) {
  std::vector<std::pair<std::uint32_t, int>> list;
  for (std::uint32_t h = path.first_hop; h < path.first_hop + path.hops; ++h)
    list.push_back({hops[h].face, int(hops[h].kind)});
  return {world, path.tx, path.rx, list};
}

struct Worlds {
  std::vector<Configuration> configurations;
  std::vector<Pose> poses;  ///< [world][mover]

  Worlds(const Scene& scene, std::size_t movers, std::uint32_t count, Random& random, Vec3d lo, Vec3d hi) {
    for (std::uint32_t w = 0; w < count; ++w) {
      Configuration c = at_home(scene, movers);
      for (Pose& pose : c.movers) poses.push_back(pose = random_pose(random, lo, hi, 0.5));
      configurations.push_back(std::move(c));
    }
  }
  std::uint32_t count() const { return std::uint32_t(configurations.size()); }
};

/// Gains and gradients of all worlds as the model has them.
struct Answers {
  std::vector<double> gains, gain_bar;  ///< [world][link]
  std::vector<PoseGradient> gradient;   ///< [world][mover]

  /// `look(world, workspace)` sees what else the model has found.
  template <class Look>
  void ask(const PathModel& model, const Worlds& worlds, const Visibility& visibility, Random& random,
           const Look& look) {
    paths::Workspace w = model.make_workspace();
    for (std::uint32_t i = 0; i < worlds.count(); ++i) {
      model.gains(worlds.configurations[i], visibility, w);
      gains.insert(gains.end(), w.gains.begin(), w.gains.end());
      const std::vector<double> bar = balanced(w.gains, random);
      gain_bar.insert(gain_bar.end(), bar.begin(), bar.end());
      ConfigurationGradient g;
      model.pullback(bar, w, g);
      gradient.insert(gradient.end(), g.movers.begin(), g.movers.end());
      look(i, w);
    }
  }
};

/// What the model says of all worlds under hard visibility.
struct Expected : Answers {
  PathKeys paths, blocked;  ///< that meet a mover; static ones that are blocked or go on in another way
  Expected(const PathModel& model, const Worlds& worlds, Random& random) {
    ask(model, worlds, hard, random, [&](std::uint32_t i, const paths::Workspace& w) {
      for (const kernels::Path& path : w.table.paths) paths.insert(path_key(i, path, w.table.hops.data()));
      for (std::uint32_t t = 0; t < model.transmitters(); ++t) {
        const paths::TransmitterCache& cache = model.paths_of(w, t).cache;
        for (std::size_t k = 0; k < cache.paths.size(); ++k) {
          const auto& p = cache.paths[k];
          if (w.replaced[t][k]) blocked.insert(path_key(i, {t, p.rx, p.first_hop, p.hops, 0, 0}, cache.hops.data()));
        }
      }
    });
  }
};

/// The paths that a batch in the host's memory has found.
template <class Batch>
PathKeys found_paths(const Batch& batch) {
  PathKeys keys;
  const kernels::PathList list = batch.finder().paths();
  for (std::uint32_t i = 0; i < batch.finder().path_window()->end; ++i)
    keys.insert(path_key(list.keys[i] / batch.links(), list.paths[i], list.hops));
  return keys;
}
template <class Batch>
PathKeys blocked_paths(const Batch& batch, const paths::batch::Arrays& arrays) {
  PathKeys keys;
  for (std::uint32_t world = 0; world < batch.worlds(); ++world)
    for (std::uint32_t p = 0; p < arrays.paths.size(); ++p)
      if (batch.finder().blocked()[world / 32 * arrays.paths.size() + p] >> (world % 32) & 1)
        keys.insert(path_key(world, arrays.field_paths[p], arrays.hops.data()));
  return keys;
}

/// To the larger one; NaN is larger than everything.
inline void raise(double& worst, double difference) {
  if (!(difference <= worst)) worst = std::isnan(difference) ? 1e300 : difference;
}
/// Largest difference of two lists of gains, relative to each.
inline double relative_difference(std::span<const double> found, std::span<const double> expected) {
  double worst = found.size() == expected.size() ? 0 : 1e300;
  for (std::size_t i = 0; i < found.size() && i < expected.size(); ++i)
    if (found[i] != expected[i]) raise(worst, std::abs(found[i] - expected[i]) / std::max(found[i], expected[i]));
  return worst;
}
/// Largest difference of two lists of gradients, relative to the largest gradient there.
inline double relative_difference(std::span<const PoseGradient> found, std::span<const PoseGradient> expected) {
  double worst = found.size() == expected.size() ? 0 : 1e300, size = 1e-300;
  const auto length = [](const PoseGradient& g) { return norm(g.translation) + norm(g.rotation); };
  for (std::size_t i = 0; i < found.size() && i < expected.size(); ++i) {
    size = std::max(size, length(expected[i]));
    raise(worst, length({found[i].translation - expected[i].translation, found[i].rotation - expected[i].rotation}));
  }
  return worst / size;
}

}  // namespace manyworlds::test
