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

struct Ends {
  Vec3d a, b;
};

/// Segments of every kind: random, along axes (with zeros of both signs), through corners, along and through edges,
/// in planes of triangles, without length.
inline std::vector<Ends> segments(const std::vector<BvhTriangle>& triangles, std::uint32_t number) {
  Random random(5, number, 0, Purpose::test);
  Boxd box;
  for (const BvhTriangle& t : triangles)
    for (Vec3d p : {t.a, t.b, t.c}) box.extend(p);
  const auto point = [&] {
    return Vec3d{random.uniform(box.lo.x, box.hi.x), random.uniform(box.lo.y, box.hi.y),
                 random.uniform(box.lo.z, box.hi.z)};
  };
  const auto pick = [&] { return triangles[random.below(std::uint32_t(triangles.size()))]; };
  std::vector<Ends> all;
  for (int i = 0; i < 150; ++i) {
    const Vec3d p = point();
    const BvhTriangle t = pick(), u = pick();
    const double s = random.uniform(-0.5, 1.5), w = random.uniform(-0.5, 1.5);
    all.push_back({p, point()});
    Vec3d q = p;
    q[i % 3] += random.uniform(-20, 20);
    all.push_back({p, q});
    q[(i + 1) % 3] -= 0.0;
    all.push_back({q, {p.x, p.y, p.z + (i % 2 ? 5.0 : -5.0)}});
    all.push_back({p, t.b + (t.b - p)});                                                         // through a corner
    all.push_back({p, 0.5 * (t.a + t.c) + random.uniform(0.5, 2.0) * (0.5 * (t.a + t.c) - p)});  // through an edge
    all.push_back({t.a - 0.5 * (t.b - t.a), t.b + (t.b - t.a)});                                 // along an edge
    all.push_back({t.a + s * (t.b - t.a) + w * (t.c - t.a), t.c + w * (t.a - t.b)});             // in a plane
    all.push_back({t.c, u.a});  // from corner to corner
    all.push_back({p, p});
    all.push_back({t.a, t.a});
  }
  return all;
}

/// Faces 0 and 1, floors side by side; 2, a wall on the joint.
inline std::vector<BvhTriangle> floors_and_wall() {
  Maker maker;
  maker.quad({0, 0, 0}, {5, 0, 0}, {0, 5, 0});
  maker.quad({5, 0, 0}, {5, 0, 0}, {0, 5, 0});
  maker.quad({5, 0, 0}, {0, 5, 0}, {0, 0, 3});
  return maker.triangles;
}

}  // namespace manyworlds::bvh_scenes
