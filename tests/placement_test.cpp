#include <gtest/gtest.h>

#include "manyworlds/placement/bind.hpp"
#include "test_scene.hpp"

namespace mw = manyworlds;
namespace pl = manyworlds::placement;
using mw::Boxd;
using mw::Vec3d;

namespace {

/// Hall of 12 x 8 x 3 m without end walls; the wall "north" (y = 8, normal -y) has a doorway at x in [5, 6.2], z below
/// 2.1 and a partition meets it at x = 8.5. Four 1 m panels modelled in different orientations, one thick.
mw::Scene hall() {
  mw::Scene s;
  s.materials = mw::test::test_materials();
  mw::test::add_sheet(s, "floor", 0, {0, 0, 0}, {12, 0, 0}, {0, 8, 0});
  mw::test::add_sheet(s, "ceiling", 0, {0, 0, 3}, {12, 0, 0}, {0, 8, 0});
  mw::test::add_sheet(s, "south", 0, {0, 0, 0}, {12, 0, 0}, {0, 0, 3});
  mw::Mesh north;
  for (double x : {0.0, 5.0, 6.2, 12.0})
    for (double z : {0.0, 2.1, 3.0}) north.vertices.push_back({x, 8, z});
  for (std::uint32_t i = 0; i < 3; ++i)
    for (std::uint32_t j = 0; j < 2; ++j) {
      if (i == 1 && j == 0) continue;
      const std::uint32_t a = 3 * i + j, b = a + 3, c = b + 1, d = a + 1;
      north.triangles.push_back({a, b, c});
      north.triangles.push_back({a, c, d});
    }
  s.objects.push_back({"north", north, 0});
  mw::test::add_sheet(s, "partition", 2, {8.5, 6, 0}, {0, 2, 0}, {0, 0, 3});
  mw::test::add_sheet(s, "panel_x", 1, {1, 1, 1}, {0, 1, 0}, {0, 0, 1});
  mw::test::add_sheet(s, "panel_y", 1, {1, 1, 1}, {0, 0, 1}, {1, 0, 0});
  mw::test::add_sheet(s, "panel_z", 1, {1, 1, 1}, {1, 0, 0}, {0, 1, 0});
  mw::test::add_box(s, "slab", 1, {3, 3, 1}, {0.06, 1, 0.8});
  s.add({.name = "ap1", .position = {2, 3, 2.5}});
  s.add({.name = "ap2", .position = {9.5, 2, 2.5}});
  for (int i = 0; i < 40; ++i) s.receivers.positions.push_back({0.5 + 0.28 * i, 1 + 0.1 * (i % 7), 1.2});
  return s;
}

pl::All everything() {
  return {.parts = {pl::TransmitterPositions{.lo = {1, 1, 2}, .hi = {11, 4, 2.8}, .names = {"ap2"}},
                    pl::OnWall{.object = "panel_x", .wall = "north"},
                    pl::FreePose{.object = "panel_y", .lo = {1, 1, 0.8}, .hi = {11, 7, 2.2}},
                    pl::AlongWall{.object = "slab", .wall = "south", .height = 1.5},
                    pl::Aimed{.object = "panel_z", .lo = {1, 2, 1}, .hi = {11, 7, 2}, .transmitter = 1}},
          .constraints = {.min_distance_m = 1.1, .keep_out = {{{3, 3, 0}, {4, 5, 3}}}}};
}

/// Any design: inside the bounds, constraints not looked at.
std::vector<double> uniform(const pl::Placement& p, mw::Random& random) {
  std::vector<double> x;
  for (const pl::Variable& v : p.variables()) x.push_back(random.uniform(v.lower, v.upper));
  return x;
}

Vec3d normal_of(const mw::Scene& s, const pl::Placement& p, std::size_t mover, const mw::Configuration& c) {
  return c.movers[mover].direction(mw::make_mover_shape(s.objects[p.movers()[mover]]).faces[0].rectangle.normal);
}

/// The linear functional whose gradient `pullback` is asked for: sum of g.translation . position + how far the rotation
/// has turned along g.rotation since r0 (exact to first order at r0).
double functional(const mw::Configuration& c, const mw::Configuration& at, const mw::ConfigurationGradient& g) {
  double sum = 0;
  for (std::size_t m = 0; m < c.movers.size(); ++m) {
    sum += dot(g.movers[m].translation, c.movers[m].position);
    const mw::Mat3d d = c.movers[m].rotation * transposed(at.movers[m].rotation);
    sum += dot(g.movers[m].rotation, Vec3d{d.y.z - d.z.y, d.z.x - d.x.z, d.x.y - d.y.x}) / 2;
  }
  for (std::size_t t = 0; t < c.transmitters.size(); ++t) sum += dot(g.transmitters[t], c.transmitters[t]);
  return sum;
}

void expect_adjoint(const pl::Placement& p, std::uint32_t seed) {
  mw::Random random(seed, 0, 0, mw::Purpose::test);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<double> x = uniform(p, random), gradient(x.size(), 99.0);
    mw::Configuration at, up, down;
    p.apply(x, at);
    mw::ConfigurationGradient g;
    for (std::size_t m = 0; m < at.movers.size(); ++m)
      g.movers.push_back({mw::test::random_direction(random), mw::test::random_direction(random)});
    for (std::size_t t = 0; t < at.transmitters.size(); ++t)
      g.transmitters.push_back(mw::test::random_direction(random));
    p.pullback(x, g, gradient);
    std::vector<double> difference;
    double error = 0, size = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
      // Five points: the truncation error is O(h^4).
      const double h = 2e-4, x0 = x[k];
      double slope = 0;
      for (const auto& [steps, weight] : {std::pair{1.0, 8.0}, std::pair{2.0, -1.0}}) {
        x[k] = x0 + steps * h;
        p.apply(x, up);
        x[k] = x0 - steps * h;
        p.apply(x, down);
        slope += weight * (functional(up, at, g) - functional(down, at, g)) / (12 * h);
      }
      x[k] = x0;
      error += mw::square(slope - gradient[k]);
      size += mw::square(slope);
    }
    ASSERT_LE(std::sqrt(error), 1e-8 * std::sqrt(size)) << "trial " << trial;
  }
}

