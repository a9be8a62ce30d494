#pragma once
#include "manyworlds/paths/receiver_groups.hpp"
#include "manyworlds/paths/support.hpp"

namespace manyworlds::paths {

/// Straight lines from a source, mirrored at a mover face and then at a chain of static faces, to receivers: where do
/// they meet the mover's plane, and does the weight of its edges reach there? Source and mover are mirrored at the
/// chain, once, instead of every receiver.
class MirrorPath {
 public:
  MirrorPath(const Geometry& g, const Surface& mover, Vec3d source, const std::uint32_t* chain, int n,
             const Support& support)
      : support_(support), rectangle_(mover.rectangle), image_(mirror(mover, source)) {
    source_height_ = dot(mover.normal, source) - mover.offset;
    for (int i = 0; i < n; ++i) {
      const Surface& s = g.fixed->surfaces[chain[i]];
      image_ = mirror(s, image_);
      rectangle_.center = mirror(s, rectangle_.center);
      for (Vec3d* axis : {&rectangle_.u, &rectangle_.v, &rectangle_.normal})
        *axis = *axis - 2 * dot(s.normal, *axis) * s.normal;
    }
  }

  /// Does the mirror point for this receiver lie in reach of the weight?
  bool reaches(Vec3d receiver) const {
    const double height = dot(rectangle_.normal, receiver - rectangle_.center);
    if ((height > 0) != (source_height_ > 0)) return false;
    const Vec3d through = receiver - image_;
    const double length = norm(through), part = source_height_ / (source_height_ + height);
    return support_.reaches(rectangle_, image_ + part * through, through / length, part * length, (1 - part) * length);
  }

  /// The same for a block of receivers, by a test that now and then says yes where reaches() says no: clears the lanes
  /// of `inside` for which it does not. Without branches or roots, so that the compiler makes vectors of it.
  void test(const ReceiverGroups::Block& block, int (&inside)[ReceiverGroups::width]) const {
    if (support_.kind == VisibilityKind::logistic)
      test<false>(block, inside);
    else
      test<true>(block, inside);
  }

 private:
  template <bool detours>
  void test(const ReceiverGroups::Block& block, int (&inside)[ReceiverGroups::width]) const {
    const Rectangled& r = rectangle_;
    const Vec3d n = r.normal, u = r.u, v = r.v, image = image_, c = r.center - image;
    // A bound for lengths l, from any other g: l <= (l^2 + g^2)/(2 g).
    const double g = norm(Vec3d{block.x[0], block.y[0], block.z[0]} - image), depth = dot(n, c), cu = dot(c, u),
                 cv = dot(c, v);
    const double side = std::copysign(1.0, source_height_), most = detours ? support_.excess : support_.distance;
    for (std::size_t i = 0; i < ReceiverGroups::width; ++i) {
      const double tx = block.x[i] - image.x, ty = block.y[i] - image.y, tz = block.z[i] - image.z;
      const double along = n.x * tx + n.y * ty + n.z * tz, part = depth / along,
                   square_length = tx * tx + ty * ty + tz * tz;
      const double tu = u.x * tx + u.y * ty + u.z * tz, tv = v.x * tx + v.y * ty + v.z * tz;
      const double qu = part * tu - cu, qv = part * tv - cv;
      const double xu = max(std::fabs(qu) - r.half_u, 0.0), xv = max(std::fabs(qv) - r.half_v, 0.0);
      int reached;
      if constexpr (detours) {
        const double length = (square_length + g * g) / (2 * g), bound = square_length + most * (2 * length + most);
        reached = over_edge(part, square_length, xu, -std::copysign(1.0, qu) * tu, bound) &
                  over_edge(part, square_length, xv, -std::copysign(1.0, qv) * tv, bound);
      } else {
        reached = max(xu, xv) <= most;
      }
      inside[i] &= (side * (along - depth) > 0) & reached;
    }
  }

  /// Is the way over an edge at distance x shorter than the root of `bound`? `along`: of the whole path along the
  /// edge's axis.
  static int over_edge(double part, double square_length, double x, double along, double bound) {
    const double to = part * (part * square_length + 2 * x * along) + x * x;
    const double from = (1 - part) * ((1 - part) * square_length - 2 * x * along) + x * x,
                 rest = bound * (1 + 1e-12) - to - from;
    return (rest > 0) & (4 * to * from <= rest * rest);
  }

  const Support& support_;
  Rectangled rectangle_;  ///< the mover's, and the source's image in it, mirrored at the chain
  Vec3d image_;
  double source_height_ = 0;  ///< above the mover's plane
};

}  // namespace manyworlds::paths
