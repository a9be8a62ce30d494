#pragma once
#include <array>
#include <cmath>
#include <limits>
#include <memory>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/random.hpp"
#include "manyworlds/core/units.hpp"
#include "manyworlds/engine/model.hpp"
#include "manyworlds/loss/loss.hpp"
#include "manyworlds/placement/descriptors.hpp"

namespace manyworlds {

/// What the engine needs of a placement: variables with bounds, the way to a configuration (`apply` writes all of it,
/// what does not move too) and its transposed Jacobian, starts, projection on everything that is allowed, and which
/// variables belong to which mover.
template <class P>
concept DesignSpace = requires(const P& p, std::span<const double> x, std::span<double> out, Configuration& c,
                               const ConfigurationGradient& g, Random& random, std::size_t part) {
  { p.variables() } -> std::convertible_to<const std::vector<placement::Variable>&>;
  p.apply(x, c);
  p.pullback(x, g, out);
  p.start(random, placement::StartKind::plain, out);
  p.repair(out);
  { p.parts() } -> std::convertible_to<std::size_t>;
  { p.part_range(part) } -> std::convertible_to<std::pair<std::size_t, std::size_t>>;
};

/// How the powers of several transmitters become one at a receiver: the strongest, or their sum.
enum class Serving : std::uint8_t { strongest, sum };
constexpr std::array<const char*, 2> choices(Serving) { return {"strongest", "sum"}; }

/// k T B in dBm; T = 293 K as Sionna RT.
inline double thermal_noise_dbm(double bandwidth_hz = 1e6, double temperature_k = 293) {
  return watt_to_dbm(boltzmann * temperature_k * bandwidth_hz);
}

/// From design variables to loss and back: x -> configuration -> gains -> received powers -> loss -> d loss / d x.
/// Copies share the model. Everything that changes is in a Workspace, one per thread.
template <Model M, DesignSpace P>
struct BasicProblem {
  std::shared_ptr<const M> model;
  P placement;
  Configuration rest;             ///< movers and transmitters as loaded
  std::vector<double> power_dbm;  ///< one per transmitter
  std::vector<double> weights{};  ///< one per receiver, >= 0; empty = all alike
  Serving serving = Serving::strongest;
  double noise_dbm = thermal_noise_dbm();
  double floor_dbm = -200;  ///< received power of a receiver that no path reaches

  struct Workspace {
    typename M::Workspace model;
    Configuration configuration;
    ConfigurationGradient gradient;
    std::vector<double> weights;       ///< normalised to sum 1
    std::vector<double> rss_dbm;       ///< [transmitters][receivers]
    std::vector<double> combined_dbm;  ///< [receivers], as `serving` says
    std::vector<double> rss_bar, combined_bar, gain_bar;
    bool finite = true;  ///< of the last powers

    std::size_t bytes() const {
      std::size_t sum = sizeof(*this);
      for (const auto* v : {&weights, &rss_dbm, &combined_dbm, &rss_bar, &combined_bar, &gain_bar}) {
        sum += v->capacity() * sizeof(double);
      }
      if constexpr (requires { model.bytes(); })
        return sum + model.bytes();
      else
        return sum + model.gains.capacity() * sizeof(double);
    }
  };

  std::size_t receivers() const { return model->receivers(); }
  std::size_t transmitters() const { return model->transmitters(); }
  const std::vector<placement::Variable>& variables() const { return placement.variables(); }

  /// Throws InputError when shapes or weights do not fit.
  void check() const {
    auto expect = [](bool good, const std::string& where, const std::string& what) {
      if (!good) throw InputError(where, what);
    };
    expect(receivers() > 0, "receivers", "expected at least one");
    expect(transmitters() > 0, "transmitters", "expected at least one");
    expect(!variables().empty(), "placement", "expected at least one design variable");
    expect(power_dbm.size() == transmitters(), "power_dbm", "expected one power per transmitter");
    expect(weights.empty() || weights.size() == receivers(), "weights", "expected one weight per receiver");
    double sum = weights.empty() ? 1 : 0;
    for (double w : weights) {
      expect(w >= 0 && std::isfinite(w), "weights", "expected weights of zero or more");
      sum += w;
    }
    expect(sum > 0, "weights", "expected at least one receiver of positive weight");
  }

  /// Weights of the receivers, their sum is 1.
  std::vector<double> normalised_weights() const {
    std::vector<double> all = weights;
    if (all.empty()) all.assign(receivers(), 1.0);
    double sum = 0;
    for (double weight : all) sum += weight;
    for (double& weight : all) weight /= sum;
    return all;
  }
  Workspace make_workspace() const {
    const std::size_t links = transmitters() * receivers();
    Workspace w{model->make_workspace(), rest, {}, normalised_weights(), {}, {}, {}, {}, {}};
    w.rss_dbm.resize(links);
    w.rss_bar.resize(links);
    w.gain_bar.resize(links);
    w.combined_dbm.resize(receivers());
    w.combined_bar.resize(receivers());
    return w;
  }

