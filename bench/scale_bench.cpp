/// How time and memory grow with receivers, triangles, depth, transmission and steps, on one thread. bench/scale.py
/// runs this and threads_bench, and prints tables. Cities are those of Sionna RT, in the folder that the environment
/// variable MANYWORLDS_SIONNA_SCENES names; without it they are skipped.
#include <cstdlib>

#include "walk.hpp"

namespace {

using namespace manyworlds;
using namespace sites;

constexpr double largest_cache = 6e9;  ///< bytes of shared memory beyond which a size is left out

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
  const Built& built =
      build("receivers" + std::to_string(state.range(0)), [&] { return sites::office(count); }, {.max_depth = 2});
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
      case 0:
        return sites::empty_room(1000);
      case 1:
        return sites::office(1000);
      case 2:
        return city(name, {-160, 70, 15});
      default:
        return city(name, {8.5, 21, 27});
    }
  };
  step(state, build(name, make, {.max_depth = 3}), state.range(1));
  state.SetLabel(name);
}

/// range: depth, transmission, visibility. office_v1, 1,000 receivers.
void by_depth(benchmark::State& state) {
  const paths::PathOptions options{.max_depth = int(state.range(0)), .transmission = state.range(1) != 0};
  const std::string name = "depth" + std::to_string(state.range(0)) + std::to_string(state.range(1));
  step(state,
       build(
           name, [] { return sites::office(1000); }, options),
       state.range(2));
}

/// range: scene (0 empty room, 1 office_v1), receivers, depth. A hard step with gradient and the full retrace in turn.
void against_full_retrace(benchmark::State& state) {
  const double receivers = double(state.range(1));
  std::string name = "retrace";
  for (int i = 0; i < 3; ++i) name += "/" + std::to_string(state.range(std::size_t(i)));
  const Built& built =
      build(name, [&] { return state.range(0) == 0 ? sites::empty_room(receivers) : sites::office(receivers); },
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

/// range: depth, visibility. 10,000 steps of one workspace: five turns of the walk in each thousand.
void many_steps(benchmark::State& state) {
  const Built& built = build("many" + std::to_string(state.range(0)), [] { return sites::office(1000); },
                             {.max_depth = int(state.range(0))});
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

BENCHMARK(many_steps)
    ->ArgNames({"depth", "visibility"})
    ->Args({3, hard})
    ->Args({2, fresnel})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
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
BENCHMARK(against_full_retrace)
    ->ArgNames({"scene", "receivers", "depth"})
    ->Apply(retraces)
    ->Unit(benchmark::kMillisecond);
void counts(benchmark::internal::Benchmark* b) {
  for (int n : {100, 1000, 10000, 100000, 1000000})
    for (int kind : {hard, fresnel}) b->Args({n, kind});
}
BENCHMARK(by_receivers)->ArgNames({"receivers", "visibility"})->Apply(counts)->Unit(benchmark::kMillisecond);

}  // namespace
