/// Lists every propagation path between given points of a scene, with the gradient of the gain on request.
#include "config_file.hpp"
#include "manyworlds/core/file.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/io/paths_json.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/validate.hpp"
#include "options.hpp"

namespace {

using namespace manyworlds;
using nlohmann::json;

struct DeviceOptions {
  std::vector<std::string> positions, orientations;
  std::string pattern = "iso", polarization = "V";

  void add(CLI::App& app, const std::string& end, const std::string& what) {
    const std::string group = what + "s", option = "--" + end;
    examples::add_repeated(app, option, positions, what + " in metres; repeatable")
        ->required()
        ->type_name("x,y,z")
        ->group(group);
    examples::add_repeated(app, option + "-orientation", orientations, "radians; one for all or one for each")
        ->type_name("yaw,pitch,roll")
        ->group(group);
    app.add_option(option + "-pattern", pattern, "iso, dipole, hw_dipole or tr38901")
        ->capture_default_str()
        ->type_name("NAME")
        ->group(group);
    app.add_option(option + "-polarization", polarization, "V, H, VH or cross; a row for each port of the last two")
        ->capture_default_str()
        ->type_name("NAME")
        ->group(group);
  }
  Vec3d orientation(const std::string& end, std::size_t i) const {
    if (orientations.empty()) return {};
    if (orientations.size() != 1 && orientations.size() != positions.size())
      throw InputError("--" + end + "-orientation", "expected 1 or " + std::to_string(positions.size()) + ", found " +
                                                        std::to_string(orientations.size()));
    return examples::parse_point("--" + end + "-orientation", orientations[orientations.size() == 1 ? 0 : i]);
  }
  Antenna antenna(const std::string& end) const {
    return {examples::parse_pattern("--" + end + "-pattern", pattern),
            examples::parse_polarization("--" + end + "-polarization", polarization)};
  }
};

/// Sums everything that the adjoint tells about one transmitter and receiver.
struct GradientSink {
  static constexpr bool wants_materials = true, wants_receivers = true;
  const paths::Workspace& w;
  std::uint32_t mover, material_index;
  Vec3d tx{}, rx{};
  PoseGradient pose{};
  double eps_r = 0, sigma = 0, thickness = 0;

  void transmitter(std::uint32_t, Vec3d v) { tx += v; }
  void receiver(std::uint32_t, Vec3d v) { rx += v; }
  void face(std::uint32_t face, Vec3d center, Vec3d rotation, double, double) {
    if (w.mover_of(face) == mover) pose += w.pose_gradient(face, center, rotation);
  }
  void material(std::uint32_t m, double by_eps_r, double by_sigma, double by_thickness) {
    if (m == material_index) eps_r += by_eps_r, sigma += by_sigma, thickness += by_thickness;
  }
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Lists every propagation path between transmitters and receivers as JSON", "paths"};
  std::string file, output, gradient_of;
  double frequency = 3.5e9;
  DeviceOptions tx, rx;
  paths::PathOptions options;
  std::vector<std::string> poses, mover_names, chain;
  bool no_transmission = false;
  app.add_option("--scene", file, "Mitsuba XML scene file")->required()->type_name("FILE")->group("Scene");
  app.add_option("--frequency", frequency, "carrier frequency, 0.1e9 to 100e9")
      ->capture_default_str()
      ->type_name("HZ")
      ->group("Scene");
  examples::add_repeated(app, "--pose", poses,
                         "put an object elsewhere (metres, radians), which makes it a mover; repeatable")
      ->type_name("NAME=x,y,z,yaw,pitch,roll")
      ->group("Scene");
  tx.add(app, "tx", "Transmitter");
  rx.add(app, "rx", "Receiver");
  app.add_option("--max-depth", options.max_depth, "reflections and transmissions of a path together, 0 to 5")
      ->capture_default_str()
      ->type_name("N")
      ->group("Paths");
  app.add_flag("--no-transmission", no_transmission, "surfaces let nothing through")->group("Paths");
  app.add_option("--chain", chain, "only paths that reflect off exactly these objects, in this order")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->group("Paths");
  examples::VisibilityOptions visibility(app, "hard", 3);
  app.add_option("--movers", mover_names, "objects whose edges carry the weight")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->group("Edges of movers");
  app.add_option("--gradient", gradient_of, "add the gradient of the gain for this object, which makes it a mover")
      ->type_name("NAME")
      ->group("Output");
  app.add_option("--json", output, "file to write; standard output when not given")->type_name("FILE")->group("Output");
  examples::add_config(app);
  app.footer("Example:\n  paths --scene examples/scenes/two_rooms/two_rooms.xml --tx 2,4.4,1.5 --rx 7,1.2,1.5");

