#include <gtest/gtest.h>

#include "manyworlds/engine/descent.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/optimizer/gradient_descent.hpp"
#include "manyworlds/optimizer/lbfgs.hpp"
#include "manyworlds/optimizer/momentum.hpp"

namespace mw = manyworlds;

namespace {

/// Steps an optimizer on f in plain coordinates; returns where it ends.
template <mw::Optimizer O, class F>
std::vector<double> minimise(const O& rule, std::vector<double> x, double rate, int steps, const F& gradient_of) {
  mw::Descent<O> descent(x.size());
  const std::vector<double> scales(x.size(), 1.0);
  for (int i = 0; i < steps; ++i) descent.step(rule, x, gradient_of(x), scales, rate, 0);
  return x;
}

std::vector<double> rosenbrock(const std::vector<double>& x) {
  const double bend = x[1] - x[0] * x[0];
  return {-2 * (1 - x[0]) - 400 * x[0] * bend, 200 * bend};
}
std::vector<double> valley(const std::vector<double>& x) { return {x[0], 20 * x[1]}; }

TEST(GradientDescent, ContractsAQuadraticByOneMinusRateTimesCurvature) {
  const auto x = minimise(mw::optimizer::GradientDescent{}, {1, 1}, 0.02, 10, valley);
  EXPECT_NEAR(x[0], std::pow(0.98, 10), 1e-14);
  EXPECT_NEAR(x[1], std::pow(0.6, 10), 1e-14);
}

TEST(Momentum, FollowsTheCriticallyDampedHeavyBall) {
  // x'' roots coincide when sqrt(mu) = 1 - sqrt(rate h): x_k = (1 + b k) mu^(k/2), with x_1 = 1 - rate h.
  const double rate = 0.04, curvature = 1, root = 1 - std::sqrt(rate * curvature), mu = root * root;
  const double b = (1 - rate * curvature) / root - 1;
  for (int k : {1, 2, 5, 20}) {
    const auto x = minimise(mw::optimizer::Momentum{.prm = {.mu = mu}}, {1, 0}, rate, k, valley);
    EXPECT_NEAR(x[0], (1 + b * k) * std::pow(root, k), 1e-12) << k;
  }
}

TEST(Adam, FirstStepsMatchTheAlgorithm) {
  const mw::optimizer::Adam adam;
  mw::optimizer::Adam::State<double> s;
  EXPECT_NEAR(adam.step(2.0, 1.0, 0.1, s, 0), 1.9, 1e-8);              // rate * sign, whatever the size
  EXPECT_NEAR(adam.step(1.9, -1.0, 0.1, s, 1), 1.9 + 0.1 / 19, 1e-8);  // mean -0.01 / 0.19, square 1
  mw::optimizer::Adam::State<double> large;
  EXPECT_NEAR(adam.step(2.0, 1e6, 0.1, large, 0), 1.9, 1e-12);
}

TEST(Adam, ConstantGradientGivesStepsOfOneRate) {
  const auto x = minimise(mw::optimizer::Adam{}, {5}, 0.1, 30, [](const auto&) { return std::vector<double>{-3}; });
  EXPECT_NEAR(x[0], 8, 1e-6);
}

TEST(Adam, FloatFollowsDouble) {
  const mw::optimizer::Adam adam;
  mw::optimizer::Adam::State<double> sd;
  mw::optimizer::Adam::State<float> sf;
  double x = 1;
  float y = 1;
  for (int i = 0; i < 50; ++i) {
    x = adam.step(x, 3 * x, 0.05, sd, i);
    y = adam.step(y, 3 * y, 0.05f, sf, i);
  }
  EXPECT_NEAR(x, y, 1e-4);
  EXPECT_LT(std::abs(x), 0.5);
}

TEST(Adam, ReachesTheRosenbrockMinimum) {
  const auto x = minimise(mw::optimizer::Adam{}, {-1.2, 1}, 0.02, 8000, rosenbrock);
  EXPECT_NEAR(x[0], 1, 1e-2);
  EXPECT_NEAR(x[1], 1, 2e-2);
}

TEST(Lbfgs, ReachesTheRosenbrockMinimumInFewSteps) {
  const auto x = minimise(mw::optimizer::Lbfgs{}, {-1.2, 1}, 0.2, 200, rosenbrock);
  EXPECT_NEAR(x[0], 1, 1e-5);
  EXPECT_NEAR(x[1], 1, 1e-5);
}

TEST(Lbfgs, StepsAreNoLongerThanTheRate) {
  mw::Descent<mw::optimizer::Lbfgs> descent(2);
  std::vector<double> x{3, 4};
  for (int i = 0; i < 20; ++i) {
    const std::vector<double> before = x;
    descent.step(mw::optimizer::Lbfgs{}, x, valley(x), std::vector<double>{1, 1}, 0.3, 0);
    EXPECT_LE(std::hypot(x[0] - before[0], x[1] - before[1]), 0.3 + 1e-12);
  }
}

TEST(Descent, ScalesAnglesAsTheGradientOfScaledMetres) {
  mw::Descent<mw::optimizer::GradientDescent> descent(2);
  std::vector<double> x{0, 0};  // metres, radians: z = x / 0.5 has gradient 0.5 g, so x moves by rate * 0.25 g
  descent.step({}, x, std::vector<double>{1, 1}, std::vector<double>{1, 0.5}, 0.1, 0);
  EXPECT_NEAR(x[0], -0.1, 1e-15);
  EXPECT_NEAR(x[1], -0.025, 1e-15);
}

TEST(Descent, ClipsLongGradientsAndLeavesShortOnes) {
  const std::vector<double> scales{1, 1};
  mw::Descent<mw::optimizer::GradientDescent> descent(2);
  std::vector<double> x{0, 0}, y{0, 0};
  descent.step({}, x, std::vector<double>{30, 40}, scales, 0.1, 5);
  descent.step({}, y, std::vector<double>{0.3, 0.4}, scales, 0.1, 5);
  EXPECT_NEAR(x[0], -0.3, 1e-12);
  EXPECT_NEAR(x[1], -0.4, 1e-12);
  EXPECT_NEAR(y[0], -0.03, 1e-15);
}

TEST(Descent, GradientAgainstABoundIsNoGradient) {
  const std::vector<mw::placement::Variable> variables{{"a", 0, 1, false}, {"b", 0, 1, false}};
  const std::vector<double> scales{1, 1};
  EXPECT_EQ(mw::projected_norm(std::vector<double>{0, 1}, std::vector<double>{3, -4}, variables, scales), 0);
  EXPECT_EQ(mw::projected_norm(std::vector<double>{0, 1}, std::vector<double>{-3, 4}, variables, scales), 5);
}

TEST(Schedule, ConstantAndGeometric) {
  EXPECT_EQ((mw::optimizer::Schedule{}.at(0.1, 50)), 0.1);
  const mw::optimizer::Schedule classic{.kind = mw::optimizer::ScheduleKind::geometric, .factor = 0.9};
  EXPECT_NEAR(classic.at(1.0, 3), 0.729, 1e-15);
}

}  // namespace
