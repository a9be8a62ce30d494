#pragma once
#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "path_segments.hpp"

/// Times of several ways of asking about the same segments, in turn.
namespace manyworlds::path_segments {

/// Segments of one run, at most 16.
struct Bundle {
  std::vector<Segment> segments;
  std::size_t run = 0;
};

inline std::vector<Bundle> bundles_of(const Recorded& recorded, std::size_t stride) {
  std::vector<Bundle> bundles;
  for (std::size_t run = 0; run + 1 < recorded.runs.size(); run += stride)
    for (std::size_t i = recorded.runs[run]; i < recorded.runs[run + 1]; i += 16) {
      const std::size_t end = std::min(i + 16, recorded.runs[run + 1]);
      bundles.push_back(
          {{recorded.segments.begin() + std::ptrdiff_t(i), recorded.segments.begin() + std::ptrdiff_t(end)}, run});
    }
  return bundles;
}

inline std::vector<Segment> segments_of(std::span<const Bundle> bundles) {
  std::vector<Segment> segments;
  for (const Bundle& b : bundles) segments.insert(segments.end(), b.segments.begin(), b.segments.end());
  return segments;
}

/// Bundles of which all are timed in one go, hot in the first cache, and how many of those groups one way of asking
/// does before the next one has its turn, so that it finds its tree in the cache.
inline constexpr std::size_t group = 24, turn = 40 * group;

/// One way of asking for all segments.
struct Way {
  std::string name;
  std::vector<std::vector<double>> seconds;  ///< by turn and pass
  std::size_t blocked = 0;                   ///< in all passes

  /// Sum over turns of the median over passes, so that what interrupts a turn does not count.
  double time() const {
    double sum = 0;
    for (std::vector<double> s : seconds) {
      std::nth_element(s.begin(), s.begin() + std::ptrdiff_t(s.size() / 2), s.end());
      sum += s[s.size() / 2];
    }
    return sum;
  }
};

class Ways {
 public:
  Way& operator[](const std::string& name) {
    const auto at = std::find_if(ways_.begin(), ways_.end(), [&](const Way& w) { return w.name == name; });
    return at != ways_.end() ? *at : ways_.emplace_back(Way{name, {}, 0});
  }
  const Way& fastest(const std::string& prefix) const {
    const Way* best = nullptr;
    for (const Way& way : ways_)
      if (way.name.starts_with(prefix) && (!best || way.time() < best->time())) best = &way;
    return *best;
  }
  std::size_t turn = 0;  ///< number of the present one

 private:
  std::vector<Way> ways_;
};

/// A turn of one way: prepare(group) makes its input, ask(input) is timed and returns how many segments are blocked.
template <class Prepare, class Ask>
void take_turn(Ways& ways, const std::string& name, std::span<const Bundle> bundles, Prepare&& prepare, Ask&& ask) {
  Way& way = ways[name];
  double seconds = 0;
  for (std::size_t i = 0; i < bundles.size(); i += group) {
    auto input = prepare(bundles.subspan(i, std::min(group, bundles.size() - i)));
    const auto start = std::chrono::steady_clock::now();
    way.blocked += ask(input);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  if (way.seconds.size() <= ways.turn) way.seconds.resize(ways.turn + 1);
  way.seconds[ways.turn].push_back(seconds);
}

}  // namespace manyworlds::path_segments
