#pragma once
#include "byte_size.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "manyworlds/io/floorplan.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/io/receivers_csv.hpp"
#include "manyworlds/paths/static_world.hpp"
#include "manyworlds/scene/configuration.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/receivers.hpp"
#include "manyworlds/scene/validate.hpp"
#include "options.hpp"

namespace examples {

/// Objects that were put elsewhere, and the configuration that says where.
struct Placed {
  std::vector<std::uint32_t> movers;  ///< indices into Scene::objects, in the order of configuration.movers
  mw::Configuration configuration;

  /// The scene with these objects where they are, for checks and pictures.
  mw::Scene applied_to(mw::Scene scene) const {
    for (std::size_t m = 0; m < movers.size(); ++m) {
      mw::Mesh& mesh = scene.objects[movers[m]].mesh;
      mesh = mw::placed(std::move(mesh), configuration.movers[m]);
    }
    return scene;
  }
};

/// What the drivers on radio maps ask alike: the scene, its transmitters and receivers, objects put elsewhere, and
/// which paths count. Registers its options; every function throws InputError that names the option.
struct SceneOptions {
  std::string file;
  double frequency_hz = 3.5e9;
  std::vector<std::string> tx, tx_orientations;
  std::string tx_pattern = "iso", tx_polarization = "V";
  double tx_power_dbm = 20;
  std::string area, receivers_file;
  double height = 1.5, spacing = 0.25;
  std::vector<std::string> poses;
  int max_depth = 3;
  std::string finder = "automatic";
  std::uint64_t rays = mw::paths::default_rays;
  bool no_transmission = false, coherent = false;
  std::string memory_budget;

  explicit SceneOptions(CLI::App& app) {
    app.add_option("--scene", file, "Mitsuba XML scene file")->required()->type_name("FILE")->group("Scene");
    app.add_option("--frequency", frequency_hz, "carrier frequency, 0.1e9 to 100e9")
        ->capture_default_str()
        ->type_name("HZ")
        ->group("Scene");
    add_repeated(app, "--pose", poses, "put an object elsewhere (metres, radians), which makes it a mover; repeatable")
        ->type_name("NAME=x,y,z,yaw,pitch,roll")
        ->group("Scene");

    add_repeated(app, "--tx", tx,
                 "transmitter in metres, with its power in dBm when that differs from --tx-power; repeatable")
        ->required()
        ->type_name("[NAME=]x,y,z[,dBm]")
        ->group("Transmitters");
    app.add_option("--tx-power", tx_power_dbm, "power of the transmitters")
        ->capture_default_str()
        ->type_name("DBM")
        ->group("Transmitters");
    add_repeated(app, "--tx-orientation", tx_orientations, "radians; one for all or one for each")
        ->type_name("yaw,pitch,roll")
        ->group("Transmitters");
    app.add_option("--tx-pattern", tx_pattern, "iso, dipole, hw_dipole or tr38901")
        ->capture_default_str()
        ->type_name("NAME")
        ->group("Transmitters");
    app.add_option("--tx-polarization", tx_polarization, "V, H, VH or cross; the ports of the last two send together")
        ->capture_default_str()
        ->type_name("NAME")
        ->group("Transmitters");

    CLI::Option* const list = app.add_option("--receivers", receivers_file,
                                             "CSV with the columns x, y, z and optionally weight, instead of a grid")
                                  ->type_name("FILE")
                                  ->group("Receivers");
    app.add_option("--area", area, "rectangle of the grid in metres; default the whole scene")
        ->type_name("x0,y0,x1,y1")
        ->excludes(list)
        ->group("Receivers");
    app.add_option("--height", height, "z of the grid")
        ->capture_default_str()
        ->type_name("M")
        ->excludes(list)
        ->group("Receivers");
    app.add_option("--spacing", spacing, "side of a cell of the grid")
        ->capture_default_str()
        ->type_name("M")
        ->excludes(list)
        ->group("Receivers");

    app.add_option("--max-depth", max_depth, "reflections and transmissions of a path together, 0 to 5")
        ->capture_default_str()
        ->group("Paths");
    app.add_flag("--no-transmission", no_transmission, "surfaces let nothing through")->group("Paths");
    app.add_option("--finder", finder,
                   "beams (all paths), shooting (those that rays meet) or automatic (beams unless too many)")
        ->capture_default_str()
        ->type_name("NAME")
        ->group("Paths");
    app.add_option("--rays", rays, "of each transmitter, when shooting")->capture_default_str()->group("Paths");
    app.add_flag("--coherent", coherent, "add fields with their phases instead of powers")->group("Paths");
    app.add_option(
           "--memory-budget", memory_budget,
           "most that the static paths may take of memory, 500MB or 8GB; beyond, receivers are worked on tile by "
           "tile, paths found anew in each step; each thread of a search takes as much. Maps come in small pieces "
           "anyway")
        ->type_name("SIZE")
        ->group("Paths");
  }
  SceneOptions(const SceneOptions&) = delete;

  /// The scene with its transmitters and receivers; what options alone can get wrong is refused before a file is read.
  mw::Scene load() const {
    path_options();
    check_between("--frequency", frequency_hz, 0.1e9, 100e9, " Hz");
    check_between("--max-depth", max_depth, 0, mw::paths::max_depth, "");
    std::vector<mw::Transmitter> transmitters = parse_transmitters();
    if (receivers_file.empty()) parse_grid({});
    for (const std::string& text : poses) parse_named("--pose", text, 6);
    mw::Scene scene = mw::io::load(file, {.frequency_hz = frequency_hz});
    scene.transmitters = std::move(transmitters);
    scene.receivers = receivers_file.empty() ? make_grid(scene) : mw::io::load_receivers(receivers_file);
    return scene;
  }

