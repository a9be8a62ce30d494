#pragma once
#include "manyworlds/engine/descent.hpp"
#include "manyworlds/engine/report.hpp"
#include "manyworlds/engine/workspaces.hpp"

/// Searches without gradients over the same problem, loss and visibility, with the same kind of result: what
/// multi-start gradient descent has to beat.
namespace manyworlds {

struct BaselineParams {
  double evaluations = 2880;  ///< budget; none is begun beyond it
  double seconds = 0;         ///< budget of time, asked after every batch; 0 = none
  std::uint64_t seed = 1;
  int particles = 32;                             ///< of the swarm; batch size of the others
  double inertia = 0.7298, attraction = 1.49618;  ///< Clerc and Kennedy's constriction, as numbers
  double radians_per_metre = 0.5;                 ///< for the grid's spacing
  Visibility visibility{};
  ReportParams report{};

  template <class V>
  void fields(V&& v) {
    v("evaluations", evaluations, "budget of evaluations");
    v("seconds", seconds, "budget of time; 0 = none");
    v("seed", seed, "master seed");
    v("particles", particles, "particles of the swarm");
    v("inertia", inertia, "of the swarm");
    v("attraction", attraction, "of the swarm, to own and neighbours' best");
    v("radians_per_metre", radians_per_metre, "radians of an angle that count as one metre");
    v("visibility.kind", visibility.kind, "edges of movers");
    v("visibility.smoothing_wavelengths", visibility.smoothing_wavelengths, "smoothing, for fresnel and atan");
    v("visibility.alpha", visibility.alpha, "steepness in 1/m, for logistic");
    v("visibility.tiles", visibility.tiles, "tiles per panel side");
    v("report", report, "");
  }
  void check() const {
    expect(evaluations >= 1 && evaluations <= 1e9, "evaluations", "1 to 1e9");
    if (particles < 1) throw InputError("particles", "expected at least 1");
    report.check();
  }
};

/// What the baselines share: batches of points, evaluated and counted, until a budget is spent.
template <Loss L, class Problem, Executor E>
class BatchSearch {
 public:
  BatchSearch(const Problem& problem, const L& loss, const BaselineParams& prm, const E& executor, const char* method)
      : context_{problem, loss},
        problem_(problem),
        prm_(prm),
        workspaces_((check(problem, loss, prm), problem), executor, std::size_t(prm.particles)) {
    result_.method = method;
  }

  /// Loss at each of the points; evaluates no more of them than the budget has left, the others are NaN.
  std::vector<double> evaluate(const std::vector<std::vector<double>>& points) {
    const double left = std::floor(prm_.evaluations) - double(result_.counts.forward);
    const std::size_t n = std::min(points.size(), std::size_t(max(0.0, left)));
    std::vector<ValueJob> jobs;
    for (std::size_t i = 0; i < n; ++i) jobs.push_back({1.0, prm_.visibility, points[i]});
    workspaces_.run(context_, jobs);
    result_.counts.forward += n;
    ++result_.iterations;
    std::vector<double> values(points.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < n; ++i) values[i] = jobs[i].value;
    return values;
  }
  bool spent() const {
    const bool late = prm_.seconds > 0 && watch_.elapsed() >= prm_.seconds;
    return late || double(result_.counts.forward) + 1 > prm_.evaluations;
  }

  /// A world per search track (particle), all at their first point.
  void begin(std::size_t worlds) {
    result_.worlds.resize(worlds);
    for (std::size_t i = 0; i < worlds; ++i) {
      result_.worlds[i].id = std::uint32_t(i);
      result_.worlds[i].value = std::numeric_limits<double>::quiet_NaN();
      result_.worlds[i].history.most_rows = std::size_t(prm_.report.history_rows);
    }
  }
  /// Offers a point to a world; true if it is the best it has seen.
  bool offer(std::size_t world, const std::vector<double>& x, double value) {
    WorldResult& w = result_.worlds[world];
    if (w.x.empty()) w.x = x;
    if (!better(value, w.value)) return false;
    w.value = value;
    w.x = x;
    return true;
  }
  /// Adds a row to a world's history.
  void record(std::size_t world, const std::vector<double>& x, double value) {
    result_.worlds[world].history.push(value, value, x);
  }
  const WorldResult& world(std::size_t i) const { return result_.worlds[i]; }

  Result finish() {
    for (WorldResult& w : result_.worlds) w.reason = Reason::iterations;
    result_.times.descent_s = watch_.lap();
    result_.bytes_of_workspaces = workspaces_.bytes();
    describe_winner(problem_, at_progress(context_.loss, 1.0), prm_.visibility, prm_.report, result_,
                    *typename Workspaces<Problem, E>::Loan(workspaces_));
    result_.params = {{"loss", L::name}};
    result_.execution = {{"executor", E::name}};
    for (auto& line : print_params(context_.loss.prm, "loss.")) result_.params.push_back(std::move(line));
    for (auto& line : print_params(prm_)) result_.params.push_back(std::move(line));
    result_.times.scoring_s = watch_.lap();
    result_.times.total_s = result_.times.descent_s + result_.times.scoring_s;
    return std::move(result_);
  }

 private:
  static void check(const Problem& problem, const L& loss, const BaselineParams& prm) {
    prm.check();
    problem.check();
    if constexpr (requires { loss.check(); }) loss.check();
  }

