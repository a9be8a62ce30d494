#include "manyworlds/scene/mover.hpp"

#include <gtest/gtest.h>

#include "manyworlds/core/random.hpp"

namespace mw = manyworlds;
using mw::Vec3d;

namespace {

mw::Object sheet(std::vector<Vec3d> vertices, std::vector<std::array<std::uint32_t, 3>> triangles) {
  return {.name = "sheet", .mesh = {std::move(vertices), std::move(triangles), {}}, .material = 0};
}

/// Box with 8 shared vertices and outward winding.
mw::Object cube(Vec3d lo, Vec3d hi) {
  std::vector<Vec3d> v;
  for (int i = 0; i < 8; ++i) v.push_back({i & 1 ? hi.x : lo.x, i & 2 ? hi.y : lo.y, i & 4 ? hi.z : lo.z});
  return sheet(v, {{0, 2, 1},
                   {1, 2, 3},
                   {4, 5, 6},
                   {5, 7, 6},
                   {0, 1, 4},
                   {1, 5, 4},
                   {2, 6, 3},
                   {3, 6, 7},
                   {0, 4, 2},
                   {2, 4, 6},
                   {1, 3, 5},
                   {3, 7, 5}});
}

TEST(MoverShape, PanelIsOneRectangleInItsOwnFrame) {
  const mw::Object o = sheet({{3, 1, 1}, {3, 2, 1}, {3, 2, 3}, {3, 1, 3}}, {{0, 1, 2}, {0, 2, 3}});
  const mw::MoverShape s = mw::make_mover_shape(o);
  EXPECT_EQ(s.origin, (Vec3d{3, 1.5, 2}));
  ASSERT_EQ(s.faces.size(), 1u);
  const auto& f = s.faces[0];
  EXPECT_TRUE(f.is_rectangle);
  EXPECT_EQ(f.primitives, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(f.polygon.size(), 4u);
  EXPECT_NEAR(norm(f.rectangle.center), 0, 1e-15);
  EXPECT_NEAR(norm(f.rectangle.normal - Vec3d{1, 0, 0}), 0, 1e-15);
  EXPECT_NEAR(norm(f.rectangle.v - Vec3d{0, 0, 1}), 0, 1e-15);
  EXPECT_NEAR(norm(cross(f.rectangle.u, f.rectangle.v) - f.rectangle.normal), 0, 1e-15);
  EXPECT_DOUBLE_EQ(f.rectangle.half_u, 0.5);
  EXPECT_DOUBLE_EQ(f.rectangle.half_v, 1);
}

TEST(MoverShape, CubeHasSixOutwardRectangles) {
  const mw::MoverShape s = mw::make_mover_shape(cube({-1, 0, 2}, {1, 4, 3}));
  EXPECT_EQ(s.origin, (Vec3d{0, 2, 2.5}));
  ASSERT_EQ(s.faces.size(), 6u);
  for (const auto& f : s.faces) {
    EXPECT_TRUE(f.is_rectangle);
    EXPECT_EQ(f.primitives.size(), 2u);
    EXPECT_GT(dot(f.rectangle.center, f.rectangle.normal), 0.4);
  }
}

TEST(MoverShape, RotatedPanelStoredInFloatAndSplitVerticesIsStillARectangle) {
  mw::Random random(1, 0, 0, mw::Purpose::test);
  for (int i = 0; i < 100; ++i) {
    const mw::Mat3d r = mw::rotation(random.uniform(-3, 3), random.uniform(-1.5, 1.5), random.uniform(-3, 3));
    const Vec3d c{random.uniform(-50, 50), random.uniform(-50, 50), random.uniform(0, 30)};
    std::vector<Vec3d> v;
    // Two triangles that share no vertex, and a 3 x 1 subdivision of one side.
    for (Vec3d q :
         {Vec3d{-1, -0.5, 0}, {1, -0.5, 0}, {1, 0.5, 0}, {-1, -0.5, 0}, {1, 0.5, 0}, {0, 0.5, 0}, {-1, 0.5, 0}})
      v.push_back((c + r * q).as<float>().as<double>());
    const mw::MoverShape s = mw::make_mover_shape(sheet(v, {{0, 1, 2}, {3, 4, 5}, {3, 5, 6}}));
    ASSERT_EQ(s.faces.size(), 1u);
    ASSERT_TRUE(s.faces[0].is_rectangle);
    const mw::Rectangled& q = s.faces[0].rectangle;
    EXPECT_NEAR(std::max(q.half_u, q.half_v), 1, 1e-5);
    EXPECT_NEAR(std::min(q.half_u, q.half_v), 0.5, 1e-5);
    EXPECT_NEAR(dot(q.normal, r.z), 1, 1e-9);
    EXPECT_NEAR(norm(q.center + s.origin - c), 0, 1e-5);
    EXPECT_GE(q.v.z, -1e-6);
  }
}

TEST(MoverShape, DoubleSheetIsOneFace) {
  const mw::MoverShape s = mw::make_mover_shape(
      sheet({{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}}, {{0, 1, 2}, {0, 2, 3}, {0, 2, 1}, {0, 3, 2}}));
  ASSERT_EQ(s.faces.size(), 1u);
  EXPECT_TRUE(s.faces[0].is_rectangle);
  EXPECT_NEAR(s.faces[0].rectangle.v.y, 1, 1e-15);
}

TEST(MoverShape, OtherPolygonsAreReportedWithTheirOutline) {
  const auto ell = mw::make_mover_shape(sheet({{0, 0, 0}, {2, 0, 0}, {2, 1, 0}, {1, 1, 0}, {1, 2, 0}, {0, 2, 0}},
                                              {{0, 1, 2}, {0, 2, 3}, {0, 3, 4}, {0, 4, 5}}));
  ASSERT_EQ(ell.faces.size(), 1u);
  EXPECT_FALSE(ell.faces[0].is_rectangle);
  EXPECT_EQ(ell.faces[0].polygon.size(), 6u);
  EXPECT_DOUBLE_EQ(ell.faces[0].rectangle.half_u, 1);
  EXPECT_DOUBLE_EQ(ell.faces[0].rectangle.half_v, 1);
  // A frame: a square with a square hole has a rectangular outline and is no rectangle.
  std::vector<Vec3d> v;
  for (double h : {2.0, 1.0})
    for (Vec3d q : {Vec3d{-1, -1, 0}, {1, -1, 0}, {1, 1, 0}, {-1, 1, 0}}) v.push_back(h * q);
  const auto frame = mw::make_mover_shape(
      sheet(v, {{0, 1, 5}, {0, 5, 4}, {1, 2, 6}, {1, 6, 5}, {2, 3, 7}, {2, 7, 6}, {3, 0, 4}, {3, 4, 7}}));
  ASSERT_EQ(frame.faces.size(), 1u);
  EXPECT_FALSE(frame.faces[0].is_rectangle);
  EXPECT_EQ(frame.faces[0].polygon.size(), 4u);
}

TEST(MoverShape, TrianglesThatOnlyTouchOrFoldAreFacesOfTheirOwn) {
  const auto fold =
      mw::make_mover_shape(sheet({{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0.01}}, {{0, 1, 2}, {0, 2, 3}}));
  EXPECT_EQ(fold.faces.size(), 2u);
  const auto apart = mw::make_mover_shape(
      sheet({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {5, 0, 0}, {6, 0, 0}, {5, 1, 0}}, {{0, 1, 2}, {3, 4, 5}}));
  EXPECT_EQ(apart.faces.size(), 2u);
  EXPECT_FALSE(apart.faces[0].is_rectangle);
}

TEST(MoverShape, FinelyCutCylinderIsNotRolledOutIntoOneFace) {
  constexpr std::uint32_t sides = 96;
  constexpr double radius = 0.02;
  std::vector<Vec3d> v;
  std::vector<std::array<std::uint32_t, 3>> t;
  for (std::uint32_t i = 0; i < sides; ++i) {
    const double a = 2 * mw::pi * i / sides;
    v.push_back({radius * std::cos(a), radius * std::sin(a), 0});
    v.push_back({radius * std::cos(a), radius * std::sin(a), 3});
    const std::uint32_t j = (i + 1) % sides;
    t.push_back({2 * i, 2 * j, 2 * j + 1});
    t.push_back({2 * i, 2 * j + 1, 2 * i + 1});
  }
  const mw::Object cylinder = sheet(v, t);
  const mw::MoverShape s = mw::make_mover_shape(cylinder);
  EXPECT_GE(s.faces.size(), 24u);
  std::size_t primitives = 0;
  for (const auto& face : s.faces) {
    primitives += face.primitives.size();
    for (std::uint32_t i : face.primitives)
      for (std::uint32_t corner : t[i])
        EXPECT_LE(std::abs(dot(face.rectangle.normal, v[corner] - s.origin - face.rectangle.center)),
                  3 * mw::mover_tolerance);
  }
  EXPECT_EQ(primitives, 2 * sides);
}

TEST(MoverShape, RefusesAnObjectWithoutTriangles) {
  EXPECT_THROW(mw::make_mover_shape(sheet({}, {})), mw::InputError);
  EXPECT_THROW(mw::make_mover_shape(sheet({{0, 0, 0}, {1, 0, 0}, {2, 0, 0}}, {{0, 1, 2}})), mw::InputError);
}

}  // namespace
