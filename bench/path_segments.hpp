#pragma once
#include "manyworlds/io/load.hpp"
#include "manyworlds/paths/static_world.hpp"
#include "manyworlds/scene/names.hpp"
#include "manyworlds/scene/receivers.hpp"

/// The segments that the search for static paths tests.
namespace manyworlds::path_segments {

struct Segment {
  Vec3d a, b;
  std::uint32_t from, to;  ///< faces at its ends; no_face for a device
};

/// Segments in the order (chain, number of the segment in its path, receiver); those of one chain and number are a run.
struct Recorded {
  std::vector<Segment> segments;
  std::vector<std::size_t> runs;  ///< where each begins, and the end of the last
};

/// office_v1 with its reflector taken away, one transmitter in the corridor and receivers on a grid of `spacing` m.
inline Scene office(double spacing) {
  Scene scene = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/office_v1/office_v1.xml",
                         {.frequency_hz = 3.5e9});
  scene.add({"ap1", {8.1, 10.2, 2.7}, {}, 20, {}});
  scene.receivers = receiver_grid({.lo = {0.3, 0.3}, .hi = {29.7, 19.7}, .height = 1.2, .spacing = spacing});
  return scene;
}

/// All segments of the chains that solve for a receiver, up to `depth` reflections, from the world's first transmitter.
inline Recorded record(const paths::StaticWorld& world, int depth) {
  Recorded out;
  const paths::Geometry g = world.geometry();
  const Vec3d source = world.transmitters[0].position;
  paths::Beam root;
  root.apex[0] = source;
  std::vector<Segment> solved[paths::max_depth + 1];  // by number of the segment
  const paths::Unoccluded guide(g, &source, 1, paths::no_face, depth);
  paths::grow(root, world.fixed, nullptr, depth, guide, [&](const paths::Beam& beam) {
    const int n = beam.length;
    world.groups.for_each_in(beam, [&](std::uint32_t rx) {
      Vec3d p[paths::max_depth + 2];
      if (!paths::solve(g, source, beam.chain, n, world.groups.positions()[rx], p)) return;
      for (int i = 0; i <= n; ++i)
        solved[i].push_back(
            {p[i], p[i + 1], i == 0 ? paths::no_face : beam.chain[i - 1], i == n ? paths::no_face : beam.chain[i]});
    });
    for (int i = 0; i <= n; ++i) {
      if (solved[i].empty()) continue;
      out.runs.push_back(out.segments.size());
      out.segments.insert(out.segments.end(), solved[i].begin(), solved[i].end());
      solved[i].clear();
    }
  });
  out.runs.push_back(out.segments.size());
  return out;
}

}  // namespace manyworlds::path_segments
