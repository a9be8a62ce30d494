#pragma once
#include <numeric>
#include <utility>

#include "manyworlds/placement/wall_part.hpp"

namespace manyworlds::placement {

using Part = std::variant<WallPart, FreePart, AimedPart, TransmitterPart>;

/// How a flat design vector becomes poses and transmitter positions. Made by `bind` (bind.hpp); a value that refers to
/// nothing outside itself, safe to share between threads. All spans have variables().size() elements.
class Placement {
 public:
  const std::vector<Variable>& variables() const { return variables_; }
  /// Indices into Scene::objects of the objects that move, in the order of Configuration::movers.
  const std::vector<std::size_t>& movers() const { return movers_; }
  bool moves_transmitters() const {
    return std::any_of(parts_.begin(), parts_.end(),
                       [](const Part& p) { return std::holds_alternative<TransmitterPart>(p); });
  }
  /// A part is one mover or one transmitter; its variables are [first, last).
  std::size_t parts() const { return parts_.size(); }
  std::pair<std::size_t, std::size_t> part_range(std::size_t i) const { return {first_[i], first_[i + 1]}; }

  /// Movers and transmitters as loaded.
  const Configuration& initial() const { return initial_; }

  /// Writes poses and transmitter positions; everything that does not move is as loaded.
  void apply(std::span<const double> x, Configuration& c) const {
    c = initial_;
    place_transmitters(x.data(), c.transmitters);
    each_mover(x.data(), [&](const auto& part, const double* own) {
      c.movers[part.panel.mover] = {part.position(own), part.panel.rotation(part.frame(own, c.transmitters))};
    });
  }

  /// gradient = J^T g with J the derivative of apply at x; a pose changes as PoseGradient says.
  void pullback(std::span<const double> x, const ConfigurationGradient& g, std::span<double> gradient) const {
    const std::vector<Vec3d> at = transmitters(x.data());
    std::vector<Vec3d> bar = g.transmitters;  // aimed panels add to it
    bar.resize(at.size());
    std::fill(gradient.begin(), gradient.end(), 0.0);
    each_mover(x.data(), [&](const auto& part, const double* own) {
      part.pullback(own, at, g.movers[part.panel.mover], bar, gradient.data() + (own - x.data()));
    });
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (const auto* t = std::get_if<TransmitterPart>(&parts_[i])) add3(&gradient[first_[i]], bar[t->transmitter]);
  }

  /// A random design that satisfies the constraints (redrawn up to 100 times if need be). `noise` is the standard
  /// deviation of yaw and pitch in radians about the bisector. Receivers are drawn by weight. Throws InputError for
  /// bisector starts without a transmitter or a receiver.
  void start(Random& random, StartKind kind, std::span<double> x, double noise = 0.35) const {
    if (kind == StartKind::bisector && (initial_.transmitters.empty() || targets_.empty()))
      throw InputError("placement", "bisector starts need a transmitter and a receiver of positive weight");
    for (int attempt = 0; attempt < 100; ++attempt) {
      for (std::size_t k = 0; k < x.size(); ++k) x[k] = random.uniform(variables_[k].lower, variables_[k].upper);
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        const double a = random.uniform(), b = random.uniform(), c = random.uniform();
        std::visit([&](const auto& part) { part.place(&x[first_[i]], a, b, c); }, parts_[i]);
      }
      if (kind == StartKind::bisector) aim(random, x, noise);
      repair(x);
      if (feasible(x)) return;
    }
  }

  /// Nearby design within the bounds that satisfies the constraints, found by a few deterministic Gauss-Seidel passes;
  /// a part for which they fail is put at the nearest free one of 512 quasi-random places. Idempotent up to round-off.
  void repair(std::span<double> x) const {
    for (int pass = 0; pass < 12; ++pass) {
      settle(x);
      if (!separate(x)) break;
    }
    settle(x);
    if (!feasible(x)) relocate(x);
  }

  /// True if x satisfies bounds and constraints within a micrometre; else says what is wrong.
  bool feasible(std::span<const double> x, std::string* reason = nullptr) const {
    const std::string why = trouble(x.data());
    if (reason) *reason = why;
    return why.empty();
  }

  /// Calls visit(name, value...) for all that decides what a design becomes: placements of which these are equal are
  /// the same.
  template <class V>
  void describe(V&& visit) const {
    visit("movers", movers_);
    visit("min_distance_m", min_distance_);
    for (const Part& part : parts_) std::visit([&](const auto& bound) { bound.describe(visit); }, part);
    std::vector<Vec3d> at;
    for (const Pose& pose : initial_.movers) at.push_back(pose.position);
    visit("initial", at, initial_.transmitters);
    visit("targets", targets_, cumulative_);
  }

 private:
  friend Placement bind(const Scene&, const All&);
  static constexpr double tolerance = 1e-6;

  template <class F>
  void each_mover(const double* x, F&& f) const {
    for (std::size_t i = 0; i < parts_.size(); ++i)
      std::visit(
          [&](const auto& part) {
            if constexpr (requires { part.panel; }) f(part, x + first_[i]);
          },
          parts_[i]);
  }
  void place_transmitters(const double* x, std::vector<Vec3d>& out) const {
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (const auto* t = std::get_if<TransmitterPart>(&parts_[i])) out[t->transmitter] = read3(x + first_[i]);
  }
  std::vector<Vec3d> transmitters(const double* x) const {
    std::vector<Vec3d> out = initial_.transmitters;
    place_transmitters(x, out);
    return out;
  }

