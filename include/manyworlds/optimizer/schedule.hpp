#pragma once
#include <array>
#include <cmath>

#include "manyworlds/core/error.hpp"

namespace manyworlds::optimizer {

enum class ScheduleKind { constant, geometric };
constexpr std::array<const char*, 2> choices(ScheduleKind) { return {"constant", "geometric"}; }

/// How the rate changes with a world's steps: constant, or rate * factor^step (the classic 1.0 * 0.9^i).
struct Schedule {
  ScheduleKind kind = ScheduleKind::constant;
  double factor = 0.9;

  /// Rate of a world's step, the first being 0, from the rate it began with.
  double at(double rate, int step) const {
    return kind == ScheduleKind::constant ? rate : rate * std::pow(factor, step);
  }
  template <class V>
  void fields(V&& v) {
    v("kind", kind, "how the rate changes with the steps");
    v("factor", factor, "for geometric: rate * factor^step");
  }
  void check() const { expect(factor > 0 && factor <= 1, "optimizer.schedule.factor", "above 0, at most 1"); }
};

}  // namespace manyworlds::optimizer
