#pragma once
#include "manyworlds/engine/problem.hpp"
#include "manyworlds/engine/scene_identity.hpp"
#include "manyworlds/paths/model.hpp"
#include "manyworlds/placement/bind.hpp"
#include "manyworlds/scene/validate.hpp"

namespace manyworlds {

struct ProblemOptions {
  paths::PathOptions paths{};
  Serving serving = Serving::strongest;
  double noise_dbm = thermal_noise_dbm();
  double floor_dbm = -200;  ///< received power of a receiver that no path reaches
};

/// The search problem of a scene: what may move and how, and the received powers that follow. Makes everything that
/// worlds share (static paths included). Throws InputError for a scene without transmitters or receivers, for what
/// placement::bind refuses and for what paths::StaticWorld refuses.
class Problem : public BasicProblem<paths::PathModel, placement::Placement> {
 public:
  Problem(const Scene& world, const placement::All& places, const ProblemOptions& options = {})
      : BasicProblem(make((validate_devices(world), world), placement::bind(world, places), options)),
        scene(std::make_shared<const Scene>(world)) {}
  /// One descriptor, or several.
  template <class... Descriptor>
  requires(sizeof...(Descriptor) > 0 && (std::constructible_from<placement::AnyPlacement, Descriptor> &&
                                         ...)) explicit Problem(const Scene& world, const Descriptor&... descriptors)
      : Problem(world, placement::All{{descriptors...}, {}}) {}

  /// Everything that received powers depend on, for identity_of().
  Identity identity() const {
    Identity all = scene_identity(*scene);
    const paths::PathOptions& paths = model->world().options;
    const auto add = [&](const char* name, const auto& value) { all.emplace_back(name, field_text(value)); };
    add("max_depth", paths.max_depth);
    add("transmission", paths.transmission);
    add("coherent", paths.coherent);
    add("finder", int(paths.finder));
    add("rays", paths.rays);
    add("max_beams", paths.max_beams);
    add("receiver_tiles", model->receiver_tiles());
    add("serving", serving);
    add("noise_dbm", noise_dbm);
    add("floor_dbm", floor_dbm);
    add("power_dbm", power_dbm);
    return all;
  }

  std::shared_ptr<const Scene> scene;  ///< as it was given

 private:
  static BasicProblem make(const Scene& world, placement::Placement places, const ProblemOptions& options) {
    std::vector<std::uint32_t> movers;
    for (std::size_t m : places.movers()) movers.push_back(std::uint32_t(m));
    paths::PathOptions path_options = options.paths;
    path_options.moving_transmitters = path_options.moving_transmitters || places.moves_transmitters();
    auto model = std::make_shared<const paths::PathModel>(world, movers, path_options);
    BasicProblem problem{std::move(model), std::move(places), {}, {}};
    problem.rest = problem.placement.initial();
    for (const Transmitter& t : world.transmitters) problem.power_dbm.push_back(t.power_dbm);
    problem.weights = world.receivers.weights;
    problem.serving = options.serving;
    problem.noise_dbm = options.noise_dbm;
    problem.floor_dbm = options.floor_dbm;
    return problem;
  }
};

}  // namespace manyworlds