  struct Context {
    const Problem& problem;
    L loss;
  };
  Context context_;
  const Problem& problem_;
  const BaselineParams& prm_;
  Workspaces<Problem, E> workspaces_;
  Stopwatch watch_;
  Result result_;
};

/// Uniform points. History: the best so far after each batch.
template <Loss L, class Problem, Executor E>
Result random_search(const Problem& problem, const L& loss, const BaselineParams& prm, const E& executor) {
  BatchSearch<L, Problem, E> search(problem, loss, prm, executor, "random");
  search.begin(1);
  std::vector<std::vector<double>> points(std::size_t(prm.particles), std::vector<double>(problem.variables().size()));
  for (std::uint32_t batch = 0; !search.spent(); ++batch) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      Random random(prm.seed, std::uint32_t(i), batch, Purpose::search);
      problem.placement.start(random, placement::StartKind::plain, points[i]);
    }
    const std::vector<double> values = search.evaluate(points);
    for (std::size_t i = 0; i < points.size(); ++i) search.offer(0, points[i], values[i]);
    search.record(0, search.world(0).x, search.world(0).value);
  }
  return search.finish();
}

/// Points per variable of the finest grid within the budget: the widest spacing (scaled metres) is halved next.
inline std::vector<std::size_t> grid_counts(const std::vector<placement::Variable>& variables,
                                            std::span<const double> scales, double budget) {
  std::vector<std::size_t> counts(variables.size(), 1);
  std::vector<bool> full(variables.size(), false);
  for (;;) {
    double product = 1, widest = 0;
    std::size_t next = variables.size();
    for (std::size_t i = 0; i < variables.size(); ++i) {
      product *= double(counts[i]);
      const double spacing = (variables[i].upper - variables[i].lower) / scales[i] / double(counts[i]);
      if (!full[i] && spacing > widest) {
        widest = spacing;
        next = i;
      }
    }
    if (next == variables.size()) return counts;
    if (product / double(counts[next]) * double(counts[next] + 1) > budget)
      full[next] = true;
    else
      ++counts[next];
  }
}

/// The centres of a regular grid of cells. History as random_search.
template <Loss L, class Problem, Executor E>
Result grid_search(const Problem& problem, const L& loss, const BaselineParams& prm, const E& executor) {
  BatchSearch<L, Problem, E> search(problem, loss, prm, executor, "grid");
  search.begin(1);
  const auto& variables = problem.variables();
  const std::vector<std::size_t> counts =
      grid_counts(variables, variable_scales(variables, prm.radians_per_metre), prm.evaluations);
  std::size_t cells = 1;
  for (std::size_t n : counts) cells *= n;
  for (std::size_t first = 0; first < cells && !search.spent(); first += std::size_t(prm.particles)) {
    std::vector<std::vector<double>> points;
    for (std::size_t cell = first; cell < std::min(cells, first + std::size_t(prm.particles)); ++cell) {
      std::vector<double>& x = points.emplace_back(variables.size());
      std::size_t rest = cell;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double share = (double(rest % counts[i]) + 0.5) / double(counts[i]);
        x[i] = variables[i].lower + share * (variables[i].upper - variables[i].lower);
        rest /= counts[i];
      }
      problem.placement.repair(x);
    }
    const std::vector<double> values = search.evaluate(points);
    for (std::size_t i = 0; i < points.size(); ++i) search.offer(0, points[i], values[i]);
    search.record(0, search.world(0).x, search.world(0).value);
  }
  return search.finish();
}

/// Particle swarm on a ring of neighbours (Kennedy and Eberhart 1995 with Clerc and Kennedy's constants), from the
/// given starts or uniform ones. Velocities start at half the way to another uniform point and end at what the
/// placement does not allow. History: where each particle was.
template <Loss L, class Problem, Executor E>
Result particle_swarm(const Problem& problem, const L& loss, const BaselineParams& prm, const E& executor,
                      const std::vector<std::vector<double>>& starts = {}) {
  BatchSearch<L, Problem, E> search(problem, loss, prm, executor, "pso");
  const std::size_t n = std::size_t(prm.particles), variables = problem.variables().size();
  search.begin(n);
  std::vector<std::vector<double>> x(n, std::vector<double>(variables)), v = x;
  for (std::size_t i = 0; i < n; ++i) {
    Random random(prm.seed, std::uint32_t(i), 0, Purpose::start);
    problem.placement.start(random, placement::StartKind::plain, x[i]);
    std::vector<double> other(variables);
    problem.placement.start(random, placement::StartKind::plain, other);
    if (i < starts.size()) x[i] = starts[i];
    for (std::size_t k = 0; k < variables; ++k) v[i][k] = (other[k] - x[i][k]) / 2;
  }
  for (std::uint32_t iteration = 1;; ++iteration) {
    const std::vector<double> values = search.evaluate(x);
    for (std::size_t i = 0; i < n; ++i) {
      search.offer(i, x[i], values[i]);
      search.record(i, x[i], values[i]);
    }
    if (search.spent()) return search.finish();
    for (std::size_t i = 0; i < n; ++i) {
      const WorldResult* leader = &search.world(i);
      for (std::size_t neighbour : {(i + n - 1) % n, (i + 1) % n}) {
        if (better(search.world(neighbour).value, leader->value)) leader = &search.world(neighbour);
      }
      Random random(prm.seed, std::uint32_t(i), iteration, Purpose::search);
      const std::vector<double> from = x[i];
      for (std::size_t k = 0; k < variables; ++k) {
        const double own = random.uniform(), social = random.uniform();
        v[i][k] = prm.inertia * v[i][k] +
                  prm.attraction * (own * (search.world(i).x[k] - from[k]) + social * (leader->x[k] - from[k]));
        x[i][k] = from[k] + v[i][k];
      }
      const std::vector<double> wanted = x[i];
      problem.placement.repair(x[i]);
      for (std::size_t k = 0; k < variables; ++k) {
        if (x[i][k] != wanted[k] && !problem.variables()[k].periodic()) v[i][k] = 0;
      }
    }
  }
}

}  // namespace manyworlds
