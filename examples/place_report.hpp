#pragma once
#include <cstdio>

#include "manyworlds/io/report_html.hpp"
#include "manyworlds/io/result_json.hpp"
#include "manyworlds/io/result_picture.hpp"
#include "manyworlds/scene/receivers.hpp"

/// What the driver `place` writes when a search has ended.
namespace examples {

namespace mw = manyworlds;

struct ReportOptions {
  std::string scene;   ///< what pictures call it
  std::string config;  ///< all options, as --config reads them
  double coverage_dbm = -90;
  mw::ReceiverSet map{};            ///< cells of the pictures
  mw::Visibility visibility{};      ///< the physical weight with the report's tiles
  nlohmann::ordered_json finder{};  ///< io::finder_json of the problem
};

/// Text of a parameter that a run had.
inline std::string param(const mw::Result& result, const std::string& name) {
  const std::string* const value = mw::find_value(result.params, name);
  return value ? *value : "";
}
/// A number that an executor tells of its workers; 0 when it tells none.
inline double told(const mw::Identity& execution, const std::string& name) {
  const std::string* const value = mw::find_value(execution, name);
  return value ? std::stod(*value) : 0;
}

/// Cells over the whole scene at the height of its receivers; spacing in metres, 0 = so that there are about 10,000.
/// Throws InputError as receiver_grid does.
inline mw::ReceiverSet map_cells(const mw::Scene& scene, double spacing) {
  constexpr double cells = 10000, step = 0.05;
  const mw::Boxd box = mw::bounds_of(scene);
  if (spacing == 0) spacing = step * std::ceil(std::sqrt(box.size().x * box.size().y / cells) / step);
  mw::ReceiverSet grid =
      mw::receiver_grid({{box.lo.x, box.lo.y}, {box.hi.x, box.hi.y}, scene.receivers.positions.front().z, spacing});
  grid.antenna = scene.receivers.antenna;
  return grid;
}

/// Everything that draw() draws, over the whole scene.
class PlacePictures {
 public:
  PlacePictures(const mw::Problem& problem, const mw::Result& result, const ReportOptions& options)
      : problem_(problem), result_(result), options_(options), world_("World " + std::to_string(result.winner)) {
    place_ = options.scene + " at " + mw::to_text(problem.scene->frequency_hz / 1e9) + " GHz" +
             (result.interrupted ? " (interrupted)" : "");
  }

  /// File names and pictures: powers before and after on one scale, the gain, and how the worlds converged.
  std::vector<std::pair<std::string, mw::io::Image>> draw() const {
    const mw::Problem map = on_map();
    mw::Problem::Workspace w = map.make_workspace();
    const auto powers = [&](const mw::Configuration& c) {
      map.powers(c, options_.visibility, w);
      return w.combined_dbm;
    };
    const std::vector<double> before = powers(problem_.before()), after = powers(result_.configuration);
    std::vector<double> both = before;
    both.insert(both.end(), after.begin(), after.end());
    const mw::io::Gain gain = mw::io::gain_of(before, after, problem_.floor_dbm);
    const mw::ReceiverSet &target = problem_.scene->receivers, &cells = options_.map;

    mw::io::HeatmapOptions picture{.plan = {}, .floor = problem_.floor_dbm};
    if (target.rows > 0) picture.plan.areas = {{mw::io::detail::GridShape(target).cells(), "target"}};
    picture.range = mw::io::robust_range(both, problem_.floor_dbm);
    picture.plan.title = "RSS before, " + place_;
    picture.plan.subtitle = powers_text(result_.rss_before);
    mw::io::Image image_before = mw::io::draw_configuration(problem_, problem_.before(), cells, before, picture);
    picture.plan.title = "RSS after, " + world_ + ", " + place_;
    picture.plan.subtitle = powers_text(result_.rss);
    mw::io::Image image_after = mw::io::draw_configuration(problem_, result_.configuration, cells, after, picture);

    picture.colormap = mw::io::ColormapKind::diverging;
    picture.quantity = "gain";
    picture.unit = "dB";
    picture.range = gain.range;
    picture.dead = "no path before and after";
    picture.plan.title = "Gain from before to after, " + world_ + ", " + place_;
    picture.plan.subtitle = gain_text(gain);
    return {{"before.png", std::move(image_before)},
            {"after.png", std::move(image_after)},
            {"difference.png", mw::io::draw_configuration(problem_, result_.configuration, cells, gain.db, picture)},
            {"convergence.png", draw_convergence()}};
  }

 private:
  /// The problem with the cells of the map as receivers.
  mw::Problem on_map() const {
    mw::Scene scene = *problem_.scene;
    scene.receivers = options_.map;
    std::vector<std::uint32_t> movers;
    for (const std::size_t m : problem_.placement.movers()) movers.push_back(std::uint32_t(m));
    mw::Problem map = problem_;
    map.weights.clear();
    map.model = std::make_shared<const mw::paths::PathModel>(scene, movers, problem_.model->world().options);
    map.scene = std::make_shared<const mw::Scene>(std::move(scene));
    return map;
  }

