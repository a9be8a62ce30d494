#pragma once

#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/io/result_json.hpp"
#include "manyworlds/io/svg_worlds.hpp"

/// The tables of a report, as markup.
namespace manyworlds::io {

namespace detail {

/// "-83.5", or "dead" at the floor.
inline std::string dbm_cell(double dbm, double floor_dbm) {
  return is_dead(dbm, floor_dbm) ? "dead" : html::fixed(dbm, 1);
}

}  // namespace detail

/// Powers before and after, by the edge weight and by geometric optics; the mean is of the receivers that a path
/// reaches.
inline std::string powers_table(const Result& r, double floor_dbm, double coverage_dbm) {
  std::vector<std::vector<std::string>> rows;
  const auto row = [&](const std::string& name, const RssSummary& s) {
    rows.push_back({name, detail::dbm_cell(s.minimum_dbm, floor_dbm), detail::dbm_cell(s.p5_dbm, floor_dbm),
                    detail::dbm_cell(s.median_dbm, floor_dbm), detail::dbm_cell(s.mean_reached_dbm, floor_dbm),
                    html::fixed(100 * s.covered, 1) + " %", html::count(s.dead)});
  };
  row("before", r.rss_before);
  row("after", r.rss);
  row("before, geometric optics", r.rss_hard_before);
  row("after, geometric optics", r.rss_hard);
  if (r.polished) row("polished, geometric optics", r.polished->rss);
  return html::table({"", "min", "5 %", "median", "mean of reached", "above " + to_text(coverage_dbm), "dead"}, rows);
}

/// Where a configuration has movers and moved transmitters; metres and radians.
inline std::string places_table(const Problem& problem, const Configuration& c) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t m = 0; m < c.movers.size(); ++m) {
    const Vec3d p = c.movers[m].position, a = euler_angles(c.movers[m].rotation);
    rows.push_back({html::escaped(problem.scene->objects[problem.placement.movers()[m]].name)});
    for (const double v : {p.x, p.y, p.z, a.x, a.y, a.z}) rows.back().push_back(html::fixed(v, 4));
  }
  for (std::size_t t = 0; t < c.transmitters.size() && problem.placement.moves_transmitters(); ++t) {
    const Vec3d p = c.transmitters[t];
    if (norm(p - problem.rest.transmitters[t]) == 0) continue;
    rows.push_back({html::escaped(problem.scene->transmitters[t].name), html::fixed(p.x, 4), html::fixed(p.y, 4),
                    html::fixed(p.z, 4), "", "", ""});
  }
  return html::table({"", "x", "y", "z", "yaw", "pitch", "roll"}, rows);
}

/// The best worlds, `most` at most, best first. Columns about processes are there when a world has them.
inline std::string worlds_table(const std::vector<RankedWorld>& worlds, std::size_t most) {
  bool pids = false, memory = false;
  for (const RankedWorld& world : worlds)
    pids = pids || world.result->pid != 0, memory = memory || world.result->bytes != 0;
  std::string head, body;
  const auto add = [&](const char* name, bool there = true) {
    if (there) head += html::element("th", "scope=\"col\"", name);
  };
  for (const char* name : {"rank", "world", "value", "ended", "born", "iterations", "rate (m)", "retries"}) add(name);
  add("pid", pids), add("restarts", pids), add("memory (MB)", memory);
  for (std::size_t i = 0; i < worlds.size() && i < most; ++i) {
    const WorldResult& w = *worlds[i].result;
    std::string row;
    const auto cell = [&](const std::string& text) { row += html::element("td", text); };
    cell(html::count(i + 1));
    cell(std::to_string(w.id));
    cell(html::fixed(w.value, 3));
    cell(w.reason == Reason::step || w.reason == Reason::gradient || w.reason == Reason::loss_change
             ? std::string("converged (") + choices(w.reason)[std::size_t(w.reason)] + ")"
         : w.reason == Reason::iterations ? "ran to the end"
                                          : state_text(w.reason));
    cell(std::to_string(w.born));
    cell(std::to_string(worlds[i].iterations()));
    cell(to_text(w.rate));
    cell(std::to_string(w.retries));
    if (pids) cell(w.pid != 0 ? std::to_string(w.pid) : "");
    if (pids) cell(std::to_string(w.restarts));
    if (memory) cell(w.bytes != 0 ? html::fixed(double(w.bytes) / 1e6, 1) : "");
    body += "<tr class=\"" + std::string(worlds[i].kind()) + "\" data-w=\"" + std::to_string(w.id) + "\">" + row +
            "</tr>\n";
  }
  return html::element("div", "class=\"wide tall\" tabindex=\"0\"",
                       html::element("table", "class=\"worlds\"",
                                     html::element("thead", html::element("tr", head)) + html::element("tbody", body)));
}

