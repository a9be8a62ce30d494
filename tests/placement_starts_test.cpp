/// Starts and repaired designs satisfy every constraint; what cannot be satisfied is refused.
#include <gtest/gtest.h>

#include "error_of.hpp"
#include "hall.hpp"

namespace mw = manyworlds;
namespace pl = manyworlds::placement;
using mw::Boxd;
using mw::Vec3d;
using namespace mw::test;

namespace {

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

TEST(Placement, BadInputIsRefusedInOneClearLine) {
  const mw::Scene s = hall();
  const auto expect = [&](const std::string& part, std::vector<pl::AnyPlacement> parts, pl::Constraints c = {}) {
    const std::string text = error_of([&] { pl::bind(s, {std::move(parts), std::move(c)}); });
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
  EXPECT_NE(error_of([&] { pl::bind(many, slabs); }).find("at most 64 faces in all, found 66"), std::string::npos);
  mw::Scene deaf = s;
  deaf.receivers = {};
  EXPECT_NE(error_of([&] {
              pl::bind(deaf, pl::Aimed{.object = "panel_x", .lo = {1, 1, 1}, .hi = {2, 2, 2}});
            }).find("focal point"),
            std::string::npos);
  mw::Random random(1, 0, 0, mw::Purpose::start);
  std::vector<double> x(5);
  EXPECT_THROW(pl::bind(deaf, good).start(random, pl::StartKind::bisector, x), mw::InputError);
}

}  // namespace
