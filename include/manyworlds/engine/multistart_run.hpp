#pragma once
#include <deque>
#include <tuple>

#include "manyworlds/engine/multistart.hpp"

namespace manyworlds {

/// One run of a MultiStart: its state and the steps that MultiStart::run composes.
template <Loss L, Optimizer O, Pruning P, Social S, class ProblemType>
template <Executor E, Callback... C>
class MultiStart<L, O, P, S, ProblemType>::Run {
 public:
  Run(const MultiStart& engine, const E& executor, C&... callbacks)
      : engine_(engine),
        prm_(resolved(engine)),
        callbacks_(callbacks...),
        physics_{engine.problem_,
                 engine.loss_,
                 engine.rule_,
                 prm_.optimizer,
                 prm_.convergence,
                 prm_.annealing,
                 prm_.visibility,
                 prm_.iterations,
                 variable_scales(engine.problem_.variables(), prm_.optimizer.radians_per_metre)},
        lanes_(engine.problem_, executor, std::size_t(prm_.worlds)),
        finder_(engine.problem_, at_progress(engine.loss_, 0.0), prm_.annealing.at(0, prm_.visibility), prm_.starts,
                prm_.seed, lanes_, result_.counts) {
    result_.counts.gradient_cost = prm_.report.gradient_cost;
  }

  void start() {
    begin(std::size_t(prm_.worlds), [](std::size_t i) { return i; });
    result_.times.starts_s = watch_.lap();
    const Progress p = progress();
    each_callback([&](auto& c) { detail::notify_start(c, p); });
  }

  bool going() const { return !result_.interrupted && iteration_ < prm_.iterations && !alive().empty(); }

  /// One iteration of every live world.
  void descend() {
    ran_ = alive();
    lanes_.executor().for_each_world(ran_.size(), [&](std::size_t i) {
      World& world = worlds_[ran_[i]];
      world.advance(physics_, iteration_, lanes_[world.lane]);
    });
    ++iteration_;
    look();
    announce(ran_);
    result_.times.descent_s += watch_.lap();
  }

  /// Do worlds meet after this iteration?
  bool barrier() const {
    return iteration_ < prm_.iterations && !alive().empty() &&
           (engine_.pruning_.acts(iteration_) || engine_.social_.acts(iteration_));
  }

  /// Stops the worst worlds by physical value; new starts take the place of as many as their freed iterations pay.
  void prune() {
    if (!engine_.pruning_.acts(iteration_)) return;
    const std::vector<std::size_t> order = ranked();
    std::vector<double> values;
    for (std::size_t w : order) values.push_back(worlds_[w].value());
    const std::size_t keep = std::min(order.size(), engine_.pruning_.keep(iteration_, values));
    std::vector<std::size_t> stopped(order.begin() + std::ptrdiff_t(keep), order.end()), free_lanes;
    for (std::size_t w : stopped) {
      worlds_[w].record.reason = Reason::pruned;
      worlds_[w].close();
      free_lanes.push_back(worlds_[w].lane);
    }
    announce(stopped);
    if (prm_.freed == Freed::new_starts) {
      begin(affordable(stopped.size()), [&](std::size_t i) { return free_lanes[i]; });
    }
    result_.times.barriers_s += watch_.lap();
  }

  /// Lets live worlds move each other; all see the same snapshot.
  void exchange() {
    if (!engine_.social_.acts(iteration_)) return;
    const std::vector<std::size_t> order = ranked();
    std::vector<Peer> peers;
    for (std::size_t w : order) {
      const World& world = worlds_[w];
      peers.push_back({world.record.id, world.value(), world.record.value, world.x, world.record.x});
    }
    std::vector<std::pair<std::size_t, std::size_t>> parts;
    for (std::size_t p = 0; p < engine_.problem_.placement.parts(); ++p) {
      parts.push_back(engine_.problem_.placement.part_range(p));
    }
    const Barrier barrier{iteration_, peers, parts};
    std::vector<std::vector<double>> proposals(order.size());
    lanes_.executor().for_each_world(order.size(), [&](std::size_t rank) {
      World& world = worlds_[order[rank]];
      Random random(prm_.seed, world.record.id, std::uint32_t(iteration_), Purpose::social);
      std::vector<double> x = world.x;
      if (!engine_.social_.propose(barrier, rank, world.social, random, x)) return;
      engine_.problem_.placement.repair(x);
      if constexpr (S::trial) {
        const double value = engine_.problem_.value(physics_.final_loss(), x, prm_.visibility, lanes_[world.lane]);
        ++world.counts.forward;
        if (!better(value, world.record.value)) return;
      }
      proposals[rank] = std::move(x);
    });
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
      if (!proposals[rank].empty()) worlds_[order[rank]].move_to(std::move(proposals[rank]), S::trial);
    }
    result_.times.barriers_s += watch_.lap();
  }

  void report() {
    const Progress p = progress();
    each_callback([&](auto& c) { result_.interrupted = detail::notify_iteration(c, p) || result_.interrupted; });
  }

