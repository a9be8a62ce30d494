// A driver with a user's own loss, optimizer and callback in the same file, as docs/adding-a-policy.md says.
#include <gtest/gtest.h>

#include "analytic_problem.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"

namespace mw = manyworlds;

struct Shortfall {  // mean square of the dB missing to a target
  static constexpr const char* name = "shortfall";
  struct Params {
    float target_dbm = -55;
  } prm;
  template <class T>
  MW_HD T term(T rss_dbm) const {
    T d = mw::max(T(0), prm.target_dbm - rss_dbm);
    return d * d;
  }
  template <class T>
  MW_HD T term_gradient(T rss_dbm) const {
    return T(-2) * mw::max(T(0), prm.target_dbm - rss_dbm);
  }
};
static_assert(mw::Loss<Shortfall>);

struct HeavyBall {
  static constexpr const char* name = "heavy_ball";
  struct Params {
    float mu = 0.5f;
  } prm;
  template <class T>
  struct State {
    T velocity{};
  };
  template <class T>
  MW_HD T step(T x, T gradient, T rate, State<T>& s, int) const {
    s.velocity = prm.mu * s.velocity - rate * gradient;
    return x + s.velocity;
  }
};
static_assert(mw::Optimizer<HeavyBall>);

struct StopAt {
  float dbm;
  bool iteration(const mw::Progress& p) const { return p.best_rss_dbm >= dbm; }
};
static_assert(mw::Callback<StopAt>);

struct NoGradient {
  static constexpr const char* name = "no_gradient";
  struct Params {
  } prm;
  template <class T>
  T term(T rss) const {
    return rss;
  }
};
static_assert(!mw::Loss<NoGradient> && !mw::Optimizer<Shortfall> && !mw::Callback<Shortfall>);

namespace {

using Engine =
    mw::MultiStart<Shortfall, HeavyBall, mw::pruning::BottomFraction, mw::social::None, mw::test::HillProblem>;

Engine::Params params() {
  Engine::Params prm;
  prm.worlds = 6;
  prm.optimizer.mu = 0.8f;              // the rule's own parameter ...
  prm.optimizer.rates = {0.1f, 0.01f};  // ... and what every optimizer has, in one tree
  prm.optimizer.clip_norm = 1;
  return prm;
}

mw::test::HillProblem one_hill() { return mw::test::make_problem({.spots = {{6, 4, 0}}, .peaks = {1e-7}}, {}); }

TEST(OwnPolicies, DescendToTheTarget) {
  const mw::Result best = mw::run(Engine{one_hill(), params()}, mw::executor::Batch{});
  EXPECT_NEAR(best.value, 0, 1e-9);  // -50 dBm can be had: no shortfall
  EXPECT_GE(best.rss.minimum_dbm, -55 - 1e-6);
  EXPECT_EQ(best.params.front().second, "shortfall");
}

TEST(OwnPolicies, OwnCallbackEndsTheRun) {
  const mw::Result best = mw::run(Engine{one_hill(), params()}, mw::executor::Batch{}, StopAt{-70});
  EXPECT_TRUE(best.interrupted);
  EXPECT_LT(best.iterations, 60);
}

}  // namespace
