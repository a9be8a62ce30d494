// One case of isolation_vs_batching.py: a search on office_v1 for a given time, on one executor.
//   isolation_case [name=value ...] [--executor NAME] [--executor.NAME VALUE ...]: worlds, receivers, seconds (of
//   descent), iterations (at most), seed, visibility (fresnel, hard); the options of processes as in place. With jobs=N
//   instead: N jobs of 1 kB that do nothing, which tells what a job costs that is sent.
// Prints JSON: seconds from the start of the process to the first iteration's end and in parts, steps (s), losses over
// time, bytes, and the winner's loss.
#include <sys/resource.h>

#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/cuda.hpp"
#include "manyworlds/executor/processes.hpp"
#include "manyworlds/executor/serial.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "sites.hpp"

namespace {

using namespace manyworlds;
using Json = nlohmann::json;
using Engine = MultiStart<loss::MeanDb, optimizer::Adam>;

const auto begun = std::chrono::steady_clock::now();
double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); }

/// Seconds of processors that this process, or the workers that it has had, took.
double processor_s(int who) {
  ::rusage used{};
  ::getrusage(who, &used);
  return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         1e-6 * double(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/// Notes when iterations end, and ends the run when its time is over.
struct Clock {
  double most_s;
  Json& out;
  std::vector<double> ends = room(), losses = room();

  /// For 20,000 iterations, written to so that memory does not grow by the benchmark's own notes.
  static std::vector<double> room() {
    std::vector<double> all(20000);
    all.clear();
    return all;
  }

  void start(const Progress&) {
    ends.push_back(seconds());
    out["workers_start_s"] = ends[0] - out["problem_s"].get<double>();
  }
  bool iteration(const Progress& p) {
    ends.push_back(seconds());
    losses.push_back(p.best_loss);
    if (ends.size() == 2) out["first_iteration_s"] = ends[1], out["processor_s_first"] = processor_s(RUSAGE_SELF);
    out["processor_s"] = processor_s(RUSAGE_SELF);
    if (p.iteration == 100 || p.iteration == p.iterations) note_memory(p);
    return ends.back() - ends[1] > most_s;
  }

  /// Resident bytes of the run and of its workers, by iteration.
  void note_memory(const Progress& p) {
    Json& at = out["memory"][std::to_string(p.iteration)];
    at["run"] = executor::resident_bytes();
    if (const std::string* const bytes = find_value(p.execution, "bytes_of_workers")) at["workers"] = std::stod(*bytes);
  }
};

template <class E>
void search(const Problem& problem, const Engine::Params& prm, const E& executor, double most_s, Json& out) {
  Clock clock{most_s, out};
  const Result result = run(Engine{problem, prm}, executor, clock);
  std::vector<double> steps;
  for (std::size_t i = 2; i < clock.ends.size(); ++i) steps.push_back(clock.ends[i] - clock.ends[i - 1]);
  out["steps_s"] = steps;
  out["ends_s"] = std::vector<double>(clock.ends.begin() + 1, clock.ends.end());
  out["losses"] = clock.losses;
  out["value"] = result.value;
  out["iterations"] = result.iterations;
  out["processor_s_workers"] = processor_s(RUSAGE_CHILDREN);
  out["bytes_of_run"] = executor::resident_bytes();
  for (const auto& [name, value] : result.execution) out["execution"][name] = value;
}

void empty_jobs(const executor::Processes& processes, std::size_t count, Json& out) {
  const std::string body(1024, 'x');
  const JobServer server = [&](std::uint8_t, ArchiveReader& question, ArchiveWriter& answer) {
    std::string text;
    question(text);
    answer(text);
  };
  const std::unique_ptr<Crew> crew = processes.open({}, server);
  RemoteJobs jobs{0, count, {}, {}, {}};
  jobs.question = [&](std::size_t, ArchiveWriter& bytes) { bytes(body); };
  jobs.answer = [](std::size_t, ArchiveReader& bytes, const Delivery&) {
    std::string text;
    bytes(text);
  };
  jobs.failed = [](std::size_t, const std::string& why, const Delivery&) { throw RunError(why); };
  crew->run(jobs);  // workers start
  const double start = seconds();
  crew->run(jobs);
  out["job_s"] = (seconds() - start) / double(count);
}

}  // namespace

int main(int argc, char** argv) try {
  std::map<std::string, std::string> given{
      {"worlds", "32"},         {"receivers", "1000"}, {"seconds", "3"},          {"seed", "1"},
      {"iterations", "100000"}, {"jobs", "0"},         {"visibility", "fresnel"}, {"--executor", "batch"}};
  executor::Processes processes;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const std::string value = equals != std::string::npos ? word.substr(equals + 1) : i + 1 < argc ? argv[++i] : "";
    if (given.count(name))
      given[name] = value;
    else if (name.rfind("--executor.", 0) == 0)
      set_param(processes.prm, name.substr(11), value);
    else
      throw InputError(word, "expected an option of isolation_case");
  }
  const auto number = [&](const char* name) { return std::stod(given.at(name)); };
  Json out;
  if (number("jobs") > 0) {
    empty_jobs(processes, std::size_t(number("jobs")), out);
    std::cout << out << '\n';
    return 0;
  }
  const placement::OnWall on_wall{.object = "Reflector", .wall = "corridor_north", .yaw = {-1.2, 1.2}};
  const Problem problem{sites::office(number("receivers")).scene, {{on_wall}, {}}, {.paths = {.max_depth = 2}}};
  out["problem_s"] = seconds();
  out["receivers"] = problem.receivers();
  Engine::Params prm;
  prm.worlds = int(number("worlds"));
  prm.iterations = int(number("iterations"));
  prm.seed = std::uint64_t(number("seed"));
  parse_field(given.at("visibility"), prm.visibility.kind, "visibility");
  prm.starts.mode = StartMode::plain;
  prm.annealing.from = 1;
  prm.freed = Freed::saved;
  prm.convergence = {.gradient = 0, .step = 0, .loss = 0};
  const std::string name = given.at("--executor");
  const auto with = [&](const auto& executor) { search(problem, prm, executor, number("seconds"), out); };
  if (name == "serial")
    with(executor::Serial{});
  else if (name == "batch")
    with(executor::Batch{{processes.prm.threads == 1 ? 0 : processes.prm.threads}});
  else if (name == "processes")
    with(processes);
  else if (name == "cuda_batch")
    with(executor::CudaBatch{});
  else if (name == "cuda_contexts")
    with(executor::CudaContexts{});
  else
    throw unknown_name("--executor", "executor", name, {"serial", "batch", "processes", "cuda_batch", "cuda_contexts"});
  std::cout << out << '\n';
} catch (const backend::NoDevice& e) {
  std::cerr << "isolation_case: " << e.what() << '\n';
  return 3;
} catch (const std::exception& e) {
  std::cerr << "isolation_case: " << e.what() << '\n';
  return 2;
}
