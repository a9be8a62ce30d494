// The policies that docs/adding-a-policy.md shows, compiled and tested. docs_test compares the text.
#include <gtest/gtest.h>

#include <array>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/loss/loss.hpp"
#include "manyworlds/optimizer/optimizer.hpp"

namespace mw = manyworlds;

// [shortfall]
/// Mean square of the dB that are missing to a target.
struct Shortfall {
  static constexpr const char* name = "shortfall";
  struct Params {
    double target_dbm = -70;
  } prm;

  template <class T>
  MW_HD T term(T rss_dbm) const {
    return mw::square(mw::max(T(0), T(prm.target_dbm) - rss_dbm));
  }
  template <class T>
  MW_HD T term_gradient(T rss_dbm) const {
    return T(-2) * mw::max(T(0), T(prm.target_dbm) - rss_dbm);
  }
};
static_assert(mw::Loss<Shortfall>);
// [/shortfall]

// [worst]
/// The weakest receiver, in dB below 0 dBm.
struct Worst {
  static constexpr const char* name = "worst";
  struct Params {
  } prm;

  double value(const mw::RssRows& rows) const { return -rows.dbm[weakest(rows)]; }
  void gradient(const mw::RssRows& rows, std::span<double> out) const {
    for (double& g : out) g = 0;
    out[weakest(rows)] = -1;
  }

 private:
  /// Of the receivers that count: some may have the weight 0, one at least has not.
  static std::size_t weakest(const mw::RssRows& rows) {
    std::size_t found = rows.receivers;
    for (std::size_t i = 0; i < rows.receivers; ++i)
      if (rows.weights[i] > 0 && (found == rows.receivers || rows.dbm[i] < rows.dbm[found])) found = i;
    return found;
  }
};
static_assert(mw::Loss<Worst>);
// [/worst]

// [heavy_ball]
/// Gradient descent with inertia.
struct HeavyBall {
  static constexpr const char* name = "heavy_ball";
  struct Params {
    double mu = 0.9;
    template <class V>
    void fields(V&& v) {
      v("mu", mu, "share of the last step that is kept");
    }
  } prm;
  void check() const {
    if (!(prm.mu >= 0 && prm.mu < 1))
      throw mw::InputError("optimizer.mu", "expected 0 to below 1, found " + mw::to_text(prm.mu));
  }
  template <class T>
  struct State {
    T velocity{};
  };

  template <class T>
  MW_HD T step(T x, T gradient, T rate, State<T>& s, int /*iteration*/) const {
    s.velocity = T(prm.mu) * s.velocity - rate * gradient;
    return x + s.velocity;
  }
};
static_assert(mw::Optimizer<HeavyBall>);
// [/heavy_ball]

namespace {

template <mw::Loss L>
void expect_gradient_matches_differences(const L& loss) {
  std::array<double, 4> dbm{-90, -75.5, -60, -81}, gradient{};
  const std::array<double, 4> weights{0, 0.3, 0.3, 0.4};  // the weakest receiver does not count
  const mw::RssRows rows{.dbm = dbm, .receivers = dbm.size(), .weights = weights};
  mw::loss_gradient(loss, rows, gradient);
  for (std::size_t i = 0; i < dbm.size(); ++i) {
    const double h = 1e-4, kept = dbm[i];
    dbm[i] = kept + h;
    const double above = mw::loss_value(loss, rows);
    dbm[i] = kept - h;
    const double below = mw::loss_value(loss, rows);
    dbm[i] = kept;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * h), 1e-6) << loss.name << " " << i;
  }
}

}  // namespace

TEST(DocsSnippets, LossGradientsMatchDifferences) {
  expect_gradient_matches_differences(Shortfall{});
  expect_gradient_matches_differences(Worst{});
}

TEST(DocsSnippets, WorstIsTheWeakestOfTheReceiversThatCount) {
  const std::array<double, 3> dbm{-90, -60, -70}, weights{0, 0.5, 0.5};
  EXPECT_EQ(Worst{}.value({.dbm = dbm, .receivers = 3, .weights = weights}), 70);
}

TEST(DocsSnippets, ShortfallCountsOnlyWhatIsMissing) {
  EXPECT_EQ(Shortfall{}.term(-60.0), 0);
  EXPECT_EQ(Shortfall{}.term(-73.0), 9);
}

TEST(DocsSnippets, HeavyBallFindsTheMinimumOfAParabola) {
  const HeavyBall ball;
  HeavyBall::State<double> state;
  double x = 5;
  for (int i = 0; i < 300; ++i) x = ball.step(x, 2 * (x - 1), 0.02, state, i);
  EXPECT_NEAR(x, 1, 1e-4);
}

TEST(DocsSnippets, HeavyBallRefusesToGainSpeedForEver) {
  HeavyBall ball;
  EXPECT_NO_THROW(ball.check());
  ball.prm.mu = 1;
  EXPECT_THROW(ball.check(), mw::InputError);
}