TEST(Placement, PullbackMatchesCentralDifferencesForEveryKind) {
  const mw::Scene s = hall();
  const auto parts = everything().parts;
  for (const std::string object : {"panel_x", "panel_y", "panel_z", "slab"}) {
    expect_adjoint(pl::bind(s, pl::FreePose{.object = object, .lo = {1, 1, 1}, .hi = {11, 7, 2}}), 1);
    expect_adjoint(pl::bind(s, pl::OnWall{.object = object, .wall = "north"}), 2);
    expect_adjoint(pl::bind(s, pl::OnWall{.object = object, .wall = "ceiling", .tilt = false}), 3);
    expect_adjoint(pl::bind(s, pl::AlongWall{.object = object, .wall = "south"}), 4);
    // Focal points and transmitter on one side, so that the bisector is never close to singular.
    expect_adjoint(
        pl::bind(
            s,
            pl::Aimed{.object = object, .lo = {1, 5, 1}, .hi = {11, 7, 2}, .focal = Boxd{{1, 1, 0.5}, {11, 3, 2.5}}}),
        5);
    expect_adjoint(pl::bind(s, pl::Aimed{.object = object,
                                         .lo = {5, 2, 1.2},
                                         .hi = {7, 4, 1.3},
                                         .transmitter = 1,
                                         .focal = Boxd{{1, 2, 2.6}, {2, 4, 2.7}},
                                         .up = Vec3d{0.3, 1, 0}}),
                   6);
  }
  expect_adjoint(pl::bind(s, parts[0]), 7);
}

TEST(Placement, PullbackMatchesCentralDifferencesForAConcatenation) {
  pl::All all = everything();
  // The aimed panel's transmitter moves too: its pull on the panel must arrive at the transmitter's variables.
  std::get<pl::Aimed>(all.parts[4]).lo = {1, 6, 1};
  expect_adjoint(pl::bind(hall(), all), 8);
}

