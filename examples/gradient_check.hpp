#pragma once
#include <cstdio>
#include <map>
#include <numeric>

#include "manyworlds/engine/descent.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/paths/listing.hpp"

namespace examples {

namespace mw = manyworlds;

/// The gradient at one point, by the adjoint and by finite differences, and the paths that carry it.
struct GradientCheck {
  struct Row {
    std::string variable;
    double adjoint, difference, error;  ///< error: relative, to the larger of the two or a thousandth of the longest
  };
  /// Paths that meet the same objects in the same order.
  struct Chain {
    std::string name;
    std::vector<double> gradient;  ///< by variable
    double length = 0;             ///< of that gradient, in scaled metres
    std::size_t paths = 0;
  };
  double loss = 0;
  std::vector<Row> rows;
  std::vector<Chain> chains;  ///< longest first

  double worst() const {
    double worst = 0;
    for (const Row& row : rows) worst = std::isfinite(row.error) ? mw::max(worst, row.error) : INFINITY;
    return worst;
  }
};

namespace detail {

/// "ap1 > corridor_south > Reflector"; objects that are only passed at their edge stand in brackets.
inline std::string chain_name(const mw::Scene& scene, const mw::paths::Geometry& g, const mw::kernels::Path& path,
                              const mw::paths::Hop* hops) {
  std::string name = scene.transmitters[path.tx].name;
  for (std::uint32_t h = path.first_hop; h < path.first_hop + path.hops; ++h) {
    const std::string& object = scene.objects[g.surface(hops[h].face).object].name;
    if (hops[h].kind == mw::kernels::HopKind::reflect) name += " > " + object;
    if (hops[h].kind == mw::kernels::HopKind::screen || hops[h].kind == mw::kernels::HopKind::screen_transmit)
      name += " (past " + object + ")";
  }
  return name;
}

/// Central difference along one variable: of those with steps 1e-4, a quarter of that, and so on, the one that agrees
/// best with the one before, since both rounding and the jumps where a path appears spoil some.
template <class Value>
double central_difference(const Value& value, std::vector<double> x, std::size_t k) {
  const double at = x[k];
  double best = 0, before = 0, least = std::numeric_limits<double>::infinity();
  for (double step = 1e-4; step > 2e-8; step /= 4) {
    x[k] = at + step;
    const double above = value(x);
    x[k] = at - step;
    const double difference = (above - value(x)) / (2 * step);
    if (step < 1e-4 && std::abs(difference - before) < least) {
      least = std::abs(difference - before);
      best = difference;
    }
    before = difference;
  }
  return best;
}

/// Splits the gradient that the workspace holds the powers and cotangents of by chains of objects.
inline std::vector<GradientCheck::Chain> split_gradient(const mw::Problem& problem, const std::vector<double>& x,
                                                        const std::vector<double>& scales, mw::Problem::Workspace& w) {
  const mw::paths::PathModel& model = *problem.model;
  const mw::paths::Geometry geometry = model.geometry(w.model);
  const bool coherent = model.world().options.coherent, static_too = problem.placement.moves_transmitters();
  std::map<std::string, std::pair<mw::ConfigurationGradient, std::size_t>> sums;
  mw::paths::for_each_path(model, w.model, [&](const mw::kernels::Path& path, const auto& view, std::size_t group) {
    const std::size_t at = path.tx * model.receivers() + path.rx;
    const bool moves = group < w.model.table.groups.size();
    if (w.gain_bar[at] == 0 || !(moves || static_too)) return;
    const mw::CVec3<double> field = coherent ? w.model.totals[at]
                                    : moves  ? w.model.fields[group]
                                             : mw::kernels::path_field(view, path);
    auto& [gradient, paths] = sums[chain_name(*problem.scene, geometry, path, view.hops)];
    gradient.movers.resize(w.configuration.movers.size());
    gradient.transmitters.resize(w.configuration.transmitters.size());
    mw::paths::PoseSink sink{w.model, gradient};
    mw::kernels::path_field_adjoint(view, path, 2 * w.gain_bar[at] * field, sink);
    ++paths;
  });
  std::vector<GradientCheck::Chain> chains;
  for (const auto& [name, sum] : sums) {
    GradientCheck::Chain chain{name, std::vector<double>(x.size()), 0, sum.second};
    problem.placement.pullback(x, sum.first, chain.gradient);
    for (std::size_t k = 0; k < x.size(); ++k) chain.length += mw::square(chain.gradient[k] * scales[k]);
    chain.length = std::sqrt(chain.length);
    chains.push_back(std::move(chain));
  }
  std::stable_sort(chains.begin(), chains.end(), [](const auto& a, const auto& b) { return a.length > b.length; });
  return chains;
}

}  // namespace detail

template <mw::Loss L>
GradientCheck check_gradient(const mw::Problem& problem, const L& loss, const mw::Visibility& visibility,
                             const std::vector<double>& x, const std::vector<double>& scales) {
  mw::Problem::Workspace w = problem.make_workspace();
  std::vector<double> gradient(x.size());
  GradientCheck check;
  check.loss = problem.value_and_gradient(loss, x, visibility, w, gradient);
  check.chains = detail::split_gradient(problem, x, scales, w);
  double longest = 0;
  for (const double g : gradient) longest = mw::max(longest, std::abs(g));
  const auto value = [&](const std::vector<double>& at) { return problem.value(loss, at, visibility, w); };
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double difference = detail::central_difference(value, x, k);
    const double size = std::max({std::abs(gradient[k]), std::abs(difference), 1e-3 * longest, 1e-12});
    check.rows.push_back(
        {problem.variables()[k].name, gradient[k], difference, std::abs(gradient[k] - difference) / size});
  }
  return check;
}

/// The tables of --check-gradient.
inline void print(const GradientCheck& check, const std::vector<double>& x) {
  std::printf("loss %.6f\n\n%-24s %12s %16s %16s %10s\n", check.loss, "variable", "value", "adjoint", "difference",
              "error");
  for (std::size_t k = 0; k < x.size(); ++k) {
    const GradientCheck::Row& row = check.rows[k];
    std::printf("%-24s %12.4f %16.8g %16.8g %10.1e\n", row.variable.c_str(), x[k], row.adjoint, row.difference,
                row.error);
  }
  if (check.chains.empty()) {
    std::printf("\nno path that moves reaches a receiver: there is no gradient\n");
    return;
  }
  constexpr std::size_t most = 5;
  const double all = std::accumulate(check.chains.begin(), check.chains.end(), 0.0,
                                     [](double sum, const auto& chain) { return sum + chain.length; });
  std::printf("\npaths that carry the gradient, the first %zu of %zu chains\n%8s %8s %14s  chain\n",
              std::min(most, check.chains.size()), check.chains.size(), "share", "paths", "|d loss / d x|");
  for (std::size_t i = 0; i < std::min(most, check.chains.size()); ++i) {
    const GradientCheck::Chain& chain = check.chains[i];
    std::printf("%6.1f %% %8zu %14.6g  %s\n", all > 0 ? 100 * chain.length / all : 0.0, chain.paths, chain.length,
                chain.name.c_str());
  }
}

}  // namespace examples
