// Do devices find what the processors find? The same search by both, for some master seeds.
#include "bench_cases.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/cuda.hpp"
#include "manyworlds/optimizer/adam.hpp"

namespace manyworlds::bench {

namespace {

using Engine = MultiStart<loss::MeanDb, optimizer::Adam>;

template <class Executor>
Json search(const Problem& problem, const Engine::Params& prm, const Executor& executor) {
  const double begin = seconds();
  const Result result = run(Engine{problem, prm}, executor);
  return {{"winner", result.winner}, {"value", result.value}, {"seconds", seconds() - begin}};
}

}  // namespace

Json compare_winners() {
  const placement::OnWall on_wall{.object = "Reflector", .wall = "corridor_north", .yaw = {-1.2, 1.2}};
  const Problem problem{sites::office(1000).scene, {{on_wall}, {}}, {.paths = {.max_depth = 2}}};
  Json rows = Json::array();
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Engine::Params prm;
    prm.worlds = 32;
    prm.iterations = 40;
    prm.seed = seed;
    rows.push_back({{"seed", seed},
                    {"batch", search(problem, prm, executor::Batch{})},
                    {"cuda_batch", search(problem, prm, executor::CudaBatch{})}});
    std::cerr << "winners " << rows.back().dump() << '\n';
  }
  return rows;
}

}  // namespace manyworlds::bench
