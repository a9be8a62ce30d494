#pragma once
#include <concepts>
#include <span>

#include "manyworlds/core/scalar.hpp"

/// An optimizer moves one world downhill. Two forms:
///
/// **One coordinate at a time**: `template <class T> struct State` (one per coordinate and world, zero at the start)
/// and `template <class T> MW_HD T step(T x, T gradient, T rate, State<T>&, int iteration) const` returns the new x.
/// `iteration` counts the steps of this world from 0. Runs on any backend.
///
/// **The whole vector**, host code in double: a `State` and `void step(std::span<double> x, std::span<const double>
/// gradient, double rate, State&, int iteration) const` (L-BFGS).
///
/// Coordinates are scaled to metres before either form sees them (engine/descent.hpp), rates are in metres. Rates,
/// their schedule and clipping belong to the engine: every optimizer has them.
namespace manyworlds {

/// Steps each coordinate by itself, in float as in double.
template <class O>
concept CoordinateOptimizer = requires(const O& o, double x, float single, typename O::template State<double>& s,
                                       typename O::template State<float>& single_state) {
  O::name;
  typename O::Params;
  o.prm;
  { o.step(x, x, x, s, 0) } -> std::same_as<double>;
  { o.step(single, single, single, single_state, 0) } -> std::same_as<float>;
};

/// Steps the whole vector: x is changed in place.
template <class O>
concept VectorOptimizer = requires(const O& o, std::span<double> x, std::span<const double> gradient, double rate,
                                   typename O::State& s) {
  O::name;
  typename O::Params;
  o.prm;
  { o.step(x, gradient, rate, s, 0) } -> std::same_as<void>;
};

/// Either form.
template <class O>
concept Optimizer = CoordinateOptimizer<O> || VectorOptimizer<O>;

}  // namespace manyworlds
