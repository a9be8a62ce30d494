/// The quick tests that stand before the exact ones never lose a path: segments near movers, and mirror points in
/// blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "manyworlds/paths/mirror_path.hpp"
#include "manyworlds/paths/static_segments.hpp"
#include "test_scene.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;

constexpr double wavelength = 0.0857;

Surface surface_of(const Rectangled& r) {
  Surface s;
  s.rectangle = r;
  s.is_rectangle = true;
  s.normal = r.normal;
  s.offset = dot(r.normal, r.center);
  s.center = r.center;
  s.radius = std::hypot(r.half_u, r.half_v);
  return s;
}

Surface random_panel(Random& random, Vec3d center, double size) {
  const Pose pose{{}, rotation_vector(3 * test::random_direction(random))};
  return surface_of({center, pose.direction({1, 0, 0}), pose.direction({0, 1, 0}), pose.direction({0, 0, 1}),
                     size * random.uniform(0.1, 1), size * random.uniform(0.1, 1)});
}

/// Does the segment come near the face, in double: where it crosses the plane, inside the rectangle or within reach?
bool is_near(const Surface& s, const Support* support, Vec3d a, Vec3d b, double from, double length) {
  const Vec3d d = b - a;
  const double t = (s.offset - dot(s.normal, a)) / dot(s.normal, d);
  if (!(t > 0 && t < 1)) return false;
  const Vec3d q = a + t * d, w = q - s.center;
  if (!support)
    return std::abs(dot(w, s.rectangle.u)) <= s.rectangle.half_u &&
           std::abs(dot(w, s.rectangle.v)) <= s.rectangle.half_v;
  const double s1 = from + t * norm(d);
  return support->reaches(s.rectangle, q, d / norm(d), s1, length - s1);
}

TEST(StaticSegments, NoneThatIsNearIsLost) {
  std::size_t exact = 0, quick = 0, all = 0;
  for (std::uint32_t seed = 0; seed < 240; ++seed) {
    Random random(107, seed, 0, Purpose::test);
    const double scale = std::array{1.0, 30.0, 1000.0}[seed % 3];  // of the scene: room, house, town
    const Vec3d offset = seed % 2 == 0 ? Vec3d{} : scale * Vec3d{3, -2, 1};
    const auto point = [&] {
      return offset + test::random_point(random, {0, 0, 0}, {10 * scale, 8 * scale, 3 * scale});
    };
    const std::array kinds{VisibilityKind::hard, VisibilityKind::fresnel, VisibilityKind::atan,
                           VisibilityKind::logistic};
    const Visibility visibility{
        .kind = kinds[seed / 6 % 4], .smoothing_wavelengths = random.uniform(0.1, 4), .alpha = 4};
    const Support support(visibility, wavelength);
    const Support* const soft = visibility.kind == VisibilityKind::hard ? nullptr : &support;
    const std::vector<Surface> faces{random_panel(random, point(), 1), random_panel(random, point(), 2 * scale)};

    StaticSegments segments;
    std::set<std::uint32_t> expected;
    Vec3d corner{};
    for (std::uint32_t path = 0; path < 700; ++path) {
      // Two pieces; now and then through a face's edge, or along its plane but for rounding. Every other scene has
      // bundles of short ones instead, about the corners of the faces.
      const Surface& aimed = faces[path / 16 % 2];
      const Rectangled& r = aimed.rectangle;
      Vec3d a = point(), b = point(), c = point();
      if (seed / 24 % 2 == 0) {
        const Vec3d edge = r.point(random.uniform(-1, 1) * r.half_u, r.half_v);
        if (path % 5 == 0) b = edge + random.uniform(0.1, 1) * (edge - a);
        if (path % 7 == 0) c = b + 5 * r.u + 1e-3 * r.normal;
      } else {
        if (path % 16 == 0)
          corner = r.point((path % 32 == 0 ? 1 : -1) * (r.half_u + random.uniform(-0.2, 1.6)),
                           (path % 3 == 0 ? 1 : -1) * (r.half_v + random.uniform(-0.2, 1.6)));
        a = corner + 0.05 * r.normal + test::random_point(random, {-0.02, -0.02, -0.02}, {0.02, 0.02, 0.02});
        b = corner - 0.05 * r.normal + test::random_point(random, {-0.02, -0.02, -0.02}, {0.02, 0.02, 0.02});
        c = b + test::random_point(random, {-0.1, -0.1, -0.1}, {0.1, 0.1, 0.1});
      }
      const double first = norm(b - a), length = first + norm(c - b);
      segments.add(path, a, b, 0, length);
      segments.add(path, b, c, first, length);
      for (const Surface& s : faces)
        if (is_near(s, soft, a, b, 0, length) || is_near(s, soft, b, c, first, length)) expected.insert(path);
    }
    std::vector<std::uint64_t> scratch;
    std::vector<std::uint32_t> found;
    segments.for_each_near(faces, soft, scratch, [&](std::uint32_t path) { found.push_back(path); });
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size());
    EXPECT_TRUE(std::includes(found.begin(), found.end(), expected.begin(), expected.end())) << "seed " << seed;
    exact += expected.size();
    quick += found.size();
    all += 700;
  }
  EXPECT_GT(exact, all / 20);
  EXPECT_LT(quick, exact + all / 40);  // and hardly any besides, though many pass an edge or lie in a plane
}

