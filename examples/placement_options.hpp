#pragma once
#include "manyworlds/placement/descriptors.hpp"
#include "manyworlds/scene/itu.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/panel.hpp"
#include "options.hpp"

namespace examples {

inline mw::Boxd parse_box(const std::string& option, const std::string& text) {
  const std::vector<double> b = parse_numbers(option, text, 6);
  for (std::size_t i = 0; i < 3; ++i)
    if (!(b[i] <= b[i + 3])) throw mw::InputError(option, "expected x0,y0,z0 <= x1,y1,z1, found '" + text + "'");
  return {{b[0], b[1], b[2]}, {b[3], b[4], b[5]}};
}

/// What moves, and where it may go.
class PlacementOptions {
 public:
  explicit PlacementOptions(CLI::App& app) {
    const auto several = [&](const char* name, std::vector<std::string>& values, const char* type, const char* help) {
      add_repeated(app, name, values, help)->type_name(type)->group("What moves, and where");
    };
    const auto number = [&](const char* name, double& value, const char* help) {
      app.add_option(name, value, help)->capture_default_str()->type_name("M")->group("What moves, and where");
    };
    several("--mover", movers_, "NAME", "object that moves; repeatable");
    several("--add-panel", panels_, "NAME=WIDTH,HEIGHT,MATERIAL",
            "a new panel that moves, of a material of the scene or of ITU-R P.2040, then 1 cm thick; repeatable");
    several("--move-transmitters", transmitters_, "[TX=]BOX",
            "transmitters that move in a box; all when none is named");
    several("--wall", wall_.values, "[MOVER=]WALL",
            "movers mounted on a wall; for all, or for one mover (as in the next ones)");
    several("--along-wall", along_.values, "[MOVER=]WALL",
            "movers that slide along a wall, flush with it, at --mount-height");
    several("--box", box_.values, "[MOVER=]BOX", "movers anywhere in x0,y0,z0,x1,y1,z1");
    several("--within", within_.values, "[MOVER=]BOX", "with a wall: the part of it for the centre of the mover");
    app.add_flag("--aimed", aimed_,
                 "with --box: turn so as to mirror the first transmitter to a focal point that moves")
        ->group("What moves, and where");
    app.add_option("--focus", focus_, "with --aimed: where the focal point may be; default around the receivers")
        ->type_name("BOX")
        ->group("What moves, and where");
    app.add_flag("--no-tilt", no_tilt_, "with --wall: flush with the wall")->group("What moves, and where");
    app.add_option("--yaw", yaw_, "of the normal from the wall's (default -1,1) or from +x (any), radians")
        ->type_name("FROM,TO")
        ->group("What moves, and where");
    app.add_option("--pitch", pitch_, "the same, downwards (default -0.5,0.5 on a wall, -1,1 in a box)")
        ->type_name("FROM,TO")
        ->group("What moves, and where");
    number("--offset", offset_, "with a wall: distance of the centre");
    number("--mount-height", mount_height_, "with --along-wall: of the centre over the wall's lower rim");
    number("--min-distance", constraints_.min_distance_m, "between the centres of any two movers");
    number("--clearance", constraints_.wall_clearance_m, "to everything that does not move");
    several("--keep-out", keep_out_, "BOX", "where no mover may be; repeatable");
    app.add_flag("--ignore-obstacles", ignore_obstacles_, "movers may cross walls and furniture")
        ->group("What moves, and where");
  }
  PlacementOptions(const PlacementOptions&) = delete;

  /// The placement that was asked for; adds the new panels to the scene. Throws InputError that names the option.
  mw::placement::All apply(mw::Scene& scene) const {
    std::vector<std::string> names = movers_;
    for (const std::string& name : movers_) mw::find_object(scene, name, "--mover");
    for (const std::string& text : panels_) names.push_back(add_panel(scene, text));
    for (const PerMover* option : {&wall_, &along_, &box_, &within_}) option->check(names);
    mw::placement::All all;
    for (const std::string& name : names) all.parts.push_back(place(name));
    if (!transmitters_.empty()) all.parts.push_back(place_transmitters(scene));
    if (all.parts.empty())
      throw mw::InputError("--mover", "nothing moves: expected --mover, --add-panel or --move-transmitters");
    all.constraints = constraints_;
    all.constraints.avoid_objects = !ignore_obstacles_;
    for (const std::string& text : keep_out_) all.constraints.keep_out.push_back(parse_box("--keep-out", text));
    return all;
  }

 private:
  static constexpr double panel_thickness = 0.01;

  /// An option given as VALUE for every mover or as MOVER=VALUE for one.
  struct PerMover {
    const char* option;
    std::vector<std::string> values{};

