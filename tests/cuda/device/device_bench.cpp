// What a step costs on a device, and on this machine's processors beside it, as JSON.
//   device_bench --list           the devices
//   device_bench OUT.json [most]  all measurements, of at most so many worlds at once (4096)
// Leaves with 3 where there is no device.
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "device_gains.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/paths/batch/make_arrays.hpp"
#include "sites.hpp"

namespace {

using namespace manyworlds;
using Json = nlohmann::json;
using paths::batch::AnyGains;
using paths::batch::Arrays;
using paths::batch::Room;

constexpr Visibility hard{.kind = VisibilityKind::hard};

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
/// Median seconds of calls for about as long as told.
template <class F>
double median(F&& call, double budget) {
  std::vector<double> all;
  const double begin = seconds();
  do {
    const double start = seconds();
    call();
    all.push_back(seconds() - start);
  } while (seconds() - begin < budget || all.size() < 3);
  std::nth_element(all.begin(), all.begin() + std::ptrdiff_t(all.size() / 2), all.end());
  return all[all.size() / 2];
}

Json list_devices() {
  Json list = Json::array();
  for (const backend::DeviceInfo& d : executor::cuda_devices()->list())
    list.push_back({{"index", d.index},
                    {"name", d.name},
                    {"compute_capability", std::to_string(d.major) + "." + std::to_string(d.minor)},
                    {"multiprocessors", d.multiprocessors},
                    {"clock_ghz", d.clock_ghz},
                    {"free_mib", d.free_bytes >> 20},
                    {"total_mib", d.total_bytes >> 20}});
  return list;
}

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

Json room_json(const Room& r) {
  return {{"pyramids", r.pyramids}, {"pairs", r.pairs}, {"candidates", r.candidates}, {"paths", r.paths}};
}

Json time_batch(AnyGains& batch, const Worlds& worlds, std::size_t links) {
  std::vector<double> gains(worlds.poses.size() * links), bar(gains.size());
  std::vector<PoseGradient> gradient(worlds.poses.size());
  batch.gains(worlds.poses, gains);
  for (std::size_t i = 0; i < bar.size(); ++i) bar[i] = 1 / (gains[i] + 1e-14);
  const double forward = median([&] { batch.gains(worlds.poses, gains); }, 0.5);
  const double both = median(
      [&] {
        batch.gains(worlds.poses, gains);
        batch.pullback(bar, gradient);
      },
      0.5);
  return {{"forward_ms", forward * 1e3},
          {"forward_and_gradient_ms", both * 1e3},
          {"used", room_json(batch.used())},
          {"shared_mib", double(batch.shared_bytes()) / (1 << 20)},
          {"worlds_mib", double(batch.world_bytes()) / (1 << 20)}};
}

/// The same on all processors.
double time_processors(const Case& c, const Worlds& worlds, const Visibility& visibility) {
  const std::size_t count = std::min<std::size_t>(worlds.poses.size(), 32), links = c.arrays.links();
  std::vector<paths::Workspace> workspaces(count);
  const auto step = [&](std::size_t i) {
    c.model.gains(worlds.configurations[i], visibility, workspaces[i]);
    std::vector<double> bar(links);
    for (std::size_t l = 0; l < links; ++l) bar[l] = 1 / (workspaces[i].gains[l] + 1e-14);
    ConfigurationGradient gradient;
    c.model.pullback(bar, workspaces[i], gradient);
  };
  const double all = median([&] { executor::Batch{}.for_each_world(count, step); }, 0.5);
  return all * double(worlds.poses.size()) / double(count);
}

Json measure_case(const Case& c, std::uint32_t most) {
  Json result{{"name", c.name},
              {"triangles", c.site.triangles()},
              {"receivers", c.arrays.receivers.size()},
              {"transmitters", c.arrays.transmitters.size()},
              {"static_paths", c.arrays.paths.size()},
              {"prefixes", c.arrays.prefixes.size()},
              {"worlds", Json::array()}};
  for (std::uint32_t count : {1u, 32u, 256u, 4096u}) {
    if (count > most) continue;
    const Worlds worlds(c.site, count);
    Json row{{"worlds", count}};
    try {
      const Room room = Room::of(count);
      row["double"] = time_batch(*test::device_gains(c.arrays, count, room), worlds, c.arrays.links());
      row["single"] = time_batch(*test::device_gains(c.arrays, count, room, hard, test::Fields::in_single), worlds,
                                 c.arrays.links());
      if (count <= 256) {
        row["processors_ms"] = 1e3 * time_processors(c, worlds, hard);
        row["fresnel"] = time_batch(*test::device_gains(c.arrays, count, room, Visibility{}), worlds, c.arrays.links());
        row["fresnel_processors_ms"] = 1e3 * time_processors(c, worlds, {});
      }
      if (count == 32) {
        const std::vector<double> bar(count * c.arrays.links(), 1.0);
        row["launches_ms"] = test::device_profile(c.arrays, worlds.poses, bar, room);
      }
    } catch (const std::exception& error) {
      row["error"] = error.what();
    }
    std::cerr << c.name << ' ' << row.dump() << '\n';
    result["worlds"].push_back(row);
  }
  return result;
}

/// All worlds in one batch, and each in a context of its own.
Json measure_contexts(const Case& c) {
  Json rows = Json::array();
  for (std::uint32_t count : {1u, 4u, 16u, 32u, 64u}) {
    const Worlds worlds(c.site, count);
    Json row{{"worlds", count}};
    try {
      const std::size_t before = executor::cuda_devices()->list()[0].free_bytes;
      double start = seconds();
      const auto batch = test::device_gains(c.arrays, count, Room::of(count));
      row["batch_creation_ms"] = 1e3 * (seconds() - start);
      row["batch"] = time_batch(*batch, worlds, c.arrays.links());
      const std::size_t with_batch = executor::cuda_devices()->list()[0].free_bytes;
      row["batch_mib"] = double(before - with_batch) / (1 << 20);
      start = seconds();
      std::vector<std::unique_ptr<AnyGains>> alone;
      for (std::uint32_t w = 0; w < count; ++w)
        alone.push_back(
            test::device_gains(c.arrays, 1, Room::of(4), hard, test::Fields::in_double, test::Context::own));
      row["contexts_creation_ms"] = 1e3 * (seconds() - start);
      std::vector<std::vector<double>> gains(count, std::vector<double>(c.arrays.links()));
      std::vector<std::vector<PoseGradient>> gradient(count, std::vector<PoseGradient>(1));
      const std::vector<double> bar(c.arrays.links(), 1.0);
      const auto step = [&](std::size_t w) {
        alone[w]->gains(std::span(worlds.poses).subspan(w, 1), gains[w]);
        alone[w]->pullback(bar, gradient[w]);
      };
      executor::Batch threads;
      threads.prm.threads = int(count);
      row["contexts_ms"] = 1e3 * median([&] { threads.for_each_world(count, step); }, 0.5);
      row["contexts_mib"] = double(with_batch - executor::cuda_devices()->list()[0].free_bytes) / (1 << 20);
    } catch (const std::exception& error) {
      row["error"] = error.what();
    }
    std::cerr << "contexts " << row.dump() << '\n';
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::cerr << "usage: device_bench --list | OUT.json [most worlds]\n", 2;
  try {
    const Json devices = list_devices();
    if (std::string(argv[1]) == "--list") return std::cout << devices.dump(2) << '\n', 0;
    const std::uint32_t most = argc > 2 ? std::uint32_t(std::stoul(argv[2])) : 4096;
    Json result{{"devices", devices}, {"cases", Json::array()}};
    const auto save = [&] { std::ofstream(argv[1]) << result.dump(2) << '\n'; };
    {
      const Case office("office_v1, 1000 receivers", sites::office(1000));
      result["cases"].push_back(measure_case(office, most));
      save();
      result["contexts"] = measure_contexts(office);
      save();
    }
    result["cases"].push_back(measure_case(Case("office_v1, 10000 receivers", sites::office(10000)), most));
    save();
    result["cases"].push_back(measure_case(Case("empty room, 10000 receivers", sites::empty_room(10000)), most));
    save();
  } catch (const backend::NoDevice& error) {
    return std::cerr << error.what() << '\n', 3;
  } catch (const std::exception& error) {
    return std::cerr << "device_bench: " << error.what() << '\n', 2;
  }
}
