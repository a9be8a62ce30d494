/// Gradient descent from many starts beside exhaustive grid, random search and particle swarm on the same problem, with
/// equal numbers of evaluations and in equal time.
#include "config_file.hpp"
#include "manyworlds/core/file.hpp"
#include "manyworlds/io/result_json.hpp"
#include "named_problem.hpp"
#include "placement_options.hpp"
#include "scene_options.hpp"
#include "search_methods.hpp"

namespace {

using namespace manyworlds;

/// Of the file that --json writes; grows when a reader of an older one could misunderstand a newer one.
constexpr int comparison_version = 1;

/// The problem that a places.json names, or one of the user's own. Throws InputError that names the option.
class ProblemChoice {
 public:
  explicit ProblemChoice(CLI::App& app)
      : named_(app), scene_options_(app), power_options_(app), placement_options_(app), app_(app) {
    for (const char* option : {"--scene", "--tx"}) app.get_option(option)->required(false);
  }
  const std::string& name() const { return named_.name; }

  Problem problem() const {
    const examples::SearchTask task = named_.name.empty() ? own_task() : named_task();
    std::vector<std::string> warnings = task.scene.warnings;
    for (const std::string& warning : validate(task.scene)) warnings.push_back(warning);
    for (const std::string& warning : warnings) std::cerr << "search: warning: " << warning << '\n';
    return Problem(task.scene, task.placement, power_options_.problem_options(task.paths));
  }

 private:
  struct Named {
    std::string name, places = "examples/scenes/office_v1/places.json";

    explicit Named(CLI::App& app) {
      app.add_option("--problem", name, "a problem of --places (such as two_doors) instead of one by options as below")
          ->type_name("NAME")
          ->group("Problem");
      app.add_option("--places", places, "where named problems are defined")
          ->capture_default_str()
          ->type_name("FILE")
          ->group("Problem");
    }
  };

  examples::SearchTask own_task() const {
    if (scene_options_.file.empty()) throw InputError("--problem", "expected --problem, or --scene and --tx");
    if (scene_options_.tx.empty()) throw InputError("--tx", "required with --scene");
    examples::SearchTask task{scene_options_.load(), {}, scene_options_.path_options()};
    task.scene = scene_options_.placed(task.scene, VisibilityKind::hard).applied_to(std::move(task.scene));
    task.placement = placement_options_.apply(task.scene);
    return task;
  }
  examples::SearchTask named_task() const {
    for (const CLI::Option* option : app_.get_options()) {
      const std::string group = option->get_group(), given = option->get_name();
      const bool its_own =
          group == "Scene" || group == "Receivers" || group == "What moves, and where" || given.rfind("--tx", 0) == 0;
      if (its_own && given != "--frequency" && option->count() > 0)
        throw InputError(given, "expected no --problem beside it, which says that already");
    }
    const paths::PathOptions paths = scene_options_.path_options();
    examples::SearchTask task = examples::load_problem(named_.places, named_.name, scene_options_.frequency_hz);
    const bool transmission = task.paths.transmission && paths.transmission;
    const int depth = app_.count("--max-depth") > 0 ? paths.max_depth : task.paths.max_depth;
    task.paths = paths;
    task.paths.transmission = transmission;
    task.paths.max_depth = depth;
    return task;
  }

  Named named_;
  examples::SceneOptions scene_options_;
  examples::PowerOptions power_options_;
  examples::PlacementOptions placement_options_;
  CLI::App& app_;
};

io::detail::json to_json(const examples::Found& f) {
  return {{"method", f.method},   {"equal", f.equal}, {"seed", f.seed},         {"evaluations", f.evaluations},
          {"seconds", f.seconds}, {"value", f.value}, {"physical", f.physical}, {"hard", f.hard},
          {"covered", f.covered}, {"x", f.x}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Gradient descent from many starts beside grid, random search and particle swarm on the same problem",
               "search"};
  ProblemChoice choice(app);
  examples::SearchOptions search_options(app);
  std::string equal = "both", json;
  std::vector<std::string> methods = examples::method_names();
  int seeds = 5;
  double gradient_cost = 0;
  bool quiet = false;
  const auto option = [&](const char* name, auto& value, const char* type, const std::string& help) {
    return app.add_option(name, value, help)->type_name(type)->group("Comparison");
  };
  option("--seeds", seeds, "N", "master seeds, counted from --seed")->capture_default_str();
  option("--methods", methods, "NAME,...", "which to run; all: gradient,starts,grid,random,pso,pso_from_starts")
      ->delimiter(',');
  option("--equal", equal, "NAME", "what the others may spend: evaluations, time or both")->capture_default_str();
  option("--gradient-cost", gradient_cost, "N", "of a gradient in evaluations; 0 = measure it")->capture_default_str();
  option("--json", json, "FILE", "write all numbers here");
  app.add_flag("--quiet", quiet, "no progress, only the table")->group("Run");
  examples::add_config(app);
  app.footer("Example:\n  search --problem two_doors --seeds 5 --equal evaluations");

  bool ended_early = false;
  const int code = examples::run_driver(app, argc, argv, [&] {
    const auto [by_evaluations, by_time] = examples::choose<std::pair<bool, bool>>(
        "--equal", equal, {{"evaluations", {true, false}}, {"time", {false, true}}, {"both", {true, true}}});
    examples::check_methods("--methods", methods);
    examples::check_between("--seeds", seeds, 1, 1000, "");
    if (gradient_cost != 0) examples::check_between("--gradient-cost", gradient_cost, 1, 100, " evaluations, or 0");
    examples::Search chosen = search_options.chosen();
    if (!json.empty()) examples::check_output_file("--json", json);
    const Problem problem = choice.problem();

    std::visit(
        [&]<class S>(S& search) {
          typename S::Engine(problem, search.prm).check();
          typename S::Loss loss;
          loss.prm = search.prm.loss;
          double& cost = search.prm.report.gradient_cost;
          cost = gradient_cost;
          if (cost == 0) cost = examples::measure_gradient_cost(problem, at_progress(loss, 1.0), search.prm.visibility);
          std::printf("%zu variables, %zu receivers; a gradient costs %.2f evaluations\n", problem.variables().size(),
                      problem.receivers(), cost);
          std::fflush(stdout);

          examples::end_on_ctrl_c();
          examples::Comparison<S> comparison(problem, search);
          for (int seed = 0; seed < seeds && !ended_early; ++seed) {
            ended_early = !comparison.run(search.prm.seed + std::uint64_t(seed), methods, by_evaluations, by_time);
            if (!quiet && !ended_early) std::fprintf(stderr, "seed %d of %d done\n", seed + 1, seeds);
          }
          examples::print_comparison(comparison.found, search_options.policies.loss, ended_early);

          if (json.empty()) return;
          io::detail::json variables = io::detail::json::array(), params, found = io::detail::json::array();
          for (const placement::Variable& v : problem.variables()) variables.push_back(v.name);
          for (const examples::PolicyKind& kind : examples::policy_kinds())
            params[kind.option] = search_options.policies.*kind.name;
          for (const auto& [key, value] : print_params(search)) params[key] = value;
          for (const examples::Found& f : comparison.found) found.push_back(to_json(f));
          write_file_atomically(json, io::json_text({{"format", "manyworlds comparison"},
                                                     {"version", comparison_version},
                                                     {"interrupted", ended_early},
                                                     {"problem", choice.name()},
                                                     {"receivers", problem.receivers()},
                                                     {"variables", variables},
                                                     {"params", params},
                                                     {"found", found}}));
        },
        chosen);
  });
  return code == 0 && ended_early ? 128 + SIGINT : code;
}