  mw::paths::PathOptions path_options() const {
    using enum mw::paths::Finder;
    if (rays == 0) throw mw::InputError("--rays", "expected at least 1, found 0");
    return {.max_depth = max_depth,
            .transmission = !no_transmission,
            .coherent = coherent,
            .finder = choose<mw::paths::Finder>("--finder", finder,
                                                {{"automatic", automatic}, {"beams", beams}, {"shooting", shooting}}),
            .rays = rays,
            .memory_budget_bytes = memory_budget.empty() ? 0 : parse_byte_size("--memory-budget", memory_budget)};
  }

  /// Objects put elsewhere by --pose. With a visibility other than hard, their faces must be rectangles.
  Placed placed(const mw::Scene& scene, mw::VisibilityKind visibility) const {
    Placed result;
    for (const std::string& text : poses) {
      const auto [name, p] = parse_named("--pose", text, 6);
      const auto object = std::uint32_t(mw::find_object(scene, name, "--pose"));
      if (std::find(result.movers.begin(), result.movers.end(), object) != result.movers.end())
        throw mw::InputError("--pose", "expected each object once, found " + mw::in_quotes(name) + " twice");
      for (const auto& face : mw::make_mover_shape(scene.objects[object]).faces)
        if (visibility != mw::VisibilityKind::hard && !face.is_rectangle)
          throw mw::InputError("--pose", "expected --visibility hard, for " + mw::in_quotes(name) +
                                             " has a face that is not a rectangle");
      result.movers.push_back(object);
      result.configuration.movers.push_back(mw::make_pose({p[0], p[1], p[2]}, {p[3], p[4], p[5]}));
    }
    for (const mw::Transmitter& t : scene.transmitters) result.configuration.transmitters.push_back(t.position);
    return result;
  }

 private:
  std::vector<mw::Transmitter> parse_transmitters() const {
    check_finite("--tx-power", tx_power_dbm);
    const mw::Antenna antenna{parse_pattern("--tx-pattern", tx_pattern),
                              parse_polarization("--tx-polarization", tx_polarization)};
    if (tx_orientations.size() > 1 && tx_orientations.size() != tx.size())
      throw mw::InputError("--tx-orientation", "expected one, or one for each of the " + std::to_string(tx.size()) +
                                                   " --tx, found " + std::to_string(tx_orientations.size()));
    std::vector<mw::Transmitter> transmitters;
    for (std::size_t i = 0; i < tx.size(); ++i) {
      const std::size_t equals = tx[i].find('=');
      const bool named = equals != std::string::npos;
      const std::string numbers = named ? tx[i].substr(equals + 1) : tx[i],
                        name = named ? tx[i].substr(0, equals) : "tx" + std::to_string(i);
      if (name.empty()) throw mw::InputError("--tx", "expected [NAME=]x,y,z[,dBm], found '" + tx[i] + "'");
      const bool powered = std::count(numbers.begin(), numbers.end(), ',') == 3;
      const std::vector<double> p = parse_numbers("--tx", numbers, powered ? 4 : 3);
      const std::string* orientation =
          tx_orientations.empty() ? nullptr : &tx_orientations[tx_orientations.size() == 1 ? 0 : i];
      for (const mw::Transmitter& other : transmitters)
        if (other.name == name)
          throw mw::InputError("--tx", "expected a name for each, found " + mw::in_quotes(name) + " twice");
      transmitters.push_back({name,
                              {p[0], p[1], p[2]},
                              orientation ? parse_point("--tx-orientation", *orientation) : mw::Vec3d{},
                              powered ? p[3] : tx_power_dbm,
                              antenna});
    }
    return transmitters;
  }

  /// The grid over --area, else over a default one, which may be empty.
  mw::ReceiverGrid parse_grid(const mw::Boxd& bounds) const {
    check_finite("--height", height);
    check_positive("--spacing", spacing, " (metres)");
    if (area.empty()) return {{bounds.lo.x, bounds.lo.y}, {bounds.hi.x, bounds.hi.y}, height, spacing};
    const std::vector<double> a = parse_numbers("--area", area, 4);
    if (!(a[0] < a[2] && a[1] < a[3]))
      throw mw::InputError("--area", "expected x0 < x1 and y0 < y1, found '" + area + "'");
    return {{a[0], a[1]}, {a[2], a[3]}, height, spacing};
  }
  mw::ReceiverSet make_grid(const mw::Scene& scene) const {
    try {
      return mw::receiver_grid(parse_grid(mw::bounds_of(scene)));
    } catch (const mw::InputError& e) {
      throw mw::InputError("--area and --spacing", e.what());
    }
  }
};

/// How gains become the powers that a search sees.
struct PowerOptions {
  std::string serving = "strongest";
  double bandwidth_hz = 1e6;

  explicit PowerOptions(CLI::App& app) {
    app.add_option("--serving", serving, "of several transmitters: strongest or sum")
        ->capture_default_str()
        ->type_name("NAME")
        ->group("Transmitters");
    app.add_option("--bandwidth", bandwidth_hz, "of the thermal noise at 293 K, for --loss sinr")
        ->capture_default_str()
        ->type_name("HZ")
        ->group("Transmitters");
  }
  mw::ProblemOptions problem_options(const mw::paths::PathOptions& paths) const {
    check_positive("--bandwidth", bandwidth_hz, " Hz");
    return {.paths = paths,
            .serving = choose<mw::Serving>("--serving", serving),
            .noise_dbm = mw::thermal_noise_dbm(bandwidth_hz)};
  }
};

}  // namespace examples
