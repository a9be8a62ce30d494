/// The live view of a run: what a terminal shows after each step, and the plain log elsewhere.
#include "manyworlds/engine/live_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace manyworlds {
namespace {

/// A terminal that knows the sequences that the table may use; any other one fails the test.
class Screen {
 public:
  explicit Screen(TerminalSize size) : size_(size), lines_(std::size_t(size.rows)) {}

  void feed(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\n')
        new_line();
      else if (c == '\r')
        column_ = 0;
      else if (c == '\033')
        i = escape(text, i + 1);
      else
        put(c);
    }
  }

  const std::string& line(int row) const { return lines_.at(std::size_t(row)); }
  const std::vector<std::string>& scrolled() const { return scrolled_; }
  std::string all() const {
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text.substr(0, text.find_last_not_of('\n') + 1);
  }

 private:
  void put(char c) {
    ASSERT_LT(column_, size_.columns - 1) << "a full line may wrap";
    std::string& line = lines_[std::size_t(row_)];
    line.resize(std::max(line.size(), std::size_t(column_) + 1), ' ');
    line[std::size_t(column_++)] = c;
  }
  void new_line() {  // the driver of the terminal adds the carriage return
    column_ = 0;
    if (++row_ < size_.rows) return;
    scrolled_.push_back(lines_.front());
    lines_.erase(lines_.begin());
    lines_.emplace_back();
    row_ = size_.rows - 1;
  }
  std::size_t escape(const std::string& text, std::size_t i) {
    if (text[i] == '7') return saved_ = {row_, column_}, i;
    if (text[i] == '8') return std::tie(row_, column_) = saved_, i;
    const std::size_t end = text.find_first_of("AJKm", i);
    const int count = std::atoi(text.c_str() + i + 1);
    if (text[i] != '[' || end == std::string::npos) {
      ADD_FAILURE() << "unknown sequence " << text.substr(i, 5);
    } else if (text[end] == 'A') {
      row_ = std::max(0, row_ - count);
    } else if (text[end] == 'K') {
      lines_[std::size_t(row_)].resize(std::size_t(column_), ' ');
    } else if (text[end] == 'J') {
      lines_[std::size_t(row_)].resize(std::size_t(column_), ' ');
      for (int r = row_ + 1; r < size_.rows; ++r) lines_[std::size_t(r)].clear();
    }
    return end;
  }

  TerminalSize size_;
  std::vector<std::string> lines_, scrolled_;
  int row_ = 0, column_ = 0;
  std::pair<int, int> saved_{};
};

/// What was written to a file since it was last asked.
class Written {
 public:
  Written() : file_(std::tmpfile()) {}
  ~Written() { std::fclose(file_); }
  std::FILE* file() { return file_; }
  std::string take() {
    std::fflush(file_);
    std::string text(std::size_t(std::ftell(file_) - read_), '\0');
    std::fseek(file_, read_, SEEK_SET);
    EXPECT_EQ(std::fread(text.data(), 1, text.size(), file_), text.size());
    read_ = std::ftell(file_);
    return text;
  }

 private:
  std::FILE* file_;
  long read_ = 0;
};

struct LiveTable : testing::Test {
  std::vector<WorldState> states;
  Written written;

  Progress at(int iteration, double seconds) {
    Progress p;
    p.iteration = iteration, p.iterations = 100, p.seconds = seconds, p.evaluations = 48.0 * iteration;
    p.worlds = states.size();
    p.alive = std::size_t(
        std::count_if(states.begin(), states.end(), [](const WorldState& w) { return w.reason == Reason::running; }));
    p.resting = std::size_t(
        std::count_if(states.begin(), states.end(), [](const WorldState& w) { return is_convergence(w.reason); }));
    p.best_value_world = 1, p.best_value = 55.25;
    p.best_world = 2, p.best_loss = 57.5;
    p.states = states;
    return p;
  }
  /// Worlds with losses 60, 59, 58, ... so that the last one is the best.
  void make_worlds(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) states.push_back({.id = i, .loss = 60 - double(i)});
  }
  static std::vector<std::string> words(const std::string& line) {
    std::vector<std::string> all;
    for (std::size_t end = 0, at = line.find_first_not_of(' '); at != line.npos; at = line.find_first_not_of(' ', end))
      end = std::min(line.find(' ', at), line.size()), all.push_back(line.substr(at, end - at));
    return all;
  }
};

