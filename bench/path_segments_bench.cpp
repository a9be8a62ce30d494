/// Any-hit on the segments that the search for static paths tests on office_v1, on one thread: our packets, our single
/// segments and all of Embree 3's forms, in turn within one run; and crossings on the same segments. Groups of segments
/// are copied to the cache before they are timed, since the search tests segments that it has just computed.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "manyworlds/bvh/packet.hpp"
#include "segment_ways.hpp"

#ifdef MANYWORLDS_WITH_EMBREE
#include "segment_embree.hpp"
#endif

namespace {

using namespace manyworlds;
using namespace path_segments;
using path_segments::Segment;

struct Packets {
  std::vector<SegmentPacket<16>> of_16;
  std::vector<SegmentPacket<8>> of_8;
};

template <int W>
void add(std::span<const Segment> segments, std::vector<SegmentPacket<W>>& packets) {
  for (std::size_t i = 0; i < segments.size(); i += W) {
    SegmentPacket<W>& packet = packets.emplace_back();
    const std::size_t count = std::min<std::size_t>(W, segments.size() - i);
    for (std::size_t k = 0; k < count; ++k) {
      const Segment& s = segments[i + k];
      packet.set(int(k), s.a, s.b, {s.from, s.to});
    }
    packet.fill(int(count));
  }
}

/// All of 16, all of 8, or (W = 0) of 8 where that is enough.
template <int W>
Packets packets_of(std::span<const Bundle> bundles) {
  Packets packets;
  for (const Bundle& b : bundles)
    if (W == 8 || (W == 0 && b.segments.size() <= 8))
      add<8>(b.segments, packets.of_8);
    else
      add<16>(b.segments, packets.of_16);
  return packets;
}

template <class Packet>
std::size_t blocked_of(const BvhView& bvh, const std::vector<Packet>& packets) {
  std::size_t blocked = 0;
  for (const Packet& p : packets) blocked += std::size_t(std::popcount(any_hit(bvh, p).blocked));
  return blocked;
}

template <int W>
void ask_packets(Ways& ways, const std::string& name, const BvhView& bvh, std::span<const Bundle> bundles) {
  take_turn(ways, name, bundles, packets_of<W>,
            [&](const Packets& p) { return blocked_of(bvh, p.of_16) + blocked_of(bvh, p.of_8); });
}

/// What blocked a packet is tried first on the next packet of its run, as the search for paths does.
void ask_with_occluders(Ways& ways, const BvhView& bvh, std::span<const Bundle> bundles) {
  std::size_t i = 0, run = 0;
  const LeafTriangle* last = nullptr;
  take_turn(ways, "occluders", bundles, packets_of<16>, [&](const Packets& packets) {
    std::size_t blocked = 0;
    for (const SegmentPacket<16>& p : packets.of_16) {
      if (bundles[i].run != run) last = nullptr;
      run = bundles[i++].run;
      const PacketHit hit = any_hit(bvh, p, last);
      blocked += std::size_t(std::popcount(hit.blocked));
      if (hit.occluder) last = hit.occluder;
    }
    return blocked;
  });
}

void ask_singles(Ways& ways, const BvhView& bvh, std::span<const Bundle> bundles) {
  take_turn(ways, "single", bundles, segments_of, [&](const auto& segments) {
    std::size_t blocked = 0;
    for (const Segment& s : segments) blocked += any_hit(bvh, s.a, s.b, SkipFaces{s.from, s.to});
    return blocked;
  });
  take_turn(ways, "crossings", bundles, segments_of, [&](const auto& segments) {
    Crossing met[paths::max_depth + 1];
    std::size_t blocked = 0;
    for (const Segment& s : segments) blocked += crossings(bvh, s.a, s.b, SkipFaces{s.from, s.to}, met, 3) > 0;
    return blocked;
  });
}

#ifdef MANYWORLDS_WITH_EMBREE

using segment_embree::Embree;

std::vector<RTCRay> rays_of(std::span<const Bundle> bundles) {
  std::vector<RTCRay> rays;
  for (const Segment& s : segments_of(bundles)) rays.push_back(Embree::ray(s.a, s.b, 1e-4));
  return rays;
}

std::size_t blocked_of(const std::vector<RTCRay>& done) {
  return std::size_t(std::count_if(done.begin(), done.end(), [](const RTCRay& r) { return r.tfar < 0; }));
}

template <class Rays, std::size_t W>
struct alignas(64) EmbreePacket {
  Rays rays;
  int valid[W];
};

template <class Rays, std::size_t W>
std::vector<EmbreePacket<Rays, W>> embree_packets_of(std::span<const Bundle> bundles) {
  std::vector<EmbreePacket<Rays, W>> packets;
  for (const Bundle& bundle : bundles)
    for (std::size_t i = 0; i < bundle.segments.size(); i += W) {
      EmbreePacket<Rays, W>& p = packets.emplace_back();
      for (std::size_t k = 0; k < W; ++k) {
        const bool used = i + k < bundle.segments.size();
        const Segment& s = bundle.segments[used ? i + k : i];
        Embree::put(Embree::ray(s.a, s.b, 1e-4), k, p.rays);
        p.valid[k] = used ? -1 : 0;
      }
    }
  return packets;
}

template <class Rays, std::size_t W>
void ask_embree_packets(Ways& ways, const std::string& name, const Embree& embree, RTCIntersectContext& context,
                        std::span<const Bundle> bundles) {
  take_turn(ways, name, bundles, embree_packets_of<Rays, W>, [&](auto& packets) {
    std::size_t blocked = 0;
    for (auto& p : packets) {
      embree.occluded(context, p.valid, p.rays);
      for (float t : p.rays.tfar) blocked += t < 0;
    }
    return blocked;
  });
}

void ask_embree(Ways& ways, const Embree& embree, const std::string& scene, std::span<const Bundle> bundles) {
  for (bool coherent : {false, true}) {
    const std::string name = "embree_" + scene + (coherent ? "_coherent_" : "_");
    RTCIntersectContext context = Embree::context(coherent);
    take_turn(ways, name + "1", bundles, rays_of, [&](std::vector<RTCRay>& rays) {
      for (RTCRay& r : rays) embree.occluded(context, r);
      return blocked_of(rays);
    });
    take_turn(ways, name + "stream", bundles, rays_of, [&](std::vector<RTCRay>& rays) {
      embree.occluded(context, rays.data(), unsigned(rays.size()));
      return blocked_of(rays);
    });
    ask_embree_packets<RTCRay8, 8>(ways, name + "8", embree, context, bundles);
    ask_embree_packets<RTCRay16, 16>(ways, name + "16", embree, context, bundles);
  }
}

#endif  // MANYWORLDS_WITH_EMBREE

/// Arguments: spacing of the receivers in cm; every how many-th run is taken; transmission, which lets more chains
/// live. The time is that of packets; the label names Embree's best form.
void any_hit_on_path_segments(benchmark::State& state) {
  const Scene scene = office(double(state.range(0)) / 100);
  const paths::StaticWorld world(scene, {std::uint32_t(find_object(scene, "Reflector"))},
                                 {.max_depth = 0, .transmission = state.range(2) != 0});
  const std::vector<Bundle> bundles = bundles_of(record(world, 3), std::size_t(state.range(1)));
  const BvhView bvh = world.geometry().bvh;
#ifdef MANYWORLDS_WITH_EMBREE
  const Embree fast(world.fixed.triangles, false), robust(world.fixed.triangles, true);
#endif
  Ways ways;
  for (auto _ : state) {
    ways.turn = 0;
    for (std::size_t i = 0; i < bundles.size(); i += turn) {
      const auto part = std::span<const Bundle>(bundles).subspan(i, std::min(turn, bundles.size() - i));
      ask_packets<16>(ways, "packets_16", bvh, part);
      ask_packets<8>(ways, "packets_8", bvh, part);
      ask_packets<0>(ways, "packets_16_8", bvh, part);
      ask_with_occluders(ways, bvh, part);
      ask_singles(ways, bvh, part);
#ifdef MANYWORLDS_WITH_EMBREE
      ask_embree(ways, fast, "fast", part);
      ask_embree(ways, robust, "robust", part);
#endif
      ++ways.turn;
    }
    state.SetIterationTime(ways["packets_16_8"].time());
  }
  const double count = double(segments_of(bundles).size());
  const auto rate = [&](const Way& way) { return 1e-6 * count / way.time(); };
  for (const char* name : {"packets_16", "packets_8", "packets_16_8", "occluders", "single", "crossings"})
    state.counters[name + std::string("_M/s")] = rate(ways[name]);
  state.counters["segments"] = count;
  state.counters["filled_%"] = 100 * count / (16 * double(bundles.size()));
  state.counters["blocked_%"] = 100 * double(ways["packets_16"].blocked) / (count * double(state.iterations()));
  state.counters["crossings_over_any_hit"] = ways["crossings"].time() / ways["single"].time();
#ifdef MANYWORLDS_WITH_EMBREE
  const Way& best = ways.fastest("embree");
  state.SetLabel(best.name);
  for (const char* name : {"embree_robust_1", "embree_robust_stream", "embree_robust_coherent_8",
                           "embree_robust_coherent_16", "embree_fast_coherent_16"})
    state.counters[name + std::string("_M/s")] = rate(ways[name]);
  const Way& packets = ways.fastest("packets");
  state.counters["over_embree_best"] = best.time() / packets.time();
  state.counters["occluders_over_embree_best"] = best.time() / ways["occluders"].time();
  state.counters["single_over_embree_1"] =
      std::min(ways["embree_fast_1"].time(), ways["embree_robust_1"].time()) / ways["single"].time();
  state.counters["disagree"] = std::abs(double(best.blocked) - double(packets.blocked)) / double(state.iterations());
#endif
}
BENCHMARK(any_hit_on_path_segments)
    ->ArgNames({"spacing_cm", "stride", "transmission"})
    ->Args({76, 1, 0})
    ->Args({76, 1, 1})
    ->Args({24, 10, 0})
    ->Iterations(9)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
