#pragma once
#include <algorithm>

#include "manyworlds/engine/exchange.hpp"
#include "manyworlds/engine/identity.hpp"
#include "manyworlds/engine/multistart_params.hpp"
#include "manyworlds/engine/observer.hpp"
#include "manyworlds/engine/run_state.hpp"

namespace manyworlds {

/// A new start with fewer iterations left than this is not worth finding (docs/results/search-quality.md).
inline constexpr int fewest_iterations = 10;

/// One run of a MultiStart: its state and the steps that MultiStart::run composes.
template <Loss L, Optimizer O, Pruning P, Social S, class Problem, Executor E, Callback... C>
class Run {
 public:
  using Params = MultiStartParams<L, O, P, S>;

  Run(const Problem& problem, const Params& prm, const E& executor, C&... callbacks)
      : problem_(problem),
        executor_(executor),
        prm_(prm.resolved(problem)),
        pruning_(make_policy<P>(prm.pruning)),
        social_(make_policy<S>(prm.social)),
        callbacks_(callbacks...),
        physics_{problem,
                 make_policy<L>(prm.loss),
                 make_policy<O>(prm.optimizer),
                 prm_.optimizer,
                 prm_.convergence,
                 prm_.annealing,
                 prm_.visibility,
                 prm_.iterations,
                 variable_scales(problem.variables(), prm_.optimizer.radians_per_metre)},
        workspaces_(problem, executor, std::size_t(prm_.worlds)),
        finder_(physics_, prm_.annealing.at(0, prm_.visibility), prm_.starts, prm_.seed, workspaces_, result_.counts,
                [this] { return callbacks_.stopped(); }) {
    result_.counts.gradient_cost = prm_.report.gradient_cost;
    if constexpr (World::archivable) {
      if constexpr (OpensCrew<E> || Callbacks<C...>::keeps) identity_ = identity_of(problem, prm_, policy_names());
      workspaces_.hire(open_crew(executor, identity_, make_job_server<World>(physics_, workspaces_)));
    } else if (open_crew(executor, {}, {})) {
      throw InputError("executor", "worlds in other processes need archive() in the state of the optimizer " +
                                       std::string(O::name) + " and of the social policy " + S::name);
    }
  }

  /// Finds starts, or goes on where a checkpoint has left the run.
  void start() {
    if (!restored()) {
      begin(std::size_t(prm_.worlds));
      budget_ = spent() + owed();
      result_.times.starts_s = watch_.lap();
    } else if (pending_ > 0) {
      begin(std::exchange(pending_, 0));
    }
    callbacks_.start(progress());
  }

  bool going() {
    const auto waits = [](const World& w) { return w.alive() || (S::trial && w.resting()); };
    return !callbacks_.stopped() && iteration_ < prm_.iterations && !worlds_.those(waits).empty();
  }

  /// One iteration of every live world.
  void descend() {
    const Worlds ran = worlds_.alive();
    std::vector<AdvanceJob<World>> jobs;
    for (World* world : ran) jobs.push_back({world, iteration_});
    workspaces_.run(physics_, jobs);
    ++iteration_;
    if (!ran.empty()) observer_.look(ran);
    observer_.note_events(ran, iteration_, result_.events);
    announce(ran);
    observer_.check_enough(prm_.min_live_worlds);
    result_.times.descent_s += watch_.lap();
  }

  /// Stops the worst worlds by physical value.
  void prune() {
    if (iteration_ == prm_.iterations || !pruning_.acts(iteration_)) return;
    const Worlds order = ranked();
    std::vector<double> values;
    for (const World* world : order) values.push_back(world->value());
    const std::size_t keep = std::min(order.size(), pruning_.keep(iteration_, values));
    const Worlds stopped(order.begin() + std::ptrdiff_t(keep), order.end());
    for (World* world : stopped) {
      world->record.reason = Reason::pruned;
      world->close();
    }
    announce(stopped);
    result_.times.barriers_s += watch_.lap();
  }

  /// Lets worlds move each other; all see the same snapshot. With trials resting worlds take part.
  void exchange() {
    if (iteration_ == prm_.iterations || !social_.acts(iteration_)) return;
    exchange_places(social_, iteration_, prm_.seed, S::trial ? ranked_by_best() : ranked(), physics_, workspaces_);
    result_.times.barriers_s += watch_.lap();
  }

