#pragma once
#include "manyworlds/math/rectangle.hpp"
#include "manyworlds/scene/antenna.hpp"
#include "manyworlds/scene/material.hpp"
#include "manyworlds/scene/visibility.hpp"

/// The plain data that field kernels read: a path is a list of hops from transmitter to receiver.
namespace manyworlds::kernels {

/// What a path does at a face.
enum class HopKind : std::uint8_t {
  reflect,         ///< specular reflection; on a mover it carries the edge weight (unless visibility is hard)
  transmit,        ///< straight through the slab
  screen,          ///< near or behind an opaque mover: field times (1 - W), W its edge weight at the crossing point
  screen_transmit  ///< the same for a penetrable mover: (1 - W) E + W T E
};

struct Hop {
  std::uint32_t face = 0;
  HopKind kind = HopKind::reflect;
};

inline constexpr int max_hops = 24;          ///< hops of one path
inline constexpr int max_mover_bounces = 5;  ///< reflections on movers in one path
inline constexpr int max_tiles = 8;          ///< per axis

/// One path: a row of the path table. `hops` and `tiles` are ranges in the pools of FieldView.
/// A mover bounce counts with the sum of the weights of its seen tiles. Tile combinations are tuples, one tile index
/// (row-major, a * tiles + b with a along u) per mover bounce in path order; no tuple = every tile of every bounce.
/// Hard visibility has neither screens nor weights, and ignores tiles. The kernels rely on the limits above.
struct Path {
  std::uint32_t tx = 0, rx = 0;
  std::uint32_t first_hop = 0, hops = 0;
  std::uint32_t first_tile = 0, tile_tuples = 0;
};

/// A face as a kernel sees it. Static faces use centre and normal only; faces of movers are rectangles.
template <class T>
struct FaceFrame {
  Rectangle<T> rectangle{};
  std::uint32_t material = 0;
};

/// Everything a field kernel needs; trivially copyable, passed by value.
template <class T>
struct FieldView {
  double wavelength = 0;  ///< lambda, m
  const Device<T>* transmitters = nullptr;
  const Device<T>* receivers = nullptr;
  bool polarization_sum = true;  ///< receivers are isotropic and sum both polarisations: their antenna is ignored
  bool phase = false;            ///< include exp(-j k0 L), for coherent sums
  const FaceFrame<T>* static_faces = nullptr;
  const FaceFrame<T>* mover_faces = nullptr;
  std::uint32_t static_count = 0;  ///< face ids from here on are mover_faces[id - static_count]
  const Slab<T>* slabs = nullptr;  ///< by material
  Visibility visibility{};
  const Hop* hops = nullptr;
  const std::uint8_t* tiles = nullptr;

  MW_HD const FaceFrame<T>& face(std::uint32_t id) const {
    return id < static_count ? static_faces[id] : mover_faces[id - static_count];
  }
  MW_HD bool is_mover(std::uint32_t id) const { return id >= static_count; }
};

}  // namespace manyworlds::kernels