    std::optional<std::string> of(const std::string& mover) const {
      std::optional<std::string> general;
      for (const std::string& value : values) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos)
          general = value;
        else if (value.substr(0, equals) == mover)
          return value.substr(equals + 1);
      }
      return general;
    }
    void check(const std::vector<std::string>& movers) const {
      for (const std::string& value : values) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos) continue;
        if (std::find(movers.begin(), movers.end(), value.substr(0, equals)) == movers.end())
          throw mw::unknown_name(option, "mover", value.substr(0, equals), movers);
      }
    }
  };

  static mw::placement::Range parse_range(const std::string& option, const std::string& text,
                                          mw::placement::Range otherwise) {
    if (text.empty()) return otherwise;
    const std::vector<double> r = parse_numbers(option, text, 2);
    if (!(r[0] <= r[1])) throw mw::InputError(option, "expected FROM <= TO, found '" + text + "'");
    return {r[0], r[1]};
  }

  static std::string add_panel(mw::Scene& scene, const std::string& text) {
    const std::size_t equals = text.find('='), comma = text.rfind(',');
    if (equals == std::string::npos || equals == 0 || comma == std::string::npos || comma < equals)
      throw mw::InputError("--add-panel", "expected NAME=WIDTH,HEIGHT,MATERIAL, found '" + text + "'");
    const std::string name = text.substr(0, equals), material = text.substr(comma + 1);
    const std::vector<double> size = parse_numbers("--add-panel", text.substr(equals + 1, comma - equals - 1), 2);
    if (!mw::has_material(scene, material)) {
      mw::itu_parameters(material, scene.frequency_hz, "--add-panel");
      mw::add_material(scene, mw::itu_material(material, panel_thickness, scene.frequency_hz));
    }
    const std::size_t index = mw::find_material(scene, material, "--add-panel");
    for (const mw::Object& object : scene.objects)
      if (object.name == name)
        throw mw::InputError("--add-panel", "the scene has an object " + mw::in_quotes(name) + " already");
    scene.objects.push_back(mw::make_panel(name, size[0], size[1], std::uint32_t(index)));
    return name;
  }

  mw::placement::AnyPlacement place(const std::string& mover) const {
    const auto wall = wall_.of(mover), along = along_.of(mover), box = box_.of(mover), within = within_.of(mover);
    if (int(wall.has_value()) + int(along.has_value()) + int(box.has_value()) != 1)
      throw mw::InputError("mover " + mw::in_quotes(mover), "expected one of --wall, --along-wall and --box");
    std::optional<mw::Boxd> part;
    if (within) part = parse_box("--within", *within);
    if (within && box) throw mw::InputError("--within", "expected --wall or --along-wall for " + mw::in_quotes(mover));
    if (wall)
      return mw::placement::OnWall{.object = mover,
                                   .wall = *wall,
                                   .tilt = !no_tilt_,
                                   .yaw = parse_range("--yaw", yaw_, {-1, 1}),
                                   .pitch = parse_range("--pitch", pitch_, {-0.5, 0.5}),
                                   .offset = offset_,
                                   .within = part};
    if (along)
      return mw::placement::AlongWall{
          .object = mover, .wall = *along, .height = mount_height_, .offset = offset_, .within = part};
    const mw::Boxd bounds = parse_box("--box", *box);
    if (!aimed_)
      return mw::placement::FreePose{mover, bounds.lo, bounds.hi, parse_range("--yaw", yaw_, {-mw::pi, mw::pi}),
                                     parse_range("--pitch", pitch_, {-1, 1})};
    mw::placement::Aimed aimed{.object = mover, .lo = bounds.lo, .hi = bounds.hi};
    if (!focus_.empty()) aimed.focal = parse_box("--focus", focus_);
    return aimed;
  }

  mw::placement::AnyPlacement place_transmitters(const mw::Scene& scene) const {
    mw::placement::TransmitterPositions positions;
    for (const std::string& text : transmitters_) {
      const std::size_t equals = text.find('=');
      const mw::Boxd box = parse_box("--move-transmitters", text.substr(equals == std::string::npos ? 0 : equals + 1));
      if (equals != std::string::npos) {
        positions.names.push_back(text.substr(0, equals));
        mw::find_transmitter(scene, positions.names.back(), "--move-transmitters");
        positions.boxes.push_back(box);
      } else {
        if (transmitters_.size() > 1)
          throw mw::InputError("--move-transmitters", "expected one box for all, or TX=BOX for each");
        positions.lo = box.lo, positions.hi = box.hi;
      }
    }
    return positions;
  }

  std::vector<std::string> movers_, panels_, transmitters_, keep_out_;
  PerMover wall_{"--wall"}, along_{"--along-wall"}, box_{"--box"}, within_{"--within"};
  bool aimed_ = false, no_tilt_ = false, ignore_obstacles_ = false;
  std::string focus_, yaw_, pitch_;
  double offset_ = 0.4, mount_height_ = 1.5;
  mw::placement::Constraints constraints_{};
};

}  // namespace examples