  /// Aims all panels at random targets; positions are repaired first, since they decide the bisector.
  void aim(Random& random, std::span<double> x, double noise) const {
    struct Draw {
      std::size_t tx;
      Vec3d target;
      double yaw, pitch;
    };
    std::vector<Draw> draws;
    for (std::size_t i = 0; i < movers_.size(); ++i) {
      const std::size_t tx = random.below(std::uint32_t(initial_.transmitters.size()));
      const double pick = random.uniform() * cumulative_.back();
      const auto rx = std::upper_bound(cumulative_.begin(), cumulative_.end(), pick) - cumulative_.begin();
      draws.push_back({tx, targets_[min(std::size_t(rx), targets_.size() - 1)], random.normal(), random.normal()});
    }
    for (double scale : {0.0, noise}) {
      const std::vector<Vec3d> at = transmitters(x.data());
      each_mover(x.data(), [&](const auto& part, const double* own) {
        const Draw& d = draws[part.panel.mover];
        part.aim(x.data() + (own - x.data()), at, d.tx, d.target, scale * d.yaw, scale * d.pitch);
      });
      repair(x);
    }
  }

  void settle(std::span<double> x) const {
    for (std::size_t k = 0; k < x.size(); ++k) {
      const Variable& v = variables_[k];
      if (v.periodic()) x[k] -= 2 * pi * std::floor((x[k] - v.lower) / (2 * pi));
      x[k] = clamp(x[k], v.lower, v.upper);
    }
    const std::vector<Vec3d> at = transmitters(x.data());
    for (std::size_t i = 0; i < parts_.size(); ++i)
      std::visit([&](const auto& part) { part.settle(&x[first_[i]], at); }, parts_[i]);
  }

  Vec3d center(std::size_t i, const double* x) const {
    return std::visit(
        [&](const auto& part) -> Vec3d {
          if constexpr (requires { part.panel; })
            return part.position(x + first_[i]);
          else
            return read3(x + first_[i]);
        },
        parts_[i]);
  }
  bool is_mover(std::size_t i) const { return !std::holds_alternative<TransmitterPart>(parts_[i]); }
  bool too_close(std::size_t i, std::size_t j, const double* x) const {
    return is_mover(i) && is_mover(j) && norm(center(i, x) - center(j, x)) < min_distance_ - tolerance / 2;
  }

  /// Pushes movers apart pair by pair: half the way each, then the rest by the later one, then by the earlier one.
  bool separate(std::span<double> x) const {
    bool moved = false;
    for (std::size_t i = 0; i < parts_.size(); ++i)
      for (std::size_t j = i + 1; j < parts_.size(); ++j) {
        if (!too_close(i, j, x.data())) continue;
        moved = true;
        const double middle = (norm(center(i, x.data()) - center(j, x.data())) + min_distance_) / 2;
        slide(i, x, center(j, x.data()), middle);
        for (std::size_t k : {j, i}) slide(k, x, center(k == i ? j : i, x.data()), min_distance_);
      }
    return moved;
  }
  void slide(std::size_t i, std::span<double> x, Vec3d from, double distance) const {
    if (norm(center(i, x.data()) - from) >= distance) return;
    std::visit(
        [&](const auto& part) {
          if constexpr (requires { part.panel; }) part.slide(&x[first_[i]], from, distance);
        },
        parts_[i]);
    settle(x);
  }

  /// The first part stays, each later one yields to those before it.
  void relocate(std::span<double> x) const {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      auto wrong = [&] {
        for (std::size_t j = 0; j < i; ++j)
          if (too_close(i, j, x.data())) return true;
        return !part_trouble(i, x.data()).empty();
      };
      if (!wrong()) continue;
      const Vec3d wanted = center(i, x.data());
      const std::vector<double> before(x.begin(), x.end());
      std::vector<double> best;
      double least = 1e300;
      for (std::size_t k = 0; k < 512; ++k) {
        std::copy(before.begin(), before.end(), x.begin());
        std::visit(
            [&](const auto& part) {
              part.place(&x[first_[i]], quasi_random(k, 0), quasi_random(k, 1), quasi_random(k, 2));
            },
            parts_[i]);
        const double far = norm(center(i, x.data()) - wanted);
        if (far < least && !wrong()) least = far, best.assign(x.begin(), x.end());
      }
      const std::vector<double>& result = best.empty() ? before : best;
      std::copy(result.begin(), result.end(), x.begin());
    }
  }

  std::string part_trouble(std::size_t i, const double* x) const {
    const std::vector<Vec3d> at = transmitters(x);
    return std::visit([&](const auto& part) { return part.trouble(x + first_[i], at, tolerance); }, parts_[i]);
  }
  std::string trouble(const double* x) const {
    for (std::size_t k = 0; k < variables_.size(); ++k)
      if (!(x[k] >= variables_[k].lower - tolerance && x[k] <= variables_[k].upper + tolerance))
        return variables_[k].name + " is out of its bounds";
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (std::string why = part_trouble(i, x); !why.empty()) return why;
      for (std::size_t j = 0; j < i; ++j)
        if (too_close(i, j, x)) return "two movers are nearer than min_distance_m";
    }
    return "";
  }

  std::vector<Part> parts_;
  std::vector<std::size_t> first_{0};  ///< parts + 1
  std::vector<Variable> variables_;
  std::vector<std::size_t> movers_;
  Configuration initial_;
  std::vector<Vec3d> targets_;      ///< receivers of positive weight
  std::vector<double> cumulative_;  ///< running sum of their weights
  double min_distance_ = 0;         ///< m
};

}  // namespace manyworlds::placement
