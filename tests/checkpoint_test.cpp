// A run that goes on from a checkpoint ends as one that never stopped; files that are not of it are refused.
#include "manyworlds/engine/checkpoint.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "folder.hpp"
#include "manyworlds/optimizer/lbfgs.hpp"
#include "manyworlds/pruning/bottom_fraction.hpp"
#include "manyworlds/social/differential.hpp"
#include "manyworlds/social/pull.hpp"
#include "small_engine.hpp"

namespace mw = manyworlds;
using namespace mw::test;

namespace {

using Plain = Engine<>;
using Full = Engine<mw::optimizer::Lbfgs, mw::pruning::BottomFraction, mw::social::Differential>;
using Swarm = Engine<mw::optimizer::Adam, mw::pruning::None, mw::social::Pull>;

/// Stops the run after so many questions.
struct StopAfter {
  int questions;
  bool stop() { return --questions < 0; }
};

class Checkpoints : public ::testing::Test {
 protected:
  Folder folder{"checkpoint"};
  std::vector<std::string> told;

  mw::callback::Checkpoint keeper(int every, bool resume) {
    mw::callback::Checkpoint c{.folder = folder.path, .every = every, .resume = resume};
    c.tell = [this](const std::string& line) { told.push_back(line); };
    return c;
  }
  void truncate(const std::string& name, double share) const {
    const auto path = folder.path / name;
    std::filesystem::resize_file(path, std::uintmax_t(share * double(std::filesystem::file_size(path))));
  }
};

template <class E>
E engine(mw::StartMode mode = mw::StartMode::selected, std::uint64_t seed = 1) {
  auto prm = small<E>(6, 24);
  prm.starts.mode = mode;
  prm.seed = seed;
  if constexpr (requires { prm.pruning.fraction; }) {
    prm.convergence.patience = 3;
    prm.polish = {.worlds = 2, .steps = 6};
  }
  return E{two_movers(), prm};
}

}  // namespace

TEST_F(Checkpoints, AnInterruptedRunEndsAsIfItHadNotBeen) {
  const auto check = [&](const auto& search, const char* name) {
    const mw::Result whole = mw::run(search, mw::executor::Serial{});
    int resumed = 0;
    for (int questions = 0; questions < 400; questions += questions < 40 ? 1 : 7) {
      std::filesystem::remove_all(folder.path);
      std::filesystem::create_directory(folder.path);
      if (!mw::run(search, mw::executor::Serial{}, StopAfter{questions}, keeper(0, false)).interrupted) break;
      resumed += std::filesystem::exists(folder.path / "checkpoint.bin");
      SCOPED_TRACE(name + std::string(" after ") + std::to_string(questions));
      expect_bit_equal(whole, mw::run(search, mw::executor::Batch{{3}}, keeper(0, true)));
    }
    EXPECT_GT(resumed, 3) << name;
  };
  check(engine<Plain>(), "adam");
  check(engine<Plain>(mw::StartMode::assembled), "assembled");
  check(engine<Full>(), "lbfgs, pruning, differential");
  check(engine<Swarm>(), "pull");
}

TEST_F(Checkpoints, EachOfARunLeadsToItsEnd) {
  const auto search = engine<Full>();
  const mw::Result whole = mw::run(search, mw::executor::Serial{}, keeper(5, false));
  for (const char* lost : {"", "checkpoint.bin"}) {
    if (*lost) std::filesystem::remove(folder.path / lost);
    const std::size_t before = told.size();
    expect_bit_equal(whole, mw::run(search, mw::executor::Serial{}, keeper(0, true)));
    ASSERT_EQ(told.size(), before + 1);
    EXPECT_NE(told.back().find(*lost ? "going on after iteration 15 " : "going on after iteration 20 "),
              std::string::npos)
        << told.back();
  }
}

TEST_F(Checkpoints, ABrokenOneGivesWayToTheOneBefore) {
  const auto search = engine<Plain>();
  const mw::Result whole = mw::run(search, mw::executor::Serial{}, keeper(5, false));
  truncate("checkpoint.bin", 0.7);
  expect_bit_equal(whole, mw::run(search, mw::executor::Serial{}, keeper(0, true)));
  EXPECT_NE(told.at(0).find("checkpoint.bin: cannot be read: it is cut short or damaged"), std::string::npos)
      << told[0];
  truncate("checkpoint.previous.bin", 0.0);
  const std::string error = error_of([&] { mw::run(search, mw::executor::Serial{}, keeper(0, true)); });
  EXPECT_NE(error.find("no checkpoint can be read; without --resume the run begins anew"), std::string::npos) << error;
}

TEST_F(Checkpoints, OfAnotherRunIsRefusedWithWhatDiffers) {
  mw::run(engine<Plain>(), mw::executor::Serial{}, keeper(5, false));
  const std::string seed =
      error_of([&] { mw::run(engine<Plain>(mw::StartMode::selected, 2), mw::executor::Serial{}, keeper(0, true)); });
  EXPECT_NE(seed.find("checkpoint.bin: the checkpoint is of another run: seed was 1, is 2"), std::string::npos) << seed;
  const std::string problem = error_of([&] {
    auto prm = small<Plain>(6, 24);
    prm.starts.mode = mw::StartMode::selected;
    mw::run(Plain{four_hills(), prm}, mw::executor::Serial{}, keeper(0, true));
  });
  EXPECT_NE(problem.find("variable m1.x was 0 to 10, is not there"), std::string::npos) << problem;
}

TEST_F(Checkpoints, WithoutOneTheRunBeginsAnew) {
  const auto search = engine<Plain>();
  expect_bit_equal(mw::run(search, mw::executor::Serial{}), mw::run(search, mw::executor::Serial{}, keeper(0, true)));
  EXPECT_EQ(told.at(0), "no checkpoint in " + folder.path.string() + ", the run begins anew");
}

TEST_F(Checkpoints, ADiskThatIsFullIsToldAndTheRunGoesOn) {
  std::filesystem::create_symlink("/dev/full", folder.path / "checkpoint.bin.part");
  const auto search = engine<Plain>();
  expect_bit_equal(mw::run(search, mw::executor::Serial{}), mw::run(search, mw::executor::Serial{}, keeper(6, false)));
  ASSERT_FALSE(told.empty());
  EXPECT_NE(told[0].find("no checkpoint of iteration 6: "), std::string::npos) << told[0];
  EXPECT_NE(told[0].find("No space left on device"), std::string::npos) << told[0];
  EXPECT_TRUE(std::filesystem::exists(folder.path / "checkpoint.bin")) << "later ones found room again";
}
