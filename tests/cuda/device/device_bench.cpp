// What a step costs on a device, and on this machine's processors beside it, as JSON.
//   device_bench --list           the devices
//   device_bench OUT.json [most]  all measurements, of at most so many worlds at once (4096)
// Leaves with 1 when something could not be measured (its row says why), with 3 where there is no device.
#include <ctime>
#include <fstream>
#include <iostream>
#include <thread>

#include "bench_cases.hpp"
#include "manyworlds/executor/batch.hpp"
#include "rates.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::bench;

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

/// The day, and the processors of this machine.
Json describe_run() {
  const std::time_t now = std::time(nullptr);
  char date[16];
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  Json run{{"date", date}, {"threads", std::thread::hardware_concurrency()}, {"processor", "unknown"}};
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) run["processor"] = line.substr(line.find(':') + 2);
  return run;
}

/// A step whose gains and their derivatives go through the host, which losses that devices do not know make do with.
Json time_through_host(AnyGains& batch, const Worlds& worlds, std::size_t links) {
  std::vector<double> gains(worlds.poses.size() * links), bar(gains.size(), 1);
  std::vector<PoseGradient> gradient(worlds.poses.size());
  const auto forward = [&] { batch.gains(worlds.poses, gains); };
  const auto both = [&] {
    forward();
    batch.pullback(bar, gradient);
  };
  return {{"forward_ms", median_ms(forward)}, {"forward_and_gradient_ms", median_ms(both)}};
}

/// Forward and gradient on all processors, of at most 32 worlds, times the rest.
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
  const auto all = [&] { executor::Batch{}.for_each_world(count, step); };
  all();
  return median_ms(all) * double(worlds.poses.size()) / double(count);
}

/// Milliseconds of each launch of a step under hard visibility, and how often what is asked there, where that is known.
Json profile(const Case& c, const Worlds& worlds, const Room& room) {
  const std::size_t count = worlds.poses.size(), pairs = count * c.arrays.mover_faces.size();
  const test::Profile found =
      test::device_profile(c.arrays, worlds.poses, std::vector<double>(count * c.arrays.links(), 1.0), room);
  std::size_t segments = 0;
  for (const kernels::StaticPath& path : c.arrays.paths) segments += std::size_t(path.length) + 1;
  return {{"ms", found.ms},
          {"counts",
           {{"overlay", segments * pairs},
            {"enter movers", c.arrays.prefixes.size() * pairs},
            {"fields", found.used.paths},
            {"adjoint of fields", found.used.paths}}}};
}

Json measure_worlds(const Case& c, std::uint32_t count, bool last) {
  const Worlds worlds(c.site, count);
  const Room room = Room::of(count);
  Json row{{"worlds", count}};
  try {
    const auto in_double = test::device_gains(c.arrays, count, room);
    row["double"] = time_step(*in_double, worlds.poses);
    row["through_host"] = time_through_host(*in_double, worlds, c.arrays.links());
  } catch (const std::exception& error) {
    row["error"] = error.what();
    return row;
  }
  try {
    const auto timed = [&](const Visibility& visibility, test::Fields fields) {
      return time_step(*test::device_gains(c.arrays, count, room, visibility, fields), worlds.poses);
    };
    row["single"] = timed(hard, test::Fields::in_single);
    if (count == 32 || last) row["profile"] = profile(c, worlds, room);
    if (count <= 256) {
      row["processors_ms"] = time_processors(c, worlds, hard);
      row["fresnel_processors_ms"] = time_processors(c, worlds, {});
      row["fresnel"] = timed({}, test::Fields::in_double);
    }
  } catch (const std::exception& error) {
    row["error"] = error.what();
  }
  return row;
}

Json measure_case(const Case& c, std::uint32_t most) {
  Json result{{"name", c.name},
              {"triangles", c.site.triangles()},
              {"receivers", c.arrays.receivers.size()},
              {"transmitters", c.arrays.transmitters.size()},
              {"static_paths", c.arrays.paths.size()},
              {"prefixes", c.arrays.prefixes.size()},
              {"worlds", Json::array()}};
  std::vector<std::uint32_t> counts;
  for (const std::uint32_t count : {1u, 32u, 256u, 4096u})
    if (count <= most) counts.push_back(count);
  for (const std::uint32_t count : counts) {
    result["worlds"].push_back(measure_worlds(c, count, count == counts.back()));
    std::cerr << c.name << ' ' << result["worlds"].back().dump() << '\n';
  }
  return result;
}

Json measure_rates(const Case& c) {
  const test::Rates found = test::device_rates(c.arrays);
  const auto json = [](const test::Rate& r) { return Json{{"asked", r.asked}, {"yes", r.yes}, {"ms", r.ms}}; };
  return {{"case", c.name},
          {"any-hit in order", json(found.in_order)},
          {"any-hit shuffled", json(found.shuffled)},
          {"solves", json(found.solves)}};
}

/// How many parts could not be measured.
int errors_in(const Json& part) {
  int sum = part.is_object() && part.contains("error");
  if (part.is_structured())
    for (const Json& inner : part) sum += errors_in(inner);
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::cerr << "usage: device_bench --list | OUT.json [most worlds]\n", 2;
  try {
    const Json devices = list_devices();
    if (std::string(argv[1]) == "--list") return std::cout << devices.dump(2) << '\n', 0;
    const std::uint32_t most = argc > 2 ? std::uint32_t(std::stoul(argv[2])) : 4096;
    Json result{{"run", describe_run()}, {"devices", devices}, {"cases", Json::array()}};
    // What has been measured is kept, whatever comes.
    const auto keep = [&](Json& place, const auto& measure) {
      try {
        place = measure();
      } catch (const std::exception& error) {
        place = {{"error", error.what()}};
        std::cerr << error.what() << '\n';
      }
      std::ofstream(argv[1]) << result.dump(2) << '\n';
    };
    const auto add_case = [&](const Case& c) {
      keep(result["cases"].emplace_back(), [&] { return measure_case(c, most); });
    };
    {
      const Case office("office_v1, 1,000 receivers", sites::office(1000));
      add_case(office);
      keep(result["winners"], compare_winners);
      keep(result["contexts"], [&] { return measure_contexts(office); });
    }
    {
      const Case office("office_v1, 10,000 receivers", sites::office(10000));
      keep(result["rates"], [&] { return measure_rates(office); });
      add_case(office);
    }
    add_case(Case("empty room, 10,000 receivers", sites::empty_room(10000)));
    return errors_in(result) > 0 ? 1 : 0;
  } catch (const backend::NoDevice& error) {
    return std::cerr << error.what() << '\n', 3;
  } catch (const std::exception& error) {
    return std::cerr << "device_bench: " << error.what() << '\n', 2;
  }
}