/// What happened to worlds, the first `most` of it.
inline std::string events_table(std::span<const WorldEvent> events, std::size_t most) {
  std::vector<std::vector<std::string>> rows;
  for (const WorldEvent& e : events.first(std::min(most, events.size())))
    rows.push_back({std::to_string(e.iteration), std::to_string(e.world), html::escaped(e.what)});
  if (rows.empty()) return "";
  return html::element("div", "class=\"events\"", html::table({"iteration", "world", "what happened"}, rows));
}

/// Names and values, in groups by the part of the name before the first dot.
inline std::string params_tables(const std::vector<std::pair<std::string, std::string>>& params) {
  std::vector<std::pair<std::string, std::vector<std::vector<std::string>>>> groups;
  for (const auto& [name, value] : params) {
    const std::size_t dot = name.find('.');
    const std::string group = dot == std::string::npos ? "run" : name.substr(0, dot);
    auto at = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == group; });
    if (at == groups.end()) at = groups.insert(at, {group, {}});
    at->second.push_back({html::escaped(dot == std::string::npos ? name : name.substr(dot + 1)), html::escaped(value)});
  }
  std::string text;
  for (const auto& [group, rows] : groups)
    text += html::element("div", "class=\"group\"", html::element("h3", html::escaped(group)) + html::table({}, rows));
  return html::element("div", "class=\"groups\"", text);
}

/// Seconds of each phase as a bar and a table, counts beside them.
inline std::string cost_tables(const Result& r) {
  const Times& t = r.times;
  const double rest = std::max(0.0, t.total_s - t.starts_s - t.descent_s - t.barriers_s - t.scoring_s);
  const std::vector<std::pair<std::string, double>> phases{{"finding starts", t.starts_s},
                                                           {"descent", t.descent_s},
                                                           {"pruning and exchange", t.barriers_s},
                                                           {"scoring", t.scoring_s},
                                                           {"other", rest}};
  std::string bar;
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const double share = t.total_s > 0 ? phases[i].second / t.total_s : 0;
    if (share >= 0.002)
      bar +=
          html::element("span",
                        "class=\"phase" + std::to_string(i) + "\" style=\"flex-grow:" + html::fixed(1000 * share, 0) +
                            "\" title=\"" + phases[i].first + "\"",
                        "");
    rows.push_back({"<span class=\"swatch phase" + std::to_string(i) + "\"></span>" + phases[i].first,
                    html::fixed(phases[i].second, 2) + " s", html::fixed(100 * share, 1) + " %"});
  }
  rows.push_back({"total", html::fixed(t.total_s, 2) + " s", ""});
  const Counts& c = r.counts;
  const std::vector<std::vector<std::string>> counts{
      {"gradients", html::count(c.gradient)},
      {"forward passes", html::count(c.forward)},
      {"evaluations (a gradient counts " + to_text(c.gradient_cost) + ")", html::fixed(c.evaluations(), 0)},
      {"starts drawn", html::count(c.starts_drawn)},
      {"starts rejected, without a gradient", html::count(c.starts_rejected)},
      {"worlds that began later", html::count(c.new_starts)},
      {"single starts that sets were put together from", html::count(c.pool)},
      {"memory of workspaces",
       r.bytes_of_workspaces > 0 ? html::fixed(double(r.bytes_of_workspaces) / 1e6, 1) + " MB" : "in other processes"},
      {"memory of a world", html::fixed(double(r.bytes_per_world) / 1e3, 1) + " kB"}};
  return html::element("div", "class=\"phases\" role=\"img\" aria-label=\"shares of the time\"", bar) +
         html::element("div", "class=\"pair\"", html::table({}, rows) + html::table({}, counts));
}

}  // namespace manyworlds::io