TEST(Placement, NamesBoundsAndPartsAreInOrder) {
  const mw::Scene s = hall();
  const pl::Placement p = pl::bind(s, everything());
  std::vector<std::string> names;
  for (const auto& v : p.variables()) names.push_back(v.name);
  EXPECT_EQ(names, (std::vector<std::string>{"ap2.x", "ap2.y", "ap2.z", "panel_x.u", "panel_x.v", "panel_x.yaw",
                                             "panel_x.pitch", "panel_y.x", "panel_y.y", "panel_y.z", "panel_y.yaw",
                                             "panel_y.pitch", "slab.t", "panel_z.x", "panel_z.y", "panel_z.z",
                                             "panel_z.focal_x", "panel_z.focal_y", "panel_z.focal_z"}));
  for (const auto& v : p.variables())
    EXPECT_EQ(v.angle, v.name.ends_with("yaw") || v.name.ends_with("pitch")) << v.name;
  EXPECT_EQ(p.movers(), (std::vector<std::size_t>{5, 6, 8, 7}));
  ASSERT_EQ(p.parts(), 5u);
  EXPECT_EQ(p.part_range(1), (std::pair<std::size_t, std::size_t>{3, 7}));
  EXPECT_EQ(p.part_range(4), (std::pair<std::size_t, std::size_t>{13, 19}));
  EXPECT_TRUE(p.moves_transmitters());
  EXPECT_EQ(p.initial().movers[0].position, (Vec3d{1, 1.5, 1.5}));
  EXPECT_EQ(p.initial().transmitters[1], (Vec3d{9.5, 2, 2.5}));
  EXPECT_DOUBLE_EQ(p.variables()[16].lower, 0.5);  // the receivers' bounding box
  EXPECT_TRUE(p.variables()[10].periodic());
  EXPECT_FALSE(p.variables()[5].periodic());
}

TEST(Placement, FreePoseOfAPanelFacingXIsSionnasOrientation) {
  const mw::Scene s = hall();
  const pl::Placement p = pl::bind(s, pl::FreePose{.object = "panel_x", .lo = {1, 1, 1}, .hi = {11, 7, 2}});
  const std::vector<double> x{4, 5, 1.5, 0.7, -0.3};
  mw::Configuration c;
  p.apply(x, c);
  const mw::Pose expected = mw::make_pose({4, 5, 1.5}, {0.7, -0.3, 0});
  EXPECT_EQ(c.movers[0].position, expected.position);
  for (Vec3d axis : {Vec3d{1, 0, 0}, Vec3d{0, 1, 0}, Vec3d{0, 0, 1}})
    EXPECT_NEAR(norm(c.movers[0].direction(axis) - expected.direction(axis)), 0, 1e-15);
}

TEST(Placement, EveryPanelReachesTheWantedNormalUpright) {
  const mw::Scene s = hall();
  mw::Random random(3, 0, 0, mw::Purpose::test);
  for (const std::string object : {"panel_x", "panel_y", "panel_z", "slab"}) {
    const pl::Placement p = pl::bind(s, pl::FreePose{.object = object, .lo = {1, 1, 1}, .hi = {11, 7, 2}});
    const mw::MoverShape shape = mw::make_mover_shape(s.objects[p.movers()[0]]);
    for (int i = 0; i < 50; ++i) {
      const std::vector<double> x = uniform(p, random);
      mw::Configuration c;
      p.apply(x, c);
      const Vec3d wanted{std::cos(x[3]) * std::cos(x[4]), std::sin(x[3]) * std::cos(x[4]), -std::sin(x[4])};
      double best = 1;  // the slab has six faces: two of them are the large ones
      for (const auto& f : shape.faces)
        if (f.rectangle.half_u * f.rectangle.half_v > 0.19) {
          best = std::min(best, 1 - std::abs(dot(c.movers[0].direction(f.rectangle.normal), wanted)));
          EXPECT_NEAR(dot(c.movers[0].direction(f.rectangle.v), Vec3d{0, 0, 1}), std::cos(x[4]), 1e-12);
          EXPECT_NEAR(c.movers[0].direction(f.rectangle.u).z, 0, 1e-12);
        }
      EXPECT_NEAR(best, 0, 1e-12);
      EXPECT_NEAR(determinant(c.movers[0].rotation), 1, 1e-12);
    }
  }
}

