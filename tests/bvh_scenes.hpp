#pragma once
#include <cmath>
#include <vector>

#include "manyworlds/bvh/segment.hpp"
#include "manyworlds/core/random.hpp"

/// Triangle scenes for the tests and the benchmark of the tree.
namespace manyworlds::bvh_scenes {

struct Maker {
  std::vector<BvhTriangle> triangles;
  std::uint32_t faces = 0;

  void triangle(Vec3d a, Vec3d b, Vec3d c, std::uint32_t face) {
    triangles.push_back({a, b, c, face, std::uint32_t(triangles.size())});
  }
  void quad(Vec3d p, Vec3d u, Vec3d v) {
    triangle(p, p + u, p + u + v, faces);
    triangle(p, p + u + v, p + v, faces++);
  }
  void box(Vec3d lo, Vec3d hi) {
    const Vec3d s = hi - lo, x{s.x, 0, 0}, y{0, s.y, 0}, z{0, 0, s.z};
    for (Vec3d p : {lo, lo + z}) quad(p, x, y);
    for (Vec3d p : {lo, lo + y}) quad(p, x, z);
    for (Vec3d p : {lo, lo + x}) quad(p, y, z);
  }
};

/// Random triangles of all sizes, each its own face.
inline std::vector<BvhTriangle> soup(std::uint32_t count, std::uint32_t number) {
  Random random(11, number, 0, Purpose::test);
  const auto point = [&](double s) {
    return Vec3d{random.uniform(-s, s), random.uniform(-s, s), random.uniform(-s, s)};
  };
  Maker maker;
  for (std::uint32_t i = 0; i < count; ++i) {
    const double size = std::pow(10.0, random.uniform(-2, 1));
    const Vec3d p = point(10);
    maker.triangle(p, p + point(size), p + point(size), i);
  }
  return maker.triangles;
}

inline constexpr Vec3d office_size{40, 24, 3};

/// Corridor, twenty rooms with door holes, and desks and cabinets until there are `count` triangles.
inline std::vector<BvhTriangle> office(std::size_t count) {
  Maker maker;
  Random random(1, 0, 0, Purpose::test);
  const double h = office_size.z;
  maker.box({}, office_size);
  for (double y : {11.0, 13.0})
    for (int i = 0; i < 10; ++i) {
      const double x = 4.0 * i;
      maker.quad({x, y, 0}, {1.5, 0, 0}, {0, 0, h});
      maker.quad({x + 1.5, y, 2.1}, {0.9, 0, 0}, {0, 0, h - 2.1});
      maker.quad({x + 2.4, y, 0}, {1.6, 0, 0}, {0, 0, h});
      maker.quad({x, y < 12 ? 0.0 : 13.0, 0}, {0, 11, 0}, {0, 0, h});
    }
  while (maker.triangles.size() < count) {
    const double x = random.uniform(0.2, 38), y = random.uniform(0.2, 22);
    const double w = random.uniform(0.4, 1.6), d = random.uniform(0.4, 0.9);
    maker.box({x, y, 0.7}, {x + w, y + d, 0.74});
    for (double lx : {x, x + w - 0.05})
      for (double ly : {y, y + d - 0.05}) maker.box({lx, ly, 0}, {lx + 0.05, ly + 0.05, 0.7});
    if (random.uniform() < 0.3) maker.box({x, y, 0.8}, {x + 0.4, y + 0.4, random.uniform(1, 2)});
  }
  return maker.triangles;
}

/// Unit sphere of rows x 2 rows quads, each triangle its own face.
inline std::vector<BvhTriangle> sphere(int rows) {
  Maker maker;
  const auto point = [&](int i, int j) {
    if (i == 0 || i == rows) return Vec3d{0, 0, i == 0 ? 1.0 : -1.0};
    const double theta = pi * i / rows, phi = pi * (j % (2 * rows)) / rows;
    return Vec3d{std::sin(theta) * std::cos(phi), std::sin(theta) * std::sin(phi), std::cos(theta)};
  };
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < 2 * rows; ++j) {
      if (i > 0) maker.triangle(point(i, j), point(i + 1, j), point(i, j + 1), maker.faces++);
      if (i + 1 < rows) maker.triangle(point(i, j + 1), point(i + 1, j), point(i + 1, j + 1), maker.faces++);
    }
  return maker.triangles;
}

/// Turns about z by `angle`, then moves by `shift`.
inline Vec3d moved(Vec3d p, double angle, Vec3d shift) {
  const double c = std::cos(angle), s = std::sin(angle);
  return Vec3d{c * p.x - s * p.y, s * p.x + c * p.y, p.z} + shift;
}
inline std::vector<BvhTriangle> moved(std::vector<BvhTriangle> triangles, double angle, Vec3d shift) {
  for (BvhTriangle& t : triangles) {
    t.a = moved(t.a, angle, shift);
    t.b = moved(t.b, angle, shift);
    t.c = moved(t.c, angle, shift);
  }
  return triangles;
}

}  // namespace manyworlds::bvh_scenes