TEST_F(LiveTable, ShowsTheBestWorldsFirstAndCountsTheOthers) {
  make_worlds(30);
  states[29].reason = Reason::step;
  states[0].reason = states[1].reason = Reason::pruned;
  states[28].loss = std::nan("");
  callback::LiveTable table(written.file(), {14, 80});
  Screen screen({14, 80});
  table.start(at(0, 0.5));
  table.iteration(at(23, 1.5));
  screen.feed(written.take());
  EXPECT_NE(screen.line(0).find("] 23/100  best 55.25 (world 1)"), std::string::npos) << screen.all();
  EXPECT_EQ(screen.line(1), "30 worlds: 27 running, 1 at rest, 2 s, 3 s left, 1104 evaluations/s");
  EXPECT_EQ(words(screen.line(2)), (std::vector<std::string>{"world", "loss", "state"}));
  EXPECT_EQ(words(screen.line(3)), (std::vector<std::string>{"29", "31.0000", "converged"}));
  EXPECT_EQ(words(screen.line(4)), (std::vector<std::string>{"27", "33.0000", "running"}));
  EXPECT_EQ(screen.line(9), "... and 24 more: 22 running, 2 pruned");
  EXPECT_EQ(screen.line(10), "") << "room for what others write";
  EXPECT_EQ(screen.scrolled(), std::vector<std::string>{"30 worlds, 100 iterations, starts found in 0.5 s"});
}

TEST_F(LiveTable, RedrawsInPlaceAtMostFiveTimesASecond) {
  make_worlds(4);
  callback::LiveTable table(written.file(), {20, 80});
  Screen screen({20, 80});
  table.start(at(0, 0));
  screen.feed(written.take());
  int drawn = 0;
  for (int i = 1; i < 100; ++i) {
    states[0].loss = 10 + i;
    table.iteration(at(i, 0.02 * i));
    const std::string frame = written.take();
    screen.feed(frame);
    drawn += !frame.empty();
  }
  EXPECT_GE(drawn, 8);
  EXPECT_LE(drawn, 10) << "in 2 s";
  table.iteration(at(100, 2));
  EXPECT_FALSE(written.take().empty()) << "the last one is always drawn";
  const std::string all = screen.all();
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 7) << all;
}

TEST_F(LiveTable, LeavesTheScreenWithTheOutcomeAlone) {
  for (const int rows : {3, 12, 40}) {
    states.clear();
    make_worlds(9);
    callback::LiveTable table(written.file(), {rows, 60});
    Screen screen({rows, 60});
    for (int i = 0; i < rows; ++i) screen.feed("before\n");
    table.start(at(0, 0));
    table.iteration(at(1, 1));
    table.iteration(at(2, 2));
    Result r;
    r.winner = 3, r.value = 51.5, r.iterations = 2, r.interrupted = true, r.times.total_s = 2.5;
    table.end(r);
    screen.feed(written.take());
    const std::string all = screen.all(), outcome = "world 3 wins, loss 51.50 (interrupted), 2 iterations, 2.5 s";
    EXPECT_EQ(all.find("running"), std::string::npos) << all;
    EXPECT_NE(all.find(outcome), std::string::npos) << all;
    EXPECT_EQ(all.substr(all.size() - outcome.size()), outcome) << all;
  }
}

TEST_F(LiveTable, StandsWhatOthersWriteBelowIt) {
  make_worlds(40);
  callback::LiveTable table(written.file(), {16, 60});
  Screen screen({16, 60});
  table.start(at(0, 0));
  table.iteration(at(1, 1));
  screen.feed(written.take());
  const std::string before = screen.all();
  screen.feed("^C\nending after this step; once more ends at once\n");
  table.iteration(at(1, 2));
  screen.feed(written.take());
  const std::string after = screen.all();
  const std::string notice = "\n^C\nending after this step; once more ends at once";
  EXPECT_EQ(after.substr(after.find("  world  ")), before.substr(before.find("  world  ")) + notice);
  EXPECT_EQ(std::count(after.begin(), after.end(), '['), 1) << after;
}

TEST_F(LiveTable, GrowsWithNewWorldsAndFollowsTheSizeOfTheTerminal) {
  make_worlds(3);
  callback::LiveTable table(written.file(), {20, 80});
  Screen screen({20, 80});
  table.start(at(0, 0));
  make_worlds(9);
  table.iteration(at(1, 1));
  states.resize(5);
  table.iteration(at(2, 2));
  screen.feed(written.take());
  const std::string all = screen.all();
  EXPECT_EQ(std::count(all.begin(), all.end(), '['), 1) << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 8) << all;
}