TEST(MirrorPath, BlocksKeepEveryReceiverInReach) {
  int exact = 0, quick = 0, all = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    Random random(109, seed, 0, Purpose::test);
    const std::array kinds{VisibilityKind::fresnel, VisibilityKind::atan, VisibilityKind::logistic};
    const Visibility visibility{.kind = kinds[seed % 3], .smoothing_wavelengths = random.uniform(0.1, 4)};
    const Support support(visibility, wavelength);
    SurfaceSet fixed;
    const auto point = [&] { return test::random_point(random, {-10, -8, -3}, {10, 8, 3}); };
    const std::uint32_t chain[] = {0, 1};
    for (int f = 0; f < 2; ++f) fixed.surfaces.push_back(random_panel(random, point(), 3));
    Geometry g;
    g.fixed = &fixed;
    const Surface mover = random_panel(random, point(), 1);
    const Vec3d source = point();
    const int n = int(random.below(3));
    const MirrorPath path(g, mover, source, chain, n, support);
    for (int b = 0; b < 60; ++b) {
      ReceiverGroups::Block block;
      const Vec3d corner = point();
      int inside[ReceiverGroups::width];
      for (std::size_t i = 0; i < ReceiverGroups::width; ++i) {
        const Vec3d p = corner + test::random_point(random, {0, 0, 0}, {2, 2, 0.1});
        block.x[i] = p.x, block.y[i] = p.y, block.z[i] = p.z;
        inside[i] = i != 3;
      }
      path.test(block, inside);
      EXPECT_EQ(inside[3], 0);  // it only takes away
      for (std::size_t i = 0; i < ReceiverGroups::width; ++i) {
        const Vec3d p{block.x[i], block.y[i], block.z[i]};
        const bool reached = path.reaches(p);
        // The definition: the line from the source's image to the receiver's, mirrored at the chain backwards.
        Vec3d target = p;
        for (int f = n; f > 0; --f) target = mirror(fixed.surfaces[chain[f - 1]], target);
        const double height = dot(mover.normal, target) - mover.offset, own = dot(mover.normal, source) - mover.offset;
        const Vec3d image = mirror(mover, source), through = target - image;
        const double length = norm(through), part = own / (own + height);
        EXPECT_EQ(reached,
                  (height > 0) == (own > 0) && support.reaches(mover.rectangle, image + part * through,
                                                               through / length, part * length, (1 - part) * length));
        if (i == 3) continue;
        if (reached) {
          EXPECT_EQ(inside[i], 1) << "seed " << seed;
        }
        exact += reached;
        quick += inside[i];
        ++all;
      }
    }
  }
  EXPECT_GT(exact, all / 50);
  EXPECT_LT(quick, exact + all / 50);
}

}  // namespace
