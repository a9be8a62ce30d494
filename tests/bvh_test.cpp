/// Queries of the tree find what testing every triangle finds.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "bvh_scenes.hpp"
#include "manyworlds/bvh/build.hpp"
#include "manyworlds/bvh/traverse.hpp"

namespace manyworlds {
namespace {

using bvh_scenes::Ends;
using bvh_scenes::moved;
using bvh_scenes::segments;
using Triangles = std::vector<BvhTriangle>;

/// First crossing of each face, by testing every triangle.
std::map<std::uint32_t, double> brute_force(const Triangles& triangles, const Segment& segment) {
  std::map<std::uint32_t, double> faces;
  for (const BvhTriangle& triangle : triangles) {
    double t;
    if (!crosses(LeafTriangle(triangle), segment, t)) continue;
    const auto [it, fresh] = faces.try_emplace(triangle.face, t);
    if (!fresh) it->second = std::min(it->second, t);
  }
  return faces;
}

void expect_equal_to_brute_force(const Triangles& triangles, const BvhOptions& options, std::uint32_t number) {
  const Bvh bvh = build_bvh(triangles, options);
  const BvhView view = bvh.view();
  int hits = 0, misses = 0;
  for (const Ends& ends : segments(triangles, number)) {
    const Segment segment(ends.a, ends.b, view.extent);
    const std::map<std::uint32_t, double> expected = brute_force(triangles, segment);
    ++(expected.empty() ? misses : hits);
    EXPECT_EQ(any_hit(view, ends.a, ends.b, SkipNone{}), !expected.empty());

    std::vector<Crossing> found(expected.size() + 1);
    found.resize(std::size_t(crossings(view, ends.a, ends.b, SkipNone{}, found.data(), int(expected.size()))));
    ASSERT_EQ(found.size(), expected.size());
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    for (const Crossing& c : found) {
      ASSERT_TRUE(expected.contains(c.face));
      EXPECT_NEAR(c.t, expected.at(c.face), 1e-9);
      EXPECT_EQ(triangles[c.primitive].face, c.face);
    }
    if (found.empty()) continue;
    const std::uint32_t first = found.front().face, last = found.back().face;
    EXPECT_EQ(any_hit(view, ends.a, ends.b, SkipFaces{first, last}), expected.size() > 2);
    std::vector<Crossing> few(found.size());
    EXPECT_EQ(crossings(view, ends.a, ends.b, SkipNone{}, few.data(), int(few.size()) - 1), int(few.size()));

    Hit hit;
    ASSERT_TRUE(nearest(view, ends.a, ends.b - ends.a, 1e9, SkipNone{}, hit));
    EXPECT_LE(hit.t, found.front().t + 1e-9);
    ASSERT_TRUE(nearest(view, ends.a, 2 * (ends.b - ends.a), 0.5, SkipNone{}, hit));
    EXPECT_NEAR(hit.t, found.front().t / 2, 1e-9);
  }
  EXPECT_GT(hits, 100);
  EXPECT_GT(misses, 100);
}

TEST(Bvh, QueriesEqualBruteForceInSoups) {
  for (std::uint32_t count : {1u, 2u, 7u, 60u, 500u})
    for (bool spatial : {false, true}) {
      BvhOptions options;
      options.spatial_splits = spatial;
      options.overlap = 1e-6;
      const Triangles triangles = bvh_scenes::soup(count, count);
      if (count >= 60) expect_equal_to_brute_force(triangles, options, count);
      const Bvh bvh = build_bvh(triangles, options);
      for (const Ends& ends : segments(triangles, count + 1))
        EXPECT_EQ(any_hit(bvh.view(), ends.a, ends.b, SkipNone{}),
                  !brute_force(triangles, Segment(ends.a, ends.b, bvh.view().extent)).empty());
    }
}

TEST(Bvh, QueriesEqualBruteForceInBuildings) {
  const Triangles office = bvh_scenes::office(900);
  expect_equal_to_brute_force(office, {}, 1);
  expect_equal_to_brute_force(moved(office, 0.6, {}), {}, 2);
  expect_equal_to_brute_force(moved(office, -1.1, {1e5, -3e4, 2e5}), {}, 3);
}

TEST(Bvh, QueriesEqualBruteForceInTilesOfShrinkingSize) {
  bvh_scenes::Maker maker;
  for (int i = 0; i < 200; ++i) {
    const double s = std::pow(0.95, i);
    maker.quad({s, 0, 0}, {0, s, 0}, {0.01 * s, 0, s});
  }
  expect_equal_to_brute_force(maker.triangles, {}, 4);
}

TEST(Bvh, NearestEqualsBruteForceForRaysFromFarAway) {
  const Triangles triangles = bvh_scenes::soup(400, 3);
  const Bvh bvh = build_bvh(triangles);
  Random random(8, 0, 0, Purpose::test);
  int hits = 0;
  for (int i = 0; i < 500; ++i) {
    const Vec3d target{random.uniform(-9, 9), random.uniform(-9, 9), random.uniform(-9, 9)};
    const Vec3d direction{random.normal(), random.normal(), random.normal()};
    const Vec3d origin = target - (i % 2 ? 10.0 : 1000.0) * direction;
    const auto expected = brute_force(triangles, Segment(origin, origin + 4000 * direction, bvh.view().extent));
    Hit hit;
    ASSERT_EQ(nearest(bvh.view(), origin, direction, std::numeric_limits<double>::infinity(), SkipNone{}, hit),
              !expected.empty());
    if (expected.empty()) continue;
    ++hits;
    double first = 1;
    for (const auto& [face, t] : expected) first = std::min(first, t);
    EXPECT_NEAR(hit.t, 4000 * first, 1e-6);
    EXPECT_NEAR(expected.at(hit.face), first, 1e-9);
  }
  EXPECT_GT(hits, 200);
}

/// Segments from inside through every corner and edge midpoint of a closed convex mesh must meet it.
void expect_watertight(const Triangles& triangles, Vec3d inside) {
  const Bvh bvh = build_bvh(triangles);
  Random random(3, 0, 0, Purpose::test);
  for (const BvhTriangle& t : triangles)
    for (Vec3d aim : {t.a, t.b, 0.5 * (t.a + t.b), 0.5 * (t.b + t.c), t.a + random.uniform() * (t.c - t.a)}) {
      const double u = random.uniform(-0.2, 0.2), v = random.uniform(-0.2, 0.2);
      const Vec3d from = inside + Vec3d{u, v, random.uniform(-0.2, 0.2)};
      for (Vec3d a : {inside, from}) {
        Hit hit;
        EXPECT_TRUE(any_hit(bvh.view(), a, a + 1.7 * (aim - a), SkipNone{}));
        EXPECT_TRUE(any_hit(bvh.view(), a + 30.0 * (aim - a), a, SkipNone{}));
        ASSERT_TRUE(nearest(bvh.view(), a, aim - a, 10, SkipNone{}, hit));
        EXPECT_NEAR(hit.t, 1, 1e-9);
      }
    }
}

TEST(Bvh, ClosedMeshesAreWatertight) {
  bvh_scenes::Maker maker;
  maker.box({-1, -1, -1}, {1, 1, 1});
  const Triangles box = maker.triangles, sphere = bvh_scenes::sphere(48);
  for (Vec3d shift : {Vec3d{}, Vec3d{300, -70, 11}})
    for (double angle : {0.0, 0.3}) {
      expect_watertight(moved(box, angle, shift), shift);
      expect_watertight(moved(sphere, angle, shift), shift);
    }
}

TEST(Bvh, EndsOnFacesDoNotBlock) {
  const Triangles triangles = bvh_scenes::floors_and_wall();
  for (double angle : {0.0, 0.7, 2.0})
    for (Vec3d shift : {Vec3d{}, Vec3d{20, 30, 1}, Vec3d{900, 900, 900}}) {
      const Bvh bvh = build_bvh(moved(triangles, angle, shift));
      const auto hit = [&](Vec3d a, Vec3d b, SkipFaces skip) {
        return any_hit(bvh.view(), moved(a, angle, shift), moved(b, angle, shift), skip);
      };
      EXPECT_FALSE(hit({1, 1, 0}, {2, 4, 2}, {}));        // begins on the floor
      EXPECT_FALSE(hit({5, 2, 0}, {2, 2, 2}, {0}));       // begins on the joint, where three faces meet
      EXPECT_FALSE(hit({1, 2, 0.001}, {4.9, 2, 0}, {}));  // grazes the floor and ends on it
      EXPECT_FALSE(hit({5, 1, 1}, {5, 4, 2}, {}));        // runs in the wall
      EXPECT_TRUE(hit({4, 1, 0}, {7, 4, 0}, {}));         // runs in the floor, through the foot of the wall
      EXPECT_TRUE(hit({4, 1, 1}, {7, 4, 2}, {}));
      EXPECT_TRUE(hit({1, 1, -1e-3}, {1, 1, 1e-3}, {}));
      EXPECT_FALSE(hit({4, 1, 1}, {7, 4, 2}, {2, 1}));
    }
}

TEST(Bvh, FacesCountOnceAtTheirInnerEdges) {
  bvh_scenes::Maker maker;
  for (int i = 0; i < 5; ++i) maker.quad({double(i), 0, 0}, {0, 1, 0}, {0, 0, 1});
  const Bvh bvh = build_bvh(maker.triangles);
  Crossing out[8];
  ASSERT_EQ(crossings(bvh.view(), {-1, 0.5, 0.5}, {9, 0.5, 0.5}, SkipNone{}, out, 8), 5);  // along the diagonals
  for (std::uint32_t i = 0; i < 5; ++i) {
    EXPECT_EQ(out[i].face, i);
    EXPECT_EQ(out[i].primitive, 2 * i);
    EXPECT_NEAR(out[i].t, 0.1 * (i + 1), 1e-15);
  }
  EXPECT_EQ(crossings(bvh.view(), {-1, 0.5, 0.5}, {9, 0.5, 0.5}, SkipNone{}, out, 5), 5);
  EXPECT_EQ(crossings(bvh.view(), {-1, 0.5, 0.5}, {9, 0.5, 0.5}, SkipNone{}, out, 3), 4);
  EXPECT_EQ(crossings(bvh.view(), {-1, 0.5, 0.5}, {9, 0.5, 0.5}, SkipNone{}, nullptr, 0), 1);
  EXPECT_EQ(crossings(bvh.view(), {-1, 0.5, 0.5}, {9, 0.5, 0.5}, SkipFaces{0, 3}, out, 8), 3);
}

}  // namespace
}  // namespace manyworlds
