/// Trees as they are built: same input, same tree; boxes hold what lies in them; bad triangles are harmless or refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "bvh_scenes.hpp"
#include "manyworlds/bvh/build.hpp"
#include "manyworlds/bvh/traverse.hpp"

namespace manyworlds {
namespace {

using bvh_scenes::moved;
using Triangles = std::vector<BvhTriangle>;

TEST(Bvh, SpatialSplitsSaveTriangleTestsAtObliqueWalls) {
  const Triangles triangles = moved(bvh_scenes::office(3000), 0.5, {});
  const auto tests = [&](bool spatial) {
    BvhOptions options;
    options.spatial_splits = spatial;
    const Bvh bvh = build_bvh(triangles, options);
    Random random(6, 0, 0, Purpose::test);
    const auto point = [&] {
      return moved({random.uniform(0, 40), random.uniform(0, 24), random.uniform(0, 3)}, 0.5, {});
    };
    int count = 0;
    for (int i = 0; i < 3000; ++i) {
      const Vec3d a = point(), b = point();
      any_hit(bvh.view(), a, a + 0.2 * (b - a), [&](std::uint32_t) { return ++count, false; });
    }
    return count;
  };
  EXPECT_LT(2 * tests(true), tests(false));
}

TEST(Bvh, WallsAlongTheAxesAreNotCut) {
  const Triangles office = bvh_scenes::office(2000);
  EXPECT_EQ(build_bvh(office).triangles().size(), office.size());
  EXPECT_GT(build_bvh(moved(office, 0.5, {})).triangles().size(), office.size());
}

TEST(Bvh, BuildIsDeterministic) {
  const Triangles triangles = moved(bvh_scenes::office(2000), 0.4, {});
  const Bvh one = build_bvh(triangles), two = build_bvh(triangles);
  ASSERT_EQ(one.nodes().size(), two.nodes().size());
  ASSERT_EQ(one.triangles().size(), two.triangles().size());
  EXPECT_EQ(std::memcmp(one.nodes().data(), two.nodes().data(), one.nodes().size_bytes()), 0);
  EXPECT_EQ(std::memcmp(one.triangles().data(), two.triangles().data(), one.triangles().size_bytes()), 0);
}

TEST(Bvh, DegenerateInputIsHarmless) {
  const BvhTriangle point{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, 7, 0}, line{{0, 0, 0}, {1, 1, 1}, {2, 2, 2}, 8, 1};
  const BvhTriangle wall{{0, -5, -5}, {0, 9, -5}, {0, 0, 9}, 9, 2};
  Triangles many(1000, wall);
  many.insert(many.end(), 500, point);
  many.insert(many.end(), 500, line);
  for (const Triangles& triangles : {Triangles{point, line}, Triangles{wall, point, line}, many}) {
    const Bvh bvh = build_bvh(triangles);
    const bool has_wall = triangles.size() > 2;
    EXPECT_EQ(any_hit(bvh.view(), {-1, 0, 0.5}, {1, 0.1, 0}, SkipNone{}), has_wall);
    EXPECT_FALSE(any_hit(bvh.view(), {0.5, 0.5, 1.5}, {2, 2, 0}, SkipNone{}));
    Crossing out[2];
    EXPECT_EQ(crossings(bvh.view(), {-1, 0, 0.5}, {1, 0.1, 0}, SkipNone{}, out, 2), int(has_wall));
  }
  Hit hit;
  EXPECT_FALSE(any_hit(build_bvh({}).view(), {}, {1, 1, 1}, SkipNone{}));
  EXPECT_FALSE(any_hit(Bvh().view(), {}, {1, 1, 1}, SkipNone{}));
  EXPECT_FALSE(nearest(Bvh().view(), {}, {1, 1, 1}, 1e9, SkipNone{}, hit));
  EXPECT_FALSE(nearest(build_bvh(many).view(), {-1, 0, 0}, {0, 0, 0}, 1e9, SkipNone{}, hit));
}

TEST(Bvh, RefusesCoordinatesThatAreNotFinite) {
  Triangles triangles = bvh_scenes::soup(5, 1);
  triangles[3].b.y = std::nan("");
  EXPECT_THROW(build_bvh(triangles), InputError);
  EXPECT_THROW(build_boxes(std::vector<Boxd>(1)), InputError);
}

TEST(Bvh, BoxesAreRoundedOutward) {
  Random random(2, 0, 0, Purpose::test);
  for (int i = 0; i < 10000; ++i) {
    const double x = random.normal() * std::pow(10.0, random.uniform(-30, 30));
    const float down = detail::round_down(x), up = detail::round_up(x);
    EXPECT_LE(double(down), x);
    EXPECT_GE(double(up), x);
    EXPECT_LE(up, std::nextafter(down, std::numeric_limits<float>::infinity()));
  }
  EXPECT_EQ(detail::round_down(0.5), 0.5f);
  EXPECT_EQ(detail::round_up(-0.5), -0.5f);
  EXPECT_LT(detail::round_down(-1e-60), 0.0f);
}

TEST(Bvh, LeavesHoldTheirTriangles) {
  BvhOptions options;
  options.spatial_splits = false;
  const Bvh bvh = build_bvh(bvh_scenes::soup(300, 9), options);
  std::vector<int> seen(300);
  for (const BvhNode& node : bvh.nodes())
    for (int i = 0; i < bvh_width; ++i) {
      if (!node.used(i) || !node.child[i].is_leaf()) continue;
      const std::uint32_t first = node.child[i].first();
      for (std::uint32_t k = first; k < first + node.child[i].count(); ++k) {
        const LeafTriangle& t = bvh.triangles()[k];
        ++seen[t.primitive];
        EXPECT_TRUE(node.box(i).contains(t.corner));
        EXPECT_TRUE(node.box(i).contains(t.corner + (1 - 1e-12) * t.edge1));
        EXPECT_TRUE(node.box(i).contains(t.corner + (1 - 1e-12) * t.edge2));
      }
    }
  EXPECT_EQ(seen, std::vector<int>(300, 1));
}

TEST(BoxTree, VisitFindsWhatBruteForceFinds) {
  Random random(4, 0, 0, Purpose::test);
  std::vector<Boxd> boxes(700);
  for (Boxd& box : boxes) {
    const Vec3d p{random.uniform(-5, 5), random.uniform(-5, 5), random.uniform(-5, 5)};
    box.extend(p);
    if (random.uniform() < 0.8) box.extend(p + Vec3d{random.uniform(0, 2), random.uniform(0, 2), random.uniform(0, 2)});
  }
  const BoxTree tree = build_boxes(boxes);
  std::size_t total = 0;
  for (const Boxd& query : boxes) {
    std::vector<std::uint32_t> expected, found;
    for (std::uint32_t i = 0; i < boxes.size(); ++i)
      if (boxes[i].overlaps(query)) expected.push_back(i);
    visit(
        tree.view(), [&](const Boxd& box) { return box.overlaps(query); },
        [&](std::uint32_t i) {
          if (boxes[i].overlaps(query)) found.push_back(i);
        });
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected);
    total += found.size();
  }
  EXPECT_GT(total, 1500u);
  int calls = 0;
  visit(
      build_boxes({}).view(), [](const Boxd&) { return true; }, [&](std::uint32_t) { ++calls; });
  EXPECT_EQ(calls, 0);
}

TEST(Bvh, VisitFindsEveryTriangleNearAPoint) {
  const Triangles triangles = moved(bvh_scenes::office(800), 0.3, {});
  const Bvh bvh = build_bvh(triangles);
  for (const BvhTriangle& t : triangles) {
    const Vec3d center = (t.a + t.b + t.c) / 3.0;
    bool found = false;
    visit(
        bvh.view(), [&](const Boxd& box) { return box.contains(center); },
        [&](const LeafTriangle& leaf) { found = found || leaf.primitive == t.primitive; });
    EXPECT_TRUE(found);
  }
}

}  // namespace
}  // namespace manyworlds