TEST(Placement, OnWallKeepsItsOffsetOnTheSideOfTheTransmitters) {
  const mw::Scene s = hall();
  mw::Random random(4, 0, 0, mw::Purpose::test);
  for (const auto& [side, y] : {std::pair{0, 7.6}, std::pair{1, 7.6}, std::pair{-1, 8.4}}) {
    const pl::Placement p = pl::bind(s, pl::OnWall{.object = "panel_y", .wall = "north", .side = side});
    for (int i = 0; i < 50; ++i) {
      std::vector<double> x = uniform(p, random);
      mw::Configuration c;
      p.apply(x, c);
      EXPECT_NEAR(c.movers[0].position.y, y, 1e-13);
      EXPECT_NEAR(std::abs(c.movers[0].position.x - 6), std::abs(x[0]), 1e-13);
      EXPECT_NEAR(c.movers[0].position.z - 1.5, x[1], 1e-13);
      x[2] = x[3] = 0;
      p.apply(x, c);
      EXPECT_NEAR(normal_of(s, p, 0, c).y, y < 8 ? -1 : 1, 1e-13);
    }
  }
}

TEST(Placement, WithinKeepsThePanelOnAStretchOfTheWall) {
  const mw::Scene s = hall();
  const Boxd within{{1, 7, 1}, {3.5, 8, 1.4}};
  const pl::Placement p = pl::bind(s, pl::OnWall{.object = "panel_x", .wall = "north", .within = within});
  const pl::Placement t =
      pl::bind(s, pl::AlongWall{.object = "panel_x", .wall = "north", .height = 1.2, .within = within});
  for (const pl::Placement* q : {&p, &t}) {
    mw::Configuration lower, upper;
    std::vector<double> x, y;
    for (const auto& v : q->variables()) x.push_back(v.lower), y.push_back(v.upper);
    q->apply(x, lower);
    q->apply(y, upper);
    const Vec3d a = lower.movers[0].position, b = upper.movers[0].position;
    EXPECT_NEAR(std::min(a.x, b.x), 1, 2e-9);
    EXPECT_NEAR(std::max(a.x, b.x), 3.5, 2e-9);
    EXPECT_NEAR(a.z, q == &p ? 1 : 1.2, 2e-9);
    EXPECT_NEAR(b.z, q == &p ? 1.4 : 1.2, 2e-9);
  }
}

TEST(Placement, AlongWallMovesOnOneLine) {
  const mw::Scene s = hall();
  const pl::Placement p =
      pl::bind(s, pl::AlongWall{.object = "panel_z", .wall = "south", .height = 1.1, .offset = 0.2});
  ASSERT_EQ(p.variables().size(), 1u);
  for (double t : {-3.0, 2.0}) {
    mw::Configuration c;
    p.apply(std::vector{t}, c);
    EXPECT_NEAR(std::abs(c.movers[0].position.x - 6), std::abs(t), 1e-13);
    EXPECT_NEAR(c.movers[0].position.y, 0.2, 1e-13);
    EXPECT_NEAR(c.movers[0].position.z, 1.1, 1e-13);
  }
}

TEST(Placement, AimedPanelObeysTheMirrorLaw) {
  const mw::Scene s = hall();
  mw::Random random(5, 0, 0, mw::Purpose::test);
  const pl::Placement p =
      pl::bind(s, pl::Aimed{.object = "panel_x", .lo = {1, 5, 1}, .hi = {11, 7, 2}, .transmitter = 1});
  for (int i = 0; i < 100; ++i) {
    const std::vector<double> x = uniform(p, random);
    mw::Configuration c;
    p.apply(x, c);
    const Vec3d n = normal_of(s, p, 0, c), in = normalized(c.movers[0].position - c.transmitters[1]);
    const Vec3d out = in - 2 * dot(in, n) * n;
    EXPECT_NEAR(norm(out - normalized(Vec3d{x[3], x[4], x[5]} - c.movers[0].position)), 0, 1e-12);
  }
}

