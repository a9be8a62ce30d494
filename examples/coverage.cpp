/// The map of a scene: path gain, received power or SINR at many receivers, as a picture and as tables.
#include <unistd.h>

#include "config_file.hpp"
#include "manyworlds/engine/problem.hpp"
#include "manyworlds/engine/report.hpp"
#include "manyworlds/io/csv.hpp"
#include "manyworlds/io/heatmap.hpp"
#include "manyworlds/io/npy.hpp"
#include "manyworlds/paths/radio_map.hpp"
#include "scene_options.hpp"

namespace {

using namespace manyworlds;

enum class Kind { gain, rss, sinr };

struct Quantity {
  Kind kind;
  std::string column, text, unit;
};
const std::vector<std::pair<std::string, Quantity>> quantities{{"gain", {Kind::gain, "gain_db", "path gain", "dB"}},
                                                               {"rss", {Kind::rss, "rss_dbm", "RSS", "dBm"}},
                                                               {"sinr", {Kind::sinr, "sinr_db", "SINR", "dB"}}};

/// What the map shows, in dB or dBm; -inf where no path arrives.
struct Values {
  std::vector<double> of_tx;     ///< [tx * receivers + rx]; SINR: with this transmitter serving
  std::vector<double> combined;  ///< by receiver

  Values(Kind kind, Serving serving, const std::vector<double>& gains, const std::vector<Transmitter>& tx,
         double noise_mw)
      : of_tx(gains.size()), combined(gains.size() / tx.size()) {
    const std::size_t n = combined.size();
    std::vector<double> power(tx.size());  // mW, or the gain itself
    for (std::size_t r = 0; r < n; ++r) {
      double best = 0, sum = 0;
      for (std::size_t t = 0; t < tx.size(); ++t) {
        power[t] = gains[t * n + r] * (kind == Kind::gain ? 1 : from_db(tx[t].power_dbm));
        sum += power[t];
      }
      for (std::size_t t = 0; t < tx.size(); ++t) {
        double disturbance = noise_mw;
        for (std::size_t other = 0; other < tx.size(); ++other)
          if (other != t) disturbance += power[other];
        const double value = kind == Kind::sinr ? power[t] / disturbance : power[t];
        of_tx[t * n + r] = to_db(value);
        best = max(best, value);
      }
      combined[r] = to_db(serving == Serving::strongest ? best : kind == Kind::sinr ? sum / noise_mw : sum);
    }
  }
};

/// "min -91.2, 5 % -80.1, median -60.3, mean -61.0 dBm" of the receivers that a path reaches, weighted.
std::string statistics(const std::vector<double>& values, const std::vector<double>& weights, const std::string& unit) {
  std::vector<double> reached, weight;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i]) && (weights.empty() || weights[i] > 0)) {
      reached.push_back(values[i]);
      weight.push_back(weights.empty() ? 1 : weights[i]);
    }
  if (reached.empty()) return "no path reaches any";
  constexpr double none = -std::numeric_limits<double>::infinity();
  const RssSummary s = summarise(reached, weight, none, none);
  char text[160];
  std::snprintf(text, sizeof text, "min %.1f, 5 %% %.1f, median %.1f, mean %.1f %s", s.minimum_dbm, s.p5_dbm,
                s.median_dbm, s.mean_dbm, unit.c_str());
  return text;
}

io::CsvTable table(const Scene& scene, const Values& values, const std::string& column) {
  const std::size_t n = values.combined.size();
  std::vector<std::string> header{"x", "y", "z"};
  for (const Transmitter& t : scene.transmitters) header.push_back(column + "_" + t.name);
  header.push_back(column);
  io::CsvTable csv(header);
  std::vector<double> of_tx(scene.transmitters.size());
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t t = 0; t < of_tx.size(); ++t) of_tx[t] = values.of_tx[t * n + r];
    const Vec3d p = scene.receivers.positions[r];
    csv.row(p.x, p.y, p.z, of_tx, values.combined[r]);
  }
  return csv;
}

