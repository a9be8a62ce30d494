#pragma once
#include "manyworlds/io/html_headline.hpp"
#include "manyworlds/io/html_style.hpp"
#include "manyworlds/io/html_tables.hpp"
#include "manyworlds/io/svg_convergence.hpp"
#include "manyworlds/io/svg_plan.hpp"

/// A search as one page that needs nothing else: no network, no other file; its script only adds comfort.
namespace manyworlds::io {

/// What a report tells besides the result.
struct HtmlReport {
  std::string scene{};  ///< what the page calls it
  double coverage_dbm = -90;
  std::vector<std::pair<std::string, std::string>> facts{};     ///< about the problem: name and value
  std::vector<std::pair<std::string, std::string>> pictures{};  ///< name and PNG bytes, three at most
};

namespace detail {

/// The page of one result in the making.
class HtmlPage {
 public:
  HtmlPage(const Problem& problem, const Result& result, const HtmlReport& report)
      : problem_(problem), result_(result), report_(report), worlds_(ranking(result)), loss_(loss_name(result)) {}

  std::string text() const {
    const std::string title =
        html::escaped(report_.scene) + " at " + to_text(problem_.scene->frequency_hz / 1e9) + " GHz";
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
           "style-src 'unsafe-inline'; script-src 'unsafe-inline'\"/>" +
           html::element("title", title) + html::element("style", html::style_sheet) + "</head>\n<body><main>\n" +
           head(title) + warnings() + maps() + convergence() + starts() + lives() + table() + cost() + configuration() +
           "<footer>Every number is in result.json and history.csv.</footer>\n</main>" +
           html::element("script", html::script) + "</body></html>\n";
  }

 private:
  /// Diagrams of more worlds could not be read, and the page would grow with them.
  static constexpr std::size_t most_lines = 300, most_bars = 120, most_rows = 1000, most_events = 200;

  static std::string section(const std::string& id, const std::string& title, const std::string& note,
                             const std::string& content) {
    return "<section id=\"" + id + "\" class=\"" + id + "\">\n" + html::element("h2", title) +
           (note.empty() ? "" : html::element("p", "class=\"note\"", note)) + content + "</section>\n";
  }
  std::size_t parts() const { return problem_.placement.parts(); }
  int iterations() const { return std::max(1, result_.iterations); }

  std::string head(const std::string& title) const {
    std::string links;
    for (const auto& [id, name] : {std::pair{"maps", "Power"},
                                   {"convergence", "Convergence"},
                                   {"starts", "Starts"},
                                   {"lives", "Timeline"},
                                   {"worlds", "Worlds"},
                                   {"configuration", "Configuration"}})
      links += html::element("a", "href=\"#" + std::string(id) + "\"", name);
    std::string lead = "World " + std::to_string(result_.winner) + " of " + count_worlds(result_);
    lead += std::isfinite(result_.value)
                ? " wins: loss " + loss_change(result_, "&#8594;") + " (" + html::escaped(loss_) + ", lower is better)"
                : " stands for all: no world was ever finite";
    lead += " after " + html::count(std::size_t(result_.iterations), "iteration") + ".";
    const std::string badge = result_.interrupted ? " <span class=\"badge\">interrupted</span>" : "";
    return "<header>\n" + html::element("nav", "class=\"brand\"", "<b>Manyworlds: report of a search</b>" + links) +
           html::element("h1", title + badge) + html::element("p", "class=\"lead\"", lead) +
           headline_tiles(result_, problem_.floor_dbm, report_.coverage_dbm) + "</header>\n";
  }

  std::string warnings() const {
    std::string items;
    for (const std::string& warning : problem_.scene->warnings) items += html::element("li", html::escaped(warning));
    if (result_.interrupted) items += "<li>The run was interrupted: this is what had been found by then.</li>";
    if (result_.rss.dead == result_.rss.dbm.size()) items += "<li>The winner reaches no receiver.</li>";
    return items.empty() ? "" : section("warnings", "Warnings", "", html::element("ul", items));
  }

  /// The pictures, one at a time or all, and in numbers what they show.
  std::string maps() const {
    std::string buttons, figures;
    const auto button = [&](const std::string& id, const std::string& name, bool chosen) {
      buttons += "<input type=\"radio\" name=\"view\" id=\"" + id + "\"" + (chosen ? " checked=\"checked\"" : "") +
                 "/>" + html::element("label", "for=\"" + id + "\"", html::escaped(name));
    };
    for (std::size_t i = 0; i < report_.pictures.size(); ++i) {
      const auto& [name, png] = report_.pictures[i];
      const std::string view = "view" + std::to_string(i);
      button(view, name, false);
      figures += html::element("figure", "class=\"" + view + "\"",
                               "<img alt=\"" + html::escaped(name) + "\" src=\"data:image/png;base64," +
                                   html::base64(png) + "\"/>" + html::element("figcaption", html::escaped(name)));
    }
    if (!report_.pictures.empty()) button("views", "All", true);
    figures += html::element("div", html::element("h3", "Power at the receivers (dBm)") +
                                        powers_table(result_, problem_.floor_dbm, report_.coverage_dbm) +
                                        html::element("h3", "Where the winner has what moves (m, rad)") +
                                        places_table(problem_, result_.configuration) + polished());
    return section(
        "maps", "Received power", "",
        html::element("div", "class=\"picker\"", buttons + html::element("div", "class=\"pictures\"", figures)));
  }

