/// Packets say of each lane what a single segment is told, and what testing every triangle finds.
#include <gtest/gtest.h>

#include <algorithm>

#include "bvh_scenes.hpp"
#include "manyworlds/bvh/build.hpp"
#include "manyworlds/bvh/packet.hpp"

namespace manyworlds {
namespace {

using bvh_scenes::Ends;
using bvh_scenes::moved;
using bvh_scenes::segments;
using Triangles = std::vector<BvhTriangle>;

bool blocked(const Triangles& triangles, const BvhView& view, const Ends& ends, SkipFaces skip) {
  const Segment segment(ends.a, ends.b, view.extent);
  double t;
  for (const BvhTriangle& triangle : triangles)
    if (!skip(triangle.face) && crosses(LeafTriangle(triangle), segment, t)) return true;
  return false;
}

/// Compares lane by lane; returns how many lanes are blocked.
template <int W>
int expect_equal_to_singles(const Triangles& triangles, const BvhView& view, const SegmentPacket<W>& packet) {
  const PacketHit hit = any_hit(view, packet);
  double t;
  int count = 0;
  bool occluder_blocks = hit.occluder == nullptr;
  for (int lane = 0; lane < W; ++lane) {
    const bool lane_blocked = (hit.blocked >> lane & 1) != 0;
    count += lane_blocked;
    if ((packet.active >> lane & 1) == 0) {
      EXPECT_FALSE(lane_blocked);
      continue;
    }
    const Ends ends{packet.from(lane), packet.to(lane)};
    const SkipFaces skip = packet.skip(lane);
    EXPECT_EQ(lane_blocked, any_hit(view, ends.a, ends.b, skip));
    EXPECT_EQ(lane_blocked, blocked(triangles, view, ends, skip));
    occluder_blocks |=
        lane_blocked && !skip(hit.occluder->face) && crosses(*hit.occluder, Segment(ends.a, ends.b, view.extent), t);
  }
  EXPECT_TRUE(occluder_blocks);
  for (std::uint32_t likely : {0u, view.triangle_count / 2}) {
    const PacketHit again = any_hit(view, packet, hit.occluder ? hit.occluder : &view.triangles[likely]);
    EXPECT_EQ(again.blocked, hit.blocked);
    EXPECT_EQ(again.occluder == nullptr, hit.occluder == nullptr);
  }
  EXPECT_EQ(hit.occluder != nullptr, hit.blocked != 0);
  return count;
}

template <int W>
void expect_packets_equal_singles(const Triangles& triangles, std::uint32_t number) {
  const Bvh bvh = build_bvh(triangles);
  const BvhView view = bvh.view();
  Random random(9, number, 0, Purpose::test);
  const std::vector<Ends> all = segments(triangles, number);
  int hits = 0, lanes = 0;
  for (std::size_t i = 0; i + W <= all.size(); i += W) {
    SegmentPacket<W> mixed, bundle;  // whatever comes; and neighbours of one segment, some of them from one point
    const int count = 1 + int(random.below(W));
    const double spread = std::pow(10.0, random.uniform(-9, 0.5));
    const auto near = [&](Vec3d p) {
      return p +
             Vec3d{random.uniform(-spread, spread), random.uniform(-spread, spread), random.uniform(-spread, spread)};
    };
    for (int lane = 0; lane < W; ++lane) {
      const Ends ends = all[i + std::size_t(lane)], one = all[i];
      const auto face = [&] {
        return random.below(3) > 0 ? ~0u : triangles[random.below(std::uint32_t(triangles.size()))].face;
      };
      mixed.set(lane, ends.a, ends.b, {face(), face()});
      if (lane < count) bundle.set(lane, i % 2 ? one.a : near(one.a), near(one.b), {mixed.first[0], mixed.second[0]});
    }
    mixed.active &= random.below(1u << 16);
    bundle.fill(count);
    EXPECT_EQ(bundle.active, (1u << count) - 1);
    for (const SegmentPacket<W>* packet : {&mixed, &bundle}) {
      hits += expect_equal_to_singles(triangles, view, *packet);
      lanes += std::popcount(packet->active);
    }
  }
  EXPECT_GT(hits, lanes / 20);
  EXPECT_LT(hits, lanes - lanes / 20);
}

TEST(BvhPacket, EqualsSinglesInSoups) {
  for (std::uint32_t count : {60u, 300u}) {
    expect_packets_equal_singles<8>(bvh_scenes::soup(count, count), count);
    expect_packets_equal_singles<16>(bvh_scenes::soup(count, count), count + 1);
  }
}

TEST(BvhPacket, EqualsSinglesInBuildings) {
  const Triangles office = bvh_scenes::office(700);
  expect_packets_equal_singles<8>(office, 1);
  expect_packets_equal_singles<16>(office, 2);
  expect_packets_equal_singles<16>(moved(office, 0.6, {}), 3);
  expect_packets_equal_singles<16>(moved(office, -1.1, {1e5, -3e4, 2e5}), 4);
  expect_packets_equal_singles<8>(moved(office, 0.2, {-8e5, 0, 0}), 5);
}

TEST(BvhPacket, LanesPassThroughSomeFaces) {
  constexpr int width = 16;
  const Triangles office = bvh_scenes::office(900);
  const Bvh bvh = build_bvh(office);
  const BvhView view = bvh.view();
  const auto opaque = [](std::uint32_t face) { return face % 5 == 0; };
  const std::vector<Ends> all = segments(office, 7);
  Random random(10, 0, 0, Purpose::test);
  int ended = 0, through = 0;
  for (std::size_t i = 0; i + width <= all.size(); i += width) {
    const int most = int(random.below(4));
    SegmentPacket<width> packet;
    for (int lane = 0; lane < width; ++lane) {
      const Ends ends = all[i + std::size_t(i % 2 ? lane : 0)];
      packet.set(lane, ends.a, ends.b + Vec3d{random.uniform(0, 0.5), 0, 0}, {});
    }
    std::vector<std::vector<std::uint32_t>> passed(width);
    const auto ends = [&](const LeafTriangle& triangle, std::uint32_t lanes) {
      if (opaque(triangle.face)) return lanes;
      std::uint32_t over = 0;
      for (std::uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
        auto& faces = passed[std::size_t(std::countr_zero(rest))];
        if (std::find(faces.begin(), faces.end(), triangle.face) == faces.end()) faces.push_back(triangle.face);
        if (int(faces.size()) > most) over |= rest & (~rest + 1);
      }
      return over;
    };
    const PacketHit hit = trace(view, packet, ends);
    EXPECT_EQ(hit.occluder != nullptr, hit.blocked != 0);
    for (int lane = 0; lane < width; ++lane) {
      Crossing crossing[64];
      const int count = crossings(view, packet.from(lane), packet.to(lane), SkipNone{}, crossing, 64);
      bool stops = count > most;
      for (int c = 0; c < count; ++c) stops |= opaque(crossing[c].face);
      EXPECT_EQ((hit.blocked >> lane & 1) != 0, stops) << "packet " << i << ", lane " << lane;
      (stops ? ended : through) += count > 0;
    }
  }
  EXPECT_GT(ended, 100);
  EXPECT_GT(through, 50);
}

TEST(BvhPacket, EndsOnFacesDoNotBlock) {
  const Triangles triangles = bvh_scenes::floors_and_wall();
  for (double angle : {0.0, 0.7, 2.0})
    for (Vec3d shift : {Vec3d{}, Vec3d{20, 30, 1}, Vec3d{900, 900, 900}}) {
      const Bvh bvh = build_bvh(moved(triangles, angle, shift));
      SegmentPacket<8> packet;
      const auto set = [&](int lane, Vec3d a, Vec3d b, SkipFaces skip) {
        packet.set(lane, moved(a, angle, shift), moved(b, angle, shift), skip);
      };
      set(0, {1, 1, 0}, {2, 4, 2}, {});        // begins on the floor
      set(1, {5, 2, 0}, {2, 2, 2}, {0});       // begins on the joint, where three faces meet
      set(2, {1, 2, 0.001}, {4.9, 2, 0}, {});  // grazes the floor and ends on it
      set(3, {5, 1, 1}, {5, 4, 2}, {});        // runs in the wall
      set(4, {4, 1, 0}, {7, 4, 0}, {});        // runs in the floor, through the foot of the wall
      set(5, {4, 1, 1}, {7, 4, 2}, {});
      set(6, {1, 1, -1e-3}, {1, 1, 1e-3}, {});
      set(7, {4, 1, 1}, {7, 4, 2}, {2, 1});
      EXPECT_EQ(any_hit(bvh.view(), packet).blocked, 0b01110000u);
    }
}

TEST(BvhPacket, ThroughVerticesAndEdgesOfClosedMeshes) {
  const Triangles sphere = moved(bvh_scenes::sphere(24), 0.3, {300, -70, 11});
  const Bvh bvh = build_bvh(sphere);
  for (const BvhTriangle& t : sphere) {
    SegmentPacket<16> packet;
    const Vec3d inside{300, -70, 11}, aims[4] = {t.a, t.b, 0.5 * (t.a + t.b), 0.5 * (t.b + t.c)};
    for (int lane = 0; lane < 16; ++lane) {
      const Vec3d aim = aims[lane % 4], out = inside + (1.5 + lane) * (aim - inside);
      packet.set(lane, lane % 8 < 4 ? inside : out, lane % 8 < 4 ? out : inside, {});
    }
    EXPECT_EQ(any_hit(bvh.view(), packet).blocked, 0xffffu);
  }
}

TEST(BvhPacket, NothingBlocksInAnEmptyTree) {
  SegmentPacket<16> packet;
  for (int lane = 0; lane < 16; ++lane) packet.set(lane, {}, {1, 1, double(lane)}, {});
  EXPECT_EQ(any_hit(Bvh().view(), packet).blocked, 0u);
  EXPECT_EQ(any_hit(build_bvh({}).view(), packet).occluder, nullptr);
  const Bvh bvh = build_bvh(bvh_scenes::soup(50, 1));
  EXPECT_EQ(any_hit(bvh.view(), SegmentPacket<16>{}).blocked, 0u);  // no lane is active
}

}  // namespace
}  // namespace manyworlds
