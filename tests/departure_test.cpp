/// What leaves a mover face under soft visibility: the window of the edge weight holds every place that counts.
#include <gtest/gtest.h>

#include "manyworlds/paths/departure.hpp"
#include "test_scene.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;

constexpr double wavelength = 0.0857;

TEST(Departure, BeamHoldsEveryTargetWhoseMirrorPointIsInReach) {
  int reached = 0, outside = 0;
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    Random random(61, seed, 0, Purpose::test);
    const Visibility visibility{
        .kind = std::array{VisibilityKind::fresnel, VisibilityKind::atan, VisibilityKind::logistic}[seed % 3],
        .smoothing_wavelengths = random.uniform(0.02, 4)};
    const Support support(visibility, wavelength);
    Surface s;
    const Pose pose{{}, rotation_vector(3 * test::random_direction(random))};
    s.rectangle = {{1, 2, 3},
                   pose.direction({1, 0, 0}),
                   pose.direction({0, 1, 0}),
                   pose.direction({0, 0, 1}),
                   random.uniform(0.1, 2),
                   random.uniform(0.1, 2)};
    s.normal = s.rectangle.normal;
    s.offset = dot(s.normal, s.rectangle.center);
    const double height = random.uniform(0.05, 8);
    const Vec3d source = s.rectangle.point(random.uniform(-6, 6), random.uniform(-6, 6)) + height * s.normal,
                image = mirror(s, source);
    const Beam beam = departure(s, source, 2, support);
    for (int i = 0; i < 2000; ++i) {
      const double target_height = random.uniform(0, 1) * (i % 2 == 0 ? 20 : 1);
      const Vec3d target =
          s.rectangle.point(random.uniform(-15, 15), random.uniform(-15, 15)) + target_height * s.normal;
      const Vec3d through = target - image;
      const double length = norm(through), part = height / (height + target_height);
      const bool reaches =
          support.reaches(s.rectangle, image + part * through, through / length, part * length, (1 - part) * length);
      if (reaches) {
        EXPECT_TRUE(beam.contains(target)) << "seed " << seed << ", target " << i;
      }
      reached += reaches;
      outside += !beam.contains(target);
    }
  }
  EXPECT_GT(reached, 50'000);
  EXPECT_GT(outside, 300'000);  // and it leaves out most of the rest
}

}  // namespace
