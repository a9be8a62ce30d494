/// Limits that soft paths must meet: tiles add up to the panel, short smoothing and huge panels tend to geometric
/// optics, screens are knife edges.
#include <gtest/gtest.h>

#include "manyworlds/core/units.hpp"
#include "path_model.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using namespace manyworlds::test;
using test::PathModel;

struct Kind {
  Visibility visibility;
  const char* name;
};
const Kind kinds[] = {{{.kind = VisibilityKind::fresnel}, "fresnel"},
                      {{.kind = VisibilityKind::atan, .smoothing_wavelengths = 4}, "atan"},
                      {{.kind = VisibilityKind::logistic, .alpha = 8}, "logistic"}};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double scale = max(std::abs(a[i]), std::abs(b[i]));
    if (scale > 0) worst = max(worst, std::abs(a[i] - b[i]) / scale);
  }
  return worst;
}

/// Two large parallel walls, through which every tile sees all that the mirror point sees.
Scene canyon(Random& random, int transmitters, int receivers) {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_sheet(scene, "left", 0, {-300, 0, -300}, {600, 0, 0}, {0, 0, 600});
  test::add_sheet(scene, "right", 0, {-300, 10, -300}, {600, 0, 0}, {0, 0, 600});
  place_devices(scene, random, transmitters, receivers, {-4, 1, -4}, {4, 9, 4});
  return scene;
}