  return examples::run_driver(app, argc, argv, [&] {
    const Visibility v = visibility.checked();
    if (!output.empty()) examples::check_output_file("--json", output);
    Scene scene = io::load(file, {.frequency_hz = frequency});
    options.transmission = !no_transmission;
    // Every port of a transmitter is a transmitter of its own here.
    const Antenna tx_antenna = tx.antenna("tx"), rx_antenna = rx.antenna("rx");
    const std::size_t tx_ports = tx_antenna.slants.size(), rx_ports = rx_antenna.slants.size();
    for (std::size_t i = 0; i < tx.positions.size(); ++i)
      for (std::size_t port = 0; port < tx_ports; ++port)
        scene.add({"tx" + std::to_string(i) + (tx_ports > 1 ? "." + std::to_string(port) : ""),
                   examples::parse_point("--tx", tx.positions[i]),
                   tx.orientation("tx", i),
                   0,
                   {tx_antenna.pattern, {tx_antenna.slants[port]}}});
    for (std::size_t i = 0; i < rx.positions.size(); ++i) {
      scene.receivers.positions.push_back(examples::parse_point("--rx", rx.positions[i]));
      scene.receivers.orientations.push_back(rx.orientation("rx", i));
    }
    scene.receivers.antenna = rx_antenna;

    std::vector<std::uint32_t> movers;
    const auto mover = [&](const std::string& option, const std::string& name) {
      const auto object = std::uint32_t(find_object(scene, name, option));
      const auto found = std::find(movers.begin(), movers.end(), object);
      if (found == movers.end()) return movers.push_back(object), movers.size() - 1;
      return std::size_t(found - movers.begin());
    };
    for (const std::string& name : mover_names) mover("--movers", name);
    const std::uint32_t gradient_mover = gradient_of.empty() ? 0 : std::uint32_t(mover("--gradient", gradient_of));
    std::vector<std::pair<std::size_t, Pose>> placed;
    for (const std::string& text : poses) {
      const auto [name, p] = examples::parse_named("--pose", text, 6);
      const std::size_t m = mover("--pose", name);
      for (const auto& [other, pose] : placed)
        if (other == m) throw InputError("--pose", "'" + name + "' is given twice");
      placed.push_back({m, make_pose({p[0], p[1], p[2]}, {p[3], p[4], p[5]})});
    }
    std::vector<std::uint32_t> wanted_chain;
    for (const std::string& name : chain) wanted_chain.push_back(std::uint32_t(find_object(scene, name, "--chain")));
    for (const std::string& warning : validate(scene)) scene.warnings.push_back(warning);
    for (const std::string& warning : scene.warnings) std::cerr << "paths: warning: " << warning << '\n';

    const paths::PathModel model(scene, movers, options);
    Configuration c;
    for (std::uint32_t m : movers) c.movers.push_back({bounding_box(scene.objects[m].mesh).center(), {}});
    for (const auto& [m, pose] : placed) c.movers[m] = pose;
    for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
    paths::Workspace w = model.make_workspace();
    model.gains(c, v, w);

    struct Listed {
      kernels::Path path;
      kernels::FieldView<double> view;
      std::size_t group;
      paths::PathRow row;
    };
    std::vector<Listed> listed;
    const paths::Geometry geometry = model.geometry(w);
    paths::for_each_path(model, w,
                         [&](const kernels::Path& path, const kernels::FieldView<double>& view, std::size_t group) {
                           if (chain.empty() || paths::reflecting_objects(geometry, path, view.hops) == wanted_chain)
                             listed.push_back({path, view, group, paths::describe(geometry, view, path)});
                         });
    std::stable_sort(listed.begin(), listed.end(), [&](const Listed& a, const Listed& b) {
      return std::tuple(a.row.tx / tx_ports, a.row.rx, a.row.length) <
             std::tuple(b.row.tx / tx_ports, b.row.rx, b.row.length);
    });

    json result{{"generator", std::string("Manyworlds ") + version},
                {"scene", file},
                {"frequency_hz", frequency},
                {"max_depth", options.max_depth},
                {"transmission", options.transmission},
                {"visibility", visibility.kind},
                {"paths", json::array()}};
    result.update(json(io::finder_json(model.world())));
    for (const Listed& l : listed)
      for (std::size_t port = 0; port < rx_ports; ++port)
        result["paths"].push_back(io::path_json(scene, l.row, int(port), std::uint32_t(l.row.tx / tx_ports),
                                                tx_ports > 1 ? int(l.row.tx % tx_ports) : -1,
                                                rx_ports > 1 ? int(port) : -1));

    if (!gradient_of.empty()) {
      result["gradients"] = json::array();
      for (std::size_t t = 0; t < tx.positions.size(); ++t)
        for (std::uint32_t r = 0; r < rx.positions.size(); ++r) {
          std::map<std::size_t, CVec3<double>> fields;  // of each wave front; powers of wave fronts add up
          for (const Listed& l : listed)
            if (l.row.tx / tx_ports == t && l.row.rx == r) fields[l.group] += l.row.field;
          double gain = 0;
          for (const auto& [group, field] : fields) gain += norm2(field) / double(tx_ports);
          GradientSink sink{w, gradient_mover, scene.objects[movers[gradient_mover]].material};
          for (const Listed& l : listed)
            if (l.row.tx / tx_ports == t && l.row.rx == r && gain > 0)
              kernels::path_field_adjoint(l.view, l.path,
                                          2 * db_per_neper<double> / gain / double(tx_ports) * fields[l.group], sink);
          result["gradients"].push_back({{"tx_index", t},
                                         {"rx_index", r},
                                         {"gain_db", gain > 0 ? json(to_db(gain)) : json(nullptr)},
                                         {"tx", io::to_json(sink.tx)},
                                         {"rx", io::to_json(sink.rx)},
                                         {"position", io::to_json(sink.pose.translation)},
                                         {"rotation", io::to_json(sink.pose.rotation)},
                                         {"eps_r", sink.eps_r},
                                         {"sigma", sink.sigma},
                                         {"thickness", sink.thickness}});
        }
    }
    const std::string text = result.dump(1) + "\n";
    if (output.empty())
      std::cout << text;
    else
      write_file_atomically(output, text);
  });
}
