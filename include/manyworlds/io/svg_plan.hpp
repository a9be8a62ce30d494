#pragma once
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/io/svg_worlds.hpp"

/// Where the starts of a search went, as inline SVG: on the floor plan, and on the walls that things hang on.
namespace manyworlds::io {

/// What one world did with one thing that moves: from its start to its best place, metres.
struct Move {
  RankedWorld world;
  Point2 from, to;
  std::string what;  ///< "Reflector from (1, 2, 1.5) to (4, 2, 1.8) m"
};

namespace detail {

inline std::string place_text(Vec3d p) {
  return "(" + html::fixed(p.x, 2) + ", " + html::fixed(p.y, 2) + ", " + html::fixed(p.z, 2) + ")";
}

/// Moves of all movers and moved transmitters seen from above, the best world last.
inline std::vector<Move> plan_moves(const Problem& problem, const std::vector<RankedWorld>& worlds) {
  std::vector<Move> moves;
  Configuration start, end;
  const std::size_t n = problem.variables().size();
  for (auto w = worlds.rbegin(); w != worlds.rend(); ++w) {
    const std::vector<double>& x = w->result->history.x;
    if (x.size() < n || w->result->x.size() != n) continue;
    problem.placement.apply(std::span(x).first(n), start);
    problem.placement.apply(w->result->x, end);
    const auto add = [&](const std::string& name, Vec3d a, Vec3d b) {
      moves.push_back({*w, {a.x, a.y}, {b.x, b.y}, name + " from " + place_text(a) + " to " + place_text(b) + " m"});
    };
    for (std::size_t m = 0; m < start.movers.size(); ++m)
      add(problem.scene->objects[problem.placement.movers()[m]].name, start.movers[m].position, end.movers[m].position);
    for (std::size_t t = 0; t < start.transmitters.size() && problem.placement.moves_transmitters(); ++t)
      if (norm(end.transmitters[t] - start.transmitters[t]) > 0)
        add(problem.scene->transmitters[t].name, start.transmitters[t], end.transmitters[t]);
  }
  return moves;
}

/// Ring at the start, line, arrow head at the end.
inline std::string arrow(const SvgPlot& plot, const Move& move) {
  const Point2 a = plot.at(move.from.x, move.from.y), b = plot.at(move.to.x, move.to.y);
  const double far = length(b - a);
  std::string shapes = SvgPlot::circle(a, 2.5, "class=\"start\"");
  if (far > 1) shapes += "<path d=\"" + SvgPlot::path({a, b}) + "\"/>";
  if (far < 8) return shapes + SvgPlot::circle(b, 3, "class=\"dot\"");
  const Point2 u = (1 / far) * (b - a), side{-u.y, u.x};
  const double size = move.world.fate == Fate::winner ? 1.6 : 1;
  return shapes + "<path class=\"dot\" d=\"" +
         SvgPlot::path({b, b - size * (7.0 * u - 3.2 * side), b - size * (7.0 * u + 3.2 * side)}) + "Z\"/>";
}

inline std::string arrows(const SvgPlot& plot, const std::vector<Move>& moves) {
  std::string all = worlds_begin(moves.size());
  for (const Move& move : moves) all += world_group(move.world, arrow(plot, move), move.what);
  return all + "</g>";
}

/// Lines of a plan that lie in the frame, the longest 20,000 of them, in one path.
inline std::string plan_lines(const SvgPlot& plot, std::vector<Segment2> lines, const std::string& kind) {
  const Box2& frame = plot.frame();
  std::erase_if(lines, [&](const Segment2& s) {
    const Point2 a = plot.at(s.a.x, s.a.y), b = plot.at(s.b.x, s.b.y);
    return std::max(a.x, b.x) < frame.lo.x || std::min(a.x, b.x) > frame.hi.x || std::max(a.y, b.y) < frame.lo.y ||
           std::min(a.y, b.y) > frame.hi.y;
  });
  constexpr std::size_t most = 20000;
  if (lines.size() > most) {
    std::nth_element(lines.begin(), lines.begin() + most, lines.end(),
                     [](const Segment2& a, const Segment2& b) { return length(a.b - a.a) > length(b.b - b.a); });
    lines.resize(most);
  }
  std::string d;
  for (const Segment2& s : lines) d += SvgPlot::path({plot.at(s.a.x, s.a.y), plot.at(s.b.x, s.b.y)});
  return d.empty() ? "" : "<path class=\"" + kind + "\" d=\"" + d + "\"/>";
}

}  // namespace detail

/// Moves over a part of the floor plan, with the transmitters and panels as the winner has them and the target area.
inline std::string svg_plan(const Problem& problem, const Configuration& winner, const std::vector<Move>& moves,
                            Box2 view, const std::string& name, double highest = 640) {
  const Scene scene = detail::scene_at(problem, winner);
  PlanOptions plan;
  for (std::size_t m = 0; m < winner.movers.size(); ++m)
    mark_panel(problem.scene->objects[problem.placement.movers()[m]], winner.movers[m], plan);
  const ReceiverSet& target = problem.scene->receivers;
  const FloorPlan lines = floor_plan(scene, heights_around(target.positions.front().z, bounds_of(scene)), plan.hidden);
  const Point2 extent = view.hi - view.lo;
  const double scale = std::min(1030 / extent.x, highest / extent.y);
  SvgPlot plot(scale * extent, {view.lo.x, view.hi.x}, {view.lo.y, view.hi.y});
  plot.x_axis("x (m)", std::max(2, int(scale * extent.x / 70)));
  plot.y_axis("y (m)", std::max(2, int(scale * extent.y / 50)), false);
  plot.add(detail::plan_lines(plot, lines.furniture, "furniture") + detail::plan_lines(plot, lines.walls, "wall"));
  const auto outline = [&](std::initializer_list<Point2> corners, const std::string& kind, const std::string& title) {
    Polyline line;
    for (const Point2 c : corners) line.push_back(plot.at(c.x, c.y));
    plot.add("<path class=\"" + kind + "\" d=\"" + SvgPlot::path(line) + "Z\">" +
             html::element("title", html::escaped(title)) + "</path>");
  };
  if (target.rows > 0) {
    const Box2 b = detail::GridShape(target).cells();
    outline({b.lo, {b.hi.x, b.lo.y}, b.hi, {b.lo.x, b.hi.y}}, "target", "receivers");
  }
  for (const PanelMark& panel : plan.panels) {
    const Rectangled& r = panel.rectangle;
    const auto corner = [&](double u, double v) { return Point2{r.point(u, v).x, r.point(u, v).y}; };
    outline({corner(-r.half_u, -r.half_v), corner(r.half_u, -r.half_v), corner(r.half_u, r.half_v),
             corner(-r.half_u, r.half_v)},
            "panel", panel.label + " of the winner");
  }
  plot.add(detail::arrows(plot, moves));
  for (const Transmitter& tx : scene.transmitters) {
    const Point2 at = plot.at(tx.position.x, tx.position.y);
    plot.add("<g class=\"tx\">" + SvgPlot::circle(at, 5) + SvgPlot::text(at + Point2{9, 4}, tx.name, "start") + "</g>");
  }
  return plot.svg(name, "Where the starts of the worlds went", 0);
}

/// The part of a plan in which moves lie, with a margin, when it is small; nothing when the whole plan shows them well.
inline std::optional<Box2> close_up(const std::vector<Move>& moves, Box2 whole) {
  if (moves.empty()) return {};
  Box2 box{moves.front().from, moves.front().from};
  for (const Move& move : moves)
    for (const Point2 p : {move.from, move.to})
      box = {{std::min(box.lo.x, p.x), std::min(box.lo.y, p.y)}, {std::max(box.hi.x, p.x), std::max(box.hi.y, p.y)}};
  const Point2 size = box.hi - box.lo, all = whole.hi - whole.lo;
  const double margin = std::max(0.15 * std::max(size.x, size.y), 0.03 * std::max(all.x, all.y));
  const Point2 room{margin, std::max(margin, 0.25 * size.x - 0.5 * size.y)};
  const Point2 shown = size + 2.0 * room;
  if (shown.x > 0.5 * all.x || shown.y > 0.5 * all.y) return {};
  return Box2{box.lo - room, box.hi + room};
}

/// Moves on the wall that a mover hangs on, in its variables u and v; empty for a mover that is not on a wall.
inline std::string svg_wall(const Problem& problem, const std::vector<RankedWorld>& worlds, std::size_t part) {
  const auto [first, last] = problem.placement.part_range(part);
  const std::vector<placement::Variable>& variables = problem.variables();
  if (last - first < 2 || !variables[first].name.ends_with(".u") || !variables[first + 1].name.ends_with(".v"))
    return "";
  const placement::Variable &u = variables[first], &v = variables[first + 1];
  if (!(u.lower < u.upper && v.lower < v.upper)) return "";
  std::vector<Move> moves;
  const std::string object = u.name.substr(0, u.name.size() - 2);
  for (auto w = worlds.rbegin(); w != worlds.rend(); ++w) {
    const std::vector<double>&x = w->result->history.x, &end = w->result->x;
    if (x.size() < variables.size() || end.size() != variables.size()) continue;
    const auto text = [](double a, double b) { return "(" + html::fixed(a, 2) + ", " + html::fixed(b, 2) + ")"; };
    moves.push_back(
        {*w,
         {x[first], x[first + 1]},
         {end[first], end[first + 1]},
         object + " from " + text(x[first], x[first + 1]) + " to " + text(end[first], end[first + 1]) + " m"});
  }
  const double wide = u.upper - u.lower, high = v.upper - v.lower, margin = 0.04 * std::max(wide, high);
  const double scale = std::min(1030 / (wide + 2 * margin), 400 / (high + 2 * margin));
  SvgPlot plot({scale * (wide + 2 * margin), std::max(120.0, scale * (high + 2 * margin))},
               {u.lower - margin, u.upper + margin}, {v.lower - margin, v.upper + margin});
  plot.x_axis(u.name + " (m)", 10);
  plot.y_axis(v.name + " (m)", 6, false);
  const Point2 lo = plot.at(u.lower, v.lower), hi = plot.at(u.upper, v.upper);
  plot.add("<path class=\"bounds\" d=\"" + SvgPlot::path({lo, {hi.x, lo.y}, hi, {lo.x, hi.y}}) + "Z\"/>");
  plot.add(detail::arrows(plot, moves));
  return plot.svg("wall-plot-" + std::to_string(part), "Where the starts of " + object + " went on its wall", 0);
}

}  // namespace manyworlds::io
