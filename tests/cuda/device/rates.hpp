#pragma once
#include <utility>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/random.hpp"
#include "manyworlds/paths/batch/shared.hpp"

/// Two questions that a step asks very often, by themselves, so that their rate can be told: is a segment free, and
/// does a chain have a solution? Asked of the static paths of a batch, which stand by transmitter and receiver:
/// neighbours in the list go nearly the same way.
namespace manyworlds::test {

/// A segment of a path, and the faces that it ends on.
struct PathSegment {
  Vec3d a, b;
  SkipFaces skip;
};

inline std::vector<PathSegment> path_segments(const paths::batch::Arrays& arrays) {
  std::vector<PathSegment> segments;
  for (const kernels::StaticPath& path : arrays.paths)
    for (int i = 0; i <= path.length; ++i) {
      const Vec3d* p = &arrays.points[path.first_point + std::uint32_t(i)];
      segments.push_back(
          {p[0],
           p[1],
           {i == 0 ? kernels::no_face : path.chain[i - 1], i == path.length ? kernels::no_face : path.chain[i]}});
    }
  return segments;
}
inline std::vector<kernels::StaticPath> reflected_paths(const paths::batch::Arrays& arrays) {
  std::vector<kernels::StaticPath> paths;
  for (const kernels::StaticPath& path : arrays.paths)
    if (path.length > 0) paths.push_back(path);
  return paths;
}

/// Does anything stand in a segment? index = round * segments + segment; answers[index].
struct AskSegments {
  SkipTreeView tree;
  const PathSegment* segments;
  std::uint32_t count;
  std::uint8_t* answers;
  MW_HD void operator()(std::uint32_t i) const {
    const PathSegment& s = segments[i % count];
    answers[i] = any_hit(tree, s.a, s.b, s.skip);
  }
};

/// The chain of a path to its receiver and the 31 next ones, most of which it does not reach:
/// index = (round * paths + path) * 32 + lane; answers[index].
struct SolveChains {
  kernels::BatchView batch;
  const kernels::StaticPath* paths;
  std::uint32_t count;
  std::uint8_t* answers;
  MW_HD void operator()(std::uint32_t i) const {
    const kernels::StaticPath& path = paths[i / kernels::Tile::size % count];
    Vec3d points[kernels::max_interactions + 2];
    const Vec3d receiver = batch.receivers[(path.rx + i % kernels::Tile::size) % batch.receiver_count];
    answers[i] =
        kernels::solve(batch.geometry.faces, batch.transmitters[path.tx], path.chain, path.length, receiver, points);
  }
};

/// How often something was asked, and how often the answer was yes; milliseconds of the launch.
struct Rate {
  std::uint32_t asked = 0, yes = 0;
  double ms = 0;
};
struct Rates {
  Rate in_order, shuffled;  ///< segments as the paths have them, and in any order
  Rate solves;
  std::uint32_t own_solved = 0;  ///< paths of which the chain reaches the path's own receiver
};

/// Asks `least` times or more in a launch. `time(call)`: milliseconds of a call. Throws InputError without static paths
/// that are reflected.
template <class Backend, class Time>
Rates measure_rates(Backend& backend, const paths::batch::Arrays& arrays, std::uint32_t least, const Time& time) {
  const std::vector<kernels::StaticPath> paths = reflected_paths(arrays);
  expect(!paths.empty(), "rates", "static paths with reflections");
  const auto whole = [&](std::uint32_t n) { return (least + n - 1) / n * n; };
  const paths::batch::Shared<Backend, double> shared(backend, arrays);
  const kernels::BatchView& batch = shared.view();
  std::vector<std::uint8_t> found;
  const auto ask = [&](std::uint32_t n, const auto& functor) {
    backend::Buffer<Backend, std::uint8_t> answers(backend, n);
    Rate rate{n};
    auto asked = functor;
    asked.answers = answers.data();
    rate.ms = time([&] { backend.for_each("questions", n, asked); });
    found.resize(n);
    answers.read(found);
    for (const std::uint8_t answer : found) rate.yes += answer;
    return rate;
  };
  const auto segments_rate = [&](const std::vector<PathSegment>& segments) {
    const auto own = backend::Buffer<Backend, PathSegment>::of(backend, segments);
    const auto count = std::uint32_t(segments.size());
    return ask(whole(count), AskSegments{batch.geometry.tree, own.data(), count, nullptr});
  };
  Rates rates;
  std::vector<PathSegment> segments = path_segments(arrays);
  rates.in_order = segments_rate(segments);
  Random random(1, 0, 0, Purpose::test);
  for (std::size_t i = segments.size(); i > 1; --i)
    std::swap(segments[i - 1], segments[random.below(std::uint32_t(i))]);
  rates.shuffled = segments_rate(segments);
  const auto own = backend::Buffer<Backend, kernels::StaticPath>::of(backend, paths);
  const auto count = std::uint32_t(paths.size());
  rates.solves = ask(whole(count * kernels::Tile::size), SolveChains{batch, own.data(), count, nullptr});
  for (std::uint32_t i = 0; i < count; ++i) rates.own_solved += found[i * kernels::Tile::size];
  return rates;
}

}  // namespace manyworlds::test
