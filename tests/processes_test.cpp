// Worlds in processes of their own: the same results, and what is told when workers cannot be had.
#include <gtest/gtest.h>

#include <fstream>

#include "folder.hpp"
#include "manyworlds/executor/hello.hpp"
#include "run_driver.hpp"

namespace mw = manyworlds;
using mw::executor::Frame;
using mw::executor::FrameReader;
using mw::executor::MessageKind;
using mw::test::Outcome;

namespace {

Outcome search(const std::vector<std::string>& arguments) {
  const mw::test::Folder folder("processes");
  return mw::test::run_program(MANYWORLDS_WORKER_PROGRAM, arguments, folder.path);
}
Outcome hit(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"executor=processes", "task_timeout=2", "heartbeat_timeout=2"});
  return search(arguments);
}

}  // namespace

TEST(Processes, GiveWhatSerialGives) {
  for (const char* optimizer : {"optimizer=adam", "optimizer=lbfgs"}) {
    const Outcome serial = search({"executor=serial", optimizer});
    ASSERT_EQ(serial.code, 0) << serial.err;
    using Arguments = std::vector<std::string>;
    for (const Arguments& way :
         {Arguments{"executor=batch", "threads=7"}, Arguments{"executor=processes", "processes=1"},
          Arguments{"executor=processes", "processes=7"},
          Arguments{"executor=processes", "processes=2", "threads=2", "batch=5"}}) {
      Arguments all = way;
      all.push_back(optimizer);
      const Outcome outcome = search(all);
      EXPECT_EQ(outcome.code, 0) << outcome.err;
      EXPECT_EQ(outcome.out, serial.out) << way.front() << ' ' << way.back();
    }
  }
}

