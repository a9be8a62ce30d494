/// How time and memory grow with receivers, worlds, triangles, depth, transmission, threads and steps. bench/scale.py
/// runs this and prints tables. Cities are those of Sionna RT, in the folder that the environment variable
/// MANYWORLDS_SIONNA_SCENES names; without it they are skipped.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>

#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/placement/bind.hpp"
#include "sites.hpp"

namespace {

using namespace manyworlds;
using sites::Site;

constexpr int hard = 0, fresnel = 1;
constexpr double largest_cache = 6e9;  ///< bytes of shared memory beyond which a size is left out

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double median(std::vector<double> all) {
  std::nth_element(all.begin(), all.begin() + std::ptrdiff_t(all.size() / 2), all.end());
  return all[all.size() / 2];
}

/// Now, or VmHWM: the most so far.
double resident_megabytes(const std::string& which = "VmRSS:") {
  std::ifstream status("/proc/self/status");
  double kilobytes = 0;
  for (std::string word; status >> word;)
    if (word == which) status >> kilobytes;
  return kilobytes / 1024;
}

Visibility visibility_of(std::int64_t kind) { return {.kind = VisibilityKind(kind)}; }

struct Built {
  std::string name;
  Site site;
  std::unique_ptr<paths::PathModel> model;
  double start_s = 0;  ///< from the file to the static paths
};

/// The last one is kept: benchmarks that differ in visibility share it.
const Built& build(const std::string& name, const std::function<Site()>& make, const paths::PathOptions& options) {
  static Built last;
  if (last.name != name) {
    last = {};
    const double start = seconds();
    last.site = make();
    last.model = std::make_unique<paths::PathModel>(last.site.scene, last.site.movers(), options);
    last.start_s = seconds() - start;
    last.name = name;
  }
  return last;
}

/// Steps of a world with gradient. Its first step is not among those that are timed.
class Walk {
 public:
  Walk(const Built& built, const Visibility& visibility) : built_(built), visibility_(visibility), bar_(built.model->transmitters() * built.model->receivers()) {
    step();
    first_s = whole_s[0];
    forward_s.clear();
    whole_s.clear();
  }
  void step() {
    const double start = seconds();
    built_.model->gains(built_.site.at(steps_++), visibility_, workspace);
    const double middle = seconds();
    for (std::size_t k = 0; k < bar_.size(); ++k) bar_[k] = 1 / (workspace.gains[k] + 1e-14);
    built_.model->pullback(bar_, workspace, gradient_);
    benchmark::DoNotOptimize(gradient_.movers.data());
    forward_s.push_back(middle - start);
    whole_s.push_back(seconds() - start);
  }

  paths::Workspace workspace;
  double first_s = 0;
  std::vector<double> forward_s, whole_s;  ///< of each step: without and with gradient