TEST(SoftPaths, TilesAddUpToTheUntiledWeight) {
  std::size_t bounces_of_two = 0;
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    Random random(41, seed, 0, Purpose::test);
    Scene scene = canyon(random, 1, 12);
    const std::uint32_t first = std::uint32_t(scene.objects.size());
    // Two panels that look at each other over the whole canyon: no tile is behind the other panel's plane.
    test::add_sheet(scene, "west", 1, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    test::add_sheet(scene, "east", 0, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    const PathModel model(scene, {first, first + 1}, {.max_depth = 2, .transmission = false});
    Configuration c = at_home(scene, 2);
    c.movers[0] = make_pose({-6, random.uniform(4, 6), 0}, {random.uniform(-.2, .2), random.uniform(-.2, .2), 0.3});
    c.movers[1] = make_pose({6, random.uniform(4, 6), 0}, {pi + random.uniform(-.2, .2), random.uniform(-.2, .2), 0.7});
    Visibility visibility = kinds[seed % 3].visibility;
    std::vector<double> untiled;
    Workspace w = model.make_workspace();
    for (int tiles : {1, 2, 3, 8}) {
      visibility.tiles = tiles;
      model.gains(c, visibility, w);
      if (tiles == 1) untiled = w.gains;
      EXPECT_LT(largest_difference(w.gains, untiled), 1e-12) << seed << " tiles " << tiles;
      // The same with every tuple of tiles written out.
      kernels::FieldView<double> view = model.field_view(w);
      for (kernels::Path path : w.table.paths) {
        const int bounces = mover_bounces(model.geometry(w), view.hops + path.first_hop, path.hops);
        if (bounces == 0) continue;
        if (bounces > 1 && tiles > 3) continue;
        bounces_of_two += bounces == 2;
        EXPECT_EQ(path.tile_tuples, 0u);
        std::vector<std::uint8_t> listed;
        for (int i = 0; i < tuples_of(tiles, bounces); ++i)
          for (int tile : tuple_at(i, tiles, bounces)) listed.push_back(std::uint8_t(tile));
        const CVec3<double> whole = kernels::path_field(view, path);
        kernels::FieldView<double> tiled = view;
        tiled.tiles = listed.data();
        path.first_tile = 0;
        path.tile_tuples = std::uint32_t(tuples_of(tiles, bounces));
        EXPECT_LT(norm2(kernels::path_field(tiled, path) - whole), 1e-22 * norm2(whole));
      }
    }
  }
  EXPECT_GT(bounces_of_two, 50u);
}

struct MoverSort {
  const char* name;
  std::uint32_t material;
  bool box;
};
const Visibility sharp[] = {{.kind = VisibilityKind::fresnel, .smoothing_wavelengths = 1e-12},
                            {.kind = VisibilityKind::atan, .smoothing_wavelengths = 1e-12},
                            {.kind = VisibilityKind::logistic, .alpha = 1e7}};

TEST(SoftPaths, ShortSmoothingTendsToHard) {
  const MoverSort sorts[] = {
      {"metal panel", 1, false}, {"penetrable panel", 2, false}, {"metal box", 1, true}, {"penetrable box", 2, true}};
  std::size_t bounces[4] = {};
  for (const MoverSort& sort : sorts)
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
      Random random(43, seed, std::uint32_t(&sort - sorts), Purpose::test);
      Scene scene = canyon(random, 2, 25);
      std::vector<std::uint32_t> movers;
      for (std::uint32_t m = 0; m < 1 + seed % 2; ++m) {
        movers.push_back(std::uint32_t(scene.objects.size()));
        const std::string name = sort.name + std::to_string(m);
        if (sort.box)
          test::add_box(scene, name, sort.material, {}, {1, 2, 1.5});
        else
          test::add_sheet(scene, name, sort.material, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
      }
      const PathModel model(scene, movers, {.max_depth = 3, .transmission = true});
      for (int pose = 0; pose < 2; ++pose) {
        Configuration c = at_home(scene, movers.size());
        for (Pose& p : c.movers) p = random_pose(random, {-2, 2, -2}, {2, 8, 2}, 1);
        Workspace hard = model.make_workspace();
        model.gains(c, {.kind = VisibilityKind::hard}, hard);
        for (const kernels::Path& p : hard.table.paths)
          ++bounces[mover_bounces(model.geometry(hard), hard.table.hops.data() + p.first_hop, p.hops)];
        for (const Visibility& visibility : sharp) {
          Workspace soft = model.make_workspace();
          model.gains(c, visibility, soft);
          EXPECT_LT(largest_difference(soft.gains, hard.gains), 1e-11)
              << sort.name << " seed " << seed << " pose " << pose << " kind " << int(visibility.kind);
        }
      }
    }
  EXPECT_GT(bounces[1], 1000u);
  EXPECT_GT(bounces[2], 30u);
}

TEST(SoftPaths, CornerReflectorBouncesTwice) {
  Random random(59, 0, 0, Purpose::test);
  Scene scene;
  scene.materials = test::test_materials();
  Object corner{"corner", {}, 1};  // two sheets at a right angle, open towards +x and +y
  corner.mesh.vertices = {{0, 0, -1}, {0, 2, -1}, {0, 2, 1}, {0, 0, 1}, {2, 0, -1}, {2, 0, 1}};
  corner.mesh.triangles = {{0, 1, 2}, {0, 2, 3}, {0, 4, 5}, {0, 5, 3}};
  scene.objects.push_back(corner);
  place_devices(scene, random, 2, 40, {2, 2, -1}, {6, 6, 1});
  const PathModel model(scene, {0}, {.max_depth = 3});
  Configuration c = at_home(scene, 1);
  c.movers[0].position = {1, 1, 0};  // where it is
  Workspace hard = model.make_workspace(), soft = model.make_workspace();
  model.gains(c, {.kind = VisibilityKind::hard}, hard);
  std::size_t twice = 0;
  for (const kernels::Path& p : hard.table.paths) twice += p.hops == 2;
  EXPECT_GT(twice, 20u);
  for (const Visibility& visibility : sharp) {
    model.gains(c, visibility, soft);
    EXPECT_LT(largest_difference(soft.gains, hard.gains), 1e-11) << int(visibility.kind);
  }
}

TEST(SoftPaths, HugePanelIsAMirrorAndAWall) {
  std::size_t bounces = 0;
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    Random random(47, seed, 0, Purpose::test);
    Scene scene;
    scene.materials = test::test_materials();
    test::add_sheet(scene, "panel", seed % 2 ? 1 : 2, {0, -500, -500}, {0, 1000, 0}, {0, 0, 1000});
    place_devices(scene, random, 2, 30);
    const PathModel model(scene, {0}, {.max_depth = 2});
    Configuration c = at_home(scene, 1);
    c.movers[0] = random_pose(random, {4, 4, 4}, {6, 6, 6}, 1);
    Workspace hard = model.make_workspace(), soft = model.make_workspace();
    model.gains(c, {.kind = VisibilityKind::hard}, hard);
    bounces += hard.table.paths.size();
    for (const VisibilityKind kind : {VisibilityKind::fresnel, VisibilityKind::atan, VisibilityKind::logistic}) {
      model.gains(c, {.kind = kind, .tiles = 3}, soft);
      EXPECT_LT(largest_difference(soft.gains, hard.gains), 1e-12) << "seed " << seed << " kind " << int(kind);
    }
  }
  EXPECT_GT(bounces, 100u);
}

/// Gain at the receiver behind or beside a wide screen, over the gain without it, in dB; the screen's edge stands
/// `height` above the middle of the line of 2 x 5 m.
double knife_edge_loss(const Visibility& visibility, double d1, double d2, double height, double frequency) {
  Scene scene;
  scene.frequency_hz = frequency;
  scene.materials = test::test_materials();
  test::add_sheet(scene, "screen", 1, {0, -400, -400}, {0, 800, 0}, {0, 0, 400});  // its upper edge is at z = 0
  scene.add({"tx", {-d1, 0, 0}, {}, 0, {}});
  scene.receivers.positions = {{d2, 0, 0}};
  const PathModel model(scene, {0}, {.max_depth = 1, .transmission = false});
  Configuration c = at_home(scene, 1);
  c.movers[0].position = {0, 0, height - 200};
  Workspace w = model.make_workspace();
  model.gains(c, visibility, w);
  return to_db(square(wavelength(frequency) / (4 * pi * (d1 + d2)))) - to_db(w.gains[0]);
}

