#pragma once
#include <gtest/gtest.h>

#include "path_model.hpp"

/// Central differences of a path model's gains, to check its gradients.
namespace manyworlds::test {

inline Pose moved(Pose pose, Vec3d translation, Vec3d turn) {
  return {pose.position + translation, rotation_vector(turn) * pose.rotation};
}

/// Weights that give every link that has a gain a similar say in weighted_sum.
inline std::vector<double> balanced(const std::vector<double>& gains, Random& random) {
  std::vector<double> bar;
  for (double g : gains) bar.push_back(g > 1e-15 ? random.uniform(0.5, 1.5) / g : 0);
  return bar;
}

inline double weighted_sum(const std::vector<double>& gain_bar, const std::vector<double>& gains) {
  double sum = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) sum += gain_bar[i] * gains[i];
  return sum;
}

/// Which paths there are and through which tiles: what central differences must not cross a change of.
struct Signature {
  std::vector<std::uint32_t> numbers;
  Signature(const PathModel& model, const paths::Workspace& w) {
    for (const kernels::Path& p : w.table.paths) numbers.insert(numbers.end(), {p.tx, p.rx, p.hops, p.tile_tuples});
    for (const paths::Hop& h : w.table.hops) numbers.insert(numbers.end(), {h.face, std::uint32_t(h.kind)});
    numbers.insert(numbers.end(), w.table.tiles.begin(), w.table.tiles.end());
    for (std::size_t t = 0; t < model.transmitters(); ++t) {
      for (const auto& p : model.paths_of(w, t).cache.paths) numbers.insert(numbers.end(), {p.rx, p.hops});
      for (const paths::Hop& h : model.paths_of(w, t).cache.hops) numbers.push_back(h.face);
    }
  }
  bool operator==(const Signature&) const = default;
};

/// Derivative of f along the three axes by central differences, extrapolated (Richardson) at two step sizes.
struct Difference {
  Vec3d value{};
  double spread = 0;   ///< between the two extrapolations: how far to trust them
  bool smooth = true;  ///< f said so everywhere
};
template <class F>
Difference differentiate(F&& f, double h) {
  Difference result;
  Vec3d coarse{};
  for (int axis = 0; axis < 3; ++axis) {
    double slope[3];
    for (int level = 0; level < 3; ++level) {
      Vec3d step{};
      step[axis] = h / (1 << level);
      double above = 0, below = 0;
      result.smooth = f(step, above) && f(-step, below) && result.smooth;
      slope[level] = (above - below) / (2 * step[axis]);
    }
    coarse[axis] = (4 * slope[1] - slope[0]) / 3;
    result.value[axis] = (4 * slope[2] - slope[1]) / 3;
  }
  result.spread = norm(coarse - result.value);
  return result;
}

/// How gradient checks went.
struct Tally {
  int checked = 0, rough = 0;  ///< rough: visibility changes nearby, or differences that do not converge

  void check(const Vec3d& gradient, const Difference& d, double tolerance, const std::string& what) {
    if (!d.smooth || d.spread > 0.3 * tolerance * norm(gradient)) {
      ++rough;
      return;
    }
    ++checked;
    EXPECT_LE(norm(gradient - d.value), tolerance * norm(gradient)) << what;
  }
};

}  // namespace manyworlds::test
