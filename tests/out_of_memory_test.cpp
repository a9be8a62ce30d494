// Workers that the kernel kills for want of memory are told apart from those that anybody else kills, and the crew
// becomes smaller.
#include <gtest/gtest.h>

#include <fstream>

#include "folder.hpp"
#include "manyworlds/executor/process_crew.hpp"

namespace mw = manyworlds;
using mw::executor::OomKills;
using mw::test::Folder;

namespace {

/// A made-up system whose control group has had so many kills.
struct System {
  Folder folder{"system"};
  std::filesystem::path events = folder.path / "sys/fs/cgroup/user/me/memory.events";

  explicit System(bool with_group = true) {
    write("proc/self/cgroup", "12:cpu:/old\n0::/user/me\n");
    write("proc/vmstat", "nr_free_pages 9\noom_kill 70\nswap_ra 0\n");
    if (with_group) kills(3);
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder.path / name).parent_path());
    std::ofstream(folder.path / name) << text;
  }
  void kills(int n) const {
    write("sys/fs/cgroup/user/me/memory.events", "low 0\noom 5\noom_kill " + std::to_string(n) + "\n");
  }
};

constexpr const char* made_up = "MANYWORLDS_TEST_EVENTS";  ///< tells workers of the file of a made-up system

/// Runs eight jobs on three workers, which are this program at this test; the first to have one dies by kill -9, with
/// or without the kernel's note.
mw::Identity run_crew(const System& system, const std::string& test, bool by_kernel) {
  ::setenv(made_up, by_kernel ? system.events.c_str() : "", 1);
  ::setenv("MANYWORLDS_TEST_TOKEN", (system.folder.path / "token").c_str(), 1);
  mw::executor::CrewOptions options;
  options.workers = 3;
  options.command = {"out_of_memory_test", "--gtest_filter=" + test};
  options.oom_kills = OomKills(system.folder.path);
  mw::executor::ProcessCrew crew(options, {});
  std::size_t answered = 0;
  mw::RemoteJobs jobs{0, 8, {}, {}, {}};
  jobs.question = [](std::size_t, mw::ArchiveWriter& bytes) { bytes(1); };
  jobs.answer = [&](std::size_t, mw::ArchiveReader& bytes, const mw::Delivery&) {
    int number = 0;
    bytes(number);
    ++answered;
  };
  crew.run(jobs);
  EXPECT_EQ(answered, 8u);
  return crew.report();
}

/// In a worker: serves; the first of all jobs ends it.
void serve_if_worker() {
  if (!mw::executor::in_worker()) return;
  mw::executor::Worker(3, 1, 1, [](std::uint8_t, mw::ArchiveReader& question, mw::ArchiveWriter& answer) {
    int number = 0;
    question(number);
    if (::open(std::getenv("MANYWORLDS_TEST_TOKEN"), O_CREAT | O_EXCL, 0600) >= 0) {
      if (const std::string events = std::getenv(made_up); !events.empty()) std::ofstream(events) << "oom_kill 4\n";
      ::raise(SIGKILL);
    }
    answer(number);
  }).serve({});
}

}  // namespace

TEST(OutOfMemory, IsCountedInTheControlGroup) {
  const System system;
  OomKills kills(system.folder.path);
  EXPECT_EQ(kills.file(), system.events);
  EXPECT_FALSE(kills.another()) << "what was before does not count";
  system.kills(5);
  EXPECT_TRUE(kills.another());
  EXPECT_TRUE(kills.another()) << "two were killed";
  EXPECT_FALSE(kills.another());
}

TEST(OutOfMemory, IsCountedOnTheMachineWhereTheGroupDoesNotTell) {
  const System system(false);
  OomKills kills(system.folder.path);
  EXPECT_EQ(kills.file(), system.folder.path / "proc/vmstat");
  system.write("proc/vmstat", "nr_free_pages 9\noom_kill 71\n");
  EXPECT_TRUE(kills.another());
  EXPECT_FALSE(kills.another());
}

TEST(OutOfMemory, IsNeverSeenWhereNothingTells) {
  const Folder empty("system");
  EXPECT_FALSE(OomKills(empty.path).another());
}

TEST(OutOfMemory, AKillByTheKernelMakesTheCrewSmaller) {
  serve_if_worker();
  const mw::Identity told = run_crew(System(), "OutOfMemory.AKillByTheKernelMakesTheCrewSmaller", true);
  EXPECT_EQ(*mw::find_value(told, "workers"), "2");
  EXPECT_NE(mw::find_value(told, "last_loss")->find("was ended by signal Killed, for the system was out of memory"),
            std::string::npos)
      << *mw::find_value(told, "last_loss");
}

TEST(OutOfMemory, AKillByAnybodyElseDoesNot) {
  serve_if_worker();
  const mw::Identity told = run_crew(System(), "OutOfMemory.AKillByAnybodyElseDoesNot", false);
  EXPECT_EQ(*mw::find_value(told, "workers"), "3");
  EXPECT_EQ(mw::find_value(told, "last_loss")->find("out of memory"), std::string::npos);
}

TEST(OutOfMemory, WorkersTellWhereTheyAre) {
  serve_if_worker();
  const mw::Identity told = run_crew(System(), "OutOfMemory.WorkersTellWhereTheyAre", false);
  EXPECT_EQ(mw::find_value(told, "machines")->rfind(mw::executor::host_name() + " (", 0), 0u);
}