TEST(SoftPaths, ScreenIsAKnifeEdge) {
  // J(nu) in dB: exact, and the arctangent surrogate (ITU-R P.526).
  const double table[][3] = {{-1, -1.001046, 1.919613}, {0, 6.020600, 6.020600},   {0.5, 10.233830, 10.272886},
                             {1, 13.864105, 14.054149}, {2, 19.090962, 19.191038}, {2.4, 20.618195, 20.670352},
                             {5, 26.936198, 26.854928}};
  const double lambda = wavelength(3.5e9), d = 5;
  for (const auto& [nu, fresnel, atan] : table) {
    // The detour over the edge is nu^2 lambda / 4.
    const double height = (nu < 0 ? -1 : 1) * std::sqrt(square(d + nu * nu * lambda / 8) - d * d);
    EXPECT_NEAR(knife_edge_loss({.kind = VisibilityKind::fresnel, .support = 20}, d, d, height, 3.5e9), fresnel, 2e-6)
        << nu;
    EXPECT_NEAR(knife_edge_loss({.kind = VisibilityKind::atan, .support = 20}, d, d, height, 3.5e9), atan, 2e-6) << nu;
  }
  // Heights in metres; there nu is the paraxial one.
  EXPECT_NEAR(knife_edge_loss({}, 3, 5, 0.2, 3.5e9), 11.815117, 0.01);
  EXPECT_NEAR(knife_edge_loss({}, 3, 5, -0.2, 3.5e9), 0.429680, 0.01);
  EXPECT_NEAR(knife_edge_loss({}, 3, 5, 0.2, 28e9), 19.075396, 0.01);
  EXPECT_NEAR(knife_edge_loss({}, 10, 10, 1, 2.4e9), 18.179193, 0.02);
}

TEST(SoftPaths, PathPastAnEdgeHasOneMinusTheWeight) {
  Random random(53, 0, 0, Purpose::test);
  Scene scene;
  scene.materials = test::test_materials();
  test::add_sheet(scene, "panel", 1, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
  scene.add({"tx", {-3, 0.3, 0.1}, {}, 0, {}});
  for (int i = 0; i < 300; ++i) scene.receivers.positions.push_back(random_point(random, {1, -9, -9}, {6, 9, 9}));
  const PathModel model(scene, {0}, {.max_depth = 1});
  Configuration c = at_home(scene, 1);
  c.movers[0] = make_pose({0, 0, 0}, {0.3, -0.2, 0.5});
  int inside = 0, beside = 0, free = 0;
  for (const Kind& kind : kinds) {
    Workspace w = model.make_workspace();
    model.gains(c, kind.visibility, w);
    const Rectangled& panel = w.frames[0].rectangle;
    const kernels::EdgeModel<double> edge(kind.visibility, wavelength(scene.frequency_hz));
    for (std::size_t r = 0; r < model.receivers(); ++r) {
      const Vec3d tx = scene.transmitters[0].position, line = scene.receivers.positions[r] - tx;
      const double length = norm(line), t = dot(panel.normal, panel.center - tx) / dot(panel.normal, line);
      const Vec3d q = tx + t * line - panel.center, k = line / length;
      double weight = 1;
      if (t > 0 && t < 1) {
        const kernels::PanelHit<double> hit{dot(q, panel.u), dot(q, panel.v), dot(k, panel.u),
                                            dot(k, panel.v), t * length,      (1 - t) * length};
        weight = norm2(Complexd{1, 0} - kernels::panel_weight(edge, hit, panel));
        const bool within = std::abs(hit.u) < panel.half_u && std::abs(hit.v) < panel.half_v;
        ++(within ? inside : weight != 1 ? beside : free);
      }
      const double expected = weight * square(wavelength(scene.frequency_hz) / (4 * pi * length));
      double gain = w.gains[r];
      for (const kernels::Path& p : w.table.paths)  // without what the panel reflects
        if (p.rx == r && mover_bounces(model.geometry(w), w.table.hops.data() + p.first_hop, p.hops) > 0)
          gain -= norm2(kernels::path_field(model.field_view(w), p));
      EXPECT_NEAR(gain, expected, 1e-12 * max(expected, w.gains[r])) << kind.name << " receiver " << r;
    }
  }
  EXPECT_GT(inside, 5);
  EXPECT_GT(beside, 20);
  EXPECT_GT(free, 5);
}

}  // namespace
