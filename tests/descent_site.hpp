#pragma once
#include "manyworlds/engine/descent.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/paths/batch/descent.hpp"
#include "manyworlds/paths/batch/make_arrays.hpp"
#include "two_rooms.hpp"

namespace manyworlds::test {

using kernels::FreePanel;
using paths::batch::DescentOptions;

/// Two rooms and one panel or two, as the engine sees them and as a batch does.
struct DescentSite {
  Scene scene = two_rooms();
  std::vector<std::uint32_t> movers;
  std::unique_ptr<Problem> problem;
  paths::batch::Arrays arrays;
  DescentOptions<FreePanel> options;
  std::vector<double> x;  ///< [world][mover][variable]
  std::uint32_t worlds;

  DescentSite(Movers which, std::uint32_t count, int steps, Serving serving) : worlds(count) {
    Random random(31, std::uint32_t(which), 0, Purpose::test);
    movers = add_movers(scene, which, 1, 2);
    place_devices(scene, random, 2, 60, {.3, .3, .3}, {7.7, 4.7, 2.5});
    for (Transmitter& t : scene.transmitters) t.power_dbm = random.uniform(10, 20);
    for (std::size_t r = 0; r < 60; ++r) scene.receivers.weights.push_back(r % 7 == 0 ? 0 : random.uniform(1, 2));
    placement::All all;
    all.constraints.avoid_objects = false;
    for (std::uint32_t m : movers) {
      const placement::FreePose place{scene.objects[m].name, {1, 1, .8}, {7, 4, 2}};
      all.parts.push_back(place);
      const MoverShape shape = make_mover_shape(scene.objects[m]);
      FreePanel panel{{1, 1, .8, place.yaw.lower, place.pitch.lower}, {7, 4, 2, place.yaw.upper, place.pitch.upper}};
      panel.local = placement::make_panel(scene.objects[m], shape, 0).local;
      options.designs.push_back(panel);
    }
    ProblemOptions problem_options{.paths = {.max_depth = 2}, .serving = serving};
    problem = std::make_unique<Problem>(scene, all, problem_options);
    arrays = paths::batch::make_arrays(problem->model->world());
    for (double dbm : problem->power_dbm) options.power_mw.push_back(from_db(dbm));
    options.weights = problem->make_workspace().weights;
    options.floor_dbm = problem->floor_dbm;
    options.sum = serving == Serving::sum;
    options.clip_norm = 2;
    for (std::uint32_t w = 0; w < worlds; ++w) options.rates.push_back(0.02 + 0.01 * (w % 3));
    for (int i = 0; i < steps; ++i) options.factors.push_back(std::pow(0.95, i));
    x.resize(worlds * problem->variables().size());
    const std::size_t n = problem->variables().size();
    for (std::uint32_t w = 0; w < worlds; ++w)
      problem->placement.start(random, placement::StartKind::plain, std::span(x).subspan(w * n, n));
  }

  /// Losses [step][world] by the engine's problem, one world after another; x becomes where they end.
  template <class L, class O>
  std::vector<double> by_engine(const L& loss, const O& rule, const Visibility& visibility) {
    const std::size_t n = problem->variables().size(), steps = options.factors.size();
    std::vector<double> history(steps * worlds), gradient(n);
    auto workspace = problem->make_workspace();
    const std::vector<double> scales = variable_scales(problem->variables(), 0.5);
    for (std::uint32_t w = 0; w < worlds; ++w) {
      const std::span<double> own = std::span(x).subspan(w * n, n);
      manyworlds::Descent<O> descent(n);
      for (std::size_t i = 0; i < steps; ++i) {
        history[i * worlds + w] = problem->value_and_gradient(loss, own, visibility, workspace, gradient);
        descent.step(rule, own, gradient, scales, options.rates[w] * options.factors[i], options.clip_norm);
        problem->placement.repair(own);
      }
    }
    return history;
  }
};

}  // namespace manyworlds::test
