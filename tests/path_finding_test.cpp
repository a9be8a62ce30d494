#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "manyworlds/bvh/build.hpp"
#include "manyworlds/paths/hard.hpp"
#include "manyworlds/scene/slab.hpp"
#include "test_scene.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using test::random_point;

/// (transmitter, receiver, interactions as object and kind): faces of one object with equal chains stay apart as a
/// multiset.
using Key = std::tuple<std::uint32_t, std::uint32_t, std::vector<std::pair<std::uint32_t, int>>>;
using Keys = std::multiset<Key>;

/// Static geometry of a scene without some objects, and what the finder needs.
struct World {
  SurfaceSet fixed, moving;
  Bvh bvh{{}, {}, {}};
  std::vector<Slab<double>> slabs;
  bool transmission;

  World(const Scene& scene, bool with_transmission, const std::vector<std::uint32_t>& movers = {})
      : transmission(with_transmission) {
    for (const Material& m : scene.materials) slabs.push_back(make_slab<double>(m, 3.5e9));
    for (std::uint32_t i = 0; i < scene.objects.size(); ++i) {
      if (std::find(movers.begin(), movers.end(), i) != movers.end()) continue;
      const MoverShape shape = make_mover_shape(scene.objects[i]);
      fixed.add(scene.objects[i], i, shape, {shape.origin, {}});
    }
    fixed.build_tree();
    bvh = build_bvh(fixed.triangles);
    moving.first_id = fixed.size();
  }
  Geometry geometry(bool with_movers = false) const {
    return {&fixed, with_movers ? &moving : nullptr, bvh.view(), slabs.data(), transmission};
  }
  Key key(std::uint32_t tx, std::uint32_t rx, const Hop* hops, std::size_t n) const {
    std::vector<std::pair<std::uint32_t, int>> interactions;
    for (std::size_t i = 0; i < n; ++i)
      interactions.push_back({geometry(true).surface(hops[i].face).object, int(hops[i].kind)});
    return {tx, rx, interactions};
  }
  void add(Keys& keys, const TransmitterCache& cache, std::uint32_t tx,
           const std::vector<std::uint8_t>* without = nullptr) const {
    for (std::size_t i = 0; i < cache.paths.size(); ++i)
      if (!without || !(*without)[i])
        keys.insert(key(tx, cache.paths[i].rx, &cache.hops[cache.paths[i].first_hop], cache.paths[i].hops));
  }
  void add(Keys& keys, const PathTable& table) const {
    for (const auto& p : table.paths) keys.insert(key(p.tx, p.rx, &table.hops[p.first_hop], p.hops));
  }
};

std::vector<Vec3d> random_points(Random& random, int n, Vec3d lo, Vec3d hi) {
  std::vector<Vec3d> points;
  for (int i = 0; i < n; ++i) points.push_back(random_point(random, lo, hi));
  return points;
}

/// Every chain of faces, tested without beams, tree or BVH.
Keys brute_force(const World& world, const Vec3d tx, const std::vector<Vec3d>& receivers, int depth) {
  const SurfaceSet& set = world.fixed;
  const auto on_face = [&](const Surface& s, Vec3d q) {
    for (std::uint32_t i = s.first_triangle; i < s.first_triangle + s.triangles; ++i) {
      const BvhTriangle& t = set.triangles[i];
      const Vec3d n = cross(t.b - t.a, t.c - t.a);
      if (dot(cross(t.b - t.a, q - t.a), n) >= 0 && dot(cross(t.c - t.b, q - t.b), n) >= 0 &&
          dot(cross(t.a - t.c, q - t.c), n) >= 0)
        return true;
    }
    return false;
  };
  Keys keys;
  std::vector<std::uint32_t> chain;
  const auto test_chain = [&](std::uint32_t rx) {
    // Forward image method: image of the transmitter, then the ray from it.
    std::vector<Vec3d> points{receivers[rx]}, images{tx};
    for (std::uint32_t f : chain) images.push_back(mirror(set.surfaces[f], images.back()));
    for (std::size_t i = chain.size(); i > 0; --i) {
      const Surface& s = set.surfaces[chain[i - 1]];
      const Vec3d d = images[i] - points.back();
      const double t = (s.offset - dot(s.normal, points.back())) / dot(s.normal, d);
      if (!(t > 0 && t < 1)) return;
      points.push_back(points.back() + t * d);
      if (!on_face(s, points.back())) return;
    }
    points.push_back(tx);
    std::reverse(points.begin(), points.end());
    std::vector<std::pair<std::uint32_t, int>> interactions;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      const Vec3d a = points[i], d = points[i + 1] - a;
      std::vector<std::pair<double, std::uint32_t>> crossed;
      for (std::uint32_t f = 0; f < set.size(); ++f) {
        if ((i > 0 && f == chain[i - 1]) || (i < chain.size() && f == chain[i])) continue;
        const Surface& s = set.surfaces[f];
        const double t = (s.offset - dot(s.normal, a)) / dot(s.normal, d);
        if (!(t > 0 && t < 1) || !on_face(s, a + t * d)) continue;
        if (!world.transmission || world.slabs[s.material].opaque) return;
        crossed.push_back({t, s.object});
      }
      std::sort(crossed.begin(), crossed.end());
      for (const auto& c : crossed) interactions.push_back({c.second, int(HopKind::transmit)});
      if (i < chain.size()) interactions.push_back({set.surfaces[chain[i]].object, int(HopKind::reflect)});
    }
    if (int(interactions.size()) <= depth) keys.insert({0, rx, interactions});
  };
  const auto descend = [&](auto&& self) -> void {
    for (std::uint32_t rx = 0; rx < receivers.size(); ++rx) test_chain(rx);
    if (int(chain.size()) == depth) return;
    for (std::uint32_t f = 0; f < set.size(); ++f) {
      if (!chain.empty() && chain.back() == f) continue;  // a plane cannot be hit twice in a row
      chain.push_back(f);
      self(self);
      chain.pop_back();
    }
  };
  descend(descend);
  return keys;
}