std::vector<std::size_t> shape_of(const Scene& scene) {
  const ReceiverSet& r = scene.receivers;
  if (r.rows > 0) return {scene.transmitters.size(), r.rows, r.columns};
  return {scene.transmitters.size(), r.positions.size()};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Radio map of a scene: path gain, received power or SINR at many receivers, as PNG, CSV and NPY",
               "coverage"};
  examples::SceneOptions options(app);
  examples::VisibilityOptions visibility(app, "fresnel", 3);
  std::string quantity_name = "rss", serving_name = "strongest", output = "out/coverage";
  double bandwidth_hz = 1e6;
  bool quiet = false;
  app.add_option("--quantity", quantity_name, "gain (dB), rss (dBm) or sinr (dB)")
      ->capture_default_str()
      ->type_name("NAME")
      ->group("Map");
  app.add_option("--serving", serving_name,
                 "of several transmitters: strongest, or sum (for sinr: all send the same, without interference)")
      ->capture_default_str()
      ->type_name("NAME")
      ->group("Map");
  app.add_option("--bandwidth", bandwidth_hz, "of the thermal noise at 293 K, for sinr")
      ->capture_default_str()
      ->type_name("HZ")
      ->group("Map");
  app.add_option("--output", output, "where to write coverage.png, coverage.csv and coverage.npy")
      ->capture_default_str()
      ->type_name("FOLDER")
      ->group("Run");
  app.add_flag("--quiet", quiet, "print only warnings and errors")->group("Run");
  examples::add_config(app);
  app.footer("Example:\n  coverage --scene examples/scenes/office_v1/office_v1.xml --tx ap1=8.1,10.2,2.7 --height 1.2");

  return examples::run_driver(app, argc, argv, [&] {
    const Quantity quantity = examples::choose("--quantity", quantity_name, quantities);
    const Serving serving = examples::choose<Serving>("--serving", serving_name);
    examples::check_positive("--bandwidth", bandwidth_hz, " (Hz)");
    const Visibility edges = visibility.checked();
    const examples::OutputFolder made("--output", output);
    Scene scene = options.load();
    const examples::Placed placed = options.placed(scene, edges.kind);
    const Scene shown = placed.applied_to(scene);
    for (const std::string& warning : validate(shown)) scene.warnings.push_back(warning);
    for (const std::string& warning : scene.warnings) std::cerr << "coverage: warning: " << warning << '\n';

    const std::vector<Vec3d>& receivers = scene.receivers.positions;
    const auto progress = [&](std::size_t done, std::size_t all) {
      if (quiet || !isatty(2)) return;
      std::cerr << '\r' << done << " of " << all << " receivers" << (done < all ? "" : "\n") << std::flush;
    };
    const Stopwatch watch;
    const paths::RadioMap map =
        paths::radio_map(scene, placed.movers, placed.configuration, edges, options.path_options(), progress);
    const double seconds = watch.elapsed();
    const double noise_mw = from_db(thermal_noise_dbm(bandwidth_hz));
    const Values values(quantity.kind, serving, map.gains, scene.transmitters, noise_mw);
    const std::string stated = statistics(values.combined, scene.receivers.weights, quantity.unit);
    const std::string server =
        scene.transmitters.size() == 1
            ? scene.transmitters[0].name
            : serving_name + " of " + std::to_string(scene.transmitters.size()) + " transmitters";

    io::HeatmapOptions picture{.plan = {}, .quantity = quantity.text, .unit = quantity.unit};
    picture.plan.title = quantity.text + " in " + std::filesystem::path(options.file).stem().string() + " at " +
                         to_text(scene.frequency_hz / 1e9) + " GHz";
    picture.plan.subtitle = server + "; depth " + std::to_string(options.max_depth) +
                            (options.no_transmission ? " without" : " with") + " transmission; at " +
                            to_text(receivers[0].z) + " m; " + stated;
    for (std::size_t m = 0; m < placed.movers.size(); ++m)
      io::mark_panel(scene.objects[placed.movers[m]], placed.configuration.movers[m], picture.plan);
    const std::string png = io::encode_png(io::draw_heatmap(shown, scene.receivers, values.combined, picture));
    const std::filesystem::path folder = output;
    io::write_csv(folder / "coverage.csv", table(scene, values, quantity.column));
    io::write_npy(folder / "coverage.npy", values.of_tx, shape_of(scene));
    write_file_atomically(folder / "coverage.png", png);

    if (quiet) return;
    const auto dead =
        std::count_if(values.combined.begin(), values.combined.end(), [](double v) { return !std::isfinite(v); });
    std::printf("%zu paths to %zu receivers in %.2f s, found by %s\n", map.paths, receivers.size(), seconds,
                map.finder == paths::Finder::beams ? "beams: all there are" : "rays: more --rays may find more");
    if (map.half_rays.expected > 0)
      std::printf("half of the rays find %.1f %% of these paths without movers\n", 100 * map.half_rays.share());
    std::printf("%s of %s: %s\n", quantity.text.c_str(), server.c_str(), stated.c_str());
    std::printf("dead receivers, which no path reaches: %zu of %zu%s\n", std::size_t(dead), receivers.size(),
                dead > 0 ? ", not counted above" : "");
    std::printf("wrote coverage.png, coverage.csv and coverage.npy to %s\n", output.c_str());
  });
}
