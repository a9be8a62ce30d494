// The tree for devices, which is walked without a stack, meets the same triangles as the tree of eight children.
#include <gtest/gtest.h>

#include <algorithm>

#include "bvh_scenes.hpp"
#include "manyworlds/bvh/build_skip.hpp"
#include "manyworlds/bvh/traverse.hpp"

namespace manyworlds {
namespace {

using bvh_scenes::Ends;
using Triangles = std::vector<BvhTriangle>;

void expect_same_answers(const Triangles& triangles, std::uint32_t number, const BvhOptions& options = {}) {
  const Bvh wide = build_bvh(triangles, options);
  const SkipTree skip = build_skip_tree(triangles, options);
  EXPECT_EQ(skip.extent, wide.view().extent);
  int hits = 0, misses = 0;
  for (const Ends& ends : bvh_scenes::segments(triangles, number)) {
    Crossing expected[64], found[64];
    const int count = crossings(wide.view(), ends.a, ends.b, SkipNone{}, expected, 64);
    ASSERT_LE(count, 64);
    ++(count > 0 ? hits : misses);
    EXPECT_EQ(any_hit(skip.view(), ends.a, ends.b, SkipNone{}), count > 0);
    ASSERT_EQ(crossings(skip.view(), ends.a, ends.b, SkipNone{}, found, 64), count);
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(found[i].face, expected[i].face);
      EXPECT_EQ(found[i].t, expected[i].t);
      EXPECT_EQ(found[i].primitive, expected[i].primitive);
    }
    if (count == 0) continue;
    const SkipFaces skipped{expected[0].face, expected[count - 1].face};
    EXPECT_EQ(any_hit(skip.view(), ends.a, ends.b, skipped), any_hit(wide.view(), ends.a, ends.b, skipped));
  }
  EXPECT_GT(hits, 100);
  EXPECT_GT(misses, 100);
}

TEST(SkipTree, AnswersAsTheWideTreeDoes) {
  expect_same_answers(bvh_scenes::soup(100, 3), 1);
  expect_same_answers(bvh_scenes::office(1260), 2);
  expect_same_answers(bvh_scenes::sphere(12), 3);
  expect_same_answers(bvh_scenes::moved(bvh_scenes::office(600), 0.4, {1000, -300, 20}), 4);
}

TEST(SkipTree, AnswersDoNotDependOnLeavesOrSplits) {
  const Triangles office = bvh_scenes::office(600);
  expect_same_answers(office, 5, {.max_leaf = 1});
  expect_same_answers(office, 6, {.max_leaf = 16});
  expect_same_answers(office, 7, {.spatial_splits = false});
}

TEST(SkipTree, EveryWalkEndsAtTheLastNode) {
  for (const Triangles& triangles : {bvh_scenes::soup(1, 0), bvh_scenes::soup(200, 1), bvh_scenes::office(900)}) {
    const SkipTree tree = build_skip_tree(triangles);
    std::uint32_t leaves = 0;
    for (std::uint32_t i = 0; i < tree.nodes.size(); ++i) {
      const SkipNode& node = tree.nodes[i];
      EXPECT_GT(node.escape, i);
      EXPECT_LE(node.escape, tree.nodes.size());
      if (!node.leaf.is_leaf()) continue;
      EXPECT_EQ(node.escape, i + 1);
      leaves += node.leaf.count();
    }
    EXPECT_EQ(leaves, tree.triangles.size());
  }
}

TEST(SkipTree, NothingIsHitWhereThereIsNothing) {
  EXPECT_FALSE(any_hit(build_skip_tree({}).view(), {0, 0, 0}, {1, 1, 1}, SkipNone{}));
}

}  // namespace
}  // namespace manyworlds
