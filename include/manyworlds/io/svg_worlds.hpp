#pragma once
#include "manyworlds/engine/world_state.hpp"
#include "manyworlds/io/result_picture.hpp"
#include "manyworlds/io/svg_plot.hpp"

/// How diagrams of a report show worlds: the same class, mark and title everywhere.
namespace manyworlds::io {

struct RankedWorld {
  const WorldResult* result;
  Fate fate;

  /// Class of its shapes in the style sheet: winner, finished, pruned or failed.
  const char* kind() const { return detail::style_of(fate).name; }
  /// Iterations of the run in which it ran, from and to, with its rests in between. Of long histories, which leave out
  /// rows, short rests are not seen.
  std::vector<std::pair<int, int>> stretches() const {
    const History& h = result->history;
    std::vector<std::pair<int, int>> all{{result->born, result->born}};
    for (std::size_t row = 1; row < h.rows(); ++row) {
      const int at = result->born + h.iteration[row];
      if (h.iteration[row] - h.iteration[row - 1] > h.every) all.push_back({at, at});
      all.back().second = at;
    }
    return all;
  }
  /// How many these are.
  int iterations() const {
    int n = -1;
    for (const auto& [from, to] : stretches()) n += to - from + 1;
    return n;
  }
};

/// Best value first, as the winner was chosen.
inline std::vector<RankedWorld> ranking(const Result& r) {
  std::vector<RankedWorld> worlds;
  for (const WorldResult& world : r.worlds) worlds.push_back({&world, fate_of(world, r)});
  std::stable_sort(worlds.begin(), worlds.end(),
                   [](const RankedWorld& a, const RankedWorld& b) { return better(a.result->value, b.result->value); });
  return worlds;
}

/// The first of a ranking, and every k-th after it, so that there are at most `most`.
inline std::vector<RankedWorld> sampled(const std::vector<RankedWorld>& worlds, std::size_t most) {
  const std::size_t step = (worlds.size() + most - 1) / most;
  std::vector<RankedWorld> some;
  for (std::size_t i = 0; i < worlds.size(); i += step) some.push_back(worlds[i]);
  return some;
}
/// What the reader must know about a diagram of a sample; empty when all are there.
inline std::string sample_note(std::size_t shown, std::size_t all) {
  if (shown == all) return "";
  return html::count(shown) + " of " + html::count(all) + " worlds are drawn, spread evenly over the ranking. ";
}

/// Opens the group of so many worlds, which are fainter when there are many.
inline std::string worlds_begin(std::size_t n) { return n > 100 ? "<g class=\"dense\">" : "<g>"; }

/// Shapes that belong to a world: they tell about it when pointed at.
inline std::string world_group(const RankedWorld& w, const std::string& shapes, const std::string& more = "") {
  const std::string id = std::to_string(w.result->id);
  const std::string title = "World " + id + ": " + html::fixed(w.result->value, 3) + ", " +
                            state_text(w.result->reason) + (more.empty() ? "" : "\n" + more);
  return "<g class=\"" + std::string(w.kind()) + "\" data-w=\"" + id + "\">" +
         html::element("title", html::escaped(title)) + shapes + "</g>\n";
}

/// Where a world ended: dot of the winner, cross of a pruned one, square of a failed one, small dot of a converged one.
inline std::string end_mark(const RankedWorld& w, Point2 at) {
  if (w.fate == Fate::winner) return SvgPlot::circle(at, 5, "class=\"dot\"");
  if (w.fate == Fate::pruned)
    return "<path class=\"mark\" d=\"" + SvgPlot::path({at - Point2{3.5, 3.5}, at + Point2{3.5, 3.5}}) +
           SvgPlot::path({at - Point2{3.5, -3.5}, at + Point2{3.5, -3.5}}) + "\"/>";
  if (w.fate == Fate::failed)
    return "<path class=\"dot\" d=\"" +
           SvgPlot::path(
               {at + Point2{-3.5, -3.5}, at + Point2{3.5, -3.5}, at + Point2{3.5, 3.5}, at + Point2{-3.5, 3.5}}) +
           "Z\"/>";
  return is_convergence(w.result->reason) ? SvgPlot::circle(at, 2.5, "class=\"dot\"") : "";
}

/// Key to the lines and marks of all diagrams, with how many worlds there are of each.
inline std::string worlds_legend(const std::vector<RankedWorld>& worlds) {
  WorldResult example;
  std::string keys;
  const auto key = [&](Fate fate, Reason reason, const std::string& words, std::size_t n) {
    if (n == 0) return;
    example.reason = reason;
    const RankedWorld w{&example, fate};
    keys += html::element("span", "class=\"key\"",
                          "<svg viewBox=\"0 0 34 14\" width=\"34\" height=\"14\" aria-hidden=\"true\"><g class=\"" +
                              std::string(w.kind()) + "\"><path d=\"M1 7H29\"/>" + end_mark(w, {29, 7}) +
                              "</g></svg> " + html::escaped(words));
  };
  const auto count = [&](auto which) { return std::size_t(std::count_if(worlds.begin(), worlds.end(), which)); };
  const auto finished = [&](bool converged) {
    return count([&](const RankedWorld& w) {
      return w.fate == Fate::finished && is_convergence(w.result->reason) == converged;
    });
  };
  const std::size_t pruned = count([](const RankedWorld&w) { return w.fate == Fate::pruned; }),
                    failed = count([](const RankedWorld&w) { return w.fate == Fate::failed; });
  const auto winner =
      std::find_if(worlds.begin(), worlds.end(), [](const RankedWorld& w) { return w.fate == Fate::winner; });
  key(Fate::winner, Reason::running, "winner: World " + std::to_string(winner->result->id), 1);
  key(Fate::finished, Reason::step, "converged (" + html::count(finished(true)) + ")", finished(true));
  key(Fate::finished, Reason::running, "ran to the end (" + html::count(finished(false)) + ")", finished(false));
  key(Fate::pruned, Reason::pruned, "pruned (" + html::count(pruned) + ")", pruned);
  key(Fate::failed, Reason::non_finite, "not finite (" + html::count(failed) + ")", failed);
  return html::element("p", "class=\"legend\"", keys);
}

}  // namespace manyworlds::io
