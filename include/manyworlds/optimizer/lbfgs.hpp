#pragma once
#include <Eigen/Core>
#include <deque>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/optimizer/optimizer.hpp"

namespace manyworlds::optimizer {

/// L-BFGS without line search (two-loop recursion, Nocedal and Wright, algorithm 7.4): the quasi-Newton step, no
/// longer than `rate` metres. Pairs of negative curvature are not stored.
struct Lbfgs {
  static constexpr const char* name = "lbfgs";
  struct Params {
    int memory = 8;
    template <class V>
    void fields(V&& v) {
      v("memory", memory, "pairs of steps and gradient changes that are kept");
    }
  } prm;
  void check() const { expect(prm.memory >= 1, "optimizer.memory", "at least 1"); }
  struct State {
    std::deque<Eigen::VectorXd> steps, changes;
    Eigen::VectorXd x, gradient;
    template <class A>
    void archive(A& a) {
      a(steps, changes, x, gradient);
    }
  };

  void step(std::span<double> x_span, std::span<const double> g_span, double rate, State& s, int iteration) const {
    const auto n = Eigen::Index(x_span.size());
    Eigen::Map<Eigen::VectorXd> x(x_span.data(), n);
    const Eigen::VectorXd gradient = Eigen::Map<const Eigen::VectorXd>(g_span.data(), n);
    if (iteration > 0 && s.x.size() == n) remember(x - s.x, gradient - s.gradient, s);
    s.x = x;
    s.gradient = gradient;
    Eigen::VectorXd move = direction(gradient, s);
    const double length = move.norm();
    if (s.steps.empty() || length > rate) move *= length > 0 ? rate / length : 0.0;
    x += move;
  }

 private:
  void remember(const Eigen::VectorXd& moved, const Eigen::VectorXd& change, State& s) const {
    if (!(moved.dot(change) > 1e-12 * moved.norm() * change.norm())) return;
    s.steps.push_back(moved);
    s.changes.push_back(change);
    while (int(s.steps.size()) > prm.memory) {
      s.steps.pop_front();
      s.changes.pop_front();
    }
  }
  static Eigen::VectorXd direction(const Eigen::VectorXd& gradient, const State& s) {
    Eigen::VectorXd q = gradient;
    std::vector<double> alpha(s.steps.size());
    for (std::size_t i = s.steps.size(); i-- > 0;) {
      alpha[i] = s.steps[i].dot(q) / s.steps[i].dot(s.changes[i]);
      q -= alpha[i] * s.changes[i];
    }
    if (!s.steps.empty()) q *= s.steps.back().dot(s.changes.back()) / s.changes.back().squaredNorm();
    for (std::size_t i = 0; i < s.steps.size(); ++i) {
      q += (alpha[i] - s.changes[i].dot(q) / s.steps[i].dot(s.changes[i])) * s.steps[i];
    }
    return -q;
  }
};
static_assert(VectorOptimizer<Lbfgs>);

}  // namespace manyworlds::optimizer
