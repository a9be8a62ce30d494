#pragma once
#include <cmath>
#include <memory>
#include <vector>

#include "manyworlds/engine/problem.hpp"

/// A small world with formulas instead of walls, for tests of the engine: each mover m lights receiver r with a gain
/// peak * exp(-(|m - r|^2 + (yaw - aim)^2) / (2 w^2)), w growing with the smoothing, over a static gain. Dead ground
/// (hard visibility) is beyond one w. Any number of transmitters; transmitter t is `spread` times weaker than t - 1.
namespace manyworlds::test {

struct HillModel {
  std::vector<Vec3d> spots;   ///< receivers
  std::vector<double> peaks;  ///< per receiver
  std::size_t senders = 1;
  double width = 1, static_gain = 1e-12, spread = 0.1;
  double poison_below = -1e300;  ///< gains are NaN where a mover's x is below this

  struct Workspace {
    std::vector<double> gains;
    Configuration configuration;
    Visibility visibility;
  };
  Workspace make_workspace() const { return {}; }
  std::size_t transmitters() const { return senders; }
  std::size_t receivers() const { return spots.size(); }

  double lit(std::size_t r, Vec3d m, const Visibility& v) const {
    const double w = width * v.smoothing_wavelengths, d2 = norm2(m - spots[r]);
    if (v.kind == VisibilityKind::hard) return d2 < width * width ? peaks[r] : 0.0;
    return peaks[r] * std::exp(-d2 / (2 * w * w));
  }
  void gains(const Configuration& c, const Visibility& v, Workspace& ws) const {
    ws.configuration = c;
    ws.visibility = v;
    ws.gains.assign(senders * spots.size(), 0);
    for (std::size_t t = 0; t < senders; ++t)
      for (std::size_t r = 0; r < spots.size(); ++r) {
        double& g = ws.gains[t * spots.size() + r] = static_gain;
        for (std::size_t m = 0; m < c.movers.size(); ++m) {
          if (c.is_absent(m)) continue;
          g += lit(r, c.movers[m].position, v);
          if (c.movers[m].position.x < poison_below) g = std::nan("");
        }
        g *= std::pow(spread, double(t));
      }
  }
  void pullback(const std::vector<double>& gain_bar, Workspace& ws, ConfigurationGradient& out) const {
    if (ws.visibility.kind == VisibilityKind::hard) return;
    const double w = width * ws.visibility.smoothing_wavelengths;
    for (std::size_t t = 0; t < senders; ++t)
      for (std::size_t r = 0; r < spots.size(); ++r)
        for (std::size_t m = 0; m < out.movers.size(); ++m) {
          const Vec3d p = ws.configuration.movers[m].position;
          const double bar = gain_bar[t * spots.size() + r] * std::pow(spread, double(t)) * lit(r, p, ws.visibility);
          out.movers[m].translation += (bar / (w * w)) * (spots[r] - p);
        }
  }
};
static_assert(Model<HillModel>);

/// Movers anywhere in a rectangle (variables x, y each), kept a distance apart.
struct FlatPlacement {
  std::size_t movers = 1;
  double size = 10, apart = 0;
  std::vector<placement::Variable> names = make_names(movers, size);

  static std::vector<placement::Variable> make_names(std::size_t movers, double size) {
    std::vector<placement::Variable> v;
    for (std::size_t m = 0; m < movers; ++m) {
      v.push_back({"m" + std::to_string(m) + ".x", 0, size, false});
      v.push_back({"m" + std::to_string(m) + ".y", 0, size, false});
    }
    return v;
  }
  const std::vector<placement::Variable>& variables() const { return names; }
  std::size_t parts() const { return movers; }
  std::pair<std::size_t, std::size_t> part_range(std::size_t p) const { return {2 * p, 2 * p + 2}; }
  void apply(std::span<const double> x, Configuration& c) const {
    c = {std::vector<Pose>(movers), {}, {}};
    for (std::size_t m = 0; m < movers; ++m) c.movers[m].position = {x[2 * m], x[2 * m + 1], 0};
  }
  void pullback(std::span<const double>, const ConfigurationGradient& g, std::span<double> out) const {
    for (std::size_t m = 0; m < movers; ++m) {
      out[2 * m] += g.movers[m].translation.x;
      out[2 * m + 1] += g.movers[m].translation.y;
    }
  }
  void start(Random& random, placement::StartKind, std::span<double> x) const {
    for (double& v : x) v = random.uniform(0, size);
    repair(x);
  }
  void repair(std::span<double> x) const {
    for (double& v : x) v = clamp(v, 0.0, size);
    for (std::size_t m = 1; m < movers; ++m)
      for (std::size_t k = 0; k < m; ++k) {
        const double dx = x[2 * m] - x[2 * k], d = std::hypot(dx, x[2 * m + 1] - x[2 * k + 1]);
        if (d < apart) x[2 * m] = x[2 * k] + (x[2 * k] + apart <= size ? apart : -apart);
      }
  }
};
static_assert(DesignSpace<FlatPlacement>);

using HillProblem = BasicProblem<HillModel, FlatPlacement>;

inline HillProblem make_problem(HillModel model, FlatPlacement placement) {
  HillProblem p{.model = nullptr, .placement = placement, .rest = {}, .power_dbm = {}};
  p.power_dbm.assign(model.senders, 20.0);
  p.rest.movers.resize(placement.movers, Pose{{0, 0, 0}, {}});
  p.model = std::make_shared<const HillModel>(std::move(model));
  return p;
}

/// Four receivers of unequal peaks far apart: four basins, the best at (8, 8).
inline HillProblem four_hills() {
  return make_problem({.spots = {{2, 2, 0}, {8, 2, 0}, {2, 8, 0}, {8, 8, 0}}, .peaks = {1e-9, 3e-9, 1e-8, 1e-7}}, {});
}

}  // namespace manyworlds::test
