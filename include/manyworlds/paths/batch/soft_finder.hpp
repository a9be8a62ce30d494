#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/kernels/worlds/departures.hpp"
#include "manyworlds/paths/batch/room.hpp"

namespace manyworlds::paths::batch {

/// Finds the paths of all worlds that meet a mover, under soft visibility, and which static ones movers stand beside:
/// what paths::SoftFinder does for one world.
template <class Backend>
class SoftFinder {
 public:
  static constexpr bool hard = false;

  /// `shared` with its worlds and their poses, see BatchView. Throws InputError for more tiles than fit in a path.
  SoftFinder(Backend& backend, const kernels::BatchView& shared, const FinderInputs& inputs, const Room& room)
      : backend_(&backend),
        inputs_(inputs),
        most_worlds_(shared.worlds),
        room_(room),
        moving_(backend, std::size_t(shared.worlds) * shared.mover_face_count),
        windows_(backend, most_windows),
        overflow_(backend, 1) {
    const Visibility& v = inputs.visibility;
    expect(v.tiles >= 1 && v.tiles <= kernels::max_tiles, "visibility.tiles", "1 to 8");
    soft_.batch = shared;
    soft_.batch.moving = moving_.data();
    soft_.tiles = v.tiles;
    set_visibility(v);
    expect(way_count(levels()) * std::uint64_t(levels()) <= most_tiles, "visibility.tiles",
           "fewer tiles or movers, or a smaller depth: a path of a batch has room for " + std::to_string(most_tiles) +
               " tiles");
    screened_ = {backend, detail::index_range(std::uint64_t(groups()) * shared.path_count, kernels::Overlay::group)};
    make_room();
  }

  /// See PathFinder.
  void resize(std::uint32_t worlds) { soft_.batch.worlds = worlds; }
  /// From the next find() on. Throws InputError when it is out of range.
  void set_visibility(const Visibility& v) {
    expect(v.smoothing_wavelengths > 0 && v.alpha > 0 && v.support > 0, "visibility", "smoothing and support above 0");
    soft_.reach = kernels::Reach(v, inputs_.wavelength);
  }

  const kernels::BatchView& view() const { return soft_.batch; }
  /// Which static paths stand in the list, with screens: see kernels::Overlay.
  const std::uint32_t* blocked() const { return screened_.bits.data(); }
  int most_hops() const { return kernels::max_hops; }
  kernels::PathList paths() const { return {paths_.data(), hops_.data(), keys_.data()}; }
  const std::uint32_t* path_groups() const { return path_groups_.data(); }
  const std::uint8_t* tiles() const { return tiles_.data(); }
  const Room& room() const { return room_; }
  const Room& used() const { return used_; }
  const std::uint32_t* overflow() const { return overflow_.data(); }
  const backend::Window* path_window() const { return windows_.data() + last_paths; }
  std::uint32_t groups() const { return groups_of(view().worlds); }
  std::size_t bytes() const {
    std::size_t sum = moving_.bytes() + windows_.bytes() + screened_.bytes() + marks_.bytes() + pyramids_.bytes() +
                      pairs_.bytes() + departures_.bytes() + legs_.bytes() + paths_.bytes() + hops_.bytes() +
                      keys_.bytes() + path_groups_.bytes() + tiles_.bytes();
    for (int level = 0; level < levels(); ++level)
      sum += entries_[level].bytes() + arrivals_[level].bytes() + ways_[level].bytes();
    return sum;
  }

  /// The launches of one step; nothing is allocated or waited for.
  void find() {
    Backend& run = *backend_;
    const kernels::BatchView& b = view();
    lists_.assign(1, None);
    run.for_each("place movers", b.worlds * b.mover_face_count, kernels::PlaceMovers{b, moving_.data()});
    run.for_each("forget paths", room_.paths, kernels::ForgetKeys{keys_.data()});
    std::uint32_t found = next(Paths);
    backend::append(run, "screen static", groups() * b.path_count * kernels::Overlay::group,
                    kernels::ScreenStatic{soft_, inputs_.static_paths, inputs_.static_hops, out()}, screened_, nullptr,
                    window(found), room_.paths);
    for (int level = 0; level < levels(); ++level) {
      const std::uint32_t arrived = arrive(level);
      found = join(level, depart(level, arrived, true), found);
      if (level + 1 < levels()) last_departed_ = depart(level, arrived, false);
    }
    run.for_each("all paths", 1, detail::WholeList{window(found), window(last_paths)});
    run.for_each("check room", 1, detail::CheckRoom{windows_.data(), std::uint32_t(lists_.size()), overflow_.data()});
  }

  /// After a step: was there room for everything? If not, there is now, everything found is lost, and the step has to
  /// run again.
  bool complete() {
    std::vector<backend::Window> w(lists_.size());
    windows_.read(w);
    Room needed;
    for (std::size_t i = 0; i < w.size(); ++i)
      if (lists_[i] != None) raise(room_of(needed, lists_[i]), w[i].needed);
    used_ = needed;
    if (!room_.grow(needed)) return true;
    make_room();
    return false;
  }

