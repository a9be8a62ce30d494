/// One iteration of one world on office_v1 (about 1,000 receivers, two transmitters, one 1 x 1 m panel that walks along
/// a corridor), and what it is compared with. All ratios come from one run: bench/summary.py prints them.
#include <benchmark/benchmark.h>

#include <map>
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

const sites::Site& office() {
  static const sites::Site site = sites::office(1000);
  return site;
}

const paths::PathModel& model(bool transmission, int depth) {
  static std::map<std::pair<bool, int>, std::unique_ptr<paths::PathModel>> models;
  std::unique_ptr<paths::PathModel>& m = models[{transmission, depth}];
  if (!m)
    m = std::make_unique<paths::PathModel>(office().scene, office().movers(),
                                           paths::PathOptions{.max_depth = depth, .transmission = transmission});
  return *m;
}

Visibility visibility_of(std::int64_t kind) { return {.kind = VisibilityKind(kind)}; }

/// On one thread, forward only, then forward with gradient: range(0) depth, range(1) transmission, range(2) visibility,
/// range(3) gradient.
void step(benchmark::State& state) {
  const paths::PathModel& m = model(state.range(1) != 0, int(state.range(0)));
  paths::Workspace w = m.make_workspace();
  ConfigurationGradient gradient;
  std::vector<double> bar;
  int i = 0;
  parallel::without_help([&] {
    for (auto _ : state) {
      m.gains(office().at(i++), visibility_of(state.range(2)), w);
      if (state.range(3) != 0) {
        bar.resize(w.gains.size());
        for (std::size_t k = 0; k < bar.size(); ++k) bar[k] = 1 / (w.gains[k] + 1e-14);
        m.pullback(bar, w, gradient);
        benchmark::DoNotOptimize(gradient.movers.data());
      }
    }
  });
  state.counters["paths"] = double(w.table.paths.size());
  state.counters["receivers"] = double(m.receivers());
}

/// Worlds of one run on all processors, two iterations: range(0) depth, range(1) transmission, range(2) visibility,
/// range(3) worlds. Time and memory of the whole run, the scene and what worlds share included.
void worlds(benchmark::State& state) {
  const placement::OnWall on_wall{.object = "Reflector", .wall = "corridor_north", .yaw = {-1.2, 1.2}};
  const Problem problem{office().scene,
                        {{on_wall}, {}},
                        {.paths = {.max_depth = int(state.range(0)), .transmission = state.range(1) != 0}}};
  using Engine = MultiStart<loss::MeanDb, optimizer::Adam>;
  Engine::Params prm;
  prm.worlds = int(state.range(3));
  prm.iterations = 2;
  prm.starts.mode = StartMode::plain;
  prm.annealing.from = 1;
  prm.visibility = visibility_of(state.range(2));
  Result result;
  for (auto _ : state) result = run(Engine{problem, prm}, executor::Batch{});
  state.counters["bytes"] = double(problem.model->world().bytes() + result.bytes_of_workspaces +
                                   result.worlds.size() * result.bytes_per_world);
}

/// All paths found anew without the split, on one thread. range(0) depth, range(1) transmission.
void full_retrace(benchmark::State& state) {
  sites::FullRetrace retrace(office(), model(state.range(1) != 0, int(state.range(0))));
  int i = 0;
  for (auto _ : state) {
    state.PauseTiming();
    retrace.place(office().at(i++).movers[0]);
    state.ResumeTiming();
    parallel::without_help([&] { benchmark::DoNotOptimize(retrace.trace()); });
  }
}

/// From the file on disk to the end of the first iteration with gradient: range(0) depth, range(1) transmission.
void start(benchmark::State& state) {
  for (auto _ : state) {
    const sites::Site site = sites::office(1000);
    const paths::PathModel m(site.scene, site.movers(),
                             {.max_depth = int(state.range(0)), .transmission = state.range(1) != 0});
    paths::Workspace w = m.make_workspace();
    ConfigurationGradient gradient;
    m.gains(site.at(0), {}, w);
    m.pullback(std::vector<double>(w.gains.size(), 1), w, gradient);
    benchmark::DoNotOptimize(gradient.movers.data());
  }
}

constexpr int hard = 0, fresnel = 1;

void arguments(benchmark::internal::Benchmark* b) {
  b->ArgNames({"depth", "transmission", "visibility", "gradient"});
  for (int transmission : {0, 1})
    for (int depth : {2, 3})
      for (int kind : {hard, fresnel})
        for (int gradient : {0, 1}) b->Args({depth, transmission, kind, gradient});
}
BENCHMARK(step)->Apply(arguments)->Unit(benchmark::kMillisecond);
void world_arguments(benchmark::internal::Benchmark* b) {
  b->ArgNames({"depth", "transmission", "visibility", "worlds"})
      ->ArgsProduct({{2, 3}, {0, 1}, {hard, fresnel}, {1, 32}});
}
BENCHMARK(worlds)->Apply(world_arguments)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(full_retrace)
    ->ArgNames({"depth", "transmission"})
    ->ArgsProduct({{2, 3}, {0, 1}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(start)
    ->ArgNames({"depth", "transmission"})
    ->ArgsProduct({{2, 3}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
