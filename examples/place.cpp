/// The main job: many worlds, each with its own place for the things that move, descend along exact gradients; the best
/// one is written with maps before and after.
#include "config_file.hpp"
#include "ctrl_c.hpp"
#include "gradient_check.hpp"
#include "manyworlds/engine/checkpoint.hpp"
#include "manyworlds/engine/interrupt.hpp"
#include "manyworlds/engine/live_table.hpp"
#include "place_summary.hpp"
#include "placement_options.hpp"
#include "scene_options.hpp"
#include "search_options.hpp"

namespace {

using namespace manyworlds;

/// The worlds on stderr unless quiet, and what their workers are expected to take.
struct Console {
  bool quiet;
  callback::LiveTable table{};
  void start(const Progress& p) {
    if (quiet) return;
    if (find_value(p.execution, "workers")) {
      const double workers = examples::told(p.execution, "workers"),
                   each = examples::told(p.execution, "bytes_per_worker_expected") / 1e6,
                   budget = examples::told(p.execution, "memory_budget") / 1e6;
      std::fprintf(stderr, "%.0f workers, about %.0f MB each and %.0f MB in all expected%s\n", workers, each,
                   workers * each,
                   budget > 0 ? (" of a budget of " + to_text(std::round(budget)) + " MB").c_str() : "");
    } else if (const std::string* const devices = find_value(p.execution, "devices")) {
      std::fprintf(stderr, "on %s, about %.1f MB a world and %.0f MB for all expected\n", devices->c_str(),
                   examples::told(p.execution, "bytes_per_world_expected") / 1e6,
                   examples::told(p.execution, "bytes_shared_expected") / 1e6);
    }
    table.start(p);
  }
  void iteration(const Progress& p) {
    if (!quiet) table.iteration(p);
  }
  void world_stopped(const Progress& p, const WorldResult& w) {
    if (!quiet) table.world_stopped(p, w);
  }
  void end(const Result& r) {
    if (!quiet) table.end(r);
  }
};

/// Runs the chosen search; the result holds all parameters, of the executor, too.
template <class... C>
Result run_search(const Problem& problem, const examples::Search& search, C&&... callbacks) {
  return std::visit(
      [&]<class S>(const S& s) {
        Result result = run(typename S::Engine{problem, s.prm}, s.executor, callbacks...);
        for (auto& line : print_params(s.executor.prm, "executor.")) result.execution.push_back(std::move(line));
        return result;
      },
      search);
}

/// Tells what executors had to cope with.
void warn_of_workers(const Result& result) {
  const Identity& execution = result.execution;
  const double budget = examples::told(execution, "memory_budget"),
               used = examples::told(execution, "bytes_of_workers");
  if (budget > 0 && used > budget)
    std::fprintf(stderr, "place: warning: workers took %.0f MB, the memory budget leaves them %.0f MB\n", used / 1e6,
                 budget / 1e6);
  if (const std::string* const why = find_value(execution, "last_failure"))
    std::cerr << "place: warning: " << examples::told(execution, "jobs_failed")
              << " evaluations could not be had, the last one: " << *why << '\n';
  if (const std::string* const why = find_value(execution, "last_loss"))
    std::cerr << "place: warning: workers were lost and their steps done again: " << *why << '\n';
  for (const WorldResult& world : result.worlds)
    if (world.reason == Reason::failed)
      std::cerr << "place: warning: world " << world.id << " failed: " << world.failure << '\n';
}

/// Adjoint against finite differences where world 0 starts, under the loss and the visibility it starts with.
void check_gradient(const Problem& problem, examples::Search search) {
  constexpr double most = 1e-3;
  std::visit([](auto& s) { s.prm.iterations = 0, s.prm.polish.worlds = 0; }, search);
  const Result start = run_search(problem, search);
  const std::vector<double>& x = start.worlds.front().x;
  std::visit(
      [&]<class S>(S& s) {
        for (const auto& [name, text] : start.params)
          if (name.rfind("annealing.", 0) == 0) set_param(s.prm, name, text);  // what the engine chose
        typename S::Loss loss;
        loss.prm = s.prm.loss;
        const examples::GradientCheck check =
            examples::check_gradient(problem, at_progress(loss, 0.0), s.prm.annealing.at(0, s.prm.visibility), x,
                                     variable_scales(problem.variables(), s.prm.optimizer.radians_per_metre));
        print(check, x);
        if (!(check.worst() <= most))
          throw std::runtime_error("the gradient is wrong by " + to_text(check.worst()) + ", expected at most " +
                                   to_text(most));
      },
      search);
}

/// Gives a search in processes the budget of all of them: so many workers live as fit.
void share_memory(std::size_t budget, examples::Search& search) {
  std::visit(
      [&](auto& s) {
        for_each_field(s.executor.prm, [&]<class T>(const std::string& name, T& value, const char*) {
          if constexpr (std::same_as<T, double>)
            if (name == "memory_budget_bytes" && value == 0) value = double(budget);
        });
      },
      search);
}
/// Devices tell on stderr when their memory does not hold all worlds at once.
void tell_of_groups(examples::Search& search) {
  std::visit(
      [](auto& s) {
        std::visit(
            [](auto& executor) {
              if constexpr (requires { executor.say; })
                executor.say = [](const std::string& line) { std::cerr << "place: " << line << '\n'; };
            },
            s.executor.prm.policy);
      },
      search);
}
/// The problem; paths may take half of the memory budget, evaluations the rest, on every executor.
Problem make_problem(const Scene& scene, const placement::All& placement, ProblemOptions options) {
  options.paths.memory_budget_bytes /= 2;
  try {
    return Problem(scene, placement, options);
  } catch (const InputError& e) {
    const std::string what = e.what(), budget = "memory_budget_bytes: ";
    if (what.rfind(budget, 0) != 0) throw;
    throw InputError("--memory-budget", "half of it is for paths: " + what.substr(budget.size()) + " bytes");
  }
}

/// Movers of faces that are not rectangles need hard visibility.
void check_movers(const Problem& problem, const Visibility& visibility) {
  if (visibility.kind == VisibilityKind::hard) return;
  for (const std::size_t m : problem.placement.movers()) {
    const Object& object = problem.scene->objects[m];
    for (const MoverShape::Face& face : make_mover_shape(object).faces)
      if (!face.is_rectangle)
        throw InputError("mover " + in_quotes(object.name),
                         "expected --visibility hard, for it has a face that is not a rectangle");
  }
}

ReceiverSet map_of(const Scene& scene, double spacing) {
  try {
    return examples::map_cells(scene, spacing);
  } catch (const InputError& e) {
    throw InputError("--map-spacing", e.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Finds the best place for reflectors and transmitters: many worlds descend from different starts, the best one "
      "wins",
      "place"};
  examples::SceneOptions scene_options(app);
  examples::PowerOptions power_options(app);
  examples::PlacementOptions placement_options(app);
  examples::SearchOptions search_options(app);
  double map_spacing = 0;
  bool quiet = false, check = false, print_config = false, parameters = false;
  examples::ReportOptions report;
  callback::Checkpoint checkpoint{.folder = {}, .every = 0};
  checkpoint.tell = [](const std::string& line) { std::cerr << "place: " << line << '\n'; };
  std::string output = "out";
  app.add_option("--output", output, "folder for result.json, history.csv and the pictures")
      ->capture_default_str()
      ->type_name("FOLDER")
      ->group("Run");
  app.add_option("--map-spacing", map_spacing, "cells of the pictures; 0 = about 10,000 over the whole scene")
      ->capture_default_str()
      ->type_name("M")
      ->group("Run");
  app.add_option("--checkpoint-every", checkpoint.every,
                 "iterations between checkpoints in the output folder; 0 = only on Ctrl-C")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->type_name("N")
      ->group("Run");
  app.add_flag("--resume", checkpoint.resume,
               "go on from the checkpoint in the output folder, of the same run; anew if there is none")
      ->group("Run");
  app.add_flag(
         "--check-gradient", check,
         "compare adjoint and finite differences at the first start, tell which paths carry the gradient, and stop")
      ->group("Run");
  app.add_flag("--quiet", quiet, "no progress and no summary, only warnings and errors")->group("Run");
  app.add_flag("--help-parameters", parameters, "list all parameters of the search, which are options too")
      ->group("Run");
  app.add_flag("--print-config", print_config, "print what --config would need for this run, and stop")->group("Run");
  examples::add_config(app);
  app.footer("Example:\n  place --config examples/quickstart.toml --worlds 8 --rates 0.1,0.01");
  if (std::find(argv, argv + argc, std::string_view("--help-parameters")) != argv + argc) {
    std::cout << search_options.parameters_help();
    return 0;
  }

  bool ended_early = false;
  const int code = examples::run_driver(app, argc, argv, [&] {
    examples::Search search = search_options.chosen();
    if (print_config) return void(std::cout << search_options.config(app, search));
    report.config = search_options.config(app, search);
    paths::PathOptions path_options = scene_options.path_options();
    share_memory(path_options.memory_budget_bytes, search);
    if (!quiet) tell_of_groups(search);
    const ProblemOptions options = power_options.problem_options(path_options);
    examples::check_between("--map-spacing", map_spacing, 0, 1e6, " m");

    Stopwatch watch;
    std::optional<examples::OutputFolder> folder;
    if (!check && !executor::in_worker()) folder.emplace("--output", output);
    Scene scene = scene_options.load();
    scene = scene_options.placed(scene, VisibilityKind::hard).applied_to(std::move(scene));
    const placement::All placement = placement_options.apply(scene);
    for (const std::string& warning : validate(scene)) scene.warnings.push_back(warning);
    for (const std::string& warning : scene.warnings) std::cerr << "place: warning: " << warning << '\n';
    Problem problem = make_problem(scene, placement, options);
    std::visit(
        [&]<class S>(const S& s) {
          typename S::Engine(problem, s.prm).check();
          s.executor.for_each_world(0, [](std::size_t) {});  // it checks its parameters
          check_movers(problem, s.prm.visibility);
          report.visibility = s.prm.visibility;
          report.visibility.tiles = s.prm.report.tiles;
          report.coverage_dbm = s.prm.report.coverage_dbm;
        },
        search);
    report.map = map_of(io::detail::scene_at(problem, problem.before()), map_spacing);
    report.scene = std::filesystem::path(scene_options.file).stem().string();
    if (check) return check_gradient(problem, search);
    if (!quiet)
      std::fprintf(stderr, "%s, prepared in %.2f s\n", examples::problem_text(problem, report).c_str(), watch.lap());
    if (const std::size_t tiles = problem.model->receiver_tiles(); tiles > 1 && !quiet)
      std::fprintf(stderr,
                   "paths do not fit into --memory-budget: receivers in %zu tiles, paths found anew in each step\n",
                   tiles);

    examples::end_on_ctrl_c();
    checkpoint.folder = output;
    const Result result =
        run_search(problem, search, Console{quiet}, callback::Interrupt{&examples::interrupted}, checkpoint);
    ended_early = result.interrupted;
    warn_of_workers(result);
    if (result.rss.dead == problem.receivers())
      std::cerr << "place: warning: the winner reaches no receiver; where no path arrives, a loss has no gradient\n";
    watch.lap();
    report.finder = io::finder_json(problem.model->world());
    const std::vector<std::string> files = examples::write_report(problem, result, report, output);
    if (!quiet) examples::print_summary(problem, result, report, output, files, watch.lap());
  });
  const bool without_worlds = code == 1 && examples::interrupted;
  return (code == 0 && ended_early) || without_worlds ? 128 + SIGINT : code;
}
