#pragma once
#include <memory>

#include "manyworlds/engine/exchange.hpp"
#include "manyworlds/engine/identity.hpp"
#include "manyworlds/engine/keeper.hpp"
#include "manyworlds/engine/observer.hpp"
#include "manyworlds/engine/ranking.hpp"
#include "manyworlds/engine/renewal.hpp"
#include "manyworlds/engine/run_state.hpp"

namespace manyworlds {

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
        renewal_({physics_, prm_.annealing.at(0, prm_.visibility), prm_.starts, prm_.seed, workspaces_, result_.counts,
                  [this] { return callbacks_.stopped(); }},
                 worlds_, prm_, result_) {
    result_.counts.gradient_cost = prm_.report.gradient_cost;
    if constexpr (World::archivable) {
      if constexpr (OpensCrew<E> || keeps) keeper_.run = identity_of(problem, prm_, prm_.policies());
      std::unique_ptr<Crew> crew = open_crew(executor, keeper_.run, make_job_server<World>(physics_, workspaces_));
      if (crew) crew->stop = [this] { return callbacks_.stopped(); };
      workspaces_.hire(std::move(crew));
    } else if (open_crew(executor, {}, {})) {
      throw InputError("executor", "worlds in other processes need archive() in the state of the optimizer " +
                                       std::string(O::name) + " and of the social policy " + S::name);
    }
  }

  /// Finds starts, or goes on where a checkpoint has left the run. Throws Stopped when there are no worlds yet.
  void start() {
    if (restored()) {
      attempt([this] { complete(); });
    } else {
      begin(std::size_t(prm_.worlds));
      result_.times.starts_s = watch_.lap();
    }
    callbacks_.start(progress());
  }

  /// Takes steps (engine/keeper.hpp).
  template <class Steps>
  void attempt(const Steps& steps) {
    keeper_.attempt(steps);
  }

  bool going() {
    const auto waits = [](const World& w) { return w.alive() || (S::trial && w.resting()); };
    return !callbacks_.stopped() && iteration_ < prm_.iterations && !worlds_.those(waits).empty();
  }

  /// One iteration of every live world.
  void descend() {
    const Worlds ran = worlds_.alive();
    std::vector<Step<World>> steps;
    for (World* world : ran) steps.emplace_back(world, iteration_);
    workspaces_.run(physics_, steps);
    observer_.check_enough(prm_.min_live_worlds, steps);
    for (Step<World>& step : steps) step.finish();
    ++iteration_;
    due_ = Due::pruning;
    observer_.date(ran, iteration_);
    if (!ran.empty()) observer_.look(ran);
    observer_.note_events(ran, iteration_, result_.events);
    announce(ran);
    result_.times.descent_s += watch_.lap();
  }

  /// Stops the worst worlds by physical value.
  void prune() {
    due_ = Due::pruning;
    if (iteration_ == prm_.iterations || !pruning_.acts(iteration_)) return;
    const Worlds order = ranking_.alive();
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
    due_ = Due::exchange;
    if (iteration_ == prm_.iterations || !social_.acts(iteration_)) return;
    const Worlds order = S::trial ? ranking_.by_best() : ranking_.alive();
    all_or_nothing(order, [&] { exchange_places(social_, iteration_, prm_.seed, order, physics_, workspaces_); });
    result_.times.barriers_s += watch_.lap();
  }

  /// Gives the places of stopped worlds to others.
  void renew() {
    due_ = Due::renewal;
    if (prm_.freed == Freed::saved || iteration_ == prm_.iterations) return;
    if (renewal_.wake(iteration_)) begin(renewal_.pending());
    result_.times.barriers_s += watch_.lap();
  }

  void report() {
    due_ = Due::nothing;
    callbacks_.iteration(progress());
    keeper_.save(false);
  }

  /// Scores where every world ended, chooses the winner, describes it. A run that was given up evaluates nothing more.
  Result finish() {
    watch_.lap();
    result_.interrupted = callbacks_.stopped();
    if (!keeper_.given_up()) keeper_.save(result_.interrupted);
    const bool polishes = prm_.polish.worlds > 0 && !result_.interrupted;
    if (polishes) keeper_.remember();
    const Worlds ended = worlds_.those([](const World& w) { return !w.removed(); });
    if (!keeper_.given_up()) attempt([&] { ranking_.score(ended); });
    for (World* world : ended)
      if (std::isfinite(world->value()) || !keeper_.given_up()) world->close();
    result_.interrupted = callbacks_.stopped();
    const Worlds running = worlds_.alive();
    for (World* world : running) world->record.reason = result_.interrupted ? Reason::stopped : Reason::iterations;
    announce(running);
    result_.iterations = iteration_;
    result_.bytes_of_workspaces = workspaces_.bytes();
    worlds_.hand_over(result_);
    describe_winner(problem_, physics_.final_loss(), prm_.visibility, prm_.report, result_,
                    *typename Spaces::Loan(workspaces_));
    if (polishes && !keeper_.given_up()) {
      attempt([this] {
        polish_best(physics_, prm_.visibility, physics_.scales, prm_.polish, prm_.seed, prm_.report.coverage_dbm,
                    workspaces_, result_, [this] { return callbacks_.stopped(); });
        if (callbacks_.stopped()) keeper_.save(true);
      });
    }
    result_.interrupted = callbacks_.stopped();
    result_.params = prm_.policies();
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
  using Finder = StartFinder<Physics<L, O, Problem>, Problem, E>;
  using RunKeeper = Keeper<World::archivable, C...>;
  static constexpr bool keeps = RunKeeper::keeps;

  /// New worlds, from here on. Where finding starts is cut short, these are fewer, and only for the result.
  void begin(std::size_t n) {
    if (iteration_ > 0) keeper_.remember();
    renewal_.begin(n, iteration_);
    keeper_.forget();
  }
  /// Does what is left of the iteration in which a checkpoint was written.
  void complete() {
    const Due due = due_;
    if (due <= Due::pruning) prune();
    if (due <= Due::exchange) exchange();
    if (renewal_.pending() > 0)
      begin(renewal_.pending());
    else if (due <= Due::renewal)
      renew();
    due_ = Due::nothing;
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
    p.evaluations = renewal_.spent();
    p.seconds = seconds();
    return p;
  }
  double seconds() const { return earlier_s_ + total_.elapsed(); }

  auto view(double& seconds) { return RunState{iteration_, due_, seconds, result_, renewal_, worlds_}; }
  std::string state() {
    double now = seconds();
    if constexpr (keeps) return view(now).bytes();
    return {};
  }
  bool restored() {
    const std::optional<std::string> bytes = keeper_.restore();
    if constexpr (keeps)
      if (bytes) view(earlier_s_).read(*bytes, problem_.variables().size(), prm_.iterations);
    if (bytes && iteration_ > 0) observer_.look(worlds_.alive());
    return bytes.has_value();
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
  Population<O, S> worlds_;
  Ranking<L, O, S, Problem, E> ranking_{worlds_, physics_, workspaces_};
  Renewal<Finder, O, S, Params> renewal_;
  Observer<O, S> observer_{worlds_};
  Due due_ = Due::nothing;
  double earlier_s_ = 0;  ///< seconds before the run was taken up again
  int iteration_ = 0;
  RunKeeper keeper_{callbacks_, iteration_, [this] { return state(); }};
};

}  // namespace manyworlds