TEST(Placement, AimedPanelUnderTheCeilingHasASmoothFrame) {
  const mw::Scene s = hall();
  // Transmitter and focal point below the panel: the normal passes through -z as the panel crosses them.
  mw::Scene low = s;
  low.transmitters[0].position = {6, 4, 0.5};
  const pl::Placement p = pl::bind(
      low,
      pl::Aimed{.object = "panel_x", .lo = {5, 4, 2.4}, .hi = {7, 4, 2.4}, .focal = Boxd{{6, 4, 0.5}, {6, 4, 0.5}}});
  mw::Configuration a, b;
  for (double x = 5.5; x < 6.5; x += 0.01) {
    p.apply(std::vector{x, 4.0, 2.4, 6.0, 4.0, 0.5}, a);
    p.apply(std::vector{x + 0.01, 4.0, 2.4, 6.0, 4.0, 0.5}, b);
    const mw::Mat3d turn = b.movers[0].rotation * transposed(a.movers[0].rotation);
    EXPECT_GT(turn.x.x + turn.y.y + turn.z.z, 3 - 1e-4);
  }
}

TEST(Placement, BisectorStartsAreSpecularForATransmitterAndAReceiver) {
  const mw::Scene s = hall();
  const pl::Constraints free{.avoid_objects = false};
  for (const pl::AnyPlacement& part :
       {pl::AnyPlacement(pl::FreePose{.object = "panel_y", .lo = {1, 5, 1}, .hi = {11, 7, 2}, .pitch = {-1.5, 1.5}}),
        pl::AnyPlacement(
            pl::OnWall{.object = "panel_x", .wall = "south", .yaw = {-1.6, 1.6}, .pitch = {-1.6, 1.6}, .offset = 0.9}),
        pl::AnyPlacement(pl::Aimed{.object = "panel_z", .lo = {1, 5, 1}, .hi = {11, 7, 2}})}) {
    const pl::Placement p = pl::bind(s, pl::All{{part}, free});
    for (std::uint32_t world = 0; world < 100; ++world) {
      mw::Random random(11, world, 0, mw::Purpose::start);
      std::vector<double> x(p.variables().size());
      p.start(random, pl::StartKind::bisector, x, 0.0);
      mw::Configuration c;
      p.apply(x, c);
      const Vec3d n = normal_of(s, p, 0, c), at = c.movers[0].position;
      double best = 1;
      for (const auto& tx : s.transmitters)
        for (Vec3d rx : s.receivers.positions) {
          const Vec3d in = normalized(at - tx.position);
          best = std::min(best, norm(in - 2 * dot(in, n) * n - normalized(rx - at)));
        }
      EXPECT_LT(best, 1e-9) << p.variables()[0].name << " world " << world;
    }
  }
}

TEST(Placement, BisectorStartsDrawReceiversByWeight) {
  mw::Scene s = hall();
  s.receivers.weights.assign(s.receivers.positions.size(), 0.0);
  s.receivers.weights[17] = 2;
  const pl::Placement p = pl::bind(s, pl::Aimed{.object = "panel_z", .lo = {1, 6, 1}, .hi = {11, 7, 2}});
  std::vector<double> x(6);
  mw::Random random(1, 0, 0, mw::Purpose::start);
  p.start(random, pl::StartKind::bisector, x, 0.0);
  EXPECT_NEAR(norm(Vec3d{x[3], x[4], x[5]} - s.receivers.positions[17]), 0, 1e-12);
}

TEST(Placement, StartNoiseHasTheStatedDeviation) {
  const mw::Scene s = hall();
  const pl::Placement p =
      pl::bind(s, pl::FreePose{.object = "panel_x", .lo = {6, 4, 1.5}, .hi = {6, 4, 1.5}, .pitch = {-1.5, 1.5}});
  double sum = 0;
  const int draws = 4000;
  for (int i = 0; i < draws; ++i) {
    std::vector<double> a(5), b(5);
    mw::Random first(7, std::uint32_t(i), 0, mw::Purpose::start), second = first;
    p.start(first, pl::StartKind::bisector, a, 0.0);
    p.start(second, pl::StartKind::bisector, b, 0.1);
    sum += mw::square(b[4] - a[4]);
  }
  EXPECT_NEAR(std::sqrt(sum / draws), 0.1, 0.004);
}