 private:
  using Length = backend::Length;
  template <class T>
  using Buffer = backend::Buffer<Backend, T>;
  enum List : std::uint8_t { None, Pyramids, Pairs, Departures, Paths, Arrivals };  ///< Arrivals + level
  static constexpr std::uint32_t most_windows = 256, last_paths = most_windows - 1, most_tiles = 4096;

  /// Mover bounces that a path can have.
  int levels() const {
    const int depth = view().depth;
    return view().mover_face_count == 1 ? (depth + 1) / 2 : std::min(depth, int(kernels::max_mover_bounces));
  }
  /// Ways through so many bounces.
  std::uint32_t way_count(int bounces) const {
    std::uint64_t n = 1;
    for (int i = 0; i < bounces && n <= most_tiles; ++i) n *= std::uint64_t(soft_.tile_count());
    return std::uint32_t(std::min<std::uint64_t>(n, most_tiles + 1));
  }
  std::uint32_t tile_slots() const { return way_count(levels()) * std::uint32_t(std::max(1, levels())); }
  kernels::SoftPathList out() const { return {paths(), path_groups_.data(), tiles_.data(), tile_slots()}; }

  backend::Window* window(std::uint32_t number) const { return windows_.data() + number; }
  std::uint32_t next(std::uint8_t list) {
    lists_.push_back(list);
    return std::uint32_t(lists_.size() - 1);
  }
  static std::uint32_t& room_of(Room& room, std::uint8_t list) {
    if (list == Pyramids) return room.pyramids;
    if (list == Pairs) return room.pairs;
    if (list == Departures) return room.candidates;
    if (list == Paths) return room.paths;
    return room.arrivals[std::size_t(list - Arrivals)];
  }
  static void raise(std::uint32_t& most, std::uint32_t n) { most = std::max(most, n); }

  template <class Stage>
  std::uint32_t append(const char* what, Length length, const Stage& stage, std::uint8_t list,
                       const backend::Window* before = nullptr) {
    const std::uint32_t after = next(list);
    backend::append(*backend_, what, length, stage, marks_, before, window(after), room_of(room_, list));
    return after;
  }

  /// Arrivals of one more mover bounce than the level; their window.
  std::uint32_t arrive(int level) {
    const kernels::BatchView& b = view();
    const auto list = std::uint8_t(Arrivals + level);
    const std::uint32_t room = room_.arrivals[std::size_t(level)], ways = way_count(level + 1);
    kernels::Arrival* const entries = entries_[level].data();
    kernels::Way* const own_ways = ways_[level].data();
    std::uint32_t entered;
    if (level == 0) {
      entered =
          append("meet movers", b.prefix_count * b.mover_face_count * b.worlds, kernels::MeetMovers{b, entries}, list);
      backend_->for_each("ways", Length::of(window(entered), ways, room * ways),
                         kernels::TraceFirstWays{soft_, entries, own_ways});
    } else {
      const kernels::Arrival* const parents = arrivals_[level - 1].data();
      entered = append("meet further movers",
                       Length::whole(window(last_departed_), b.mover_face_count, room_.pyramids * b.mover_face_count),
                       kernels::MeetFurtherMovers{b, parents, pyramids_.data(), entries}, list);
      backend_->for_each("ways", Length::of(window(entered), ways, room * ways),
                         kernels::TraceFurtherWays{soft_, entries, parents, ways_[level - 1].data(), way_count(level),
                                                   level + 1, own_ways});
    }
    return append("arrivals", Length::of(window(entered), 1, room),
                  kernels::KeepArrivals{entries, own_ways, ways, arrivals_[level].data()}, list);
  }

  /// Pyramids from the arrivals of a level on; the last window of the list.
  std::uint32_t depart(int level, std::uint32_t arrived, bool to_receivers) {
    const kernels::BatchView& b = view();
    std::uint32_t last =
        append("depart", Length::of(window(arrived), 1, room_.arrivals[std::size_t(level)]),
               kernels::Depart{soft_, arrivals_[level].data(), to_receivers, pyramids_.data()}, Pyramids);
    for (int round = b.depth - level - (to_receivers ? 1 : 2); round > 0; --round) {
      const std::uint32_t met =
          append("tiles of faces", Length::of(window(last), b.face_tile_count, room_.pyramids * b.face_tile_count),
                 kernels::MeetTiles<kernels::FatPyramid>{pyramids_.data(), &window(last)->begin, b.face_tiles,
                                                         b.face_tile_count, 0, true, pairs_.data()},
                 Pairs);
      last =
          append("light faces", Length::of(window(met), kernels::Tile::size, room_.pairs * kernels::Tile::size),
                 kernels::LightFaces<kernels::FatPyramid>{b, pyramids_.data(), pairs_.data()}, Pyramids, window(last));
    }
    return last;
  }