  std::string polished() const {
    if (!result_.polished) return "";
    return html::element("h3", "Where the polish has it") + places_table(problem_, result_.polished->configuration);
  }

  std::string convergence() const {
    const std::vector<RankedWorld> drawn = sampled(worlds_, most_lines);
    const std::string unit = loss_unit(loss_);
    return section("convergence", "Convergence",
                   sample_note(drawn.size(), worlds_.size()) +
                       "Lines are the best value of each world so far; the faint one is where the winner was in each "
                       "iteration. Point at a line to see which world it is.",
                   svg_convergence(drawn, iterations(), "best " + loss_ + (unit.empty() ? "" : " (" + unit + ")")) +
                       worlds_legend(worlds_));
  }

  std::string starts() const {
    const std::vector<RankedWorld> drawn = sampled(worlds_, std::max<std::size_t>(10, most_lines / parts()));
    const std::vector<Move> moves = plan_moves(problem_, drawn);
    const FloorPlan plan = floor_plan(
        *problem_.scene, heights_around(problem_.scene->receivers.positions.front().z, bounds_of(*problem_.scene)));
    const Box2 whole = plan_extent(plan, *problem_.scene, problem_.scene->receivers, {});
    const std::optional<Box2> part = close_up(moves, whole);
    std::string content = svg_plan(problem_, result_.configuration, moves, whole, "plan-plot", part ? 420 : 640);
    if (part)
      content += html::element("h3", "Where they are, enlarged") +
                 svg_plan(problem_, result_.configuration, moves, *part, "part-plot");
    for (std::size_t i = 0; i < parts(); ++i)
      if (const std::string wall = svg_wall(problem_, drawn, i); !wall.empty())
        content += html::element("h3", "On the wall, seen from the side: u along it, v upwards from its middle") + wall;
    return section("starts", "Where the starts went",
                   sample_note(drawn.size(), worlds_.size()) +
                       "From a ring, the start of a world, an arrow leads to the best place that it found.",
                   content + worlds_legend(worlds_));
  }

  /// Worlds to which something happened are drawn whatever their rank.
  std::string lives() const {
    std::vector<RankedWorld> drawn = sampled(worlds_, most_bars);
    for (const RankedWorld& w : worlds_) {
      const auto is_it = [&](const RankedWorld& other) { return other.result == w.result; };
      const auto hit = [&](const WorldEvent& event) { return event.world == w.result->id; };
      if (drawn.size() < 2 * most_bars && std::none_of(drawn.begin(), drawn.end(), is_it) &&
          std::any_of(result_.events.begin(), result_.events.end(), hit))
        drawn.push_back(w);
    }
    const std::size_t all = result_.events.size();
    std::string note =
        sample_note(drawn.size(), worlds_.size()) +
        "A bar for each world over the iterations in which it ran; gaps are rests after which it went on from a better "
        "place.";
    if (all > 0) note += " Triangles mark what happened to their processes.";
    if (all > most_events)
      note += " The first " + html::count(most_events) + " of " + html::count(all, "event") + " are listed.";
    return section("lives", "Pruning and restarts", note,
                   svg_running(worlds_, iterations()) + svg_lives(drawn, iterations(), result_.events) +
                       worlds_legend(worlds_) + events_table(result_.events, most_events));
  }

  std::string table() const {
    const std::string note = worlds_.size() > most_rows
                                 ? "The best " + html::count(most_rows) + " of " + html::count(worlds_.size()) + "."
                                 : "";
    return section("worlds", "Worlds", note, worlds_table(worlds_, most_rows));
  }

  std::string cost() const { return section("cost", "What it cost", "", cost_tables(result_)); }

  std::string configuration() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& [name, value] : report_.facts) all.push_back({"problem." + name, value});
    all.insert(all.end(), result_.params.begin(), result_.params.end());
    for (const auto& [name, value] : result_.execution)
      all.push_back({(name.rfind("executor", 0) == 0 ? "" : "executor.") + name, value});
    return section("configuration", "Configuration", "", params_tables(all));
  }

  const Problem& problem_;
  const Result& result_;
  const HtmlReport& report_;
  std::vector<RankedWorld> worlds_;
  std::string loss_;
};

}  // namespace detail

/// The page, UTF-8, HTML that is well-formed XML too. It says where it shows a part of very many worlds only.
inline std::string report_html(const Problem& problem, const Result& result, const HtmlReport& report) {
  return detail::HtmlPage(problem, result, report).text();
}

}  // namespace manyworlds::io
