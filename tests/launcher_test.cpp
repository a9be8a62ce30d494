// Workers that somebody else starts: the same results, and what is told when nobody does any more.
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>

#include <atomic>

#include "../examples/cluster/mpi_run.hpp"
#include "folder.hpp"
#include "manyworlds/executor/message.hpp"
#include "manyworlds/executor/worker.hpp"
#include "run_driver.hpp"

namespace mw = manyworlds;
using mw::test::Outcome;

namespace {

/// Listens at a socket and starts `most` workers at most, each with its connection as its socket; then nobody listens.
class Launcher {
 public:
  Launcher(const std::string& path, int most)
      : listener_(examples::listen_at(path)), thread_([this, most] {
          for (; !over_; ::usleep(1000)) {
            const int connection = started_ < most ? ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC) : -1;
            if (connection < 0) continue;
            launch(connection);
            ::close(connection);
            if (++started_ == most) ::close(std::exchange(listener_, -1));
          }
        }) {}
  /// After the run, for workers end with the thread that has started them.
  ~Launcher() {
    over_ = true;
    thread_.join();
    if (listener_ >= 0) ::close(listener_);
    for (const ::pid_t worker : workers_) ::waitpid(worker, nullptr, 0);
  }
  int workers() const { return started_; }

 private:
  void launch(int connection) {
    mw::executor::FrameReader frames;
    std::optional<mw::executor::Frame> frame;
    for (char bytes[4096]; !(frame = frames.next());) {
      const ::ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
      if (count <= 0) return;
      frames.feed({bytes, std::size_t(count)});
    }
    mw::executor::Launch asked = mw::executor::read_body<mw::executor::Launch>(frame->body);
    std::vector<char*> words;
    for (std::string& word : asked.command) words.push_back(word.data());
    words.push_back(nullptr);
    std::string variable = mw::executor::worker_variable + ("=" + std::to_string(3));
    char* variables[] = {variable.data(), nullptr};
    ::posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, connection, 3);
    ::pid_t worker = 0;
    if (::posix_spawn(&worker, words[0], &actions, nullptr, words.data(), variables) == 0) workers_.push_back(worker);
    ::posix_spawn_file_actions_destroy(&actions);
  }

  int listener_;
  std::vector<::pid_t> workers_;
  std::atomic<int> started_{0};
  std::atomic<bool> over_{false};
  std::thread thread_;
};

struct Launched : testing::Test {
  const mw::test::Folder folder{"launched"};
  const std::string path = folder.path / "workers", token = folder.path / "token";
  const std::vector<std::string> connected{"executor=processes", "connect=" + path,
                                           "checkpoint=" + folder.path.string(), "task_timeout=20",
                                           "heartbeat_timeout=20"};

  Outcome search(std::vector<std::string> arguments, const std::vector<std::string>& more = {}) const {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return mw::test::run_program(MANYWORLDS_WORKER_PROGRAM, arguments, folder.path);
  }
};

TEST_F(Launched, GiveWhatSerialGivesAndAreReplaced) {
  Launcher launcher(path, 100);
  const Outcome hit = search(connected, {"fault=kill", "at=60", "token=" + token});
  EXPECT_EQ(hit.code, 0) << hit.err;
  EXPECT_EQ(hit.out, search({"executor=serial"}).out);
  EXPECT_NE(hit.err.find("workers_lost: 1\n"), std::string::npos) << hit.err;
  EXPECT_EQ(launcher.workers(), 3);
}

TEST_F(Launched, EndTheRunAndLoseNothingOnceNobodyListens) {
  Outcome left;
  {
    Launcher launcher(path, 2);
    const auto begun = std::chrono::steady_clock::now();
    left = search(connected, {"fault=kill", "at=60", "restarts=100", "every=0"});
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20)) << "it waits for nobody";
    EXPECT_EQ(launcher.workers(), 2);
  }
  EXPECT_EQ(left.code, 2);
  EXPECT_NE(left.err.find("no worker starts: cannot connect to '" + path +
                          "', where workers were expected: Connection refused"),
            std::string::npos)
      << left.err;
  EXPECT_NE(left.err.find(" is kept in "), std::string::npos) << left.err;
  const Outcome resumed = search({"executor=batch", "resume=1", "checkpoint=" + folder.path.string()});
  EXPECT_NE(resumed.err.find("going on after iteration "), std::string::npos) << resumed.err;
  EXPECT_EQ(resumed.out, search({"executor=serial"}).out);
}

TEST_F(Launched, AreNotWaitedForWhereNobodyListens) {
  const Outcome nobody = search({"executor=processes", "connect=" + path});
  EXPECT_EQ(nobody.code, 2);
  EXPECT_EQ(nobody.err, "no worker starts: cannot connect to '" + path +
                            "', where workers were expected: No such file or directory\n");
}

}  // namespace