TEST_F(LiveTable, ColumnsThatNobodyFillsOrThatDoNotFitAreLeftOut) {
  states = {{.id = 0, .loss = 1.5, .value = 1.25, .pid = 4711, .bytes = 45'600'000, .restarts = 2}, {.id = 1}};
  const auto row = [&](int columns, std::size_t line) {
    std::string text = world_table(at(1, 1), {}, {10, columns}).at(line);
    for (std::size_t i; (i = text.find('\033')) != text.npos;) text.erase(i, text.find('m', i) - i + 1);
    EXPECT_LT(text.size(), std::size_t(columns));
    return words(text);
  };
  using Words = std::vector<std::string>;
  EXPECT_EQ(row(80, 2), (Words{"world", "loss", "state", "best", "value", "restarts", "pid", "memory", "MB"}));
  EXPECT_EQ(row(80, 3), (Words{"0", "1.5000", "restarted", "1.2500", "2", "4711", "45.6"}));
  EXPECT_EQ(row(80, 4), (Words{"1", "-", "running", "-"}));
  EXPECT_EQ(row(50, 3), (Words{"0", "1.5000", "restarted", "1.2500"}));
  EXPECT_EQ(row(24, 3), (Words{"0", "1.5000"}));
  states[0].pid = states[0].restarts = 0;
  EXPECT_EQ(row(80, 3), (Words{"0", "1.5000", "running", "1.2500", "45.6"}));
}

TEST_F(LiveTable, TheLogSaysWhenWorldsGoOnAfterARestAndWhenNewOnesBegin) {
  make_worlds(20);
  callback::LiveTable table(written.file());
  table.start(at(0, 0));
  const auto rest = [&](std::uint32_t id, int iteration) {
    WorldResult w;
    w.id = id, states[id].reason = w.reason = Reason::step;
    table.world_stopped(at(iteration, 0), w);
  };
  rest(2, 31), rest(18, 31);
  table.iteration(at(31, 0.1));
  table.iteration(at(44, 0.1));
  states[2].reason = states[18].reason = Reason::running;
  states.push_back({.id = 20});
  table.iteration(at(45, 0.1));
  table.iteration(at(46, 0.1));
  rest(2, 57), rest(18, 57);
  table.iteration(at(57, 0.1));
  EXPECT_EQ(written.take(),
            "20 worlds, 100 iterations, starts found in 0.0 s\n"
            "iteration 31: 2 worlds converged: 2, 18\n"
            "iteration 45: 2 worlds went on from a better place: 2, 18\n"
            "iteration 45: world 20 began\n"
            "iteration 57: 2 worlds converged: 2, 18\n");
}

TEST_F(LiveTable, WithoutATerminalItIsALogOfPlainLines) {
  make_worlds(12);
  callback::LiveTable table(written.file());
  table.start(at(0, 0));
  WorldResult stopped;
  for (int i = 1; i <= 100; ++i) {
    for (std::uint32_t w = 0; w < 11 && i == 40; ++w) {
      stopped.id = w, states[w].reason = stopped.reason = w == 10 ? Reason::step : Reason::pruned;
      table.world_stopped(at(i, 0.1 * i), stopped);
    }
    if (i == 50) states[3].restarts = 1, states[3].pid = 4711;
    table.iteration(at(i, 0.1 * i));
  }
  Result r;
  r.iterations = 100;
  table.end(r);
  const std::string log = written.take();
  EXPECT_EQ(log.find('\033'), std::string::npos);
  EXPECT_NE(log.find("iteration 40: world 10 converged\n"), std::string::npos) << log;
  EXPECT_NE(log.find("iteration 40: 10 worlds pruned: 0, 1, 2, 3, 4, 5, 6, 7, ...\n"), std::string::npos) << log;
  EXPECT_NE(log.find("iteration 50: world 3 restarted, process 4711, restart 1\n"), std::string::npos) << log;
  std::size_t lines = 0;
  for (std::size_t i = log.find("/100: best"); i != log.npos; i = log.find("/100: best", i + 1)) ++lines;
  EXPECT_GE(lines, 6u) << "the first, the last, and every two seconds of ten";
  EXPECT_LE(lines, 7u) << log;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), int(lines) + 5);
}

}  // namespace
}  // namespace manyworlds
