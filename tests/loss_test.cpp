#include <gtest/gtest.h>

#include "manyworlds/core/random.hpp"
#include "manyworlds/loss/coverage.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/minimum.hpp"
#include "manyworlds/loss/sinr.hpp"
#include "manyworlds/loss/soft_minimum.hpp"
#include "manyworlds/loss/stages.hpp"

namespace mw = manyworlds;

namespace {

/// Rows of random powers from -120 to -40 dBm, random weights, one of them zero. Every seventh receiver is dead, no two
/// alike: ties are kinks of the minimum.
struct Case {
  std::size_t transmitters, receivers = 40;
  std::vector<double> dbm, weights;

  explicit Case(std::size_t tx, std::uint32_t number = 0) : transmitters(tx), dbm(tx * receivers), weights(receivers) {
    mw::Random random(5, number, 0, mw::Purpose::test);
    for (std::size_t i = 0; i < dbm.size(); ++i)
      dbm[i] = i % receivers % 7 == 3 ? -200 - double(i) : random.uniform(-120, -40);
    double sum = 0;
    for (double& w : weights) sum += w = random.uniform(0.1, 1);
    sum -= std::exchange(weights[5], 0.0);
    for (double& w : weights) w /= sum;
  }
  mw::RssRows rows() const { return {dbm, transmitters, receivers, weights, -100}; }
};

mw::RssRows row_of(const std::vector<double>& dbm, const std::vector<double>& weights) {
  return {dbm, 1, dbm.size(), weights, -114};
}

template <mw::Loss L>
void expect_gradient_matches_differences(const L& loss) {
  for (std::uint32_t number = 0; number < 5; ++number) {
    Case c(mw::per_transmitter<L>() ? 3 : 1, number);
    std::vector<double> gradient(c.dbm.size());
    mw::loss_gradient(loss, c.rows(), gradient);
    const double h = 1e-4;
    double largest = 0;
    for (std::size_t i = 0; i < c.dbm.size(); ++i) {
      const double at = std::exchange(c.dbm[i], c.dbm[i] + h);
      const double above = mw::loss_value(loss, c.rows());
      c.dbm[i] = at - h;
      const double below = mw::loss_value(loss, c.rows());
      c.dbm[i] = at;
      EXPECT_NEAR(gradient[i], (above - below) / (2 * h), 1e-8) << L::name << " receiver " << i;
      largest = std::max(largest, std::abs(gradient[i]));
    }
    EXPECT_GT(largest, 1e-4) << L::name;
  }
}

TEST(Loss, GradientMatchesCentralDifference) {
  expect_gradient_matches_differences(mw::loss::MeanDb{});
  expect_gradient_matches_differences(mw::loss::SoftMinimum{});
  expect_gradient_matches_differences(mw::loss::SoftMinimum{.prm = {.temperature_db = 1, .floor_dbm = -90}});
  expect_gradient_matches_differences(mw::loss::Coverage{});
  expect_gradient_matches_differences(mw::loss::Minimum{});
  expect_gradient_matches_differences(mw::loss::Sinr{});
  expect_gradient_matches_differences(mw::loss::Stages<>{});
  expect_gradient_matches_differences(mw::loss::Stages<>{}.at(0.1));
}

/// A receiver of twice the weight is the same as two receivers.
template <mw::Loss L>
void expect_weight_means_repetition(const L& loss) {
  const std::vector<double> once{-60, -75, -90}, twice{-60, -75, -75, -90};
  const std::vector<double> weights{0.25, 0.5, 0.25}, even(4, 0.25);
  EXPECT_NEAR(mw::loss_value(loss, row_of(once, weights)), mw::loss_value(loss, row_of(twice, even)), 1e-12) << L::name;
}

TEST(Loss, WeightMeansRepetition) {
  expect_weight_means_repetition(mw::loss::MeanDb{});
  expect_weight_means_repetition(mw::loss::SoftMinimum{});
  expect_weight_means_repetition(mw::loss::Coverage{});
  expect_weight_means_repetition(mw::loss::Minimum{});
  expect_weight_means_repetition(mw::loss::Sinr{});
}

TEST(Loss, ReceiverOfNoWeightCannotMatter) {
  Case a(1), b(1);
  b.dbm[5] = -200;
  EXPECT_EQ(mw::loss_value(mw::loss::MeanDb{}, a.rows()), mw::loss_value(mw::loss::MeanDb{}, b.rows()));
  EXPECT_EQ(mw::loss_value(mw::loss::Minimum{}, a.rows()), mw::loss_value(mw::loss::Minimum{}, b.rows()));
}

TEST(MeanDb, IsMinusTheMeanAboveTheFloorAndTheFloorBelow) {
  const std::vector<double> half(2, 0.5), strong{-40, -60}, dead{-200, -250};
  EXPECT_NEAR(mw::loss_value(mw::loss::MeanDb{}, row_of(strong, half)), 50, 1e-4);
  EXPECT_NEAR(mw::loss_value(mw::loss::MeanDb{}, row_of(dead, half)), 110, 1e-8);
  EXPECT_NEAR(mw::loss::MeanDb{}.term(-110.0), 110 - 10 * std::log10(2.0), 1e-12);  // the knee
}

TEST(MeanDb, OneLivingReceiverAmongDeadOnesKeepsItsGradient) {
  std::vector<double> dbm(100, -200), weights(100, 0.01), gradient(100);
  dbm[17] = -80;
  mw::loss_gradient(mw::loss::MeanDb{}, row_of(dbm, weights), gradient);
  for (std::size_t i = 0; i < 100; ++i) {
    if (i == 17)
      EXPECT_NEAR(gradient[i], -0.01, 1e-4);
    else
      EXPECT_NEAR(gradient[i], 0, 1e-10);
  }
}

TEST(SoftMinimum, LiesBetweenMinimumAndMeanAndNearsEither) {
  const std::vector<double> dbm{-50, -60, -80}, weights(3, 1 / 3.0);
  auto soft = [&](double t) {
    return -mw::loss_value(mw::loss::SoftMinimum{.prm = {.temperature_db = t, .floor_dbm = -110}},
                           row_of(dbm, weights));
  };
  EXPECT_NEAR(soft(1), -80 + std::log(3.0), 0.01);  // -t ln(1/3 exp(80/t)) for small t
  EXPECT_NEAR(soft(1e4), -190 / 3.0, 0.02);
  EXPECT_LT(soft(1), soft(5));
  EXPECT_LT(soft(5), soft(50));
}

TEST(SoftMinimum, MatchesItsDefinition) {
  const std::vector<double> dbm{-70, -85}, weights{0.5, 0.5};
  const double f1 = mw::to_db(mw::from_db(-70.0) + mw::from_db(-110.0)),
               f2 = mw::to_db(mw::from_db(-85.0) + mw::from_db(-110.0));
  const double expected = 5 * std::log((std::exp(-f1 / 5) + std::exp(-f2 / 5)) / 2);
  EXPECT_NEAR(mw::loss_value(mw::loss::SoftMinimum{}, row_of(dbm, weights)), expected, 1e-10);
}

TEST(SoftMinimum, RefusesATinyTemperature) {
  EXPECT_THROW((mw::loss::SoftMinimum{.prm = {.temperature_db = 0.1}}.check()), mw::InputError);
}

TEST(Coverage, NarrowStepCountsReceivers) {
  const std::vector<double> dbm{-50, -84, -86, -200}, weights(4, 0.25);
  const mw::loss::Coverage loss{.prm = {.threshold_dbm = -85, .width_db = 0.01}};
  EXPECT_NEAR(mw::loss_value(loss, row_of(dbm, weights)), -0.5, 1e-12);
  EXPECT_NEAR(mw::loss::Coverage{}.term(-85.0), -0.5, 1e-15);
}

TEST(Minimum, OnlyTheWeakestReceiverHasAGradient) {
  const std::vector<double> dbm{-50, -91, -60, -91}, weights(4, 0.25);
  std::vector<double> gradient(4, 9);
  mw::loss_gradient(mw::loss::Minimum{}, row_of(dbm, weights), gradient);
  EXPECT_EQ(mw::loss_value(mw::loss::Minimum{}, row_of(dbm, weights)), 91);
  EXPECT_EQ(gradient, (std::vector<double>{0, -1, 0, 0}));
}

TEST(Sinr, MatchesClosedForm) {
  const std::vector<double> dbm{-70, -90, /* second transmitter */ -80, -60}, weights{0.5, 0.5};
  const mw::loss::Sinr loss{.prm = {.floor_db = -300}};
  const double noise = 1e-10;  // -100 dBm
  const double first = mw::to_db(1e-7 / (noise + 1e-8)), second = mw::to_db(1e-6 / (noise + 1e-9));
  EXPECT_NEAR(mw::loss_value(loss, {dbm, 2, 2, weights, -100}), -(first + second) / 2, 1e-10);
}

TEST(Sinr, InterferenceIsPushedDown) {
  const std::vector<double> dbm{-60, -70}, weights{1};
  std::vector<double> gradient(2);
  mw::loss_gradient(mw::loss::Sinr{}, {dbm, 2, 1, weights, -114}, gradient);
  EXPECT_LT(gradient[0], 0);
  EXPECT_GT(gradient[1], 0);
}

TEST(Stages, SpeaksWithOneStageAtATime) {
  Case c(1);
  const mw::loss::Stages<> loss{.prm = {.first = {}, .second = {}, .switch_at = 0.6}};
  const double mean = mw::loss_value(mw::loss::MeanDb{}, c.rows()),
               soft = mw::loss_value(mw::loss::SoftMinimum{}, c.rows());
  EXPECT_EQ(mw::loss_value(mw::at_progress(loss, 0.59), c.rows()), mean);
  EXPECT_EQ(mw::loss_value(mw::at_progress(loss, 0.6), c.rows()), soft);
  EXPECT_EQ(mw::loss_value(mw::at_progress(loss, 1.0), c.rows()), soft);
  EXPECT_NE(mean, soft);
}

template <mw::SeparableLoss L>
void expect_float_equals_double(const L& loss) {
  for (double rss = -130; rss <= -30; rss += 3.7) {
    const double scale = 1e-4 * (1e-3 + std::abs(loss.term(rss)));
    EXPECT_NEAR(loss.term(float(rss)), loss.term(rss), scale) << L::name << " at " << rss;
    EXPECT_NEAR(loss.term_gradient(float(rss)), loss.term_gradient(rss), 1e-4) << L::name << " at " << rss;
  }
}

TEST(Loss, FloatTermsEqualDoubleOnes) {
  expect_float_equals_double(mw::loss::MeanDb{});
  expect_float_equals_double(mw::loss::SoftMinimum{});
  expect_float_equals_double(mw::loss::Coverage{});
}

}  // namespace