  /// Scores where every world ended, chooses the winner, describes it.
  Result finish() {
    watch_.lap();
    lanes_.for_each(worlds_.size(), [&](std::size_t w, typename ProblemType::Workspace& workspace) {
      World& world = worlds_[w];
      if (world.record.reason == Reason::pruned) return;
      world.score(physics_, workspace);
      world.close();
    });
    std::vector<std::size_t> running = alive();
    for (std::size_t w : running) {
      worlds_[w].record.reason = result_.interrupted ? Reason::stopped : Reason::iterations;
    }
    announce(running);
    result_.iterations = iteration_;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      result_.bytes_per_world = std::max(result_.bytes_per_world, lanes_[lane].bytes() + worlds_[lane].bytes());
    }
    for (World& world : worlds_) {
      result_.counts.forward += world.counts.forward;
      result_.counts.gradient += world.counts.gradient;
      result_.worlds.push_back(std::move(world.record));
    }
    describe_winner(engine_.problem_, prm_.visibility, prm_.report, result_, lanes_[0]);
    if (prm_.polish.worlds > 0) {
      polish_best(engine_.problem_, physics_.final_loss(), prm_.visibility, physics_.scales, prm_.polish, prm_.seed,
                  prm_.report.coverage_dbm, lanes_, result_);
    }
    result_.params = {
        {"loss", L::name}, {"optimizer", O::name}, {"pruning", P::name}, {"social", S::name}, {"executor", E::name}};
    for (auto& line : print_params(prm_)) result_.params.push_back(std::move(line));
    result_.times.scoring_s = watch_.lap();
    result_.times.total_s = total_.elapsed();
    each_callback([&](auto& c) { detail::notify_end(c, result_); });
    return std::move(result_);
  }

 private:
  using World = manyworlds::World<O, S>;

  /// The parameters with every "chosen by the engine" replaced by the choice.
  static Params resolved(const MultiStart& engine) {
    Params prm = engine.prm_;
    if (prm.starts.mode == StartMode::automatic) {
      const PartOwners owners = find_owners(engine.problem_, prm.seed);
      const bool several = owners.movers.size() > 1 && !owners.moves_transmitters;
      prm.starts.mode = several ? StartMode::assembled : StartMode::selected;
    }
    if (prm.annealing.from == 0) prm.annealing.from = prm.starts.mode == StartMode::plain ? 4 : 1;
    return prm;
  }

  /// New worlds from here on; lane_of(i) is the workspace of the i-th.
  template <class LaneOf>
  void begin(std::size_t n, const LaneOf& lane_of) {
    std::vector<std::vector<double>> starts = finder_.find(n, iteration_);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t id = worlds_.size();
      const double rate = prm_.optimizer.rates[id % prm_.optimizer.rates.size()];
      worlds_.emplace_back(std::uint32_t(id), iteration_, lane_of(i), rate, std::move(starts[i]));
    }
  }

  /// How many new starts the iterations of this many stopped worlds pay, with what it takes to find a start.
  std::size_t affordable(std::size_t stopped) const {
    const double descent = prm_.report.gradient_cost * (prm_.iterations - iteration_);
    const bool selected = prm_.starts.mode == StartMode::selected;
    const double finding = selected ? prm_.report.gradient_cost * prm_.starts.oversampling : 0;
    return std::size_t(double(stopped) * (descent + 1) / (descent + 1 + finding));
  }

  std::vector<std::size_t> alive() const {
    std::vector<std::size_t> indices;
    for (std::size_t w = 0; w < worlds_.size(); ++w) {
      if (worlds_[w].alive()) indices.push_back(w);
    }
    return indices;
  }

  /// Live worlds by (physical value, id), non-finite last.
  std::vector<std::size_t> ranked() {
    std::vector<std::size_t> order = alive();
    lanes_.executor().for_each_world(
        order.size(), [&](std::size_t i) { worlds_[order[i]].score(physics_, lanes_[worlds_[order[i]].lane]); });
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return better(worlds_[a].value(), worlds_[b].value()); });
    return order;
  }

  /// Tells callbacks which of these worlds have stopped.
  void announce(const std::vector<std::size_t>& indices) {
    for (std::size_t w : indices) {
      if (worlds_[w].alive()) continue;
      const Progress p = progress();
      each_callback([&](auto& c) { detail::notify_stopped(c, p, worlds_[w].record); });
    }
  }

  /// Notes the best of the worlds that ran, while the workspaces still hold what they saw.
  void look() {
    seen_.best_loss = unknown;
    seen_.best_rss_dbm = unknown;
    for (std::size_t w : ran_) {
      const World& world = worlds_[w];
      if (!better(world.loss(), seen_.best_loss)) continue;
      seen_.best_loss = world.loss();
      seen_.best_world = world.record.id;
      seen_.best_x = std::span<const double>(world.record.history.x).last(engine_.problem_.variables().size());
      seen_.best_rss_dbm = engine_.problem_.weakest_dbm(lanes_[world.lane]);
    }
  }

  Progress progress() const {
    Progress p = seen_;
    p.iteration = iteration_;
    p.iterations = prm_.iterations;
    p.worlds = worlds_.size();
    p.alive = alive().size();
    p.evaluations = result_.counts.evaluations();
    for (const World& world : worlds_) {
      p.evaluations += double(world.counts.forward) + prm_.report.gradient_cost * double(world.counts.gradient);
    }
    p.seconds = total_.elapsed();
    return p;
  }

  template <class F>
  void each_callback(const F& f) {
    std::apply([&](auto&... c) { (f(c), ...); }, callbacks_);
  }

  const MultiStart& engine_;
  Params prm_;
  std::tuple<C&...> callbacks_;
  Stopwatch watch_, total_;
  Result result_;
  Physics<L, O, ProblemType> physics_;
  Lanes<ProblemType, E> lanes_;
  StartFinder<L, ProblemType, E> finder_;
  std::deque<World> worlds_;
  std::vector<std::size_t> ran_;  ///< worlds of the last iteration
  Progress seen_;                 ///< what it looked like
  int iteration_ = 0;
};

}  // namespace manyworlds
