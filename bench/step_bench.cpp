/// One iteration of one world on office_v1 (about 1,000 receivers, two transmitters, one 1 x 1 m panel that walks along a
/// corridor), and what it is compared with. All ratios come from one run: bench/summary.py prints them.
#include <benchmark/benchmark.h>

#include <memory>

#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/paths/model.hpp"
#include "manyworlds/placement/bind.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/receivers.hpp"

namespace {

using namespace manyworlds;

constexpr Vec3d panel_start{21, 10.2, 1.5};

Scene office() {
  Scene scene = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/office_v1/office_v1.xml", {.frequency_hz = 3.5e9});
  scene.add({"ap1", {8.1, 10.2, 2.7}, {}, 20, {}});
  scene.add({"ap2", {4.0, 4.72, 2.7}, {}, 20, {}});
  scene.receivers = receiver_grid({.lo = {0.3, 0.3}, .hi = {29.7, 19.7}, .height = 1.2, .spacing = 0.76});
  return scene;
}

Configuration configuration_of(const Scene& scene, int step) {
  Configuration c;
  for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
  c.movers = {make_pose(panel_start + Vec3d{0.02 * (step % 200), 0, 0}, {-1.3 + 0.005 * (step % 200), 0.05, 0})};
  return c;
}

const paths::PathModel& model(bool transmission, int depth) {
  static std::map<std::pair<bool, int>, std::unique_ptr<paths::PathModel>> models;
  std::unique_ptr<paths::PathModel>& m = models[{transmission, depth}];
  if (!m) {
    const Scene scene = office();
    m = std::make_unique<paths::PathModel>(scene, std::vector{std::uint32_t(find_object(scene, "Reflector"))},
                                           paths::PathOptions{.max_depth = depth, .transmission = transmission});
  }
  return *m;
}

Visibility visibility_of(std::int64_t kind) { return {.kind = VisibilityKind(kind)}; }

/// Forward only, then forward with gradient: range(0) depth, range(1) transmission, range(2) visibility, range(3) gradient.
void step(benchmark::State& state) {
  const Scene scene = office();
  const paths::PathModel& m = model(state.range(1) != 0, int(state.range(0)));
  paths::Workspace w = m.make_workspace();
  ConfigurationGradient gradient;
  std::vector<double> bar;
  int i = 0;
  for (auto _ : state) {
    m.gains(configuration_of(scene, i++), visibility_of(state.range(2)), w);
    if (state.range(3) != 0) {
      bar.resize(w.gains.size());
      for (std::size_t k = 0; k < bar.size(); ++k) bar[k] = 1 / (w.gains[k] + 1e-14);
      m.pullback(bar, w, gradient);
      benchmark::DoNotOptimize(gradient.movers.data());
    }
  }
  state.counters["paths"] = double(w.table.paths.size());
  state.counters["receivers"] = double(m.receivers());
}

/// Worlds of one run on all processors, two iterations: range(0) depth, range(1) transmission, range(2) visibility,
/// range(3) worlds. Time and memory of the whole run, the scene and what worlds share included.
void worlds(benchmark::State& state) {
  const placement::OnWall on_wall{.object = "Reflector", .wall = "corridor_north", .yaw = {-1.2, 1.2}};
  const Problem problem{office(), {{on_wall}, {}}, {.paths = {.max_depth = int(state.range(0)), .transmission = state.range(1) != 0}}};
  using Engine = MultiStart<loss::MeanDb, optimizer::Adam>;
  Engine::Params prm;
  prm.worlds = int(state.range(3));
  prm.iterations = 2;
  prm.starts.mode = StartMode::plain;
  prm.annealing.from = 1;
  prm.visibility = visibility_of(state.range(2));
  Result result;
  for (auto _ : state) result = run(Engine{problem, prm}, executor::Batch{});
  state.counters["bytes"] =
      double(problem.model->world().bytes() + result.bytes_of_workspaces + result.worlds.size() * result.bytes_per_world);
}

/// The panel as part of the scene, all paths found anew: what a tracer without the split does. range as `step`.
void full_retrace(benchmark::State& state) {
  Scene scene = office();
  const paths::PathModel& split = model(state.range(1) != 0, int(state.range(0)));
  Object& panel = scene.objects[find_object(scene, "Reflector")];
  const Mesh as_loaded = panel.mesh;
  const MoverShape shape = make_mover_shape(panel);
  int i = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const Pose pose = configuration_of(scene, i++).movers[0];
    for (std::size_t v = 0; v < as_loaded.vertices.size(); ++v) panel.mesh.vertices[v] = pose.point(as_loaded.vertices[v] - shape.origin);
    paths::SurfaceSet fixed = split.world().fixed;
    fixed.add(panel, split.world().object_index[0], shape, pose);
    state.ResumeTiming();
    fixed.build_tree();
    const Bvh bvh = build_bvh(fixed.triangles);
    const paths::Geometry g{&fixed, nullptr, bvh.view(), split.world().slabs.data(), split.world().options.transmission};
    for (const Transmitter& t : scene.transmitters)
      benchmark::DoNotOptimize(paths::TransmitterCache(g, t.position, split.world().groups, int(state.range(0))).paths.data());
  }
}

/// From the file on disk to the end of the first iteration with gradient: range(0) depth, range(1) transmission.
void start(benchmark::State& state) {
  for (auto _ : state) {
    const Scene scene = office();
    const paths::PathModel m(scene, {std::uint32_t(find_object(scene, "Reflector"))}, {.max_depth = int(state.range(0)), .transmission = state.range(1) != 0});
    paths::Workspace w = m.make_workspace();
    ConfigurationGradient gradient;
    m.gains(configuration_of(scene, 0), {}, w);
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
  b->ArgNames({"depth", "transmission", "visibility", "worlds"})->ArgsProduct({{2, 3}, {0, 1}, {hard, fresnel}, {1, 32}});
}
BENCHMARK(worlds)->Apply(world_arguments)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(full_retrace)->ArgNames({"depth", "transmission"})->ArgsProduct({{2, 3}, {0, 1}})->Unit(benchmark::kMillisecond);
BENCHMARK(start)->ArgNames({"depth", "transmission"})->ArgsProduct({{2, 3}, {0, 1}})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
