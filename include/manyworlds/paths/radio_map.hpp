#pragma once
#include <algorithm>
#include <mutex>
#include <thread>

#include "manyworlds/paths/model.hpp"
#include "manyworlds/paths/recall.hpp"

namespace manyworlds::paths {

/// Path gains at many receivers.
struct RadioMap {
  std::vector<double> gains;      ///< linear, [tx * receivers + rx]; 0 where no path arrives
  std::size_t paths = 0;          ///< of all transmitters and receivers; the tiles of a panel count as one path
  Finder finder = Finder::beams;  ///< the one that ran: beams find every chain, rays may miss some
  Recall half_rays{};             ///< of the static paths, when rays ran: see half_rays_recall()
};

/// How a map is cut into pieces of consecutive receivers, which are worked on side by side. Does not change its values.
struct RadioMapPieces {
  std::size_t smallest = 512, largest = 16384;  ///< receivers of a piece: bounds the memory of a large map
  unsigned threads = std::thread::hardware_concurrency();
};

namespace detail {

/// The scene with only the receivers [first, last).
inline Scene with_receivers(const Scene& scene, std::size_t first, std::size_t last) {
  Scene piece{scene.frequency_hz, scene.materials, scene.objects, scene.transmitters, {}, {}};
  const auto cut = [&](const std::vector<Vec3d>& all) {
    return all.empty() ? all
                       : std::vector<Vec3d>(all.begin() + std::ptrdiff_t(first), all.begin() + std::ptrdiff_t(last));
  };
  piece.receivers.positions = cut(scene.receivers.positions);
  piece.receivers.orientations = cut(scene.receivers.orientations);
  piece.receivers.antenna = scene.receivers.antenna;
  return piece;
}

inline std::size_t count_paths(const PathModel& model, const Workspace& w) {
  std::size_t paths = w.table.groups.size();
  for (std::size_t tx = 0; tx < model.transmitters(); ++tx)
    paths += std::size_t(std::count(w.replaced[tx].begin(), w.replaced[tx].end(), std::uint8_t(0)));
  return paths;
}

}  // namespace detail

/// Gains of one configuration at all receivers of a scene, as PathModel gives them, for receivers in any number: keeps
/// the paths of a few pieces at a time. `progress(done, receivers)` hears of each finished piece, one call at a time,
/// on any thread. Throws InputError as PathModel does.
template <class Progress>
RadioMap radio_map(const Scene& scene, const std::vector<std::uint32_t>& movers, const Configuration& configuration,
                   const Visibility& visibility, const PathOptions& options, Progress&& progress,
                   RadioMapPieces cut = {}) {
  const std::size_t n = scene.receivers.positions.size(), transmitters = scene.transmitters.size();
  // A model finds the paths of each transmitter on a thread of its own at least.
  const std::size_t side_by_side = std::max<std::size_t>(1, cut.threads / std::max<std::size_t>(1, transmitters));
  const std::size_t pieces =
      std::max({std::size_t(1), (n + cut.largest - 1) / cut.largest, std::min(side_by_side, n / cut.smallest)});
  PathOptions of_piece = options;
  of_piece.memory_budget_bytes = 0;  // pieces are small
  RadioMap map{std::vector<double>(transmitters * n)};
  std::size_t done = 0;
  std::mutex turn;
  parallel::for_each(pieces, int(cut.threads), [&](std::size_t piece) {
    const std::size_t first = piece * n / pieces, last = (piece + 1) * n / pieces;
    const PathModel model(detail::with_receivers(scene, first, last), movers, of_piece);
    Workspace w = model.make_workspace();
    model.gains(configuration, visibility, w);
    const Recall half_rays = half_rays_recall(model.world());
    for (std::size_t tx = 0; tx < transmitters; ++tx)
      std::copy_n(w.gains.begin() + std::ptrdiff_t(tx * (last - first)), last - first,
                  map.gains.begin() + std::ptrdiff_t(tx * n + first));
    const std::scoped_lock lock(turn);
    map.paths += detail::count_paths(model, w);
    map.half_rays += half_rays;
    if (model.world().finder == Finder::shooting) map.finder = Finder::shooting;
    progress(done += last - first, n);
  });
  return map;
}
inline RadioMap radio_map(const Scene& scene, const std::vector<std::uint32_t>& movers,
                          const Configuration& configuration, const Visibility& visibility,
                          const PathOptions& options = {}) {
  return radio_map(scene, movers, configuration, visibility, options, [](std::size_t, std::size_t) {});
}

}  // namespace manyworlds::paths
