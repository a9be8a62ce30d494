#pragma once
#include <vector>

#include "manyworlds/kernels/path_view.hpp"
#include "manyworlds/kernels/worlds/batch_view.hpp"

namespace manyworlds::paths::batch {

/// Everything static that the worlds of a batch share, as arrays on the host, ready for any backend's memory;
/// make_arrays() fills them. BatchView and FieldView say what they mean.
struct Arrays {
  double wavelength = 0;
  int depth = 0;
  bool transmission = true, coherent = false, polarization_sum = true;

  std::vector<kernels::PlanarFace> faces;
  std::vector<Vec3d> corners;
  std::vector<BvhTriangle> triangles;
  std::vector<SkipNode> nodes;
  std::vector<LeafTriangle> leaves;
  double extent = 0;
  std::vector<kernels::Tile> face_tiles, receiver_tiles;
  std::vector<Slab<double>> slabs;
  std::vector<kernels::FaceFrame<double>> frames;
  std::vector<Device<double>> transmitters, receivers;

  std::vector<kernels::Pyramid> prefixes;
  std::vector<kernels::StaticPath> paths;
  std::vector<Vec3d> points;
  std::vector<kernels::Path> field_paths;  ///< the static paths for the field kernels
  std::vector<kernels::Hop> hops;
  std::vector<std::uint32_t> first_path;

  std::vector<kernels::MoverFace> mover_faces;
  std::uint32_t movers = 0;

  std::uint32_t links() const { return std::uint32_t(transmitters.size() * receivers.size()); }
  bool has_penetrable_movers() const {
    for (const kernels::MoverFace& face : mover_faces)
      if (!face.opaque) return true;
    return false;
  }
};

}  // namespace manyworlds::paths::batch