  /// Paths of a level's pyramids to the receivers, behind those of window `found`; their window.
  std::uint32_t join(int level, std::uint32_t pyramids, std::uint32_t found) {
    const kernels::BatchView& b = view();
    const kernels::Arrival* const arrivals = arrivals_[level].data();
    const std::uint32_t tiles = std::uint32_t(soft_.tile_count()), ways = way_count(level + 1);
    const std::uint32_t met =
        append("tiles of receivers",
               Length::whole(window(pyramids), b.receiver_tile_count, room_.pyramids * b.receiver_tile_count),
               kernels::MeetTiles<kernels::FatPyramid>{pyramids_.data(), &window(0)->begin, b.receiver_tiles,
                                                       b.receiver_tile_count, 0, false, pairs_.data()},
               Pairs);
    const std::uint32_t mirrored = append(
        "mirror receivers", Length::of(window(met), kernels::Tile::size, room_.pairs * kernels::Tile::size),
        kernels::MirrorReceivers{soft_, arrivals, pyramids_.data(), pairs_.data(), departures_.data()}, Departures);
    backend_->for_each("legs", Length::of(window(mirrored), tiles, room_.candidates * tiles),
                       kernels::TraceLegs{soft_, arrivals, pyramids_.data(), departures_.data(), legs_.data()});
    return append("join ways", Length::of(window(mirrored), ways, room_.candidates * ways),
                  kernels::JoinWays{soft_, arrivals, pyramids_.data(), departures_.data(), ways_[level].data(), ways,
                                    level + 1, legs_.data(), out()},
                  Paths, window(found));
  }

  void make_room() {
    Backend& b = *backend_;
    const kernels::BatchView& v = view();
    const std::uint32_t tiles = std::uint32_t(soft_.tile_count());
    std::uint32_t longest = 0;
    const auto index = [&](std::uint64_t x, std::uint64_t y) { raise(longest, detail::index_range(x, y)); };
    index(room_.pyramids, std::max({v.face_tile_count, v.receiver_tile_count, v.mover_face_count}));
    index(room_.pairs, kernels::Tile::size);
    index(room_.candidates, way_count(levels()));
    index(room_.candidates, tiles);
    index(std::uint64_t(v.prefix_count) * v.mover_face_count, most_worlds_);
    // What is too small goes first, so that both are never there at once.
    for (int level = 0; level < levels(); ++level) {
      const std::uint32_t room = room_.arrivals[std::size_t(level)];
      index(room, way_count(level + 1));
      entries_[level] = {};
      arrivals_[level] = {};
      ways_[level] = {};
      entries_[level] = {b, room};
      arrivals_[level] = {b, room};
      ways_[level] = {b, std::size_t(room) * way_count(level + 1)};
    }
    pyramids_ = {};
    pairs_ = {};
    departures_ = {};
    legs_ = {};
    paths_ = {};
    hops_ = {};
    keys_ = {};
    path_groups_ = {};
    tiles_ = {};
    marks_ = {};
    pyramids_ = {b, room_.pyramids};
    pairs_ = {b, room_.pairs};
    departures_ = {b, room_.candidates};
    legs_ = {b, std::size_t(room_.candidates) * tiles};
    paths_ = {b, room_.paths};
    hops_ = {b, detail::index_range(room_.paths, kernels::max_hops)};
    keys_ = {b, room_.paths};
    path_groups_ = {b, room_.paths};
    tiles_ = {b, detail::index_range(room_.paths, tile_slots())};
    marks_ = {b, longest};
  }

  Backend* backend_;
  FinderInputs inputs_;
  kernels::SoftView soft_;
  std::uint32_t most_worlds_;
  Room room_, used_{};
  std::vector<std::uint8_t> lists_;  ///< of each window, by the last find()
  std::uint32_t last_departed_ = 0;
  Buffer<kernels::PlanarFace> moving_;
  Buffer<backend::Window> windows_;
  Buffer<std::uint32_t> overflow_;
  backend::Marks<Backend> screened_, marks_;
  Buffer<kernels::Arrival> entries_[kernels::max_mover_bounces], arrivals_[kernels::max_mover_bounces];
  Buffer<kernels::Way> ways_[kernels::max_mover_bounces];
  Buffer<kernels::FatPyramid> pyramids_;
  Buffer<kernels::PyramidTile> pairs_;
  Buffer<kernels::Departure> departures_;
  Buffer<kernels::Way> legs_;
  Buffer<kernels::Path> paths_;
  Buffer<kernels::Hop> hops_;
  Buffer<std::uint32_t> keys_, path_groups_;
  Buffer<std::uint8_t> tiles_;
};

}  // namespace manyworlds::paths::batch