  /// Fills the received powers of a configuration; w.finite says whether all gains were finite.
  void powers(const Configuration& configuration, const Visibility& visibility, Workspace& w) const {
    model->gains(configuration, visibility, w.model);
    powers_of(w.model.gains, w);
  }
  /// The same from given linear gains [transmitters][receivers].
  void powers_of(std::span<const double> gains, Workspace& w) const {
    const std::size_t n = receivers();
    const double floor_mw = from_db(floor_dbm);
    w.finite = true;
    for (std::size_t t = 0; t < transmitters(); ++t) {
      const double power_mw = from_db(power_dbm[t]);
      for (std::size_t i = 0; i < n; ++i) {
        const double p = power_mw * gains[t * n + i];
        w.finite = w.finite && std::isfinite(p);
        w.rss_dbm[t * n + i] = p > floor_mw ? to_db(p) : floor_dbm;
      }
    }
    for (std::size_t i = 0; i < n; ++i) w.combined_dbm[i] = combined(w, i);
  }

  template <Loss L>
  double value(const L& loss, std::span<const double> x, const Visibility& visibility, Workspace& w) const {
    place(x, w);
    powers(w.configuration, visibility, w);
    return value_of(loss, w);
  }
  /// Loss of the powers in the workspace; NaN when these are not finite.
  template <Loss L>
  double value_of(const L& loss, const Workspace& w) const {
    return w.finite ? loss_value(loss, rows<L>(w)) : std::numeric_limits<double>::quiet_NaN();
  }
  /// Writes d loss / d x to `gradient` and returns the loss.
  template <Loss L>
  double value_and_gradient(const L& loss, std::span<const double> x, const Visibility& visibility, Workspace& w,
                            std::span<double> gradient) const {
    const double result = value(loss, x, visibility, w);
    for (double& g : gradient) g = 0;
    if (!std::isfinite(result)) return result;
    gains_adjoint(loss, w.model.gains, w, w.gain_bar);
    w.gradient.movers.assign(w.configuration.movers.size(), {});
    w.gradient.transmitters.assign(w.configuration.transmitters.size(), {});
    model->pullback(w.gain_bar, w.model, w.gradient);
    placement.pullback(x, w.gradient, gradient);
    return result;
  }

  /// d loss / d gain of every link, after powers_of(gains, w).
  template <Loss L>
  void gains_adjoint(const L& loss, std::span<const double> gains, Workspace& w, std::span<double> gain_bar) const {
    rss_adjoint(loss, w);
    const double floor_mw = from_db(floor_dbm);
    for (std::size_t t = 0; t < transmitters(); ++t) {
      const double power_mw = from_db(power_dbm[t]);
      for (std::size_t i = t * receivers(); i < (t + 1) * receivers(); ++i)
        gain_bar[i] = power_mw * gains[i] > floor_mw ? w.rss_bar[i] * db_per_neper<double> / gains[i] : 0.0;
    }
  }

  /// Power at the weakest receiver of positive weight.
  double weakest_dbm(const Workspace& w) const {
    double weakest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < receivers(); ++i) {
      if (w.weights[i] > 0) weakest = min(weakest, w.combined_dbm[i]);
    }
    return weakest;
  }

  /// Writes the configuration of x into the workspace.
  void place(std::span<const double> x, Workspace& w) const { placement.apply(x, w.configuration); }

  /// What results are compared with: transmitters at rest and no movers at all.
  Configuration before() const {
    Configuration c = rest;
    c.absent.assign(c.movers.size(), 1);
    return c;
  }

 private:
  template <Loss L>
  RssRows rows(const Workspace& w) const {
    if constexpr (per_transmitter<L>())
      return {w.rss_dbm, transmitters(), receivers(), w.weights, noise_dbm};
    else
      return {w.combined_dbm, 1, receivers(), w.weights, noise_dbm};
  }
  std::size_t strongest(const Workspace& w, std::size_t i) const {
    std::size_t best = i;
    for (std::size_t at = i + receivers(); at < w.rss_dbm.size(); at += receivers()) {
      if (w.rss_dbm[at] > w.rss_dbm[best]) best = at;
    }
    return best;
  }
  double combined(const Workspace& w, std::size_t i) const {
    const double top = w.rss_dbm[strongest(w, i)];
    if (serving == Serving::strongest || top <= floor_dbm) return top;
    double sum = 0;
    for (std::size_t at = i; at < w.rss_dbm.size(); at += receivers()) sum += from_db(w.rss_dbm[at]);
    return to_db(sum);
  }
  /// d loss / d rss_dbm of every link. For the sum, d combined / d rss_t = P_t / sum P.
  template <Loss L>
  void rss_adjoint(const L& loss, Workspace& w) const {
    if constexpr (per_transmitter<L>()) {
      loss_gradient(loss, rows<L>(w), w.rss_bar);
    } else {
      loss_gradient(loss, rows<L>(w), w.combined_bar);
      for (std::size_t at = 0; at < w.rss_bar.size(); ++at) {
        const std::size_t i = at % receivers();
        const double share =
            serving == Serving::sum ? from_db(w.rss_dbm[at] - w.combined_dbm[i]) : (strongest(w, i) == at ? 1.0 : 0.0);
        w.rss_bar[at] = share * w.combined_bar[i];
      }
    }
  }
};

}  // namespace manyworlds
