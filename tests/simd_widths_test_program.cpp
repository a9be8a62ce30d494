// Compiled once per instruction set; prints what packets and single segments are told, as numbers that any difference
// changes. simd_widths_test compares the outputs.
#include <cmath>
#include <cstdio>

#include "bvh_scenes.hpp"
#include "manyworlds/bvh/build.hpp"
#include "manyworlds/bvh/packet.hpp"
#include "manyworlds/paths/model.hpp"
#include "two_rooms.hpp"

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
  std::printf("%s, packets of %d: %d lanes blocked, %016llx\n", name, W, answers.blocked,
              static_cast<unsigned long long>(answers.hash));
}

/// Sets of paths, gains and gradients of a panel and a box that move through two rooms.
void steps(const char* name, const Visibility& visibility, bool transmission) {
  Scene scene = test::two_rooms();
  const std::vector<std::uint32_t> movers = test::add_movers(scene, test::Movers::box_and_panel, 1, 2);
  scene.add({"tx", {1, 1, 2}, {}, 0, {Pattern::tr38901, {0}}});
  scene.add({"tx2", {7, 4, 2}, {}, 0, {}});
  for (double x = 0.3; x < 8; x += 0.41)
    for (double y = 0.2; y < 5; y += 0.37) scene.receivers.positions.push_back({x, y, 1.2});
  const paths::PathModel model(scene, movers, {.max_depth = 2, .transmission = transmission, .coherent = true});
  paths::Workspace w = model.make_workspace();
  Configuration c;
  for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
  Answers sets;
  double db = 0;
  Vec3d translation{}, rotation{};
  for (int i = 0; i < 4; ++i) {
    c.movers = {make_pose({2 + 0.8 * i, 2.5, 0.8}, {0.4 * i, 0.1, 0}),
                make_pose({6, 1 + 0.7 * i, 1.3}, {-0.3 * i, 0, 0.1})};
    model.gains(c, visibility, w);
    std::vector<double> bar = w.gains;
    for (double& b : bar) b = b > 0 ? 1 / b : 0;
    ConfigurationGradient gradient;
    model.pullback(bar, w, gradient);
    for (const kernels::Path& path : w.table.paths)
      sets.add(path.tx), sets.add(path.rx), sets.add(path.hops), sets.add(path.tile_tuples), ++sets.blocked;
    for (const kernels::Hop& hop : w.table.hops) sets.add(hop.face), sets.add(std::uint64_t(hop.kind));
    for (const std::uint8_t tile : w.table.tiles) sets.add(tile);
    for (const double gain : w.gains) db += std::log10(gain + 1e-20);
    for (const PoseGradient& g : gradient.movers) translation += g.translation, rotation += g.rotation;
  }
  // Sets to the bit; fields to ten digits, since GCC 12 contracts complex products in vectors even when told not to.
  std::printf("%s: %d paths, %016llx, %.10g dB, %.10g %.10g %.10g, %.10g %.10g %.10g\n", name, sets.blocked,
              static_cast<unsigned long long>(sets.hash), db, translation.x, translation.y, translation.z, rotation.x,
              rotation.y, rotation.z);
}

}  // namespace

int main() {
  const auto office = bvh_scenes::office(900);
  packets<8>("office", office, 1);
  packets<16>("office", office, 2);
  packets<16>("oblique office far away", bvh_scenes::moved(office, 0.7, {2e4, -3e3, 100}), 3);
  packets<8>("soup", bvh_scenes::soup(300, 4), 4);
  packets<16>("soup", bvh_scenes::soup(300, 5), 5);
  steps("hard", {.kind = VisibilityKind::hard}, true);
  steps("fresnel", {}, false);
  steps("fresnel with transmission", {}, true);
  steps("logistic", {.kind = VisibilityKind::logistic, .alpha = 8}, true);
}
