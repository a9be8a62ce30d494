#pragma once
#include "manyworlds/io/svg_worlds.hpp"

/// How the worlds of a run converged and when they lived, as inline SVG.
namespace manyworlds::io {

namespace detail {

/// Indices of values that draw the same line in at most about `most` points: the least and the greatest of each piece.
inline std::vector<std::size_t> thinned(std::span<const double> values, std::size_t most) {
  const std::size_t piece = values.size() <= most ? 1 : (2 * values.size() + most - 1) / most;
  std::vector<std::size_t> kept;
  for (std::size_t begin = 0; begin < values.size(); begin += piece) {
    const auto part = values.subspan(begin, std::min(piece, values.size() - begin));
    std::size_t least = 0, greatest = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (better(part[i], part[least])) least = i;
      if (better(-part[i], -part[greatest])) greatest = i;
    }
    kept.push_back(begin + std::min(least, greatest));
    if (least != greatest) kept.push_back(begin + std::max(least, greatest));
  }
  if (!values.empty() && kept.back() + 1 != values.size()) kept.push_back(values.size() - 1);
  return kept;
}

/// Of all finite losses, but without the highest percent of them when these would press all others together.
struct LossRange {
  Range range{};
  bool cut = false;
};
inline LossRange loss_range(std::span<const Course> worlds) {
  std::vector<double> all;
  for (const Course& w : worlds)
    std::copy_if(w.best.begin(), w.best.end(), std::back_inserter(all), [](double v) { return std::isfinite(v); });
  if (all.empty()) return {};
  std::sort(all.begin(), all.end());
  const double lo = all.front(), most = all[(all.size() - 1) * 99 / 100];
  const bool cut = all.back() - lo > 3 * (most - lo) && most > lo;
  const double hi = cut ? most : all.back();
  return {hi - lo > 1e-9 ? nice_range({lo, hi}, 8) : Range{lo - 0.5, lo + 0.5}, cut};
}

}  // namespace detail

/// Best loss so far over iterations, the worst world first so that the winner is on top, and faintly where the winner
/// was in each. Lines have at most about `most` points.
inline std::string svg_convergence(const std::vector<RankedWorld>& worlds, int iterations, const std::string& loss,
                                   std::size_t most = 400) {
  std::vector<Course> courses;
  for (const RankedWorld& w : worlds) courses.push_back(course_of(*w.result));
  const auto [y, cut] = detail::loss_range(courses);
  SvgPlot plot({1030, 400}, {0, double(std::max(1, iterations))}, y);
  plot.x_axis("iteration", 12, true);
  plot.y_axis(loss + ", lower is better", 8, true);
  plot.add(worlds_begin(worlds.size()));
  for (std::size_t k = worlds.size(); k-- > 0;) {
    const RankedWorld& w = worlds[k];
    std::optional<Point2> end;
    const auto draw = [&](const std::vector<double>& values) {
      std::string d;
      Polyline line;
      const auto flush = [&] {
        if (line.size() == 1) line.push_back(line[0] + Point2{0.1, 0});
        if (!line.empty()) d += SvgPlot::path(line);
        line.clear();
      };
      for (const std::size_t i : detail::thinned(values, most)) {
        if (!std::isfinite(values[i])) {
          flush();
          continue;
        }
        end = plot.at(w.result->born + double(w.result->history.iteration[i]), values[i]);
        line.push_back(*end);
      }
      flush();
      return d;
    };
    const std::string trace = w.fate == Fate::winner ? draw(courses[k].now) : "", d = draw(courses[k].best);
    if (!end) continue;
    const std::string id = "c" + std::to_string(w.result->id);
    plot.add(world_group(w, (trace.empty() ? "" : "<path class=\"trace\" d=\"" + trace + "\"/>") + "<path id=\"" + id +
                                "\" d=\"" + d + "\"/><use class=\"hit\" href=\"#" + id + "\"/>" + end_mark(w, *end)));
  }
  plot.add("</g>");
  if (cut) plot.add(SvgPlot::text(plot.frame().lo + Point2{10, 18}, "higher losses are cut off", "start"));
  return plot.svg("convergence-plot", "Best loss of each world so far over the iterations", 6);
}

/// How many worlds ran in each iteration.
inline std::string svg_running(const std::vector<RankedWorld>& worlds, int iterations) {
  std::vector<int> change(std::size_t(std::max(1, iterations)) + 2, 0);
  for (const RankedWorld& w : worlds)
    for (const auto& [from, to] : w.stretches()) {
      ++change[std::size_t(std::min(from, iterations))];
      --change[std::size_t(std::min(to, iterations))];
    }
  Polyline steps;
  int running = 0, most = 1;
  for (std::size_t i = 0; i < change.size(); ++i) most = std::max(most, running += change[i]);
  SvgPlot plot({1030, 90}, {0, double(std::max(1, iterations))}, {0, 1.05 * most});
  plot.y_axis("running", 3, true);
  running = 0;
  for (std::size_t i = 0; i + 1 < change.size(); ++i) {
    if (change[i] == 0 && i > 0 && i + 2 < change.size()) continue;
    steps.push_back(plot.at(double(i), running));
    steps.push_back(plot.at(double(i), running += change[i]));
  }
  plot.add("<path class=\"area\" d=\"" + SvgPlot::path(steps) + "\"/>");
  return plot.svg("running-plot", "Worlds that ran in each iteration", 0);
}

/// A bar for each world over the iterations in which it ran, in the order of their ids, with what happened to it.
inline std::string svg_lives(std::vector<RankedWorld> worlds, int iterations, std::span<const WorldEvent> events) {
  std::sort(worlds.begin(), worlds.end(),
            [](const RankedWorld& a, const RankedWorld& b) { return a.result->id < b.result->id; });
  const double row = clamp(560.0 / double(worlds.size()), 5.0, 16.0);
  SvgPlot plot({1030, row * double(worlds.size())}, {0, double(std::max(1, iterations))}, {double(worlds.size()), 0});
  plot.x_axis("iteration", 12, true);
  plot.add(worlds_begin(worlds.size()));
  const std::size_t every = std::size_t(std::ceil(13 / row));
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    const RankedWorld& w = worlds[i];
    const double middle = double(i) + 0.5;
    std::string bars, happened;
    for (const auto& [from, to] : w.stretches()) {
      bars += SvgPlot::path({plot.at(from, middle), plot.at(to, middle) + Point2{0.1, 0}});
      happened += (happened.empty() ? "iterations " : ", ") + std::to_string(from) + " to " + std::to_string(to);
    }
    std::string shapes =
        "<path class=\"bar\" d=\"" + bars + "\"/>" + end_mark(w, plot.at(w.stretches().back().second, middle));
    for (const WorldEvent& event : events) {
      if (event.world != w.result->id) continue;
      const Point2 at = plot.at(event.iteration, double(i) + 0.5);
      shapes += "<path class=\"event\" d=\"" +
                SvgPlot::path({at + Point2{-4, 4}, at + Point2{0, -4}, at + Point2{4, 4}}) + "Z\"/>";
      happened += "\niteration " + std::to_string(event.iteration) + ": " + event.what;
    }
    plot.add(world_group(w, shapes, happened));
    if (i % every == 0) plot.row_label(plot.at(0, middle).y, std::to_string(w.result->id));
  }
  plot.add("</g>");
  return plot.svg("lives-plot", "When each world ran", 6);
}

}  // namespace manyworlds::io