  /// The places of stopped worlds go to resting ones that an exchange has put to a better place, then to new starts, as
  /// far as the evaluations pay that the first worlds may cost and do not use. New starts wait for a quarter of the
  /// places, so that they are selected among many.
  void renew() {
    const int left = prm_.iterations - iteration_;
    if (prm_.freed == Freed::saved || left == 0) return;
    const double descent = prm_.report.gradient_cost * left + 1;
    Worlds improved = worlds_.those([](const World& w) { return w.improved(); });
    sort_worlds(improved, [](const World& w) { return w.record.value; });
    const std::size_t all = std::size_t(prm_.worlds), free = all - worlds_.count_alive();
    const std::size_t woken = std::min(improved.size(), affordable(descent, free));
    for (std::size_t i = 0; i < woken; ++i) improved[i]->wake();

    const std::size_t fresh = affordable(descent + finder_.cost(prm_.report.gradient_cost), free - woken);
    if (left >= fewest_iterations && 4 * fresh >= all) {
      pending_ = fresh;
      if constexpr (World::archivable && Callbacks<C...>::keeps) before_begin_ = state();
      begin(std::exchange(pending_, 0));
    }
    result_.times.barriers_s += watch_.lap();
  }

  void report() {
    callbacks_.iteration(progress());
    if (!cut_short_) save(false);
  }

  /// Scores where every world ended, chooses the winner, describes it.
  Result finish() {
    watch_.lap();
    result_.interrupted = callbacks_.stopped();
    save(result_.interrupted);
    const bool polishes = prm_.polish.worlds > 0 && !result_.interrupted;
    std::string before_polish;
    if constexpr (World::archivable && Callbacks<C...>::keeps)
      if (polishes) before_polish = state();
    const Worlds ended = worlds_.those([](const World& w) { return !w.removed(); });
    score(ended);
    for (World* world : ended) world->close();
    const Worlds running = worlds_.alive();
    for (World* world : running) world->record.reason = result_.interrupted ? Reason::stopped : Reason::iterations;
    announce(running);
    result_.iterations = iteration_;
    result_.bytes_of_workspaces = workspaces_.bytes();
    for (std::size_t w = 0; w < worlds_.size(); ++w) {
      result_.bytes_per_world = std::max(result_.bytes_per_world, worlds_[w].bytes());
      result_.counts.forward += worlds_[w].counts.forward;
      result_.counts.gradient += worlds_[w].counts.gradient;
      result_.worlds.push_back(std::move(worlds_[w].record));
    }
    describe_winner(problem_, prm_.visibility, prm_.report, result_, *typename Spaces::Loan(workspaces_));
    if (polishes) {
      polish_best(physics_, prm_.visibility, physics_.scales, prm_.polish, prm_.seed, prm_.report.coverage_dbm,
                  workspaces_, result_, [this] { return callbacks_.stopped(); });
      result_.interrupted = callbacks_.stopped();
      if (result_.interrupted) callbacks_.save(iteration_, true, identity_, [&] { return before_polish; });
    }
    result_.params = policy_names();
    for (auto& line : print_params(prm_)) result_.params.push_back(std::move(line));
    result_.execution = {{"executor", policy_name<E>(executor_.prm)}};
    for (auto& line : workspaces_.execution()) result_.execution.push_back(std::move(line));
    result_.times.scoring_s = watch_.lap();
    result_.times.total_s = seconds();
    callbacks_.end(result_);
    return std::move(result_);
  }

 private:
  using World = typename Population<O, S>::World;
  using Worlds = typename Population<O, S>::Worlds;
  using Spaces = Workspaces<Problem, E>;

  Identity policy_names() const {
    return {{"loss", policy_name<L>(prm_.loss)},
            {"optimizer", policy_name<O>(prm_.optimizer)},
            {"pruning", policy_name<P>(prm_.pruning)},
            {"social", policy_name<S>(prm_.social)}};
  }

  /// New worlds, from here on.
  void begin(std::size_t n) {
    std::vector<std::vector<double>> starts = finder_.find(n, iteration_);
    for (std::vector<double>& start : starts) {
      worlds_.begin(iteration_, prm_.optimizer.rates, std::move(start));
      History& history = worlds_[worlds_.size() - 1].record.history;
      history.most_rows = std::size_t(prm_.report.history_rows);
      history.reserve(std::size_t(prm_.iterations - iteration_) + 1, problem_.variables().size());
    }
    cut_short_ = callbacks_.stopped();
    if (iteration_ > 0) result_.counts.new_starts += starts.size();
  }

