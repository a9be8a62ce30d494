#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "manyworlds/math/box.hpp"

/// What a user writes: which objects and transmitters move, and where they may go. `bind` (placement.hpp) turns a list
/// of these into design variables.
///
/// Orientation: yaw and pitch are those of Sionna RT, R = Rz(yaw) Ry(pitch), of the panel's normal: yaw 0, pitch 0 is
/// the +x axis (on a wall: the wall's normal), positive yaw turns left, positive pitch turns down. There is no roll:
/// the panel's vertical stays in one plane with the normal and "up". Normal and vertical of a panel are those of its
/// largest planar face as loaded (MoverShape), so panels may be modelled in any orientation.
namespace manyworlds::placement {

/// Bounds of one variable, lower <= upper.
struct Range {
  double lower = 0, upper = 0;
};

/// Position in a box, yaw and pitch: 5 variables x, y, z, yaw, pitch.
struct FreePose {
  std::string object;
  Vec3d lo{}, hi{};                  ///< bounds of the centre, m
  Range yaw{-pi, pi}, pitch{-1, 1};  ///< rad; a yaw range of a full turn is periodic
};

/// On a wall object, at a distance from it: u, v and, with `tilt`, yaw and pitch from the wall's normal. u and v are
/// metres from the centre of the wall's bounding rectangle: v upwards, u = v x winding normal.
/// Holes of the wall's mesh are kept free.
struct OnWall {
  std::string object, wall;
  bool tilt = true;
  Range yaw{-1, 1}, pitch{-0.5, 0.5};  ///< rad, used with tilt; also limited so that no corner touches the wall
  double offset = 0.4;                 ///< m from the wall's plane to the panel's centre
  int side = 0;                        ///< +1: the side the wall's winding normal points to, -1: the other,
                                       ///< 0: where most transmitters are (then most receivers, then +1)
  double margin = 0.05;                ///< m between the panel and the rim of the wall
  std::optional<Boxd> within{};        ///< world box that the panel's centre stays in: a stretch of the wall, a height
};

/// Flush along a wall at one height: a single variable t, metres along the wall from its middle.
struct AlongWall {
  std::string object, wall;
  double height = 1.5;  ///< of the panel's centre over the wall's lower rim, m
  double offset = 0.4;
  int side = 0;
  double margin = 0.05;
  std::optional<Boxd> within{};  ///< world box that the panel's centre stays in: a stretch of the wall, a height
};

/// Position and focal point, 6 variables x, y, z, focal_x, focal_y, focal_z: the normal is the bisector of the
/// directions from the panel's centre to a transmitter and to the focal point.
struct Aimed {
  std::string object;
  Vec3d lo{}, hi{};             ///< bounds of the centre, m
  std::size_t transmitter = 0;  ///< index into Scene::transmitters
  std::optional<Boxd> focal{};  ///< bounds of the focal point; empty = bounding box of the receivers
  /// Direction the panel's vertical leans to; empty = +z, or +y when the panel, at the middle of all bounds, faces
  /// within 45 degrees of the vertical. The map is not differentiable where the normal is exactly parallel to it.
  std::optional<Vec3d> up{};
};

/// Transmitter positions: 3 variables x, y, z each.
struct TransmitterPositions {
  Vec3d lo{}, hi{};                  ///< bounds for each, m
  std::vector<std::string> names{};  ///< empty = all transmitters of the scene
  std::vector<Boxd> boxes{};         ///< one per transmitter moved, in that order, instead of lo and hi
};

/// One of the descriptors above: where one object, or the transmitters, may go.
using AnyPlacement = std::variant<FreePose, OnWall, AlongWall, Aimed, TransmitterPositions>;

/// What every design has to satisfy besides its bounds. The whole panel counts, whatever its tilt.
struct Constraints {
  double min_distance_m = 0;       ///< between the centres of any two movers
  std::vector<Boxd> keep_out{};    ///< doorways, walkways: no panel and no transmitter overlaps these
  double wall_clearance_m = 0.02;  ///< to every surface that does not move, and to the keep-outs
  bool avoid_objects = true;       ///< false: panels may cross walls and furniture
};

/// Any number of placements together.
struct All {
  std::vector<AnyPlacement> parts;
  Constraints constraints{};
};

/// One coordinate of the design vector: metres, or radians when `angle`.
struct Variable {
  std::string name;  ///< "Reflector.u", "ap1.x"
  double lower = 0, upper = 0;
  bool angle = false;

  /// An angle that may turn all the way round has no bounds: it is wrapped.
  bool periodic() const { return angle && upper - lower >= 2 * pi - 1e-9; }
};

/// How a random design is drawn (Placement::start).
enum class StartKind : std::uint8_t {
  plain,    ///< uniform in the bounds
  bisector  ///< centre uniform, normal = bisector towards a random transmitter and a random receiver, plus noise
};

}  // namespace manyworlds::placement
