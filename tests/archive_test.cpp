// State as bytes: what goes in comes out to the bit, and bytes that are none are refused.
#include "manyworlds/core/archive.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <array>
#include <deque>
#include <limits>
#include <map>
#include <span>
#include <vector>

namespace mw = manyworlds;

namespace {

enum class Colour : std::uint8_t { red, green };
constexpr std::array<const char*, 2> choices(Colour) { return {"red", "green"}; }

struct Plain {
  int i = 0;
  double d = 0;
  bool operator==(const Plain&) const = default;
};
struct Nested {
  std::string name;
  std::vector<std::vector<double>> rows;
  std::optional<Plain> maybe;
  std::variant<Plain, std::string> either;
  std::pair<std::string, Colour> pair;
  std::deque<Eigen::VectorXd> history;
  bool flag = false;
  template <class A>
  void archive(A& a) {
    a(name, rows, maybe, either, pair, history, flag);
  }
  bool operator==(const Nested&) const = default;
};

Nested full() {
  Nested n{"a\0b",
           {{1, -0.0}, {}, {std::numeric_limits<double>::denorm_min()}},
           Plain{3, 0.1},
           "text",
           {"x", Colour::green},
           {},
           true};
  n.history.push_back(Eigen::VectorXd::LinSpaced(3, 0, 1));
  n.history.push_back(Eigen::VectorXd(0));
  return n;
}
std::string bytes_of(const Nested& n) {
  mw::ArchiveWriter writer;
  writer(n);
  return writer.take();
}
std::string error_of(std::string_view bytes) {
  Nested n;
  try {
    mw::ArchiveReader reader(bytes);
    reader(n);
    return reader.done() ? "" : "more";
  } catch (const mw::ArchiveError& e) {
    return e.what();
  }
}

}  // namespace

TEST(Archive, GivesBackWhatWentIn) {
  for (const Nested& in : {Nested{}, full()}) {
    const std::string bytes = bytes_of(in);
    Nested out = full();  // what was there goes
    mw::ArchiveReader reader(bytes);
    reader(out);
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(out, in);
    EXPECT_EQ(bytes_of(out), bytes);
  }
}

TEST(Archive, RefusesEveryCutText) {
  const std::string bytes = bytes_of(full());
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_NE(error_of(bytes.substr(0, n)), "") << n;
  EXPECT_EQ(error_of(bytes), "");
  EXPECT_EQ(error_of(bytes + "x"), "more");
}

TEST(Archive, RefusesLengthsThatCannotBe) {
  mw::ArchiveWriter writer;
  writer(std::uint64_t(1) << 60);
  EXPECT_EQ(error_of(writer.take()), "a length of 1152921504606846976 cannot be");
}

TEST(Archive, RefusesTruthValuesAndChoicesThatAreNone) {
  bool flag = false;
  mw::ArchiveReader truth(std::string_view("\2", 1));
  EXPECT_THROW(truth(flag), mw::ArchiveError);
  Colour colour{};
  mw::ArchiveReader choice(std::string_view("\2", 1));
  EXPECT_THROW(choice(colour), mw::ArchiveError);
  std::variant<Plain, std::string> either;
  mw::ArchiveReader alternative(std::string_view("\2", 1));
  EXPECT_THROW(alternative(either), mw::ArchiveError);
}

TEST(Archive, KnowsWhatItCannotHold) {
  EXPECT_TRUE(mw::Archivable<Nested>);
  EXPECT_TRUE((mw::Archivable<std::vector<std::pair<std::string, std::string>>>));
  EXPECT_FALSE(mw::Archivable<const char*>);
  EXPECT_FALSE((mw::Archivable<std::map<int, int>>));
  struct Holder {
    std::vector<double> x;
  };
  EXPECT_FALSE(mw::Archivable<Holder>);
}