/// Corners of the panel in the world.
std::vector<Vec3d> corners(const mw::Scene& s, const pl::Placement& p, std::size_t mover, const mw::Configuration& c) {
  const mw::Object& o = s.objects[p.movers()[mover]];
  std::vector<Vec3d> out;
  for (Vec3d v : o.mesh.vertices) out.push_back(c.movers[mover].point(v - mw::make_mover_shape(o).origin));
  return out;
}

TEST(Placement, TenThousandRepairedDrawsSatisfyTheConstraints) {
  const mw::Scene s = hall();
  pl::All all = everything();
  const pl::Placement p = pl::bind(s, all);
  mw::Random random(13, 0, 0, mw::Purpose::test);
  std::string why;
  const Boxd keep_out = all.constraints.keep_out[0];
  for (int i = 0; i < 10000; ++i) {
    std::vector<double> x = uniform(p, random);
    for (double& v : x) v += i % 2 == 0 ? 0 : random.uniform(-1, 1);  // as after a step of the optimizer
    p.repair(x);
    ASSERT_TRUE(p.feasible(x, &why)) << why << " draw " << i;
    // Independent of how the placement checks itself:
    mw::Configuration c;
    p.apply(x, c);
    for (std::size_t a = 0; a < 4; ++a) {
      for (std::size_t b = 0; b < a; ++b) ASSERT_GE(norm(c.movers[a].position - c.movers[b].position), 1.1 - 2e-6);
      bool beside = false;  // the box and the panel's bounding box can only be apart if some slab separates corners
      const auto q = corners(s, p, a, c);
      for (Vec3d v : q) {
        ASSERT_FALSE(keep_out.contains(v));
        ASSERT_GE(v.z, 0.019);
        ASSERT_LE(v.z, 2.981);
        ASSERT_GE(v.y, 0.019);
        ASSERT_LE(v.y, 7.981);
        beside = beside || v.y < 6;
      }
      // No panel crosses the partition x = 8.5, y > 6.
      double lo = 1e9, hi = -1e9;
      for (Vec3d v : q) lo = std::min(lo, v.x), hi = std::max(hi, v.x);
      ASSERT_FALSE(!beside && lo < 8.5 && hi > 8.5) << i;
    }
    // The panel at the wall stays off the doorway.
    for (Vec3d v : corners(s, p, 0, c)) ASSERT_FALSE(v.x > 5 && v.x < 6.2 && v.z < 2.1);
    ASSERT_FALSE(keep_out.contains(c.transmitters[1]));
  }
}

TEST(Placement, RepairLeavesFeasibleDesignsAloneAndIsDeterministic) {
  const pl::Placement p = pl::bind(hall(), everything());
  mw::Random random(17, 0, 0, mw::Purpose::test);
  for (int i = 0; i < 300; ++i) {
    std::vector<double> x = uniform(p, random), again = x;
    p.repair(x);
    p.repair(again);
    EXPECT_EQ(x, again);
    p.repair(again);
    for (std::size_t k = 0; k < x.size(); ++k) EXPECT_NEAR(x[k], again[k], 1e-6);
  }
}

TEST(Placement, RepairSeparatesManyPanelsOnOneWall) {
  mw::Scene s = hall();
  pl::All all{{}, {.min_distance_m = 1.1}};
  for (int i = 0; i < 5; ++i) {
    mw::test::add_sheet(s, "p" + std::to_string(i), 1, {0, 0, 0}, {0, 1, 0}, {0, 0, 1});
    all.parts.push_back(pl::OnWall{.object = "p" + std::to_string(i), .wall = "south"});
  }
  const pl::Placement p = pl::bind(s, all);
  std::vector<double> x(20, 0.0);  // all on top of each other
  p.repair(x);
  std::string why;
  EXPECT_TRUE(p.feasible(x, &why)) << why;
}

TEST(Placement, StartsAreFeasibleAndReproducible) {
  const pl::Placement p = pl::bind(hall(), everything());
  std::string why;
  std::vector<double> first;
  for (pl::StartKind kind : {pl::StartKind::plain, pl::StartKind::bisector})
    for (std::uint32_t world = 0; world < 200; ++world) {
      std::vector<double> x(p.variables().size()), y(x.size());
      mw::Random a(42, world, 0, mw::Purpose::start), b(42, world, 0, mw::Purpose::start);
      p.start(a, kind, x);
      p.start(b, kind, y);
      ASSERT_EQ(x, y);
      ASSERT_TRUE(p.feasible(x, &why)) << why;
      ASSERT_NE(x, first);
      first = x;
    }
}

