#pragma once
#include <gtest/gtest.h>

#include <cstring>

#include "analytic_problem.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/serial.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"

/// What tests of the engine share: small runs on hills, and what it means that two runs are equal.
namespace manyworlds::test {

template <class O = optimizer::Adam, class P = pruning::None, class S = social::None, class L = loss::MeanDb>
using Engine = MultiStart<L, O, P, S, HillProblem>;

/// Few worlds from plain starts, a floor above which only one hill matters at a time: four basins.
template <class E>
typename E::Params small(int worlds = 8, int iterations = 40) {
  typename E::Params prm;
  prm.worlds = worlds;
  prm.iterations = iterations;
  prm.starts.mode = StartMode::plain;
  if constexpr (requires { prm.loss.floor_dbm; }) prm.loss.floor_dbm = -65;
  return prm;
}

/// Two movers, two receivers to be lit, kept 1 m apart.
inline HillProblem two_movers() {
  FlatPlacement placement{.movers = 2, .size = 10, .apart = 1};
  return make_problem({.spots = {{2, 2, 0}, {8, 8, 0}}, .peaks = {1e-7, 1e-7}, .width = 1.5}, placement);
}

inline bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

inline void expect_bit_equal(const Result& a, const Result& b) {
  EXPECT_EQ(a.winner, b.winner);
  EXPECT_TRUE(same_bits(a.x, b.x));
  EXPECT_EQ(a.counts.evaluations(), b.counts.evaluations());
  EXPECT_EQ(a.counts.new_starts, b.counts.new_starts);
  ASSERT_EQ(a.polished.has_value(), b.polished.has_value());
  if (a.polished) {
    EXPECT_TRUE(same_bits(a.polished->x, b.polished->x));
  }
  ASSERT_EQ(a.worlds.size(), b.worlds.size());
  for (std::size_t w = 0; w < a.worlds.size(); ++w) {
    EXPECT_EQ(a.worlds[w].reason, b.worlds[w].reason);
    EXPECT_TRUE(same_bits(a.worlds[w].history.x, b.worlds[w].history.x)) << "world " << w;
    EXPECT_TRUE(same_bits(a.worlds[w].history.loss, b.worlds[w].history.loss)) << "world " << w;
    EXPECT_TRUE(same_bits(a.worlds[w].history.value, b.worlds[w].history.value)) << "world " << w;
  }
}

}  // namespace manyworlds::test