 private:
  const Built& built_;
  Visibility visibility_;
  std::vector<double> bar_;
  ConfigurationGradient gradient_;
  int steps_ = 0;
};

void steps_alone(benchmark::State& state, const Built& built, std::int64_t kind) {
  Walk walk(built, visibility_of(kind));
  for (auto _ : state) walk.step();
  const paths::StaticWorld& world = built.model->world();
  std::size_t paths = 0;
  for (const auto& t : world.static_paths) paths += t->cache.paths.size();
  state.counters["start_ms"] = 1e3 * built.start_s;
  state.counters["first_step_ms"] = 1e3 * walk.first_s;
  state.counters["step_ms"] = 1e3 * median(walk.whole_s);
  state.counters["gradient_and_forward_over_forward"] = median(walk.whole_s) / median(walk.forward_s);
  state.counters["shared_bytes"] = double(world.bytes());
  state.counters["workspace_bytes"] = double(walk.workspace.bytes());
  state.counters["triangles"] = double(built.site.triangles());
  state.counters["receivers"] = double(built.model->receivers());
  state.counters["static_paths"] = double(paths);
  state.counters["table_paths"] = double(walk.workspace.table.paths.size());
  state.counters["shooting"] = world.finder == paths::Finder::shooting;
}
void step(benchmark::State& state, const Built& built, std::int64_t kind) {
  parallel::without_help([&] { steps_alone(state, built, kind); });
}

/// range: receivers, visibility. Depth 2, transmission.
void by_receivers(benchmark::State& state) {
  static double bytes_of_one = 0;  // as the size before had it
  const double count = double(state.range(0));
  if (count * bytes_of_one > largest_cache) {
    state.SkipWithError(("static paths would take " + std::to_string(int(count * bytes_of_one / 1e9)) + " GB").c_str());
    return;
  }
  const Built& built = build("receivers" + std::to_string(state.range(0)), [&] { return sites::office(count); }, {.max_depth = 2});
  bytes_of_one = double(built.model->world().bytes()) / double(built.model->receivers());
  step(state, built, state.range(1));
}

/// range: scene, visibility. Depth 3, transmission, 1,000 receivers.
void by_scene(benchmark::State& state) {
  const char* folder = std::getenv("MANYWORLDS_SIONNA_SCENES");
  const auto city = [&](const std::string& name, Vec3d transmitter) {
    return sites::city(std::string(folder) + "/" + name + "/" + name + ".xml", transmitter, 1000);
  };
  const std::string names[] = {"empty room", "office_v1", "etoile", "munich"};
  const std::string& name = names[state.range(0)];
  if (state.range(0) >= 2 && !folder) return state.SkipWithError("MANYWORLDS_SIONNA_SCENES is not set");
  const auto make = [&]() -> Site {
    switch (state.range(0)) {
      case 0: return sites::empty_room(1000);
      case 1: return sites::office(1000);
      case 2: return city(name, {-160, 70, 15});
      default: return city(name, {8.5, 21, 27});
    }
  };
  step(state, build(name, make, {.max_depth = 3}), state.range(1));
  state.SetLabel(name);
}

/// range: depth, transmission, visibility. office_v1, 1,000 receivers.
void by_depth(benchmark::State& state) {
  const paths::PathOptions options{.max_depth = int(state.range(0)), .transmission = state.range(1) != 0};
  const std::string name = "depth" + std::to_string(state.range(0)) + std::to_string(state.range(1));
  step(state, build(name, [] { return sites::office(1000); }, options), state.range(2));
}

/// range: scene (0 empty room, 1 office_v1), receivers, depth. A hard step with gradient and the full retrace in turn.
void against_full_retrace(benchmark::State& state) {
  const double receivers = double(state.range(1));
  std::string name = "retrace";
  for (int i = 0; i < 3; ++i) name += "/" + std::to_string(state.range(std::size_t(i)));
  const Built& built = build(name, [&] { return state.range(0) == 0 ? sites::empty_room(receivers) : sites::office(receivers); },
                             {.max_depth = int(state.range(2))});
  Walk walk(built, visibility_of(hard));
  sites::FullRetrace retrace(built.site, *built.model);
  std::vector<double> retrace_s;
  int i = 0;
  for (auto _ : state) {
    state.PauseTiming();
    retrace.place(built.site.at(i++).movers[0]);
    state.ResumeTiming();
    parallel::without_help([&] {
      for (int k = 0; k < 5; ++k) walk.step();
      const double start = seconds();
      benchmark::DoNotOptimize(retrace.trace());
      retrace_s.push_back(seconds() - start);
    });
  }
  state.counters["step_ms"] = 1e3 * median(walk.whole_s);
  state.counters["retrace_ms"] = 1e3 * median(retrace_s);
  state.counters["retrace_over_step"] = median(retrace_s) / median(walk.whole_s);
  state.counters["receivers"] = double(built.model->receivers());
}

using Engine = MultiStart<loss::MeanDb, optimizer::Adam>;

Problem problem_of_worlds() {
  const placement::OnWall on_wall{.object = "Reflector", .wall = "corridor_north", .yaw = {-1.2, 1.2}};
  return {sites::office(1000).scene, {{on_wall}, {}}, {.paths = {.max_depth = 2}}};
}

Result run_worlds(const Problem& problem, int worlds, std::int64_t kind, int iterations, int threads) {
  Engine::Params prm;
  prm.worlds = worlds;
  prm.iterations = iterations;
  prm.starts.mode = StartMode::plain;
  prm.annealing.from = 1;
  prm.visibility = visibility_of(kind);
  return run(Engine{problem, prm}, executor::Batch{{.threads = threads}});
}

double step_seconds(const Result& result) { return result.times.descent_s / double(result.counts.gradient); }

/// range: worlds, visibility. Depth 2, transmission, 1,000 receivers, all processors.
void by_worlds(benchmark::State& state) {
  const Problem problem = problem_of_worlds();
  Result result;
  for (auto _ : state) result = run_worlds(problem, int(state.range(0)), state.range(1), state.range(0) > 1 ? 4 : 50, 0);
  const double bytes = double(problem.model->world().bytes() + result.bytes_of_workspaces + result.worlds.size() * result.bytes_per_world);
  state.counters["world_step_ms"] = 1e3 * step_seconds(result);
  state.counters["bytes"] = bytes;
  state.counters["bytes_per_world"] = double(result.bytes_per_world);
}

/// range: visibility. 32 worlds on one thread and on two, in turn; the fastest of each, since others may hold a processor.
void by_threads(benchmark::State& state) {
  const Problem problem = problem_of_worlds();
  const int iterations = state.range(0) == hard ? 100 : 10;
  double one = 1e9, two = 1e9;
  for (auto _ : state) {
    one = std::min(one, step_seconds(run_worlds(problem, 32, state.range(0), iterations, 1)));
    two = std::min(two, step_seconds(run_worlds(problem, 32, state.range(0), iterations, 2)));
  }
  state.counters["world_step_ms_1_thread"] = 1e3 * one;
  state.counters["world_step_ms_2_threads"] = 1e3 * two;
  state.counters["speedup"] = one / two;
}

/// range: transmission, visibility. Steps of one world on one thread and on all processors, ten of each in turn; the fastest
/// turn of each, since others may hold a processor. office_v1, depth 3, 1,000 receivers.
void threads_in_a_world(benchmark::State& state) {
  const paths::PathOptions options{.max_depth = 3, .transmission = state.range(0) != 0};
  const Built& built = build("inside" + std::to_string(state.range(0)), [] { return sites::office(1000); }, options);
  Walk walk(built, visibility_of(state.range(1)));
  double one = 1e9, all = 1e9;
  for (auto _ : state) {
    const auto turn = [&] {
      walk.whole_s.clear();
      for (int i = 0; i < 10; ++i) walk.step();
      return median(walk.whole_s);
    };
    parallel::without_help([&] { one = std::min(one, turn()); });
    all = std::min(all, turn());
  }
  state.counters["one_thread_ms"] = 1e3 * one;
  state.counters["all_threads_ms"] = 1e3 * all;
  state.counters["speedup"] = one / all;
}

/// range: scene (0 empty room, 1 office_v1), receivers, depth. Start with one transmitter on one thread and on all, in turn;
/// the fastest of each.
void threads_at_the_start(benchmark::State& state) {
  const double receivers = double(state.range(1));
  Site site = state.range(0) == 0 ? sites::empty_room(receivers) : sites::office(receivers);
  site.scene.transmitters.resize(1);
  double one = 1e9, all = 1e9;
  const auto start = [&] {
    const double from = seconds();
    const paths::PathModel model(site.scene, site.movers(), {.max_depth = int(state.range(2))});
    return seconds() - from;
  };
  for (auto _ : state) {
    parallel::without_help([&] { one = std::min(one, start()); });
    all = std::min(all, start());
  }
  state.counters["receivers"] = double(site.scene.receivers.positions.size());
  state.counters["one_thread_ms"] = 1e3 * one;
  state.counters["all_threads_ms"] = 1e3 * all;
  state.counters["speedup"] = one / all;
}

/// range: receivers, budget in MB, visibility. One step with a memory budget, on all processors.
void with_budget(benchmark::State& state) {
  const Site site = sites::office(double(state.range(0)));
  const double start = seconds();
  const paths::PathModel model(site.scene, site.movers(),
                               {.max_depth = 2, .memory_budget_bytes = std::size_t(state.range(1)) * 1'000'000});
  state.counters["start_ms"] = 1e3 * (seconds() - start);
  paths::Workspace w = model.make_workspace();
  ConfigurationGradient gradient;
  for (auto _ : state) {
    model.gains(site.at(0), visibility_of(state.range(2)), w);
    model.pullback(std::vector<double>(w.gains.size(), 1), w, gradient);
    benchmark::DoNotOptimize(gradient.movers.data());
  }
  state.counters["receivers"] = double(model.receivers());
  state.counters["tiles"] = double(model.receiver_tiles());
  state.counters["bytes"] = double(model.world().bytes() + w.bytes());
  state.counters["most_rss_mb"] = resident_megabytes("VmHWM:");
}

/// range: depth, visibility. 10,000 steps of one workspace: five turns of the walk in each thousand.
void many_steps(benchmark::State& state) {
  const Built& built = build("many" + std::to_string(state.range(0)), [] { return sites::office(1000); }, {.max_depth = int(state.range(0))});
  for (auto _ : state) {
    Walk walk(built, visibility_of(state.range(1)));
    parallel::without_help([&] {
      for (int i = 1; i <= 10000; ++i) {
        walk.step();
        if (i == 100) state.counters["rss_mb_after_100"] = resident_megabytes();
      }
    });
    state.counters["rss_mb_after_10000"] = resident_megabytes();
    const auto thousand_from = [&](std::ptrdiff_t first) {
      const auto begin = walk.whole_s.begin() + first;
      return 1e3 * median({begin, begin + 1000});
    };
    state.counters["first_thousand_ms_per_step"] = thousand_from(0);
    state.counters["last_thousand_ms_per_step"] = thousand_from(9000);
  }
}

BENCHMARK(with_budget)->ArgNames({"receivers", "megabytes", "visibility"})->Args({1000000, 1000, hard})->Args({1000000, 1000, fresnel})
    ->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(threads_in_a_world)->ArgNames({"transmission", "visibility"})->ArgsProduct({{0, 1}, {hard, fresnel}})->Iterations(40)
    ->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(threads_at_the_start)->ArgNames({"scene", "receivers", "depth"})->Args({1, 1000, 3})->Args({1, 1000, 4})->Args({1, 10000, 3})
    ->Args({0, 10000, 3})->Iterations(5)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(many_steps)->ArgNames({"depth", "visibility"})->Args({3, hard})->Args({2, fresnel})->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(by_threads)->ArgName("visibility")->Arg(hard)->Arg(fresnel)->Iterations(9)->Unit(benchmark::kMillisecond)->UseRealTime();
void worlds(benchmark::internal::Benchmark* b) {
  for (int n : {1, 32, 512, 4096})
    for (int kind : {hard, fresnel}) b->Args({n, kind});
}
BENCHMARK(by_worlds)->ArgNames({"worlds", "visibility"})->Apply(worlds)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();
void depths(benchmark::internal::Benchmark* b) {
  for (int transmission : {0, 1})
    for (int depth : {1, 2, 3, 4, 5})
      for (int kind : {hard, fresnel}) b->Args({depth, transmission, kind});
}
BENCHMARK(by_depth)->ArgNames({"depth", "transmission", "visibility"})->Apply(depths)->Unit(benchmark::kMillisecond);
void scenes(benchmark::internal::Benchmark* b) {
  for (int scene : {0, 1, 2, 3})
    for (int kind : {hard, fresnel}) b->Args({scene, kind});
}
BENCHMARK(by_scene)->ArgNames({"scene", "visibility"})->Apply(scenes)->Unit(benchmark::kMillisecond);
void retraces(benchmark::internal::Benchmark* b) {
  for (int depth : {2, 3}) b->Args({1, 1000, depth})->Args({1, 10000, depth})->Args({0, 10000, depth});
}
BENCHMARK(against_full_retrace)->ArgNames({"scene", "receivers", "depth"})->Apply(retraces)->Unit(benchmark::kMillisecond);
void counts(benchmark::internal::Benchmark* b) {
  for (int n : {100, 1000, 10000, 100000, 1000000})
    for (int kind : {hard, fresnel}) b->Args({n, kind});
}
BENCHMARK(by_receivers)->ArgNames({"receivers", "visibility"})->Apply(counts)->Unit(benchmark::kMillisecond);

}  // namespace
