// Compiled once per instruction set; prints what packets and single segments are told, as numbers that any difference
// changes. simd_widths_test compares the outputs.
#include <cstdio>

#include "bvh_scenes.hpp"
#include "manyworlds/bvh/build.hpp"
#include "manyworlds/bvh/packet.hpp"

namespace {

using namespace manyworlds;

struct Answers {
  std::uint64_t hash = 1469598103934665603u;  // FNV-1a
  int blocked = 0;

  void add(std::uint64_t value) {
    hash ^= value;
    hash *= 1099511628211u;
  }
};

/// Packets of whatever comes, and of neighbours of one segment; the lanes and the triangle that blocked most.
template <int W>
void packets(const char* name, const std::vector<BvhTriangle>& triangles, std::uint32_t number) {
  const Bvh bvh = build_bvh(triangles);
  const std::vector<bvh_scenes::Ends> all = bvh_scenes::segments(triangles, number);
  Random random(4, number, 0, Purpose::test);
  Answers answers;
  for (std::size_t i = 0; i + W <= all.size(); i += W) {
    SegmentPacket<W> mixed, bundle;
    const double spread = random.uniform(0, 2);
    for (int lane = 0; lane < W; ++lane) {
      const auto near = [&](Vec3d p) { return p + Vec3d{random.uniform(0, spread), random.uniform(0, spread), 0}; };
      const bvh_scenes::Ends ends = all[i + std::size_t(lane)];
      mixed.set(lane, ends.a, ends.b, {});
      bundle.set(lane, near(all[i].a), near(all[i].b), {triangles[i % triangles.size()].face, ~0u});
      answers.add(any_hit(bvh.view(), ends.a, ends.b, SkipNone{}));
    }
    for (const SegmentPacket<W>* packet : {&mixed, &bundle}) {
      const PacketHit hit = any_hit(bvh.view(), *packet);
      answers.add(hit.blocked);
      answers.add(hit.occluder ? hit.occluder->primitive + 1u : 0u);
      answers.blocked += std::popcount(hit.blocked);
    }
  }
  std::printf("%s, packets of %d: %d lanes blocked, %016llx\n", name, W, answers.blocked, static_cast<unsigned long long>(answers.hash));
}

}  // namespace

int main() {
  const auto office = bvh_scenes::office(900);
  packets<8>("office", office, 1);
  packets<16>("office", office, 2);
  packets<16>("oblique office far away", bvh_scenes::moved(office, 0.7, {2e4, -3e3, 100}), 3);
  packets<8>("soup", bvh_scenes::soup(300, 4), 4);
  packets<16>("soup", bvh_scenes::soup(300, 5), 5);
}