  /// Evaluations so far, and what the live worlds still need at most.
  double spent() const { return result_.counts.evaluations() + worlds_.spent(prm_.report.gradient_cost); }
  double owed() const {
    return double(worlds_.count_alive()) * (prm_.report.gradient_cost * (prm_.iterations - iteration_) + 1);
  }
  /// How many descents of this cost the rest of the budget pays.
  std::size_t affordable(double each, std::size_t most) const {
    return std::size_t(std::clamp((budget_ - spent() - owed()) / each, 0.0, double(most)));
  }

  /// Makes the physical value of these worlds known where they are.
  void score(const Worlds& worlds) {
    std::vector<World*> unscored;
    std::vector<ValueJob> jobs;
    for (World* world : worlds) {
      if (std::isfinite(world->value())) continue;
      unscored.push_back(world);
      jobs.push_back(physics_.final_value(world->x));
    }
    workspaces_.run(physics_, jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) unscored[i]->scored(jobs[i].value);
  }

  /// Live worlds by physical value.
  Worlds ranked() {
    Worlds order = worlds_.alive();
    score(order);
    sort_worlds(order, [](const World& w) { return w.value(); });
    return order;
  }
  /// Live and resting worlds by the best physical value so far; only those that have none are evaluated for it.
  Worlds ranked_by_best() {
    Worlds order = worlds_.those([](const World& w) { return w.alive() || w.resting(); });
    score(worlds_.those([](const World& w) { return (w.alive() || w.resting()) && !std::isfinite(w.record.value); }));
    sort_worlds(order, [](const World& w) { return w.record.value; });
    return order;
  }

  /// Tells callbacks which of these worlds have stopped.
  void announce(const Worlds& worlds) {
    if (std::all_of(worlds.begin(), worlds.end(), [](const World* w) { return w->alive(); })) return;
    const Progress p = progress();
    for (const World* world : worlds) {
      if (!world->alive()) callbacks_.world_stopped(p, world->record);
    }
  }

  Progress progress() {
    Progress p = observer_.progress();
    p.execution = workspaces_.execution();
    p.iteration = iteration_;
    p.iterations = prm_.iterations;
    p.evaluations = spent();
    p.seconds = seconds();
    return p;
  }
  double seconds() const { return earlier_s_ + total_.elapsed(); }

  auto view() { return RunState{iteration_, pending_, budget_, earlier_s_, result_, finder_, worlds_}; }
  std::string state() {
    const double before = std::exchange(earlier_s_, seconds());
    ArchiveWriter bytes;
    bytes(view());
    earlier_s_ = before;
    return bytes.take();
  }
  /// Offers the state to callbacks that keep checkpoints; `last`: a callback has ended the run. Where the search for
  /// starts was cut short, the state before it, so that the run can go on as if it had not been.
  void save(bool last) {
    if constexpr (World::archivable) {
      if (cut_short_ && before_begin_.empty()) return;
      callbacks_.save(iteration_, last, identity_, [this] { return cut_short_ ? before_begin_ : state(); });
    }
  }
  bool restored() {
    if constexpr (World::archivable) {
      const std::optional<std::string> bytes = callbacks_.restore(identity_);
      if (!bytes) return false;
      try {
        auto state = view();
        ArchiveReader reader(*bytes);
        reader(state);
        if (!reader.done()) throw ArchiveError("it is followed by more bytes");
        if (!state.plausible(problem_.variables().size(), std::size_t(prm_.worlds), prm_.iterations))
          throw ArchiveError("its numbers cannot be");
      } catch (const ArchiveError& e) {
        throw InputError("checkpoint", std::string("cannot be used: ") + e.what() + "; without it the run begins anew");
      }
      if (iteration_ > 0) observer_.look(worlds_.alive());
      return true;
    }
    return false;
  }

  const Problem& problem_;
  const E& executor_;
  Params prm_;
  P pruning_;
  S social_;
  Callbacks<C...> callbacks_;
  Stopwatch total_, watch_;
  Result result_;
  Physics<L, O, Problem> physics_;
  Spaces workspaces_;
  StartFinder<Physics<L, O, Problem>, Problem, E> finder_;
  Population<O, S> worlds_;
  Observer<O, S> observer_{worlds_};
  Identity identity_;
  std::size_t pending_ = 0;   ///< starts that were asked for and have not begun
  bool cut_short_ = false;    ///< the last search for starts was told to stop
  std::string before_begin_;  ///< state before that search
  double budget_ = 0;         ///< evaluations that the first worlds may cost
  double earlier_s_ = 0;      ///< seconds before the run was taken up again
  int iteration_ = 0;
};

}  // namespace manyworlds