TEST(Placement, PlainStartsFillTheFreeWallUniformly) {
  const pl::Placement p = pl::bind(hall(), pl::OnWall{.object = "panel_x", .wall = "south", .tilt = false});
  const double width = p.variables()[0].upper - p.variables()[0].lower;
  std::vector<int> histogram(10);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    std::vector<double> x(2);
    mw::Random random(1, i, 0, mw::Purpose::start);
    p.start(random, pl::StartKind::plain, x);
    ++histogram[std::size_t(10 * (x[0] - p.variables()[0].lower) / width)];
  }
  for (int n : histogram) EXPECT_NEAR(n, 500, 100);  // 4.7 standard deviations
}

TEST(Placement, TiltIsProjectedOnWhatTheWallAllows) {
  const pl::Placement p = pl::bind(hall(), pl::OnWall{.object = "panel_x", .wall = "south", .offset = 0.3});
  std::vector<double> x{0, 0, 0.9, 0.4};
  EXPECT_FALSE(p.feasible(x));
  p.repair(x);
  EXPECT_TRUE(p.feasible(x));
  for (double yaw = 0; yaw < 1; yaw += 0.005)  // no allowed tilt is nearer
    for (double pitch = -0.5; pitch < 0.5; pitch += 0.005)
      if (p.feasible(std::vector<double>{0, 0, yaw, pitch})) {
        ASSERT_GE(std::hypot(yaw - 0.9, pitch - 0.4), std::hypot(x[2] - 0.9, x[3] - 0.4) - 1e-6) << yaw << ' ' << pitch;
      }
  EXPECT_NEAR(0.5 * std::sin(x[2]) + 0.5 * std::sin(x[3]) * std::cos(x[2]), 0.28, 1e-9);
}

TEST(Placement, PeriodicYawIsWrappedNotClipped) {
  const pl::Placement p = pl::bind(hall(), pl::FreePose{.object = "panel_x", .lo = {1, 1, 1}, .hi = {11, 7, 2}});
  std::vector<double> x{6, 3, 1.5, 3.3, 0};
  p.repair(x);
  EXPECT_NEAR(x[3], 3.3 - 2 * mw::pi, 1e-12);
}

