/// How time and memory grow with worlds, what threads save across worlds, within one and at the start, and a step with
/// a memory budget. bench/scale.py runs this and scale_bench, and prints tables.
#include <thread>

#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/placement/bind.hpp"
#include "walk.hpp"

namespace {

using namespace manyworlds;
using namespace sites;

using Engine = MultiStart<loss::MeanDb, optimizer::Adam>;

Problem problem_of_worlds() {
  const placement::OnWall on_wall{.object = "Reflector", .wall = "corridor_north", .yaw = {-1.2, 1.2}};
  return {sites::office(1000).scene, {{on_wall}, {}}, {.paths = {.max_depth = 2}}};
}

using Starts = std::vector<std::vector<double>>;

Starts starts_of_32(const Problem& problem) {
  Starts starts(32, std::vector<double>(problem.variables().size()));
  for (std::uint32_t i = 0; i < 32; ++i) {
    Random random(1, i, 0, Purpose::start);
    problem.placement.start(random, placement::StartKind::plain, starts[i]);
  }
  return starts;
}

/// 10 iterations of each world, 40 under hard visibility; the first worlds begin at `starts`. 0 threads: all
/// processors.
Result run_worlds(const Problem& problem, int worlds, std::int64_t kind, int threads, Starts starts = {}) {
  Engine::Params prm;
  prm.worlds = worlds;
  prm.iterations = kind == hard ? 40 : 10;
  prm.starts.mode = StartMode::plain;
  prm.starts.given = std::move(starts);
  prm.annealing.from = 1;
  prm.visibility = visibility_of(kind);
  return run(Engine{problem, prm}, executor::Batch{{.threads = threads}});
}

double step_seconds(const Result& result) { return result.times.descent_s / double(result.counts.gradient); }

double bytes_of(const Problem& problem, const Result& result) {
  return double(problem.model->world().bytes() + result.bytes_of_workspaces +
                result.worlds.size() * result.bytes_per_world);
}

/// range: worlds, visibility, threads (0: all). Depth 2, transmission, 1,000 receivers. All worlds together, and in
/// turn with them 32 runs of one world, from the starts of the first 32; of each the fastest of five, up to 32 worlds.
void by_worlds(benchmark::State& state) {
  const Problem problem = problem_of_worlds();
  const Starts starts = starts_of_32(problem);
  const int threads = int(state.range(2));
  double together = 1e9, alone = 1e9, bytes = 0, bytes_alone = 0;
  for (auto _ : state)
    for (int turn = 0; turn < (state.range(0) > 32 ? 1 : 5); ++turn) {
      const Result all = run_worlds(problem, int(state.range(0)), state.range(1), threads, starts);
      together = std::min(together, step_seconds(all));
      bytes = bytes_of(problem, all);
      double mean = 0;
      for (const std::vector<double>& start : starts) {
        const Result one = run_worlds(problem, 1, state.range(1), threads, {start});
        mean += step_seconds(one) / double(starts.size());
        bytes_alone = std::max(bytes_alone, bytes_of(problem, one));
      }
      alone = std::min(alone, mean);
    }
  state.counters["world_step_ms"] = 1e3 * together;
  state.counters["bytes"] = bytes;
  state.counters["one_world_step_ms"] = 1e3 * alone;
  state.counters["one_world_bytes"] = bytes_alone;
  state.counters["threads"] = threads > 0 ? threads : double(std::thread::hardware_concurrency());
}

/// range: visibility. 32 worlds on one thread and on two, in turn; the fastest of each, since others may hold a
/// processor.
void by_threads(benchmark::State& state) {
  const Problem problem = problem_of_worlds();
  double one = 1e9, two = 1e9;
  for (auto _ : state) {
    one = std::min(one, step_seconds(run_worlds(problem, 32, state.range(0), 1)));
    two = std::min(two, step_seconds(run_worlds(problem, 32, state.range(0), 2)));
  }
  state.counters["world_step_ms_1_thread"] = 1e3 * one;
  state.counters["world_step_ms_2_threads"] = 1e3 * two;
  state.counters["speedup"] = one / two;
}

/// range: transmission, visibility. Steps of one world on one thread and on all processors, ten of each in turn; the
/// fastest turn of each, since others may hold a processor. office_v1, depth 3, 1,000 receivers.
void threads_in_a_world(benchmark::State& state) {
  const paths::PathOptions options{.max_depth = 3, .transmission = state.range(0) != 0};
  const Built& built = build(
      "inside" + std::to_string(state.range(0)), [] { return sites::office(1000); }, options);
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

/// range: scene (0 empty room, 1 office_v1), receivers, depth. Start with one transmitter on one thread and on all, in
/// turn; the fastest of each.
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

BENCHMARK(with_budget)
    ->ArgNames({"receivers", "megabytes", "visibility"})
    ->Args({1000000, 1000, hard})
    ->Args({1000000, 1000, fresnel})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(threads_in_a_world)
    ->ArgNames({"transmission", "visibility"})
    ->ArgsProduct({{0, 1}, {hard, fresnel}})
    ->Iterations(40)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(threads_at_the_start)
    ->ArgNames({"scene", "receivers", "depth"})
    ->Args({1, 1000, 3})
    ->Args({1, 1000, 4})
    ->Args({1, 10000, 3})
    ->Args({0, 10000, 3})
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(by_threads)
    ->ArgName("visibility")
    ->Arg(hard)
    ->Arg(fresnel)
    ->Iterations(9)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
void worlds(benchmark::internal::Benchmark* b) {
  for (int kind : {hard, fresnel}) {
    b->Args({32, kind, 1});
    for (int n : {32, 512, 4096}) b->Args({n, kind, 0});
  }
}
BENCHMARK(by_worlds)
    ->ArgNames({"worlds", "visibility", "threads"})
    ->Apply(worlds)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