TEST(PathFinding, BeamTreeEqualsBruteForceOverAllChains) {
  std::size_t paths = 0;
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    Random random(17, seed, 0, Purpose::test);
    const Scene scene = test::random_sheets(random, 4 + int(random.below(9)));
    const World world(scene, seed % 2 == 0);
    const Vec3d tx = random_point(random, {0, 0, 0}, {10, 10, 10});
    const auto receivers = random_points(random, 40, {0, 0, 0}, {10, 10, 10});
    Keys found;
    world.add(found, TransmitterCache(world.geometry(), tx, ReceiverGroups(receivers), 3), 0);
    const Keys expected = brute_force(world, tx, receivers, 3);
    EXPECT_TRUE(found == expected) << "seed " << seed;
    paths += expected.size();
  }
  EXPECT_GT(paths, 1000u);
}

TEST(PathFinding, ShoeboxHasTheImageSourceCounts) {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_room(scene, 0, {6, 5, 3});
  const World world(scene, false);
  const TransmitterCache cache(world.geometry(), {1.13, 0.87, 2.41}, ReceiverGroups({{4.93, 0.74, 0.58}}), 3);
  std::size_t count[4] = {};
  for (const auto& p : cache.paths) ++count[p.points - 2];
  EXPECT_EQ(count[0], 1u);
  EXPECT_EQ(count[1], 6u);
  EXPECT_EQ(count[2], 18u);
  EXPECT_EQ(count[3], 38u);
}

TEST(PathFinding, SplitEqualsFullRetrace) {
  std::size_t dynamic = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    Random random(23, seed, 0, Purpose::test);
    Scene scene = test::random_sheets(random, 8);
    // One or two movers: metal or penetrable sheets, or a closed box.
    std::vector<std::uint32_t> movers;
    for (std::uint32_t m = 0; m < 1 + seed % 2; ++m) {
      movers.push_back(std::uint32_t(scene.objects.size()));
      const std::uint32_t material = seed % 3;
      if (seed % 5 == 4)
        test::add_box(scene, "box", material, {}, {1, 2, 1.5});
      else
        test::add_sheet(scene, "panel", material, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    }
    const bool transmission = seed % 4 < 2;
    const int depth = 3;
    const Vec3d tx = random_point(random, {0, 0, 0}, {10, 10, 10});
    const ReceiverGroups receivers(random_points(random, 150, {0, 0, 0}, {10, 10, 10}));

    World split(scene, transmission, movers);
    Scene placed = scene;
    const TransmitterCache cache(split.geometry(), tx, receivers, depth);
    for (int pose_index = 0; pose_index < 3; ++pose_index) {
      split.moving.clear();
      for (std::uint32_t m : movers) {
        const Pose pose =
            make_pose(random_point(random, {1, 1, 1}, {9, 9, 9}), random_point(random, {-3, -1, -1}, {3, 1, 1}));
        const MoverShape shape = make_mover_shape(scene.objects[m]);
        split.moving.add(scene.objects[m], m, shape, pose);
        for (std::size_t v = 0; v < scene.objects[m].mesh.vertices.size(); ++v)
          placed.objects[m].mesh.vertices[v] = pose.point(scene.objects[m].mesh.vertices[v] - shape.origin);
      }
      PathTable table;
      std::vector<std::uint8_t> blocked(cache.paths.size());
      std::vector<std::uint64_t> near;
      const Geometry g = split.geometry(true);
      cache.segments.for_each_near(split.moving.surfaces, nullptr, near,
                                   [&](std::uint32_t path) { overlay_hard(g, cache, 0, depth, path, blocked, table); });
      add_dynamic_hard(g, cache, cache.prefixes, 0, receivers, depth, table);
      Keys found;
      split.add(found, cache, 0, &blocked);
      split.add(found, table);

      const World full(placed, transmission);
      Keys expected;
      full.add(expected, TransmitterCache(full.geometry(), tx, receivers, depth), 0);
      EXPECT_TRUE(found == expected) << "seed " << seed << " pose " << pose_index;
      dynamic += table.paths.size();
    }
  }
  EXPECT_GT(dynamic, 2000u);
}

/// The mirror point (5, 5, 1.5) on the back wall lies exactly on the edge of a partition that stands on it.
TEST(PathFinding, NothingLeaksThroughTheCornerOfAWallAndAMirror) {
  for (const std::uint32_t material : {0u, 1u}) {
    Scene scene;
    scene.materials = test::test_materials();
    test::add_room(scene, 1, {8, 5, 3});
    test::add_sheet(scene, "partition", material, {5, 2, 0}, {0, 3, 0}, {0, 0, 3});
    const bool penetrable = material == 0;
    const World world(scene, penetrable);
    const ReceiverGroups receivers({{5.125, 4.975, 1.5}});
    const TransmitterCache cache(world.geometry(), {2, 4.4, 1.5}, receivers, 2);
    Keys found;
    world.add(found, cache, 0);
    const std::uint32_t back = 5, partition = 6;  // objects
    EXPECT_EQ(found.count({0, 0, {{back, int(HopKind::reflect)}}}), 0u);
    EXPECT_EQ(found.count({0, 0, {{back, int(HopKind::reflect)}, {partition, int(HopKind::transmit)}}}),
              penetrable ? 1u : 0u);
  }
}

}  // namespace