  std::string powers_text(const mw::RssSummary& s) const {
    const mw::paths::PathOptions& paths = problem_.model->world().options;
    return "at " + mw::to_text(problem_.scene->receivers.positions.front().z) + " m, depth " +
           std::to_string(paths.max_depth) + (paths.transmission ? " with" : " without") +
           " transmission; target: " + mw::io::summary_text(s, problem_.floor_dbm, options_.coverage_dbm);
  }
  std::string gain_text(const mw::io::Gain& map) const {
    const auto changed = [](const mw::io::Gain& gain) {
      return std::to_string(gain.reached) + " newly reached" +
             (gain.lost > 0 ? " and " + std::to_string(gain.lost) + " lost" : "");
    };
    const mw::io::Gain target = mw::io::gain_of(result_.rss_before.dbm, result_.rss.dbm, problem_.floor_dbm);
    char mean[48];
    std::snprintf(mean, sizeof mean, "%+.1f dB in the mean", target.mean_db);
    const bool changes = target.reached + target.lost > 0;
    return (changes ? "target: " + changed(target) + " of " + std::to_string(target.db.size()) + ", the others "
                    : "target: ") +
           mean +
           (map.reached + map.lost > 0 ? "; of all cells " + changed(map) + ", in the colours of the scale's ends"
                                       : "");
  }

  mw::io::Image draw_convergence() const {
    const std::string loss = mw::io::loss_name(result_), unit = mw::io::loss_unit(loss);
    char text[160];
    std::snprintf(text, sizeof text, "%s wins after %d iterations: %s; lines: the best so far; faint: the winner in each",
                  world_.c_str(), result_.iterations, mw::io::loss_change(result_).c_str());
    std::string subtitle = text;
    const double share = std::stod(param(result_, "annealing.share"));
    if (std::stod(param(result_, "annealing.from")) > 1)
      subtitle += "; edges of movers are smoother before iteration " +
                  std::to_string(int(std::ceil(share * std::stod(param(result_, "iterations")))));
    return mw::io::draw_curves(
        mw::io::convergence_curves(result_),
        {.title = "Convergence of " + std::to_string(result_.worlds.size()) + " worlds, " + place_,
         .subtitle = subtitle,
         .y_label = "best " + loss + (unit.empty() ? "" : " (" + unit + ")") + ", lower is better"});
  }

  const mw::Problem& problem_;
  const mw::Result& result_;
  const ReportOptions& options_;
  std::string world_, place_;
};

/// What a page tells about a problem: names and values as in result.json.
inline std::vector<std::pair<std::string, std::string>> facts_of(const nlohmann::ordered_json& scene) {
  std::vector<std::pair<std::string, std::string>> facts;
  for (const auto& [name, value] : scene.items())
    facts.emplace_back(name, value.is_string() ? value.get<std::string>() : value.is_null() ? "unknown" : value.dump());
  return facts;
}

/// Writes result.json, history.csv, the pictures and report.html, and returns their names; all of them are made before
/// the first is written. Throws InputError naming a file that cannot be written.
inline std::vector<std::string> write_report(const mw::Problem& problem, const mw::Result& result,
                                             const ReportOptions& options, const std::filesystem::path& folder) {
  const mw::paths::StaticWorld& world = problem.model->world();
  nlohmann::ordered_json json = mw::io::result_json(problem, result);
  json["scene"] = {{"name", options.scene},
                   {"frequency_hz", problem.scene->frequency_hz},
                   {"receivers", problem.receivers()},
                   {"max_depth", world.options.max_depth},
                   {"transmission", world.options.transmission},
                   {"coherent", world.options.coherent}};
  json["scene"].update(options.finder);
  json["execution"]["config"] = options.config;
  std::vector<std::pair<std::string, std::string>> files{{"result.json", mw::io::json_text(json)},
                                                         {"history.csv", mw::io::history_table(result).text()}};
  mw::io::HtmlReport page{
      .scene = options.scene, .coverage_dbm = options.coverage_dbm, .facts = facts_of(json["scene"])};
  const std::vector<const char*> shown{"Before", "After", "Difference"};
  for (const auto& [name, image] : PlacePictures(problem, result, options).draw()) {
    files.emplace_back(name, mw::io::encode_png(image, name));
    if (page.pictures.size() < shown.size())
      page.pictures.emplace_back(shown[page.pictures.size()], files.back().second);
  }
  files.emplace_back("report.html", mw::io::report_html(problem, result, page));
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) {
    mw::write_file_atomically(folder / name, bytes);
    names.push_back(name);
  }
  return names;
}

}  // namespace examples
