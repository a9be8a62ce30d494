// A small search on hills whose workers can be made to fail, for processes_test and fault_matrix.py.
//   worker_program [name=value ...] [--executor NAME] [--executor.NAME VALUE ...]
// Names: executor (serial, batch, processes), processes (workers), threads, batch, connect, program, restarts, budget
// (bytes), fraction, task_timeout, heartbeat_timeout, start_timeout; worlds, iterations, min_live_worlds, optimizer
// (adam, lbfgs); checkpoint (folder), every, resume (0, 1); fault (kill, segv, exit, hang, stop, nan, bad_alloc, throw,
// half, garbage), at (evaluation of the process that hits it), token (file that the first to be hit makes; without one
// every process is hit, each time from there on), pause_us (of every evaluation). Others are marks for whoever looks at
// processes. Ctrl-C ends the search. Prints everything that a result holds but times and processes, then what happened
// to workers on stderr.
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <thread>

#include "analytic_problem.hpp"
#include "manyworlds/engine/checkpoint.hpp"
#include "manyworlds/engine/interrupt.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/executor/batch.hpp"
#include "manyworlds/executor/processes.hpp"
#include "manyworlds/executor/serial.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/optimizer/lbfgs.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/social/differential.hpp"

namespace mw = manyworlds;

namespace {

std::map<std::string, std::string> arguments{
    {"executor", "serial"},       {"processes", "2"},      {"threads", "1"}, {"batch", "0"},    {"worlds", "8"},
    {"iterations", "30"},         {"optimizer", "adam"},   {"every", "5"},   {"resume", "0"},   {"task_timeout", "0.5"},
    {"heartbeat_timeout", "0.5"}, {"start_timeout", "20"}, {"at", "1"},      {"pause_us", "0"}, {"restarts", "3"},
    {"min_live_worlds", "1"},     {"budget", "0"},         {"fraction", "0"}};
std::atomic<int> evaluations{0};
volatile std::sig_atomic_t interrupted = 0;

double number(const std::string& name) { return std::stod(arguments[name]); }

/// Is this process the one to fail now?
bool hit() {
  if (arguments["fault"].empty() || ++evaluations < int(number("at"))) return false;
  if (arguments["token"].empty()) return true;
  const int file = ::open(arguments["token"].c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (file >= 0) ::close(file);
  return file >= 0;
}

double fail(double value) {
  const std::string fault = arguments["fault"];
  if (fault == "kill") ::raise(SIGKILL);
  if (fault == "segv") ::raise(SIGSEGV);
  if (fault == "exit") std::_Exit(3);
  if (fault == "stop") ::raise(SIGSTOP);
  if (fault == "hang")
    for (;;) std::this_thread::yield();
  if (fault == "bad_alloc") throw std::bad_alloc();
  if (fault == "throw") throw std::runtime_error("the loss has thrown");
  const std::string frame = mw::executor::Frame{mw::executor::MessageKind::heartbeat, std::string(8, 'x')}.bytes();
  if (fault == "half") {
    mw::executor::send_all(3, frame.substr(0, frame.size() / 2));
    std::_Exit(0);
  }
  if (fault == "garbage") mw::executor::send_all(3, std::string(100, '\xa5'));
  return fault == "nan" ? std::nan("") : value;
}

struct Fragile {
  static constexpr const char* name = "fragile";
  using Params = mw::loss::MeanDb::Params;
  Params prm{.floor_dbm = -65};
  double value(const mw::RssRows& rows) const {
    std::this_thread::sleep_for(std::chrono::microseconds(int(number("pause_us"))));
    const double loss = mw::loss_value(mw::loss::MeanDb{prm}, rows);
    return hit() ? fail(loss) : loss;
  }
  void gradient(const mw::RssRows& rows, std::span<double> gradient) const {
    mw::loss_gradient(mw::loss::MeanDb{prm}, rows, gradient);
  }
};
static_assert(mw::Loss<Fragile>);

void print(const mw::Result& r) {
  std::printf("winner %u value %a evaluations %a iterations %d at", r.winner, r.value, r.counts.evaluations(),
              r.iterations);
  for (const double number : r.x) std::printf(" %a", number);
  std::printf("\n");
  for (const mw::WorldResult& w : r.worlds) {
    std::printf("world %u %s retries %d value %a:", w.id, choices(w.reason).at(std::size_t(w.reason)), w.retries,
                w.value);
    for (const auto* column : {&w.history.loss, &w.history.value, &w.history.x})
      for (const double number : *column) std::printf(" %a", number);
    std::printf("\n");
  }
  for (const auto& [name, value] : r.execution) std::fprintf(stderr, "%s: %s\n", name.c_str(), value.c_str());
  for (const mw::WorldResult& w : r.worlds)
    if (w.restarts > 0 || !w.failure.empty())
      std::fprintf(stderr, "world %u restarts %d %s\n", w.id, w.restarts, w.failure.c_str());
}

/// Runs the search and returns the exit code.
template <class Engine, class E>
int run(const Engine& engine, const E& executor) {
  mw::callback::Interrupt interrupt{&interrupted};
  const std::string folder = arguments["checkpoint"];
  mw::callback::Checkpoint checkpoint{folder, int(number("every")), number("resume") != 0};
  const mw::Result result =
      folder.empty() ? mw::run(engine, executor, interrupt) : mw::run(engine, executor, interrupt, checkpoint);
  print(result);
  return result.interrupted ? 128 + SIGINT : 0;
}

template <class O>
int search() {
  const std::string executor = arguments["executor"];
  using Engine =
      mw::MultiStart<Fragile, O, mw::pruning::BottomFraction, mw::social::Differential, mw::test::HillProblem>;
  typename Engine::Params prm;
  prm.worlds = int(number("worlds"));
  prm.iterations = int(number("iterations"));
  prm.loss.floor_dbm = -65;
  prm.min_live_worlds = int(number("min_live_worlds"));
  prm.polish.worlds = 2;
  prm.polish.steps = 10;
  const Engine engine{mw::test::four_hills(), prm};
  if (executor == "serial") return run(engine, mw::executor::Serial{});
  if (executor == "batch") return run(engine, mw::executor::Batch{{int(number("threads"))}});
  mw::executor::Processes processes{int(number("processes")), int(number("threads")), int(number("batch"))};
  processes.prm.restarts = int(number("restarts"));
  processes.prm.heartbeat_s = 0.05;
  processes.prm.heartbeat_timeout_s = number("heartbeat_timeout");
  processes.prm.task_timeout_s = number("task_timeout");
  processes.prm.start_timeout_s = number("start_timeout");
  processes.prm.memory_budget_bytes = number("budget");
  processes.prm.fraction = number("fraction");
  processes.prm.connect = arguments["connect"];
  processes.prm.program = arguments["program"];
  return run(engine, processes);
}

}  // namespace

int main(int argc, char** argv) try {
  std::signal(SIGINT, [](int) { interrupted = 1; });
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool option = argument.rfind("--", 0) == 0;
    if (option && i + 1 < argc)
      arguments[argument.substr(argument.find('.') == std::string::npos ? 2 : 11)] = argv[++i];
    else
      arguments[argument.substr(0, argument.find('='))] = argument.substr(argument.find('=') + 1);
  }
  return arguments["optimizer"] == "lbfgs" ? search<mw::optimizer::Lbfgs>() : search<mw::optimizer::Adam>();
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 2;
}
