/// Static paths that movers only dim, and paths in packets: the same as path by path.
#include <gtest/gtest.h>

#include "path_differences.hpp"
#include "two_rooms.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

/// Hears of every path by itself.
struct PathByPath {
  static constexpr bool wants_materials = true, wants_receivers = false, wants_static = true;
  const Workspace& w;
  std::vector<PoseGradient> movers = std::vector<PoseGradient>(w.poses.size());
  void transmitter(std::uint32_t, Vec3d) {}
  void receiver(std::uint32_t, Vec3d) {}
  void material(std::uint32_t, double, double, double) {}
  void face(std::uint32_t face, Vec3d center, Vec3d rotation, double, double) {
    movers[w.mover_of(face)] += w.pose_gradient(face, center, rotation);
  }
};

TEST(TableFields, AreThoseOfEachPathByItself) {
  std::size_t dimmed = 0, together = 0, several = 0, faces = 0;
  double moved = 0;
  for (const Kind& kind : kinds)
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      Random random(103, seed, std::uint32_t(kind.visibility.kind), Purpose::test);
      Scene scene;
      scene.materials = test::test_materials();
      const auto movers = add_movers(scene, Movers(seed % 5), seed % 3, (seed + 1) % 3);
      place_devices(scene, random, 2, 40, {0, 0, 0}, {6, 4, 2});
      const PathModel model(scene, movers, {.max_depth = 2, .coherent = seed % 2 == 1});
      Configuration c = at_home(scene, movers.size());
      for (Pose& pose : c.movers) pose = random_pose(random, {1, 1, .5}, {5, 3, 1.5}, 0.5);
      Workspace w = model.make_workspace();
      model.gains(c, kind.visibility, w);

      const kernels::FieldView<double> view = model.field_view(w);
      for (std::size_t g = 0; g < w.table.groups.size(); ++g) {
        CVec3<double> sum{};
        for (std::uint32_t i = w.table.groups[g]; i < w.table.group_end(g); ++i)
          sum += kernels::path_field(view, w.table.paths[i]);
        EXPECT_LE(norm2(w.fields[g] - sum), square(1e-11) * norm2(sum))
            << kind.name << ", seed " << seed << ", group " << g;
      }
      dimmed += w.table.dimmed.size();
      for (const auto& d : w.table.dimmed) several += d.screens > 1;
      for (const auto& s : w.table.screens) faces += s.face != w.table.screens[0].face;
      for (const auto& p : w.packets.list) together += p.count > 1;

      const std::vector<double> gain_bar = balanced(w.gains, random);
      PathByPath expected{w};
      model.pullback(gain_bar, w, expected);
      ConfigurationGradient found;
      model.pullback(gain_bar, w, found);
      for (std::size_t m = 0; m < movers.size(); ++m) {
        const PoseGradient& e = expected.movers[m];
        const double size = norm(e.translation) + norm(e.rotation);
        moved += size;
        EXPECT_LE(norm(found.movers[m].translation - e.translation) + norm(found.movers[m].rotation - e.rotation),
                  1e-9 * (size + 1e-3))
            << kind.name << ", seed " << seed << ", mover " << m;
      }
    }
  EXPECT_GT(dimmed, 300u);
  EXPECT_GT(several, 20u);
  EXPECT_GT(faces, 50u);
  EXPECT_GT(together, 100u);
  EXPECT_GT(moved, 1);
}

}  // namespace
