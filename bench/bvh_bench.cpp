/// Segments per second of the tree against Embree 3, single rays and packets of 16, on the same random segments of an
/// office of 5,000 triangles, interleaved in one run; and the time to build.
#include <benchmark/benchmark.h>

#include <chrono>

#include "../tests/bvh_scenes.hpp"
#include "manyworlds/bvh/build.hpp"
#include "manyworlds/bvh/traverse.hpp"

#ifdef MANYWORLDS_WITH_EMBREE
#include "segment_embree.hpp"
#endif

namespace {

using namespace manyworlds;

#ifdef MANYWORLDS_WITH_EMBREE

constexpr std::size_t block = 4096;  // segments of one timing

struct Segments {
  std::vector<Vec3d> a, b;
};

using segment_embree::Embree;

std::size_t ask_singles(const Embree& embree, const Segments& s, std::size_t begin) {
  RTCIntersectContext context = Embree::context(false);
  std::size_t hits = 0;
  for (std::size_t i = begin; i < begin + block; ++i) {
    RTCRay ray = Embree::ray(s.a[i], s.b[i], 0);
    embree.occluded(context, ray);
    hits += ray.tfar < 0;
  }
  return hits;
}

std::size_t ask_packets(const Embree& embree, const Segments& s, std::size_t begin) {
  RTCIntersectContext context = Embree::context(false);
  alignas(64) int valid[16];
  std::fill(std::begin(valid), std::end(valid), -1);
  std::size_t hits = 0;
  for (std::size_t i = begin; i < begin + block; i += 16) {
    RTCRay16 rays;
    for (std::size_t k = 0; k < 16; ++k) Embree::put(Embree::ray(s.a[i + k], s.b[i + k], 0), k, rays);
    embree.occluded(context, valid, rays);
    for (float t : rays.tfar) hits += t < 0;
  }
  return hits;
}

/// Random segments inside the office, shortened to `length` of what they were; only free ones if asked for.
Segments random_segments(const BvhView& bvh, double angle, double length, bool free) {
  Random random(7, 0, 0, Purpose::test);
  const auto point = [&] {
    const Vec3d s = bvh_scenes::office_size;
    return Vec3d{random.uniform(0.05, s.x - 0.05), random.uniform(0.05, s.y - 0.05), random.uniform(0.05, s.z - 0.05)};
  };
  Segments s;
  while (s.a.size() < 16 * block) {
    const Vec3d p = point(), q = p + length * (point() - p);
    const Vec3d a = bvh_scenes::moved(p, angle, {}), b = bvh_scenes::moved(q, angle, {});
    if (free && any_hit(bvh, a, b, SkipNone{})) continue;
    s.a.push_back(a);
    s.b.push_back(b);
  }
  return s;
}

/// Seconds of f(); adds its hits.
template <class F>
double seconds(F&& f, std::size_t& hits) {
  const auto start = std::chrono::steady_clock::now();
  hits += f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Arguments: angle of the office in degrees; length in percent; free segments only. The time is ours; counters give
/// millions of segments per second of all, and our rate over theirs; and what all crossings take over any-hit, where a
/// path may pass through three faces.
void any_hit_against_embree(benchmark::State& state) {
  const double angle = double(state.range(0)) * pi / 180, length = double(state.range(1)) / 100;
  const auto triangles = bvh_scenes::moved(bvh_scenes::office(5000), angle, {});
  const Bvh bvh = build_bvh(triangles);
  const BvhView view = bvh.view();
  const Embree fast(triangles, false), robust(triangles, true);
  const Segments s = random_segments(view, angle, length, state.range(2) != 0);
  double time[5] = {};
  std::size_t hits[5] = {}, begin = 0, count = 0;
  for (auto _ : state) {
    const double own = seconds(
        [&] {
          std::size_t n = 0;
          for (std::size_t i = begin; i < begin + block; ++i) n += any_hit(view, s.a[i], s.b[i], SkipNone{});
          return n;
        },
        hits[0]);
    state.SetIterationTime(own);
    time[0] += own;
    time[1] += seconds([&] { return ask_singles(fast, s, begin); }, hits[1]);
    time[2] += seconds([&] { return ask_singles(robust, s, begin); }, hits[2]);
    time[3] += seconds([&] { return ask_packets(fast, s, begin); }, hits[3]);
    time[4] += seconds(
        [&] {
          std::size_t n = 0;
          Crossing met[3];
          for (std::size_t i = begin; i < begin + block; ++i)
            n += crossings(view, s.a[i], s.b[i], SkipNone{}, met, 3) > 0;
          return n;
        },
        hits[4]);
    begin = (begin + block) % s.a.size();
    count += block;
  }
  const double n = double(count);
  state.counters["ours_M/s"] = 1e-6 * n / time[0];
  state.counters["embree1_M/s"] = 1e-6 * n / time[1];
  state.counters["embree1_robust_M/s"] = 1e-6 * n / time[2];
  state.counters["embree16_M/s"] = 1e-6 * n / time[3];
  state.counters["over_embree1"] = time[1] / time[0];
  state.counters["over_embree1_robust"] = time[2] / time[0];
  state.counters["over_embree16"] = time[3] / time[0];
  state.counters["crossings_over_any_hit"] = time[4] / time[0];
  state.counters["blocked_%"] = 100 * double(hits[0]) / n;
  state.counters["disagree_%"] = 100 * std::abs(double(hits[2]) - double(hits[0])) / n;
}
BENCHMARK(any_hit_against_embree)
    ->ArgNames({"angle", "length", "free"})
    ->ArgsProduct({{0, 30}, {100}, {0, 1}})
    ->ArgsProduct({{0, 30}, {10}, {0}})
    ->UseManualTime();

#endif  // MANYWORLDS_WITH_EMBREE

/// Argument: triangles.
void build(benchmark::State& state) {
  const auto triangles = bvh_scenes::office(std::size_t(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(build_bvh(triangles));
  state.counters["M_triangles/s"] =
      benchmark::Counter(1e-6 * double(triangles.size()), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(build)->Arg(200)->Arg(2000)->Arg(40000)->Unit(benchmark::kMillisecond);

}  // namespace
