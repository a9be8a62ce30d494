#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "manyworlds/engine/callback.hpp"

namespace manyworlds {

struct TerminalSize {
  int rows = 24, columns = 80;
};

/// How fast a run goes on, from when its iterations began.
struct Pace {
  double begun_s = 0, begun_evaluations = 0;

  double left_s(const Progress& p) const {
    return p.iteration > 0 ? (p.seconds - begun_s) / p.iteration * (p.iterations - p.iteration) : 0;
  }
  double evaluations_per_s(const Progress& p) const {
    const double passed = p.seconds - begun_s;
    return passed > 0 ? (p.evaluations - begun_evaluations) / passed : 0;
  }
};

namespace detail {

/// printf into a string.
template <class... Args>
std::string print_text(const char* format, Args... args) {
  std::array<char, 256> text;
  std::snprintf(text.data(), text.size(), format, args...);
  return text.data();
}

inline std::string loss_text(double loss) { return std::isfinite(loss) ? print_text("%.4f", loss) : "-"; }

/// "best 55.17 (world 23)": the best value so far, by which the winner is chosen; what worlds descend on now is added
/// while that is another thing.
inline std::string best_text(const Progress& p) {
  const auto of_world = [](const char* what, double v, std::uint32_t id) {
    return std::isfinite(v) ? print_text("%s %.2f (world %u)", what, v, id) : what + std::string(" -");
  };
  const std::string best = of_world("best", p.best_value, p.best_value_world);
  return p.comparable ? best : best + ", " + of_world("smoothed or staged now", p.best_loss, p.best_world);
}
/// "18 running, 14 at rest"
inline std::string running_text(const Progress& p) {
  return std::to_string(p.alive) + " running" + (p.resting > 0 ? ", " + std::to_string(p.resting) + " at rest" : "");
}

/// One column of the table: what stands in it, and whether it may be left out where the terminal is narrow.
struct WorldColumn {
  const char* name;
  int width;
  std::string (*text)(const WorldState&);
};
inline const std::array<WorldColumn, 7> world_columns{
    {{"world", 7, [](const WorldState& w) { return std::to_string(w.id); }},
     {"loss", 12, [](const WorldState& w) { return loss_text(w.loss); }},
     {"state", 12, [](const WorldState& w) { return std::string(state_text(w.reason, w.restarts)); }},
     {"best value", 12, [](const WorldState& w) { return loss_text(w.value); }},
     {"restarts", 10, [](const WorldState& w) { return w.restarts != 0 ? std::to_string(w.restarts) : std::string(); }},
     {"pid", 9, [](const WorldState& w) { return w.pid != 0 ? std::to_string(w.pid) : std::string(); }},
     {"memory MB", 11,
      [](const WorldState& w) { return w.bytes != 0 ? print_text("%.1f", double(w.bytes) / 1e6) : ""; }}}};

/// "[########----] 23/60"
inline std::string progress_bar(const Progress& p, int width) {
  const int done = p.iterations > 0 ? int(double(width) * p.iteration / p.iterations) : width;
  return "[" + std::string(std::size_t(done), '#') + std::string(std::size_t(width - done), '-') + "] " +
         std::to_string(p.iteration) + "/" + std::to_string(p.iterations);
}

/// "3 running, 6 converged, 3 pruned"
inline std::string count_states(std::span<const WorldState* const> worlds) {
  std::vector<std::pair<std::string, int>> counts;
  for (const WorldState* w : worlds) {
    const std::string state = state_text(w->reason, w->restarts);
    const auto known = std::find_if(counts.begin(), counts.end(), [&](const auto& c) { return c.first == state; });
    if (known == counts.end())
      counts.emplace_back(state, 1);
    else
      ++known->second;
  }
  std::string text;
  for (const auto& [state, n] : counts) text += (text.empty() ? "" : ", ") + std::to_string(n) + " " + state;
  return text;
}

}  // namespace detail

/// A run as lines of a terminal: how far it is, and as many of its worlds as there is room for, the best value first.
/// At most size.rows lines of less than size.columns characters, besides the escape sequences for bold and faint.
inline std::vector<std::string> world_table(const Progress& p, const Pace& pace, TerminalSize size) {
  constexpr const char *bold = "\033[1m", *faint = "\033[2m", *plain = "\033[0m";
  const std::size_t rows = std::size_t(std::max(1, size.rows)), columns = std::size_t(std::max(2, size.columns) - 1);
  std::vector<std::string> lines;
  const auto add = [&](std::string line, const char* style = "") {
    if (lines.size() == rows) return;
    line = line.substr(0, columns);
    lines.push_back(*style ? style + line + plain : line);
  };
  const int beside = p.comparable ? 50 : 90;
  add(detail::progress_bar(p, std::clamp(int(columns) - beside, 8, 40)) + "  " + detail::best_text(p), bold);
  add(detail::print_text("%zu worlds: %s, %.0f s, %.0f s left, %.0f evaluations/s", p.worlds,
                         detail::running_text(p).c_str(), p.seconds, pace.left_s(p), pace.evaluations_per_s(p)));
  if (p.states.empty()) return lines;

  std::vector<const WorldState*> worlds;
  for (const WorldState& w : p.states) worlds.push_back(&w);
  std::sort(worlds.begin(), worlds.end(), [](const WorldState* a, const WorldState* b) {
    if (better(a->value, b->value) || better(b->value, a->value)) return better(a->value, b->value);
    return better(a->loss, b->loss) || (!better(b->loss, a->loss) && a->id < b->id);
  });
  std::vector<detail::WorldColumn> shown;
  std::size_t width = 0;
  for (const detail::WorldColumn& column : detail::world_columns) {
    const bool filled = std::any_of(worlds.begin(), worlds.end(), [&](const WorldState* w) {
      const std::string text = column.text(*w);
      return !text.empty() && text != "-";
    });
    if ((!filled && shown.size() > 2) || width + std::size_t(column.width) > columns) continue;
    shown.push_back(column);
    width += std::size_t(column.width);
  }
  const auto row = [&](auto text) {
    std::string line;
    for (const detail::WorldColumn& column : shown)
      line += detail::print_text("%*s", column.width, text(column).c_str());
    return line;
  };
  add(row([](const detail::WorldColumn& c) { return std::string(c.name); }), faint);
  const std::size_t room = rows - lines.size(), fit = worlds.size() <= room ? worlds.size() : room > 0 ? room - 1 : 0;
  for (std::size_t i = 0; i < fit; ++i) {
    const WorldState& w = *worlds[i];
    add(row([&](const detail::WorldColumn& c) { return c.text(w); }), w.id == p.best_value_world    ? bold
                                                                      : w.reason == Reason::running ? ""
                                                                                                    : faint);
  }
  const auto more = std::span<const WorldState* const>(worlds).subspan(fit);
  if (!more.empty()) add("... and " + std::to_string(more.size()) + " more: " + detail::count_states(more));
  return lines;
}

}  // namespace manyworlds
