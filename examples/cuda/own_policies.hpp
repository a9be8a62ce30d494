#pragma once
#include <manyworlds/core/scalar.hpp>
namespace mw = manyworlds;

/// A loss and an optimizer of one's own, as in own_policies.cpp: plain structs, for hosts and devices alike.
struct Shortfall {  // mean square of the dB that are missing to a target
  static constexpr const char* name = "shortfall";
  struct Params {
    double target_dbm = -50;
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

struct HeavyBall {  // gradient descent with inertia
  static constexpr const char* name = "heavy_ball";
  struct Params {
    double mu = 0.8;
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