/// The message of the error that binding gives.
std::string complaint(const mw::Scene& s, const pl::All& all) {
  try {
    pl::bind(s, all);
  } catch (const mw::InputError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Placement, BadInputIsRefusedInOneClearLine) {
  const mw::Scene s = hall();
  const auto expect = [&](const std::string& part, std::vector<pl::AnyPlacement> parts, pl::Constraints c = {}) {
    const std::string text = complaint(s, {std::move(parts), std::move(c)});
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
  };
  const pl::FreePose good{.object = "panel_x", .lo = {1, 1, 1}, .hi = {11, 7, 2}};
  const pl::OnWall wall{.object = "panel_x", .wall = "south"};
  expect("nothing to place", {});
  expect("unknown object 'Reflector'; expected one of: floor, ceiling", {pl::FreePose{.object = "Reflector"}});
  expect("unknown wall 'nord'; expected one of:", {pl::OnWall{.object = "panel_x", .wall = "nord"}});
  expect("unknown transmitter 'ap9'; expected one of: ap1, ap2", {pl::TransmitterPositions{.names = {"ap9"}}});
  expect("panel_x: object listed twice", {good, wall});
  expect("ap1: transmitter listed twice",
         {pl::TransmitterPositions{.lo = {1, 1, 1}, .hi = {2, 2, 2}, .names = {"ap1", "ap1"}}});
  expect("found 2 to 1", {pl::FreePose{.object = "panel_x", .lo = {1, 2, 1}, .hi = {2, 1, 2}}});
  expect("panel_x.yaw: bounds must be finite with lower <= upper, found 1 to -1",
         {pl::OnWall{.object = "panel_x", .wall = "south", .yaw = {1, -1}}});
  expect("must lie in one plane", {pl::OnWall{.object = "panel_x", .wall = "slab"}});
  expect("m with tilt and margin, its wall 'panel_y' has 1 x 1 m",
         {pl::OnWall{.object = "panel_x", .wall = "panel_y"}});
  expect("its wall 'panel_y' moves itself", {pl::OnWall{.object = "panel_x", .wall = "panel_y"},
                                             pl::FreePose{.object = "panel_y", .lo = {1, 1, 1}, .hi = {2, 2, 2}}});
  expect("offset must be at least 0.02 m", {pl::OnWall{.object = "panel_x", .wall = "south", .offset = 0.01}});
  expect("side must be -1, 0 or 1", {pl::OnWall{.object = "panel_x", .wall = "south", .side = 2}});
  expect("no place at wall 'south' has its centre within the given box",
         {pl::OnWall{.object = "panel_x", .wall = "south", .within = Boxd{{1, 2, 1}, {3, 3, 2}}}});
  expect("panel_x.within: bounds of y must be finite with lo <= hi",
         {pl::OnWall{.object = "panel_x", .wall = "south", .within = Boxd{{1, 3, 1}, {3, 2, 2}}}});
  expect("margin must be >= 0", {pl::OnWall{.object = "panel_x", .wall = "south", .margin = -1}});
  expect("height over the lower rim of 'south' must be in",
         {pl::AlongWall{.object = "panel_x", .wall = "south", .height = 2.9}});
  expect("no free place at wall 'south'", {wall}, {.keep_out = {{{-1, -1, -1}, {13, 1, 4}}}});
  expect("no free place within its bounds: panel_x overlaps a keep-out box", {good},
         {.keep_out = {{{-1, -1, -1}, {13, 9, 4}}}});
  expect("no free place within its bounds: ap1", {pl::TransmitterPositions{.lo = {1, 1, 1}, .hi = {2, 2, 2}}},
         {.keep_out = {{{0, 0, 0}, {3, 3, 3}}}});
  expect("the constraints leave no room", {good, pl::FreePose{.object = "panel_y", .lo = {1, 1, 1}, .hi = {11, 7, 2}}},
         {.min_distance_m = 50});
  expect("min_distance_m: must be >= 0", {good}, {.min_distance_m = -1});
  expect("wall_clearance_m: must be >= 0", {good}, {.wall_clearance_m = -1});
  expect("placement.keep_out: bounds of x must be finite", {good}, {.keep_out = {{{1, 0, 0}, {0, 1, 1}}}});
  expect("aimed at transmitter 2, the scene has 2",
         {pl::Aimed{.object = "panel_x", .lo = {1, 1, 1}, .hi = {2, 2, 2}, .transmitter = 2}});
  expect("up must be a direction", {pl::Aimed{.object = "panel_x", .lo = {1, 5, 1}, .hi = {2, 6, 2}, .up = Vec3d{}}});
  expect("boxes must be one per moved transmitter (2), found 1",
         {pl::TransmitterPositions{.boxes = {{{1, 1, 1}, {2, 2, 2}}}}});

  mw::Scene many = s;
  pl::All slabs;
  for (int i = 0; i < 11; ++i) {
    mw::test::add_box(many, "slab" + std::to_string(i), 1, {3, 3, 1}, {0.1, 0.5, 0.5});
    slabs.parts.push_back(pl::FreePose{.object = "slab" + std::to_string(i), .lo = {1, 1, 1}, .hi = {11, 7, 2}});
  }
  EXPECT_NE(complaint(many, slabs).find("at most 64 faces in all, found 66"), std::string::npos);
  mw::Scene deaf = s;
  deaf.receivers = {};
  EXPECT_NE(
      complaint(deaf, {{pl::Aimed{.object = "panel_x", .lo = {1, 1, 1}, .hi = {2, 2, 2}}}, {}}).find("focal point"),
      std::string::npos);
  mw::Random random(1, 0, 0, mw::Purpose::start);
  std::vector<double> x(5);
  EXPECT_THROW(pl::bind(deaf, good).start(random, pl::StartKind::bisector, x), mw::InputError);
}

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
