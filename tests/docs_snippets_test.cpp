// The policies that docs/adding-a-policy.md shows, compiled and tested. docs_test compares the text.
#include "manyworlds/loss/loss.hpp"
#include "manyworlds/optimizer/optimizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

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
  static std::size_t weakest(const mw::RssRows& rows) {
    return std::size_t(std::min_element(rows.dbm.begin(), rows.dbm.end()) - rows.dbm.begin());
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
  } prm;
  template <class T>
  struct State {
    T velocity{};
  };

  template <class T>
  MW_HD T step(T x, T gradient, T rate, State<T>& s, int) const {
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
  const std::array<double, 4> weights{0.1, 0.2, 0.3, 0.4};
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
