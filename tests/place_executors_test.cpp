/// The driver `place` on all executors, and when it is stopped and taken up again: the same result.
#include "place_runs.hpp"

namespace {

using namespace manyworlds::test;

/// A problem on which all ways are tried: pruning, exchange, polish, new starts.
const Arguments tried = scene + on_wall + Arguments{"--worlds",        "5", "--pruning",      "bottom_fraction",
                                                    "--polish.worlds", "2", "--polish.steps", "5"};
const Arguments full = tried + Arguments{"--iterations", "12"};
/// Takes a second: it is far from its end when its first iteration has been printed.
const Arguments longer = tried + Arguments{"--iterations", "1000", "--convergence.patience", "1000"};

TEST_F(Place, IsTheSameOnEveryExecutor) {
  const json serial = repeatable(found(full + Arguments{"--executor", "serial"}));
  const Arguments processes{"--executor", "processes", "--processes"};
  for (const Arguments& executor : {Arguments{"--threads", "1"}, Arguments{"--threads", "2"},
                                    Arguments{"--threads", "7"}, processes + Arguments{"1"}, processes + Arguments{"3"},
                                    processes + Arguments{"2", "--threads", "2", "--executor.batch", "3"}}) {
    const json other = found(full + executor);
    EXPECT_EQ(repeatable(other), serial) << executor.back();
    EXPECT_EQ(other["execution"]["worlds"].empty(), executor[0] == "--threads");
  }
}

TEST_F(Place, GoesOnAfterCtrlCAsIfNothingHadBeen) {
  const Arguments processes = longer + Arguments{"--executor", "processes"};
  const json whole = repeatable(found(processes));
  fs::remove_all(output);
  const Arguments to_output{"--output", output.string()};
  const Outcome stopped = interrupt_driver("place", processes + to_output, folder, "iteration 1/");
  EXPECT_EQ(stopped.code, 128 + SIGINT) << stopped.err;
  EXPECT_TRUE(fs::exists(output / "checkpoint.bin"));
  const Outcome other = run(processes + Arguments{"--seed", "9", "--resume"});
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find("checkpoint.bin: the checkpoint is of another run: seed was 1, is 9"), std::string::npos)
      << other.err;
  const Outcome resumed = run(longer + Arguments{"--resume"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("place: going on after iteration "), std::string::npos) << resumed.err;
  EXPECT_EQ(repeatable(result()), whole);
}

TEST_F(Place, IsEndedByCtrlCAlsoWhereAWorkerDoesNotAnswer) {
  const json whole = repeatable(found(longer));
  fs::remove_all(output);
  const auto stop_a_worker = [&](const std::string& printed) {
    if (printed.find("iteration 1/") == std::string::npos) return false;
    const std::vector<pid_t> processes = processes_of(output);
    if (processes.size() > 1) kill(processes.back(), SIGSTOP);  // the first is the run itself
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return processes.size() > 1;
  };
  const Outcome stopped =
      interrupt_program(MANYWORLDS_BINARY_DIR "/examples/place",
                        longer + Arguments{"--executor", "processes", "--executor.heartbeat_timeout_s", "600",
                                           "--output", output.string()},
                        folder, stop_a_worker);
  EXPECT_EQ(stopped.code, 128 + SIGINT) << stopped.err;
  EXPECT_NE(stopped.err.find("place: iteration "), std::string::npos) << stopped.err;
  EXPECT_NE(stopped.err.find(" is kept in "), std::string::npos) << stopped.err;
  EXPECT_TRUE(none_left(output));
  EXPECT_TRUE(result()["interrupted"].get<bool>());
  const Outcome resumed = run(longer + Arguments{"--resume"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(repeatable(result()), whole);
}

TEST_F(Place, RefusesACheckpointOfAnotherScene) {
  found(full + Arguments{"--checkpoint-every", "5"});
  const Outcome other = run(full + Arguments{"--resume", "--frequency", "2e9"});
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find("is of another run: frequency_hz was 3.5e+09, is 2e+09"), std::string::npos) << other.err;
  const Outcome loss = run(full + Arguments{"--resume", "--loss", "minimum"});
  EXPECT_EQ(loss.code, 2);
  EXPECT_NE(loss.err.find("loss was mean_db, is minimum"), std::string::npos) << loss.err;
  Arguments elsewhere = full;
  std::replace(elsewhere.begin(), elsewhere.end(), std::string("wall_south"), std::string("wall_north"));
  const Outcome wall = run(elsewhere + Arguments{"--resume"});
  EXPECT_EQ(wall.code, 2) << "the same variables on another wall";
  EXPECT_NE(wall.err.find("placement.Reflector.wall was wall_south, is wall_north"), std::string::npos) << wall.err;
}

TEST_F(Place, KeepsToAMemoryBudgetAndSaysWhatItExpects) {
  Arguments processes{"--executor", "processes", "--processes", "6"};
  const json free = found(full + processes)["execution"];
  const double budget = 5 * std::stod(free["bytes_per_worker_expected"].get<std::string>());
  processes.push_back("--memory-budget");
  const Outcome outcome = run(full + processes + Arguments{std::to_string(int(budget / 1e6)) + "MB"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const json used = result()["execution"];
  EXPECT_LT(std::stod(used["bytes_of_workers"].get<std::string>()), budget);
  EXPECT_NE(outcome.err.find(" MB in all expected of a budget of "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.out.find("workers took "), std::string::npos) << outcome.out;
  for (const auto& [size, where] : {std::pair{"10 MB", "executor.memory_budget_bytes: expected at least "},
                                    std::pair{"12 parsecs", "--memory-budget: expected a size as 500MB or 8GB"}}) {
    const Outcome bad = run(full + processes + Arguments{size});
    EXPECT_EQ(bad.code, 2);
    EXPECT_NE(bad.err.find(where), std::string::npos) << bad.err;
  }
}

TEST_F(Place, SaysWhenWorkersCannotBeHad) {
  const Outcome missing = run(full + Arguments{"--executor", "processes", "--executor.program", "/bin/false"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.err.substr(missing.err.rfind("place: ")).rfind("place: no worker starts: worker '", 0), 0u)
      << missing.err;
  EXPECT_FALSE(fs::exists(output / "result.json"));
  EXPECT_EQ(run(full + Arguments{"--executor", "processes", "--processes", "-1"}).code, 2);
}

TEST_F(Place, SaysInOneLineWhatToUseWhereThereIsNoDevice) {
  const WithoutDevices none;
  for (const Arguments& executor :
       {Arguments{"cuda_batch"}, Arguments{"cuda_batch", "--device", "1"}, Arguments{"cuda_contexts"},
        Arguments{"cuda_contexts", "--device", "0,1"}, Arguments{"cuda_batch", "--memory-budget", "1GB"}}) {
    const Outcome outcome = run(full + Arguments{"--executor"} + executor);
    EXPECT_EQ(outcome.code, 1) << executor.back();
    EXPECT_EQ(outcome.err.rfind("place: no CUDA device: ", 0), 0u) << outcome.err;
    EXPECT_NE(outcome.err.find("; the executors 'batch' and 'serial' need none\n"), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(outcome.out, "") << executor.back();
    EXPECT_FALSE(fs::exists(output)) << executor.back();
  }
}

}  // namespace
