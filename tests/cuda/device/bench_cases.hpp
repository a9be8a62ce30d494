#pragma once
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "device_gains.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/paths/batch/make_arrays.hpp"
#include "sites.hpp"
#include "timing.hpp"

/// What the parts of device_bench share: sites, their worlds, and how a step is timed.
namespace manyworlds::bench {

using Json = nlohmann::json;
using paths::batch::AnyGains;
using paths::batch::Arrays;
using paths::batch::Room;

inline constexpr Visibility hard{.kind = VisibilityKind::hard};

/// Median milliseconds of calls for about half a second, three at least.
template <class F>
double median_ms(F&& call) {
  std::vector<double> all;
  const double begin = seconds();
  do {
    const double start = seconds();
    call();
    all.push_back(1e3 * (seconds() - start));
  } while (seconds() - begin < 0.5 || all.size() < 3);
  return median(std::move(all));
}

struct Case {
  const char* name;
  sites::Site site;
  paths::PathModel model;
  Arrays arrays;
  Case(const char* named, sites::Site s)
      : name(named),
        site(std::move(s)),
        model(site.scene, site.movers()),
        arrays(paths::batch::make_arrays(model.world())) {}
};

/// The worlds of a site: the panel on a walk, each world a step further.
struct Worlds {
  std::vector<Configuration> configurations;
  std::vector<Pose> poses;
  Worlds(const sites::Site& site, std::uint32_t count) {
    for (std::uint32_t w = 0; w < count; ++w) {
      configurations.push_back(site.at(int(w * 7)));
      poses.push_back(configurations.back().movers[0]);
    }
  }
};

/// A step as executors take it: poses go to a device, losses and gradients come back.
class Step {
 public:
  Step(AnyGains& batch, std::span<const Pose> poses)
      : batch_(batch), poses_(poses), values_(poses.size()), weakest_dbm_(poses.size()), gradient_(poses.size()) {}

  void forward() { evaluate({}); }
  void both() { evaluate(gradient_); }

 private:
  void evaluate(std::span<PoseGradient> gradient) {
    if (!batch_.evaluate(poses_, loss_, values_, weakest_dbm_, gradient))
      throw std::runtime_error("no code for mean_db");
  }

  AnyGains& batch_;
  std::span<const Pose> poses_;
  StructCopy loss_{loss::MeanDb{}};
  std::vector<double> values_, weakest_dbm_;
  std::vector<PoseGradient> gradient_;
};

/// Milliseconds of a step, its lists and its memory.
inline Json time_step(AnyGains& batch, std::span<const Pose> poses) {
  Step step(batch, poses);
  for (int i = 0; i < 3; ++i) step.both();  // room, then graphs
  const double both = median_ms([&] { step.both(); }), forward = median_ms([&] { step.forward(); });
  const Room& r = batch.used();
  return {{"forward_ms", forward},
          {"forward_and_gradient_ms", both},
          {"used", {{"pyramids", r.pyramids}, {"pairs", r.pairs}, {"candidates", r.candidates}, {"paths", r.paths}}},
          {"shared_mib", double(batch.shared_bytes()) / (1 << 20)},
          {"worlds_mib", double(batch.world_bytes()) / (1 << 20)}};
}

/// The winners of whole searches on the processors and on devices, by master seed.
Json compare_winners();

/// All worlds of 1, 4, 16, 32 and 64 in one batch, and each in a context of its own.
Json measure_contexts(const Case& c);

}  // namespace manyworlds::bench
