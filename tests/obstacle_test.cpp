/// The geometry that placements rest on: free areas of walls, distances from obstacles.
#include "manyworlds/placement/obstacle.hpp"

#include <gtest/gtest.h>

#include "manyworlds/placement/free_area.hpp"
#include "test_scene.hpp"

namespace mw = manyworlds;
namespace pl = manyworlds::placement;
using mw::Vec3d;

namespace {

TEST(FreeArea, NearestPointIsExactAmongOverlappingHoles) {
  mw::Random random(19, 0, 0, mw::Purpose::test);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<pl::Area> holes;
    for (int i = 0; i < 6; ++i) {
      const double u = random.uniform(-1, 9), v = random.uniform(-1, 4);
      holes.push_back({u, u + random.uniform(0.2, 3), v, v + random.uniform(0.2, 3)});
    }
    const pl::FreeArea area({0, 10, 0, 5}, holes);
    const auto free = [&](double u, double v) {
      return std::none_of(holes.begin(), holes.end(),
                          [&](const pl::Area& h) { return h.u0 < u && u < h.u1 && h.v0 < v && v < h.v1; });
    };
    for (int i = 0; i < 20; ++i) {
      const pl::Point2 p{random.uniform(-1, 11), random.uniform(-1, 6)}, q = area.nearest(p);
      EXPECT_TRUE(free(q.u, q.v) && q.u >= 0 && q.u <= 10 && q.v >= 0 && q.v <= 5);
      const double d = std::hypot(p.u - q.u, p.v - q.v);
      for (int k = 0; k < 500; ++k) {
        const double u = random.uniform(0, 10), v = random.uniform(0, 5);
        EXPECT_TRUE(!free(u, v) || std::hypot(p.u - u, p.v - v) >= d - 1e-12);
      }
    }
  }
}

TEST(Obstacle, SeparationIsTheDistanceAndItsDirectionALowerBoundForTheWholeObstacle) {
  mw::Random random(23, 0, 0, mw::Purpose::test);
  for (int trial = 0; trial < 2000; ++trial) {
    pl::Obstacle o{"", {}, {}};
    for (int i = 0; i < 3; ++i) o.triangle.push_back(mw::test::random_point(random, {0, 0, 0}, {1, 1, 1}));
    const Vec3d p = mw::test::random_point(random, {-1, -1, -1}, {2, 2, 2});
    const pl::Separation s = pl::separation(o, p);
    double nearest = 1e9;
    for (int k = 0; k < 60; ++k) {
      double a = random.uniform(), b = random.uniform();
      if (a + b > 1) a = 1 - a, b = 1 - b;
      const Vec3d q = o.triangle[0] + a * (o.triangle[1] - o.triangle[0]) + b * (o.triangle[2] - o.triangle[0]);
      nearest = std::min(nearest, norm(p - q));
      ASSERT_GE(dot(p - q, s.direction), s.distance - 1e-12);
    }
    ASSERT_LE(s.distance, nearest + 1e-12);
  }
}

}  // namespace
