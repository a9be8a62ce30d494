/// Design variables become the poses that each kind of placement promises, and gradients by poses come back exactly.
#include <gtest/gtest.h>

#include "hall.hpp"

namespace mw = manyworlds;
namespace pl = manyworlds::placement;
using mw::Boxd;
using mw::Vec3d;
using namespace mw::test;

namespace {

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

}  // namespace
