#pragma once
#include <sys/ioctl.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <set>

#include "manyworlds/engine/world_table.hpp"

namespace manyworlds::callback {

/// Tells how a run goes. On a terminal: a table of its worlds that is redrawn in place, and erased at the end.
/// Elsewhere: plain lines, one for an iteration every few seconds, and one when worlds begin, stop, go on after a rest
/// or are restarted. It sets no mode of the terminal and leaves the cursor below the table, so that nothing is to be
/// restored however the program ends; what others write there meanwhile, three lines at most, stays until the end.
class LiveTable {
 public:
  static constexpr double redraw_s = 0.2, log_s = 2;

  /// A table when `out` is a terminal, whose size is then asked for before each drawing.
  explicit LiveTable(std::FILE* out = stderr) : out_(out), terminal_(::isatty(::fileno(out)) != 0) {}
  /// A table for a terminal of this size, whatever `out` is.
  LiveTable(std::FILE* out, TerminalSize size) : out_(out), terminal_(true), fixed_(size) {}

  void start(const manyworlds::Progress& p) {
    pace_ = {p.seconds, p.evaluations};
    known_ = p.worlds;
    for (const WorldState& w : p.states)
      if (is_convergence(w.reason)) at_rest_.insert(w.id);
    write(detail::print_text("%zu worlds, %d iterations, starts found in %.1f s\n", p.worlds, p.iterations, p.seconds));
    if (terminal_) draw(p);
  }

  void iteration(const manyworlds::Progress& p) {
    if (!terminal_) return log(p);
    if (p.seconds - told_s_ >= redraw_s || p.iteration == p.iterations) draw(p);
  }

  void world_stopped(const manyworlds::Progress&, const WorldResult& w) {
    if (!terminal_) stopped_[w.reason].push_back(w.id);
  }

  void end(const Result& r) {
    std::string text = terminal_ && height_ > 0 ? to_top + "\033[J" : "";
    text += detail::print_text("world %u wins, loss %.2f%s, %d iterations, %.1f s\n", r.winner, r.value,
                               r.interrupted ? " (interrupted)" : "", r.iterations, r.times.total_s);
    write(text);
    height_ = 0;
  }

 private:
  static inline const std::string to_top = "\0338";  ///< where the cursor was saved: DECRC
  static constexpr int spare = 3;                    ///< lines for what others write

  void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), out_);
    std::fflush(out_);
  }

  TerminalSize size() const {
    if (fixed_) return *fixed_;
    winsize w{};
    if (::ioctl(::fileno(out_), TIOCGWINSZ, &w) != 0 || w.ws_row == 0 || w.ws_col == 0) return {};
    return {w.ws_row, w.ws_col};
  }

  void draw(const manyworlds::Progress& p) {
    told_s_ = p.seconds;
    const TerminalSize now = size();
    const std::vector<std::string> lines = world_table(p, pace_, {now.rows - spare - 1, now.columns});
    std::string text;
    if (lines.size() > height_ || now.rows != drawn_.rows || now.columns != drawn_.columns) {
      // Room for the table and what may follow it: then nothing scrolls, and the saved place stays where it is.
      const bool grows = height_ > 0 && now.rows == drawn_.rows && now.columns == drawn_.columns;
      const std::size_t below = lines.size() + spare;
      text += (grows ? to_top : "") + std::string(below, '\n') + "\033[" + std::to_string(below) + "A\r\0337";
      height_ = lines.size();
      drawn_ = now;
    }
    text += to_top;
    for (const std::string& line : lines) text += line + "\033[K\n";
    for (std::size_t i = lines.size(); i < height_; ++i) text += "\033[K\n";
    write(text);
  }

  /// "iteration 31: 2 worlds converged: 2, 18\n", or nothing when there are none.
  static std::string told(int iteration, const std::vector<std::uint32_t>& worlds, const std::string& what) {
    constexpr std::size_t most = 8;
    if (worlds.empty()) return "";
    const std::string when = "iteration " + std::to_string(iteration) + ": ";
    if (worlds.size() == 1) return when + "world " + std::to_string(worlds[0]) + " " + what + "\n";
    std::string text = when + std::to_string(worlds.size()) + " worlds " + what;
    for (std::size_t i = 0; i < worlds.size() && i < most; ++i)
      text += (i == 0 ? ": " : ", ") + std::to_string(worlds[i]);
    return text + (worlds.size() > most ? ", ...\n" : "\n");
  }

  void log(const manyworlds::Progress& p) {
    std::string text;
    for (const auto& [reason, worlds] : stopped_) {
      text += told(p.iteration, worlds, state_text(reason));
      if (is_convergence(reason)) at_rest_.insert(worlds.begin(), worlds.end());
    }
    stopped_.clear();
    std::vector<std::uint32_t> awake, fresh;
    for (const WorldState& w : p.states) {
      if (w.reason == Reason::running && at_rest_.erase(w.id) > 0) awake.push_back(w.id);
      if (w.id >= known_) fresh.push_back(w.id);
    }
    text += told(p.iteration, awake, "went on from a better place");
    text += told(p.iteration, fresh, "began");
    known_ = p.worlds;
    for (const WorldState& w : p.states) {
      if (w.restarts == 0 || w.restarts == restarts_[w.id]) continue;
      text += detail::print_text("iteration %d: world %u restarted, process %d, restart %d\n", p.iteration, w.id, w.pid,
                                 w.restarts);
      restarts_[w.id] = w.restarts;
    }
    if (p.seconds - told_s_ >= log_s || p.iteration == 1 || p.iteration == p.iterations) {
      told_s_ = p.seconds;
      text += detail::print_text("iteration %d/%d: %s, %s, %.0f evaluations/s, %.0f s left\n", p.iteration,
                                 p.iterations, detail::best_text(p).c_str(), detail::running_text(p).c_str(),
                                 pace_.evaluations_per_s(p), pace_.left_s(p));
    }
    if (!text.empty()) write(text);
  }

  std::FILE* out_;
  bool terminal_;
  std::optional<TerminalSize> fixed_{};
  TerminalSize drawn_{};    ///< of the terminal, when the table was drawn
  std::size_t height_ = 0;  ///< lines of the table; 0 = there is none
  double told_s_ = 0;       ///< when it was drawn or logged
  Pace pace_{};
  std::map<Reason, std::vector<std::uint32_t>> stopped_{};  ///< since the last iteration
  std::set<std::uint32_t> at_rest_{};                       ///< have converged, as far as it was told
  std::size_t known_ = 0;                                   ///< worlds that there were
  std::map<std::uint32_t, int> restarts_{};
};
static_assert(Callback<LiveTable>);

}  // namespace manyworlds::callback
