/// Beams that walls cut off: what is left out holds no path.
#include <gtest/gtest.h>

#include <set>

#include "manyworlds/paths/departure.hpp"
#include "path_model.hpp"
#include "test_scene.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;

/// A wall across the room at x, with a doorway: one object whose face is not convex.
void add_wall_with_door(Scene& scene, const std::string& name, std::uint32_t material, double x, double door) {
  const double y[4] = {0, door, door + 0.9, 8}, z[3] = {0, 2.1, 3};
  Mesh mesh;
  for (double b : z)
    for (double a : y) mesh.vertices.push_back({x, a, b});
  for (std::uint32_t row : {0u, 1u})
    for (std::uint32_t column : {0u, 1u, 2u}) {
      if (row == 0 && column == 1) continue;
      const std::uint32_t v = row * 4 + column;
      mesh.triangles.push_back({v, v + 1, v + 5});
      mesh.triangles.push_back({v, v + 5, v + 4});
    }
  scene.objects.push_back({name, mesh, material});
}

Scene rooms(Random& random) {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_room(scene, 0, {12, 8, 3});
  for (int i = 0; i < 2; ++i)
    add_wall_with_door(scene, "wall" + std::to_string(i), i == 0 ? 2 : random.below(3), 4.0 + 4 * i,
                       random.uniform(0.5, 6));
  test::add_sheet(scene, "partition", random.below(3), {8, 4, 0}, {4, 0, 0}, {0, 0, 3});
  for (int i = 0; i < 6; ++i)
    test::add_box(scene, "cabinet" + std::to_string(i), random.below(2),
                  test::random_point(random, {0.6, 0.6, 0.5}, {11.4, 7.4, 1}),
                  {random.uniform(0.3, 1), random.uniform(0.3, 1), random.uniform(0.4, 1)});
  scene.transmitters.push_back({"tx", {2, 4, 2}, {}, 20, {}});
  for (int i = 0; i < 150; ++i)
    scene.receivers.positions.push_back(test::random_point(random, {0.1, 0.1, 0.1}, {11.9, 7.9, 2.9}));
  return scene;
}

std::vector<Beam> beams_of(const Beam& root, const Geometry& g, int depth, const auto& guide) {
  std::vector<Beam> beams;
  grow(root, *g.fixed, nullptr, depth, guide, [&](const Beam& beam) { beams.push_back(beam); });
  return beams;
}

/// Number of paths from the sources along the chains of all beams.
int paths_through(const std::vector<Beam>& beams, const Geometry& g, const std::vector<Vec3d>& sources,
                  const Scene& scene, int interactions) {
  int found = 0;
  Vec3d p[max_depth + 2];
  std::vector<Hop> hops;
  for (const Beam& beam : beams)
    for (const Vec3d& source : sources)
      for (const Vec3d& end : scene.receivers.positions) {
        hops.clear();
        found += solve(g, source, beam.chain, beam.length, end, p) &&
                 trace_chain(g, beam.chain, beam.length, p, interactions - beam.length, hops);
      }
  return found;
}

TEST(Occlusion, ChainsThatAreLeftOutHoldNoPath) {
  std::size_t all = 0, kept = 0;
  int paths = 0;
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    Random random(71, seed, 0, Purpose::test);
    const Scene scene = rooms(random);
    const PathModel model(scene, {}, {.max_depth = 0, .transmission = seed % 2 == 1});
    const Geometry g = model.world().geometry();
    const int interactions = 2 + int(seed % 4 / 2);
    std::vector<Vec3d> sources{test::random_point(random, {0.5, 0.5, 0.5}, {11.5, 7.5, 2.5})};
    Beam root;
    root.apex[0] = sources[0];
    if (seed >= 4) {  // the tiles of a panel
      const Pose pose{sources[0], rotation_vector(3 * test::random_direction(random))};
      const Rectangled panel{
          pose.position, pose.direction({1, 0, 0}), pose.direction({0, 1, 0}), pose.direction({0, 0, 1}), 0.4, 0.4};
      sources.clear();
      root.apexes = 4;
      for (int t = 0; t < 4; ++t) sources.push_back(root.apex[t] = tile_center(panel, 2, t));
    }
    const std::vector<Beam> every = beams_of(root, g, 2, EveryFace{g.fixed});
    const std::vector<Beam> lit =
        beams_of(root, g, 2, Unoccluded(g, sources.data(), int(sources.size()), no_face, interactions));
    std::set<std::vector<std::uint32_t>> chains;
    const auto chain_of = [](const Beam& beam) {
      return std::vector<std::uint32_t>(beam.chain, beam.chain + beam.length);
    };
    for (const Beam& beam : lit) chains.insert(chain_of(beam));
    std::vector<Beam> left_out;
    for (const Beam& beam : every)
      if (!chains.contains(chain_of(beam))) left_out.push_back(beam);
    EXPECT_EQ(left_out.size() + lit.size(), every.size());
    EXPECT_EQ(paths_through(left_out, g, sources, scene, interactions), 0) << "seed " << seed;
    paths += paths_through(lit, g, sources, scene, interactions);
    all += every.size();
    kept += lit.size();
  }
  EXPECT_GT(paths, 3000);
  EXPECT_LT(kept, 0.6 * double(all)) << "little is left out: " << kept << " of " << all << " chains are kept";
}

TEST(Occlusion, FaceCoversWhatItsDoorwayDoesNotTouch) {
  Scene scene;
  scene.materials = test::test_materials();
  add_wall_with_door(scene, "wall", 0, 4, 3);
  const PathModel model(scene, {}, {.max_depth = 0});
  const SurfaceSet& faces = model.world().fixed;
  ASSERT_EQ(faces.size(), 1u);
  const Surface& wall = faces.surfaces[0];
  ASSERT_FALSE(wall.is_rectangle);
  // Boxes given by two corners (y, z) in the room.
  const auto covers = [&](double y0, double z0, double y1, double z1) {
    double lo[2] = {1e9, 1e9}, hi[2] = {-1e9, -1e9};
    for (const Vec3d p : {Vec3d{4, y0, z0}, Vec3d{4, y1, z1}}) {
      const Vec3d d = p - wall.rectangle.center;
      const double at[2] = {dot(d, wall.rectangle.u), dot(d, wall.rectangle.v)};
      for (int k : {0, 1}) lo[k] = min(lo[k], at[k]), hi[k] = max(hi[k], at[k]);
    }
    return faces.covers(wall, lo, hi);
  };
  EXPECT_TRUE(covers(0.1, 0.1, 2.9, 2.9));   // beside the doorway
  EXPECT_TRUE(covers(0.1, 2.2, 7.9, 2.9));   // above it
  EXPECT_FALSE(covers(0.1, 0.1, 3.1, 2.9));  // over its edge
  EXPECT_FALSE(covers(3.2, 0.1, 3.7, 2.0));  // in it
  EXPECT_FALSE(covers(2.0, 0.1, 5.0, 2.9));  // around it
  EXPECT_FALSE(covers(0.1, 0.1, 2.9, 3.1));  // beyond the wall
}

}  // namespace
