#include <gtest/gtest.h>

#include "analytic_problem.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/sinr.hpp"
#include "manyworlds/loss/soft_minimum.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"

namespace mw = manyworlds;
using mw::test::HillProblem;
using mw::test::make_problem;

namespace {

HillProblem two_transmitters() {
  mw::test::FlatPlacement placement{.movers = 2};
  HillProblem p = make_problem({.spots = {{2, 2, 0}, {8, 2, 0}, {5, 7, 0}},
                                .peaks = {1e-9, 2e-8, 1e-7},
                                .senders = 2,
                                .width = 2,
                                .spread = 0.6},
                               placement);
  p.weights = {1, 0.5, 2};
  return p;
}

template <mw::Loss L>
void expect_gradient_matches_differences(const L& loss, const HillProblem& problem) {
  auto workspace = problem.make_workspace();
  mw::Random random(3, 0, 0, mw::Purpose::test);
  for (int draw = 0; draw < 20; ++draw) {
    std::vector<double> x(4), gradient(4);
    for (double& v : x) v = random.uniform(1, 9);
    const double value = problem.value_and_gradient(loss, x, {}, workspace, gradient);
    EXPECT_EQ(value, problem.value(loss, x, {}, workspace));
    for (std::size_t i = 0; i < 4; ++i) {
      const double at = x[i], h = 1e-5;
      x[i] = at + h;
      const double above = problem.value(loss, x, {}, workspace);
      x[i] = at - h;
      const double below = problem.value(loss, x, {}, workspace);
      x[i] = at;
      EXPECT_NEAR(gradient[i], (above - below) / (2 * h), 1e-6) << L::name;
    }
  }
}

TEST(Problem, GradientMatchesCentralDifference) {
  HillProblem problem = two_transmitters();
  expect_gradient_matches_differences(mw::loss::MeanDb{}, problem);
  expect_gradient_matches_differences(mw::loss::SoftMinimum{}, problem);
  expect_gradient_matches_differences(mw::loss::Sinr{}, problem);
  problem.serving = mw::Serving::sum;
  expect_gradient_matches_differences(mw::loss::MeanDb{}, problem);
}

TEST(Problem, StrongestAndSumCombineTransmitters) {
  HillProblem problem = two_transmitters();
  problem.power_dbm = {20, 30};
  auto workspace = problem.make_workspace();
  const std::vector<double> gains{1e-9, 1e-9, 0, /* second transmitter */ 1e-11, 1e-9, 0};
  problem.powers_of(gains, workspace);
  EXPECT_NEAR(workspace.combined_dbm[0], -70, 1e-12);
  EXPECT_NEAR(workspace.combined_dbm[1], -60, 1e-12);
  EXPECT_EQ(workspace.combined_dbm[2], -200);
  problem.serving = mw::Serving::sum;
  problem.powers_of(gains, workspace);
  EXPECT_NEAR(workspace.combined_dbm[0], 10 * std::log10(1e-7 + 1e-8), 1e-12);
  EXPECT_NEAR(workspace.combined_dbm[1], 10 * std::log10(1e-7 + 1e-6), 1e-12);
  EXPECT_EQ(workspace.combined_dbm[2], -200);  // dead stays dead
}

TEST(Problem, NonFiniteGainsMakeTheLossNan) {
  HillProblem problem = two_transmitters();
  auto workspace = problem.make_workspace();
  problem.powers_of(std::vector<double>{1, 1, 1, 1, std::nan(""), 1}, workspace);
  EXPECT_TRUE(std::isnan(problem.value_of(mw::loss::MeanDb{}, workspace)));
  problem.powers_of(std::vector<double>{1, 1, 1, 1, 1, 1}, workspace);
  EXPECT_TRUE(std::isfinite(problem.value_of(mw::loss::MeanDb{}, workspace)));
}

TEST(Problem, ThermalNoiseOfOneMegahertz) {
  EXPECT_NEAR(mw::thermal_noise_dbm(), -113.93, 0.005);
  EXPECT_NEAR(mw::thermal_noise_dbm(1), -173.93, 0.005);
}

using Engine = mw::MultiStart<mw::loss::SoftMinimum, mw::optimizer::Adam, mw::pruning::BottomFraction, mw::social::None,
                              HillProblem>;

TEST(Params, EveryPrintedLineCanBeReadBack) {
  Engine::Params prm;
  prm.optimizer.rates = {0.1, 0.01};
  prm.starts.given = {{1, 2.5}, {3, -4e-7}};
  prm.visibility.kind = mw::VisibilityKind::atan;
  prm.pruning.at = {5, 7};
  prm.seed = 18446744073709551615ull;
  prm.freed = mw::Freed::saved;
  const auto lines = mw::print_params(prm);
  Engine::Params read;
  EXPECT_NE(mw::print_params(read), lines);
  for (const auto& [name, text] : lines) mw::set_param(read, name, text);
  EXPECT_EQ(mw::print_params(read), lines);
  EXPECT_EQ(read.optimizer.rates, prm.optimizer.rates);
  EXPECT_EQ(read.starts.given, prm.starts.given);
  EXPECT_EQ(read.visibility.kind, mw::VisibilityKind::atan);
  EXPECT_EQ(read.pruning.at, (std::vector<int>{5, 7}));
  EXPECT_EQ(read.seed, prm.seed);
}

std::string message_of(const std::string& name, const std::string& text) {
  Engine::Params prm;
  try {
    mw::set_param(prm, name, text);
  } catch (const mw::InputError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Params, MistakesSayWhatWasExpected) {
  EXPECT_NE(message_of("optimizer.rate", "1").find("nearest names: optimizer.rates"), std::string::npos)
      << message_of("optimizer.rate", "1");
  EXPECT_NE(message_of("worlds", "3x").find("expected a number"), std::string::npos);
  EXPECT_NE(message_of("worlds", "").find("expected a number"), std::string::npos);
  EXPECT_NE(message_of("freed", "lost").find("saved"), std::string::npos);
  EXPECT_NE(message_of("visibility.kind", "soft").find("fresnel"), std::string::npos);
  EXPECT_EQ(message_of("loss.temperature_db", "2.5"), "no error");
}

TEST(Params, APolicyWithoutNamesStillWorks) {
  struct Nameless {
    double value = 3;
  } nameless;
  EXPECT_TRUE(mw::print_params(nameless).empty());
}

}  // namespace
