/// Gradient descent from many starts beside exhaustive grid, random search and particle swarm on the same problem, with
/// equal numbers of evaluations and in equal time.
#include <nlohmann/json.hpp>

#include "manyworlds/io/atomic_file.hpp"
#include "named_problem.hpp"
#include "placement_options.hpp"
#include "scene_options.hpp"
#include "search_methods.hpp"

namespace {

using namespace manyworlds;

nlohmann::json to_json(const examples::Found& f) {
  return {{"method", f.method},   {"equal", f.equal},       {"seed", f.seed}, {"evaluations", f.evaluations},
          {"seconds", f.seconds}, {"value", f.value},       {"physical", f.physical}, {"hard", f.hard},
          {"covered", f.covered}, {"x", f.x}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Gradient descent from many starts beside grid, random search and particle swarm on the same problem",
               "search"};
  std::string name, places = "examples/scenes/office_v1/places.json", equal = "both", json;
  std::vector<std::string> methods = examples::Comparison<std::variant_alternative_t<0, examples::Search>>::names();
  int seeds = 5;
  double gradient_cost = 0;
  app.add_option("--problem", name, "one_door, two_doors, dead_wing or ap_and_panel of --places, instead of a scene of one's own")
      ->type_name("NAME")
      ->group("Problem");
  app.add_option("--places", places, "where named problems are defined")->capture_default_str()->type_name("FILE")->group("Problem");
  app.add_option("--seeds", seeds, "master seeds, counted from --seed")->capture_default_str()->group("Comparison");
  app.add_option("--methods", methods, "which to run")->delimiter(',')->capture_default_str()->type_name("NAME,...")->group("Comparison");
  app.add_option("--equal", equal, "what the others may spend: evaluations, time or both")->capture_default_str()->type_name("NAME")->group("Comparison");
  app.add_option("--gradient-cost", gradient_cost, "of a gradient in evaluations; 0 = measure it first")->capture_default_str()->group("Comparison");
  app.add_option("--json", json, "write all numbers here")->type_name("FILE")->group("Comparison");
  examples::SceneOptions scene_options(app);
  examples::PlacementOptions placement_options(app);
  examples::SearchOptions search_options(app);
  for (const char* option : {"--scene", "--tx"}) app.get_option(option)->required(false);
  examples::add_config(app);
  app.footer("Example:\n  search --problem two_doors --seeds 5 --equal evaluations\n"
             "Losses are lower the better; in brackets: the worst of the seeds.");

  return examples::run_driver(app, argc, argv, [&] {
    const std::vector<std::pair<std::string, std::pair<bool, bool>>> means{
        {"evaluations", {true, false}}, {"time", {false, true}}, {"both", {true, true}}};
    const auto [by_evaluations, by_time] = examples::choose("--equal", equal, means);
    examples::check_between("--seeds", seeds, 1, 1000, "");
    examples::Search chosen = search_options.chosen();
    if (name.empty() && scene_options.file.empty()) throw InputError("--problem", "expected --problem NAME, or --scene and --tx");
    examples::SearchTask task;
    if (name.empty()) {
      task.scene = scene_options.load();
      task.placement = placement_options.apply(task.scene);
      task.paths = scene_options.path_options();
    } else {
      for (const char* option : {"--scene", "--tx", "--receivers", "--area", "--mover", "--pose"})
        if (app.count(option) > 0) throw InputError(option, "the problem given by --problem says that already");
      task = examples::load_problem(places, name, scene_options.frequency_hz);
      if (app.count("--max-depth") > 0) task.paths.max_depth = scene_options.path_options().max_depth;
    }
    for (const std::string& warning : task.scene.warnings) std::cerr << "search: warning: " << warning << '\n';
    if (!json.empty()) examples::check_output_folder("--json", std::filesystem::absolute(json).parent_path().string());
    Problem problem(task.scene, task.placement, {.paths = task.paths});
    problem.rest.absent.assign(problem.rest.movers.size(), 1);

    std::visit(
        [&]<class S>(S& search) {
          for (const std::string& method : methods) examples::choose("--methods", method, [] {
              std::vector<std::pair<std::string, bool>> all;
              for (const std::string& known : examples::Comparison<S>::names()) all.emplace_back(known, true);
              return all;
            }());
          typename S::Loss loss;
          loss.prm = search.prm.loss;
          search.prm.report.gradient_cost =
              gradient_cost > 0 ? gradient_cost : examples::measure_gradient_cost(problem, at_progress(loss, 1.0), search.prm.visibility);
          typename S::Engine(problem, search.prm).check();
          std::printf("%zu variables, %zu receivers; a gradient costs %.2f evaluations\n", problem.variables().size(),
                      problem.receivers(), search.prm.report.gradient_cost);
          examples::Comparison<S> comparison(problem, search);
          for (int seed = 0; seed < seeds; ++seed) {
            comparison.run(search.prm.seed + std::uint64_t(seed), methods, by_evaluations, by_time);
            std::fprintf(stderr, "seed %d of %d done\n", seed + 1, seeds);
          }
          examples::print_comparison(comparison.found);
          if (json.empty()) return;
          nlohmann::json all = {{"problem", name}, {"gradient_cost", search.prm.report.gradient_cost}, {"found", nlohmann::json::array()}};
          for (const auto& [key, value] : print_params(search)) all["params"][key] = value;
          for (const examples::Found& f : comparison.found) all["found"].push_back(to_json(f));
          io::write_file_atomically(json, all.dump(1) + "\n");
        },
        chosen);
  });
}
