#include <manyworlds/loss/loss.hpp>
#include <manyworlds/optimizer/optimizer.hpp>

/// Six policies, each with one mistake that the compiler has to name, in this order.
namespace mw = manyworlds;

struct NoTermGradient {
  static constexpr const char* name = "no_term_gradient";
  struct Params {
  } prm;
  template <class T>
  T term(T rss_dbm) const {
    return rss_dbm;
  }
};
static_assert(mw::Loss<NoTermGradient>);

struct NoName {
  struct Params {
  } prm;
  double value(const mw::RssRows&) const { return 0; }
  void gradient(const mw::RssRows&, std::span<double>) const {}
};
static_assert(mw::Loss<NoName>);

struct NoPrm {
  static constexpr const char* name = "no_prm";
  struct Params {};
  double value(const mw::RssRows&) const { return 0; }
  void gradient(const mw::RssRows&, std::span<double>) const {}
};
static_assert(mw::Loss<NoPrm>);

struct OnlyDouble {
  static constexpr const char* name = "only_double";
  struct Params {
  } prm;
  double term(double rss_dbm) const { return rss_dbm; }
  double term_gradient(double) const { return 1; }
};
static_assert(mw::Loss<OnlyDouble>);

struct SpanOfFloat {
  static constexpr const char* name = "span_of_float";
  struct Params {
  } prm;
  double value(const mw::RssRows&) const { return 0; }
  void gradient(const mw::RssRows&, std::span<float>) const {}
};
static_assert(mw::Loss<SpanOfFloat>);

struct StepWithoutIteration {
  static constexpr const char* name = "step_without_iteration";
  struct Params {
  } prm;
  template <class T>
  struct State {};
  template <class T>
  T step(T x, T gradient, T rate, State<T>&) const {
    return x - rate * gradient;
  }
};
static_assert(mw::Optimizer<StepWithoutIteration>);
