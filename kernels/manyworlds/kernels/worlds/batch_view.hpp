#pragma once
#include "manyworlds/kernels/worlds/chain.hpp"
#include "manyworlds/kernels/worlds/pyramid.hpp"
#include "manyworlds/math/pose.hpp"

/// What the steps of a batch of worlds read: everything static once, and the movers of each world.
namespace manyworlds::kernels {

/// Neighbours that are culled together, and then looked at one a lane.
struct Tile {
  static constexpr std::uint32_t size = 32;
  Boxd box{};
  std::uint32_t count = 0;
  std::uint32_t item[size]{};
};

/// A path that touches no mover: where it goes, for those that ask whether something stands in its way.
struct StaticPath {
  std::uint32_t tx = 0, rx = 0;
  std::uint32_t first_point = 0;  ///< transmitter, `length` reflection points, receiver
  int length = 0;
  std::uint32_t chain[max_interactions]{};
};

/// A face of a mover in the mover's own frame.
struct MoverFace {
  Rectangled rectangle{};
  std::uint32_t mover = 0, material = 0;
  bool opaque = false;
};

/// Trivially copyable, passed by value. A link is a transmitter and a receiver: link = tx * receivers + rx.
struct BatchView {
  ChainGeometry geometry{};  ///< without movers
  int depth = 0;             ///< most interactions of a path
  const Tile* face_tiles = nullptr;
  const Tile* receiver_tiles = nullptr;
  std::uint32_t face_tile_count = 0, receiver_tile_count = 0;
  const Vec3d *transmitters = nullptr, *receivers = nullptr;
  std::uint32_t transmitter_count = 0, receiver_count = 0;
  const Pyramid* prefixes = nullptr;  ///< of all transmitters; their world is 0
  std::uint32_t prefix_count = 0;
  const StaticPath* paths = nullptr;  ///< by link
  const Vec3d* points = nullptr;      ///< of the static paths
  std::uint32_t path_count = 0;
  const std::uint32_t* first_path = nullptr;  ///< paths of a link are [first_path[link], first_path[link + 1])
  const MoverFace* mover_faces = nullptr;
  std::uint32_t mover_face_count = 0, mover_count = 0;
  std::uint32_t worlds = 0;
  const Pose* poses = nullptr;         ///< [world][mover]
  const PlanarFace* moving = nullptr;  ///< [world][mover face]

  MW_HD std::uint32_t links() const { return transmitter_count * receiver_count; }
  MW_HD FacesView faces(std::uint32_t world) const {
    FacesView f = geometry.faces;
    f.moving = moving + std::size_t(world) * mover_face_count;
    f.moving_count = mover_face_count;
    return f;
  }
};

/// Puts the faces of all movers where the poses say: index = world * mover faces + face.
struct PlaceMovers {
  BatchView batch;
  PlanarFace* moving;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t world = i / batch.mover_face_count;
    const MoverFace& own = batch.mover_faces[i % batch.mover_face_count];
    PlanarFace face;
    face.rectangle = batch.poses[world * batch.mover_count + own.mover].rectangle(own.rectangle);
    face.offset = dot(face.rectangle.normal, face.rectangle.center);
    const double half_u = face.rectangle.half_u, half_v = face.rectangle.half_v;
    face.radius = (1 + 1e-12) * norm(Vec3d{half_u, half_v, 0});
    face.material = own.material;
    face.opaque = own.opaque;
    moving[i] = face;
  }
};

}  // namespace manyworlds::kernels
