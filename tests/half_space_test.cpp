#include "manyworlds/kernels/worlds/half_space.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace manyworlds::kernels {
namespace {

double area(const std::vector<Vec3d>& p) {
  Vec3d sum{};
  for (std::size_t i = 2; i < p.size(); ++i) sum += cross(p[i - 1] - p[0], p[i] - p[0]);
  return norm(sum) / 2;
}

std::vector<Vec3d> clipped(const HalfSpace& inner, const std::vector<Vec3d>& p) {
  std::vector<Vec3d> out(p.size() + most_added_corners, Vec3d{NAN, NAN, NAN});
  const int n = clip(inner, p.data(), int(p.size()), out.data());
  EXPECT_LE(n, int(out.size()));
  out.resize(std::size_t(n));
  return out;
}

HalfSpace outside(const HalfSpace& inner) { return {-inner.normal, -inner.offset}; }

TEST(HalfSpace, CutsAPolygonIntoTwoPartsThatMakeTheWhole) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> angle(0, 2 * pi), shift(-1.2, 1.2);
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> at(3 + round % 9);
    for (double& a : at) a = angle(random);
    std::sort(at.begin(), at.end());
    std::vector<Vec3d> polygon;  // in a tilted plane
    for (const double a : at) polygon.push_back({std::cos(a), std::sin(a), 0.3 * std::cos(a) + 2});
    const double direction = angle(random);
    const HalfSpace inner{{std::cos(direction), std::sin(direction), 0}, shift(random)};
    const std::vector<Vec3d> kept = clipped(inner, polygon), other = clipped(outside(inner), polygon);
    for (const Vec3d& p : kept) EXPECT_GE(inner(p), -2 * tolerance);
    for (const Vec3d& p : other) EXPECT_LE(inner(p), 2 * tolerance);
    EXPECT_NEAR(area(kept) + area(other), area(polygon), 1e-5);  // each part is larger by the tolerance
  }
}

TEST(HalfSpace, KeepsAPolygonThatRoundingHasBent) {
  // Corners that stand in the cutting plane but for rounding, to and fro.
  const HalfSpace inner{{0, 0, 1}, 0};
  std::vector<Vec3d> polygon;
  for (int i = 0; i < 10; ++i) polygon.push_back({double(i), i == 0 ? 1.0 : 0.0, (i % 2 ? 1e-15 : -1e-15) - tolerance});
  EXPECT_EQ(clipped(inner, polygon).size(), polygon.size());
  // Two that stay outside are four cuts, which is not too much.
  for (int i = 4; i < 10; ++i) polygon[std::size_t(i)].z = 1;
  EXPECT_EQ(clipped(inner, polygon).size(), polygon.size() + most_added_corners);
}

}  // namespace
}  // namespace manyworlds::kernels
