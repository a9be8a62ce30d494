// Workers that cannot be had any more, or a callback that ends the run while it waits for them, at any moment of a run:
// nothing is lost that was done before.
#include <gtest/gtest.h>

#include "error_of.hpp"
#include "folder.hpp"
#include "manyworlds/engine/checkpoint.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/social/differential.hpp"
#include "manyworlds/social/pull.hpp"
#include "small_engine.hpp"

namespace mw = manyworlds;
using namespace mw::test;

namespace {

/// Does jobs by their bytes in this process, and throws an Error instead of doing one more than `most` in all.
template <class Error>
struct FailingCrew : mw::Crew {
  mw::JobServer server;
  int& left;
  bool& stopped;
  FailingCrew(const mw::JobServer& s, int& most, bool& told) : server(s), left(most), stopped(told) {}

  void run(const mw::RemoteJobs& jobs) override {
    for (std::size_t i = jobs.count; i-- > 0;) {
      if (--left < 0) {
        stopped = std::same_as<Error, mw::Stopped>;
        if constexpr (std::same_as<Error, mw::Stopped>) throw mw::Stopped();
        throw mw::RunError("no worker starts");
      }
      mw::ArchiveWriter question, answer;
      jobs.question(i, question);
      const std::string asked = question.take();
      mw::ArchiveReader read(asked);
      server(jobs.kind, read, answer);
      const std::string answered = answer.take();
      mw::ArchiveReader answer_read(answered);
      jobs.answer(i, answer_read, {});
    }
  }
  mw::Identity report() const override { return {}; }
};

template <class Error>
struct Failing : mw::executor::Serial {
  int& most;
  bool& stopped;
  std::unique_ptr<mw::Crew> open(const mw::Identity&, const mw::JobServer& server) const {
    return std::make_unique<FailingCrew<Error>>(server, most, stopped);
  }
};

struct StopWhen {
  const bool& stopped;
  bool stop() const { return stopped; }
};

template <class Error>
class CrewFailures : public ::testing::Test {};
using Errors = ::testing::Types<mw::RunError, mw::Stopped>;
TYPED_TEST_SUITE(CrewFailures, Errors);

/// Lets the crew fail after 1, 2, ... jobs; each time the run is to go on elsewhere and end as if nothing had been.
template <class Error, class Search>
void fail_everywhere(const Search& search) {
  const mw::Result whole = mw::run(search, mw::executor::Serial{});
  int resumed = 0, without_worlds = 0;
  for (int most = 0;; ++most) {
    SCOPED_TRACE("after " + std::to_string(most) + " jobs");
    const Folder folder("crew");
    int left = most;
    bool stopped = false, failed = false;
    const auto keeper = [&](bool resume) {
      mw::callback::Checkpoint c{.folder = folder.path, .every = 0, .resume = resume};
      c.tell = [](const std::string&) {};
      return c;
    };
    const Failing<Error> executor{{}, left, stopped};
    try {
      const mw::Result result = mw::run(search, executor, keeper(false), StopWhen{stopped});
      EXPECT_EQ(result.interrupted, stopped);
      if (!stopped) {
        expect_bit_equal(whole, result);
        EXPECT_GT(resumed, 100);
        EXPECT_GT(without_worlds, 1);
        return;
      }
    } catch (const mw::RunError&) {
      failed = true;
    }
    if (!std::filesystem::exists(folder.path / "checkpoint.bin")) {
      EXPECT_TRUE(failed) << "there was nothing to keep before the first worlds had begun";
      EXPECT_EQ(resumed, 0);
      ++without_worlds;
      continue;
    }
    ++resumed;
    expect_bit_equal(whole, mw::run(search, mw::executor::Batch{{2}}, keeper(true)));
    if (::testing::Test::HasFailure()) return;
  }
}

template <class E>
E engine() {
  auto prm = small<E>(6, 24);
  if constexpr (requires { prm.pruning.fraction; }) prm.pruning = {.fraction = 0.5, .at = {4}};
  prm.starts.mode = mw::StartMode::selected;
  prm.polish = {.worlds = 2, .steps = 3};
  return E{two_movers(), prm};
}

}  // namespace

TYPED_TEST(CrewFailures, LoseNothingWithPruningTrialsAndNewStarts) {
  using Full = Engine<mw::optimizer::Adam, mw::pruning::BottomFraction, mw::social::Differential>;
  EXPECT_GT(mw::run(engine<Full>(), mw::executor::Serial{}).counts.new_starts, 0u);
  fail_everywhere<TypeParam>(engine<Full>());
}

TYPED_TEST(CrewFailures, LoseNothingWhereWorldsPullEachOther) {
  using Swarm = Engine<mw::optimizer::Adam, mw::pruning::None, mw::social::Pull>;
  fail_everywhere<TypeParam>(engine<Swarm>());
}
