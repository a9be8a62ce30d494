#pragma once
#include <type_traits>

#include "manyworlds/core/complex.hpp"
#include "manyworlds/core/simd.hpp"

namespace manyworlds {

/// Eight doubles that go through a kernel side by side: a number type for all that is written for any T, and chooses
/// with select() where lanes may differ. Each lane computes what a double computes, operation by operation. Host code
/// only.
class Wide {
 public:
  static constexpr int lanes = 8;

  Wide() = default;
  template <class X>
  requires std::is_arithmetic_v<X> Wide(X x) : v_(double(x)) {}  ///< the same in all lanes
  static Wide load(const double* p) { return Wide(simd::load<Lanes>(p)); }
  void store(double* p) const { simd::store(v_, p); }

  friend Wide operator+(Wide a, Wide b) { return Wide(a.v_ + b.v_); }
  friend Wide operator-(Wide a, Wide b) { return Wide(a.v_ - b.v_); }
  friend Wide operator*(Wide a, Wide b) { return Wide(a.v_ * b.v_); }
  friend Wide operator/(Wide a, Wide b) { return Wide(a.v_ / b.v_); }
  friend Wide operator-(Wide a) { return Wide(-a.v_); }
  Wide& operator+=(Wide b) { return *this = *this + b; }
  Wide& operator-=(Wide b) { return *this = *this - b; }
  Wide& operator*=(Wide b) { return *this = *this * b; }

 private:
  using Lanes = simd::Lanes<double, lanes>;
  using LaneMask = decltype(Lanes(0.0) < Lanes(0.0));
  explicit Wide(Lanes v) : v_(v) {}
  Lanes v_;

 public:
  struct Mask {
    LaneMask m;
    friend Mask operator&(Mask a, Mask b) { return {a.m & b.m}; }
    friend Mask operator|(Mask a, Mask b) { return {a.m | b.m}; }
    friend bool any(Mask a) { return simd::bits(a.m) != 0; }
  };
  friend Mask operator<(Wide a, Wide b) { return {a.v_ < b.v_}; }
  friend Mask operator<=(Wide a, Wide b) { return {a.v_ <= b.v_}; }
  friend Mask operator>(Wide a, Wide b) { return {a.v_ > b.v_}; }
  friend Mask operator>=(Wide a, Wide b) { return {a.v_ >= b.v_}; }
  friend Wide select(Mask c, Wide yes, Wide no) { return Wide(simd::select(c.m, yes.v_, no.v_)); }
  friend bool is_zero(Wide a) { return simd::bits(a.v_ == Lanes(0.0)) == (1u << lanes) - 1; }

  friend Wide min(Wide a, Wide b) { return select(b < a, b, a); }
  friend Wide max(Wide a, Wide b) { return select(a < b, b, a); }
  friend Wide abs(Wide a) { return select(a < Wide(0.0), -a, a); }
  friend Wide sqrt(Wide a) { return Wide(sqrt(a.v_)); }
  friend Wide floor(Wide a) { return Wide(floor(a.v_)); }
  friend Wide exp(Wide a) {
    return each(a, [](double x) { return std::exp(x); });
  }
  friend Wide sin(Wide a) {
    return each(a, [](double x) { return std::sin(x); });
  }
  friend Wide atan(Wide a) {
    return each(a, [](double x) { return std::atan(x); });
  }
  friend Wide tanh(Wide a) {
    return each(a, [](double x) { return std::tanh(x); });
  }
  friend Wide atan2(Wide a, Wide b) {
    double x[lanes], y[lanes];
    a.store(y);
    b.store(x);
    for (int i = 0; i < lanes; ++i) y[i] = std::atan2(y[i], x[i]);
    return load(y);
  }

 private:
  template <class F>
  static Wide each(Wide a, F&& f) {
    double x[lanes];
    a.store(x);
    for (double& lane : x) lane = f(lane);
    return load(x);
  }
};

}  // namespace manyworlds