TEST(Processes, AWorldThatAlwaysFailsIsGivenUpAndTheOthersGoOn) {
  // Every worker crashes at its 25th evaluation: steps are lost all the time, some of them four times in a row.
  const Outcome outcome = hit({"fault=exit", "at=25", "restarts=1", "processes=3"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("left with exit code 3"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("winner", 0), 0u);
}

TEST(Processes, ARunWhoseWorldsAllFailSaysWhy) {
  const Outcome outcome = hit({"fault=throw", "restarts=0"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("worlds have failed; world"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("the loss has thrown"), std::string::npos) << outcome.err;
}

TEST(Processes, AWorkerThatCannotStartNamesTheCommandAndTheReason) {
  const Outcome missing = search({"executor=processes", "program=/no/such/program"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.err.find("cannot start worker '/no/such/program executor=processes program=/no/such/program': "
                             "No such file or directory"),
            std::string::npos)
      << missing.err;

  const mw::test::Folder folder("workers");
  const auto script = [&](const std::string& text) {
    const std::string path = folder.path / "worker";
    std::ofstream(path) << "#!/bin/sh\n" << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return "program=" + path;
  };
  const Outcome leaving = search({"executor=processes", script("echo no licence >&2; exit 7\n")});
  EXPECT_EQ(leaving.code, 2);
  EXPECT_NE(leaving.err.find("left with exit code 7; it printed: no licence"), std::string::npos) << leaving.err;

  const Outcome sleeping = search({"executor=processes", script("sleep 30\n"), "start_timeout=0.2"});
  EXPECT_EQ(sleeping.code, 2);
  const std::string worker = (folder.path / "worker").string();
  EXPECT_NE(sleeping.err.find("worker '" + worker + " executor=processes program=" + worker +
                              " start_timeout=0.2' has not begun within 0.2 s"),
            std::string::npos)
      << sleeping.err;

  const Outcome other = search({"executor=processes", script(std::string("exec ") + MANYWORLDS_WORKER_PROGRAM +
                                                             " executor=processes worlds=9\n")});
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find("main() comes to): worlds was 8, is 9"), std::string::npos) << other.err;
}

TEST(Processes, AWorkerThatDoesNotListenMayTidyUpBeforeItIsKilled) {
  const mw::test::Folder folder("deaf");  // reads no messages, so that being asked does not end it
  const std::string worker = folder.path / "worker";
  std::ofstream(worker) << "#!/bin/sh\ntrap 'echo tidy >" << (folder.path / "tidied").string()
                        << "; exit' TERM\nwhile :; do sleep 0.01; done\n";
  std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
  const Outcome outcome = search({"executor=processes", "processes=1", "program=" + worker, "start_timeout=3"});
  EXPECT_NE(outcome.err.find("has not begun within 3 s"), std::string::npos) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(folder.path / "tidied")) << "it was killed before SIGTERM had reached it";

  std::filesystem::remove(folder.path / "tidied");
  std::ofstream(worker) << "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.01; done\n";
  const Outcome deaf = search({"executor=processes", "processes=1", "program=" + worker, "start_timeout=1"});
  EXPECT_NE(deaf.err.find("has not begun within 1 s"), std::string::npos) << deaf.err;
  EXPECT_TRUE(mw::test::none_left(folder.path)) << "SIGKILL ends what ignores SIGTERM";
}

TEST(Processes, EndWhereNobodyTellsOfDeadChildren) {
  const mw::test::Folder folder("reaped");
  const std::string program = MANYWORLDS_WORKER_PROGRAM;  // SIGCHLD is ignored, so that the system reaps them itself
  const Outcome outcome = mw::test::run_program(
      "timeout 60 bash",
      {"-c", "trap \"\" CHLD; exec " + program +
                 " executor=processes fault=kill at=20 token=" + (folder.path / "token").string()},
      folder.path);
  EXPECT_EQ(outcome.out, search({"executor=serial"}).out);
  EXPECT_TRUE(std::filesystem::exists(folder.path / "token"));
}

TEST(Processes, OnlyTheStepThatEndsAWorkerIsHeldAgainst) {
  for (const char* fault : {"fault=kill", "fault=hang", "fault=half"}) {  // other steps wait in the worker that ends
    const mw::test::Folder folder("failed");
    const Outcome outcome =
        hit({fault, "at=30", "restarts=0", "token=" + (folder.path / "token").string(), "processes=1"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("jobs_failed: 1\n"), std::string::npos) << fault << '\n' << outcome.err;
  }
}

TEST(Processes, TellOfEvaluationsThatCouldNotBeHad) {
  const mw::test::Folder folder("failed");
  const Outcome outcome =
      hit({"fault=throw", "at=2", "restarts=0", "token=" + (folder.path / "token").string(), "processes=1"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("jobs_failed: 1\nlast_failure: the loss has thrown"), std::string::npos) << outcome.err;
}

TEST(Processes, CtrlCEndsARunWhoseStepHangs) {
  // Nobody ends the worker that hangs, or is stopped, but the end of the run: it may take ten minutes for its step.
  const std::string whole = search({"executor=serial"}).out;
  for (const char* fault : {"fault=hang", "fault=stop"}) {
    const mw::test::Folder folder("hanging");
    const std::filesystem::path token = folder.path / "token";
    const std::string checkpoint = "checkpoint=" + folder.path.string();
    const Outcome stopped =
        mw::test::interrupt_program(MANYWORLDS_WORKER_PROGRAM,
                                    {"executor=processes", fault, "at=60", "token=" + token.string(),
                                     "task_timeout=600", "heartbeat_timeout=600", "every=0", checkpoint},
                                    folder.path, [&](const std::string&) { return std::filesystem::exists(token); });
    EXPECT_EQ(stopped.code, 128 + SIGINT) << stopped.err;
    EXPECT_NE(stopped.err.find(" is kept in "), std::string::npos) << stopped.err;
    EXPECT_TRUE(mw::test::none_left(folder.path)) << fault;
    const Outcome resumed = search({"executor=batch", "resume=1", checkpoint});
    EXPECT_NE(resumed.err.find("going on after iteration "), std::string::npos) << resumed.err;
    EXPECT_EQ(resumed.out, whole) << fault;
  }
}

TEST(Processes, CtrlCBeforeTheFirstWorldsLeavesNothingToGoOnFrom) {
  const mw::test::Folder folder("hanging");
  const std::filesystem::path token = folder.path / "token";
  const Outcome stopped = mw::test::interrupt_program(
      MANYWORLDS_WORKER_PROGRAM,
      {"executor=processes", "fault=hang", "token=" + token.string(), "task_timeout=600", "heartbeat_timeout=600"},
      folder.path, [&](const std::string&) { return std::filesystem::exists(token); });
  EXPECT_EQ(stopped.code, 2);
  EXPECT_NE(stopped.err.find("ended before its first worlds had begun"), std::string::npos) << stopped.err;
  EXPECT_TRUE(mw::test::none_left(folder.path));
}

TEST(Processes, ARunWithTooFewWorldsGoesOnOnceTheyDoNotFail) {
  const mw::test::Folder folder("too_few");
  const std::string checkpoint = "checkpoint=" + folder.path.string();
  // One worker, so that it is always the same step that fails, and not a trial, without which a run goes on.
  const Outcome failed =
      hit({"processes=1", "fault=throw", "at=60", "restarts=0", "min_live_worlds=8", "every=0", checkpoint});
  EXPECT_EQ(failed.code, 2);
  EXPECT_NE(failed.err.find("of 8 worlds have failed"), std::string::npos) << failed.err;
  EXPECT_NE(failed.err.find(" is kept in "), std::string::npos) << failed.err;
  const Outcome resumed = search({"executor=serial", "resume=1", "min_live_worlds=8", checkpoint});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(resumed.out, search({"executor=serial"}).out);
}

TEST(Processes, KeepToTheMemoryBudget) {
  const auto told = [](const Outcome& outcome, const std::string& name) {
    const std::size_t at = outcome.err.find("\n" + name + ": ");
    return at == std::string::npos ? -1.0 : std::stod(outcome.err.substr(at + name.size() + 3));
  };
  const Outcome free = search({"executor=processes", "processes=5"});
  const double each = told(free, "bytes_per_worker");
  ASSERT_GT(each, 1e6) << free.err;
  EXPECT_EQ(told(free, "workers"), 5);
  EXPECT_NEAR(told(free, "bytes_per_worker_expected") / each, 1, 0.5);
  const Outcome tight = search({"executor=processes", "processes=5", "budget=" + std::to_string(3.5 * each)});
  EXPECT_EQ(tight.out, free.out) << "jobs wait, none is lost";
  EXPECT_LE(told(tight, "workers"), 2) << tight.err;
  EXPECT_LE(told(tight, "bytes_of_workers"), 2.5 * each);
  EXPECT_EQ(told(tight, "workers_lost"), 0);
  EXPECT_EQ(told(search({"executor=processes", "processes=5", "fraction=0.25"}), "workers"), 4);

  const Outcome none = search({"executor=processes", "budget=1000"});
  EXPECT_EQ(none.code, 2);
  EXPECT_NE(none.err.find("executor.memory_budget_bytes: expected at least "), std::string::npos) << none.err;
  const Outcome tiny = search({"executor=processes", "fraction=1e-7"});
  EXPECT_NE(tiny.err.find("executor.fraction: a worker takes about "), std::string::npos) << tiny.err;
}

TEST(Processes, OneThatIsOutOfMemoryMakesTheCrewSmaller) {
  const mw::test::Folder folder("memory");
  const Outcome outcome = hit({"processes=3", "fault=bad_alloc", "at=20", "token=" + (folder.path / "token").string()});
  EXPECT_EQ(outcome.out, search({"executor=serial"}).out);
  EXPECT_NE(outcome.err.find("\nworkers: 2\n"), std::string::npos) << outcome.err;
}

TEST(Hellos, TellAProgramThatIsAnother) {
  using mw::executor::Hello;
  const mw::Identity run{{"seed", "1"}};
  const auto bytes = [](const auto&... values) {
    mw::ArchiveWriter writer;
    writer(values...);
    return writer.take();
  };
  Hello hello = Hello::read(bytes(Hello::of(run)));
  EXPECT_EQ(hello.stranger_to(run), "");
  EXPECT_GT(hello.free_bytes, hello.resident_bytes);
  EXPECT_FALSE(hello.device.empty());
  EXPECT_EQ(hello.stranger_to({{"seed", "2"}}).substr(0, 28), "has come to another run (a w");
  hello.build = "rebuilt";
  EXPECT_NE(hello.stranger_to(run).find("is another program: build was "), std::string::npos);
  const Hello old = Hello::read(bytes(std::uint32_t(1), 77, std::string("whatever it says")));
  EXPECT_EQ(old.stranger_to(run), "is another program: protocol was 2, is 1");
}

TEST(Frames, ComeOutAsTheyWentInHoweverTheyAreCut) {
  const std::string stream = Frame{MessageKind::task, "body"}.bytes() + Frame{MessageKind::heartbeat, ""}.bytes() +
                             Frame{MessageKind::done, std::string(1000, '\0')}.bytes();
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameReader reader;
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.feed(stream.substr(at, piece));
      while (auto frame = reader.next()) frames.push_back(*frame);
    }
    ASSERT_EQ(frames.size(), 3u) << piece;
    EXPECT_EQ(frames[0].body, "body");
    EXPECT_EQ(frames[1].kind, MessageKind::heartbeat);
    EXPECT_EQ(frames[2].body, std::string(1000, '\0'));
  }
}

TEST(Frames, AnyDamagedByteIsSeen) {
  const std::string good = Frame{MessageKind::task, "body"}.bytes();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = char(bad[at] ^ 1);
    FrameReader reader;
    reader.feed(bad + good);  // so that a longer length finds bytes
    EXPECT_THROW(while (reader.next()){}, mw::ArchiveError) << at;
  }
}
