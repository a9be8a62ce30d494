#pragma once
#include <algorithm>

#include "manyworlds/kernels/worlds/stages.hpp"
#include "manyworlds/paths/batch/room.hpp"

namespace manyworlds::paths::batch {

/// Finds the paths of all worlds that meet a mover, under hard visibility, and which static ones movers stand in.
template <class Backend>
class PathFinder {
 public:
  static constexpr bool hard = true;

  /// `shared` with its worlds and their poses, see BatchView.
  PathFinder(Backend& backend, const kernels::BatchView& shared, const FinderInputs& inputs, const Room& room)
      : backend_(&backend),
        batch_(shared),
        most_worlds_(shared.worlds),
        penetrable_(inputs.penetrable && shared.geometry.transmission),
        room_(room),
        moving_(backend, std::size_t(shared.worlds) * shared.mover_face_count),
        blocked_(backend, std::size_t(groups_of(shared.worlds)) * shared.path_count),
        windows_(backend, window_count),
        overflow_(backend, 1) {
    batch_.moving = moving_.data();
    make_room();
  }

  /// So many worlds from the next find() on, at most as many as there were at first.
  void resize(std::uint32_t worlds) { batch_.worlds = worlds; }
  /// The view with the placed movers of all worlds.
  const kernels::BatchView& view() const { return batch_; }
  const std::uint32_t* blocked() const { return blocked_.data(); }
  /// Mover faces that one path can meet.
  int most_hops() const { return batch_.depth; }
  const std::uint32_t* path_groups() const { return nullptr; }  ///< each path is a wave of its own
  const std::uint8_t* tiles() const { return nullptr; }
  kernels::PathList paths() const { return {paths_.data(), hops_.data(), keys_.data()}; }
  const Room& room() const { return room_; }
  /// What the last step needed of it.
  const Room& used() const { return used_; }
  /// Not 0 after a step that has to run again, see complete().
  const std::uint32_t* overflow() const { return overflow_.data(); }
  /// Of all paths; its begin is 0.
  const backend::Window* path_window() const { return window(all_paths); }
  std::uint32_t groups() const { return groups_of(batch_.worlds); }
  std::size_t bytes() const {
    return moving_.bytes() + blocked_.bytes() + windows_.bytes() + pyramids_.bytes() + pairs_.bytes() +
           candidates_.bytes() + traced_.bytes() + traced_count_.bytes() + paths_.bytes() + hops_.bytes() +
           keys_.bytes() + marks_.bytes();
  }

  /// The launches of one step; nothing is allocated or waited for.
  void find() {
    Backend& run = *backend_;
    const kernels::BatchView& b = batch_;
    const std::uint32_t face_tiles = b.face_tile_count + mover_tiles();
    run.for_each("place movers", b.worlds * b.mover_face_count, kernels::PlaceMovers{b, moving_.data()});
    run.for_each("overlay", groups() * b.path_count, kernels::Overlay{b, blocked_.data()});
    run.for_each("forget paths", room_.paths, kernels::ForgetKeys{keys_.data()});
    if (penetrable_)
      append("retrace blocked", groups() * b.path_count * kernels::Overlay::group,
             kernels::RetraceBlocked{b, blocked_.data(), candidates_.data()}, nullptr, retraced, room_.candidates);
    append("enter movers", b.prefix_count * b.mover_face_count * b.worlds, kernels::EnterMovers{b, pyramids_.data()},
           nullptr, entered, room_.pyramids);
    std::uint32_t last = entered;
    for (int round = 1; round < b.depth; ++round, ++last) {
      const std::uint32_t met = face_pairs + std::uint32_t(round) - 1;
      append("tiles of faces", Length::of(window(last), face_tiles, room_.pyramids * face_tiles),
             kernels::MeetTiles<kernels::Pyramid>{pyramids_.data(), &window(last)->begin, b.face_tiles,
                                                  b.face_tile_count, mover_tiles(), true, pairs_.data()},
             nullptr, met, room_.pairs);
      append("light faces", Length::of(window(met), kernels::Tile::size, room_.pairs * kernels::Tile::size),
             kernels::LightFaces<kernels::Pyramid>{b, pyramids_.data(), pairs_.data()}, window(last), last + 1,
             room_.pyramids);
    }
    append("tiles of receivers",
           Length::whole(window(last), b.receiver_tile_count, room_.pyramids * b.receiver_tile_count),
           kernels::MeetTiles<kernels::Pyramid>{pyramids_.data(), &window(none)->begin, b.receiver_tiles,
                                                b.receiver_tile_count, 0, false, pairs_.data()},
           nullptr, receiver_pairs, room_.pairs);
    append("reach receivers",
           Length::of(window(receiver_pairs), kernels::Tile::size, room_.pairs * kernels::Tile::size),
           kernels::ReachReceivers{b, pyramids_.data(), pairs_.data(), candidates_.data()},
           penetrable_ ? window(retraced) : nullptr, reached, room_.candidates);
    append("trace", Length::whole(window(reached), 1, room_.candidates),
           kernels::TraceCandidates{b, candidates_.data(), traced_.data(), traced_count_.data(), paths()}, nullptr,
           all_paths, room_.paths);
    run.for_each("check room", 1, detail::CheckRoom{windows_.data(), window_count, overflow_.data()});
  }

  /// After a step: was there room for everything? If not, there is now, everything found is lost, and the step has to
  /// run again.
  bool complete() {
    std::array<backend::Window, window_count> w;
    windows_.read(w);
    Room needed;
    for (int round = 0; round < std::max(1, batch_.depth); ++round)
      needed.pyramids = std::max(needed.pyramids, w[entered + std::size_t(round)].needed);
    for (int round = 1; round < batch_.depth; ++round)
      needed.pairs = std::max(needed.pairs, w[face_pairs + std::size_t(round) - 1].needed);
    needed.pairs = std::max(needed.pairs, w[receiver_pairs].needed);
    needed.candidates = std::max(penetrable_ ? w[retraced].needed : 0, w[reached].needed);
    needed.paths = w[all_paths].needed;
    used_ = needed;
    if (!room_.grow(needed)) return true;
    make_room();
    return false;
  }

 private:
  using Length = backend::Length;
  template <class T>
  using Buffer = backend::Buffer<Backend, T>;

  /// Windows of the lists. Pyramids and pairs have one a round; `none` stays empty.
  enum : std::uint32_t {
    none,
    retraced,
    reached,
    all_paths,
    receiver_pairs,
    entered,
    face_pairs = entered + kernels::max_interactions,
    window_count = face_pairs + kernels::max_interactions
  };

  backend::Window* window(std::uint32_t number) const { return windows_.data() + number; }
  std::uint32_t mover_tiles() const {
    return (batch_.mover_face_count + kernels::Tile::size - 1) / kernels::Tile::size;
  }

  template <class Stage>
  void append(const char* what, Length length, const Stage& stage, const backend::Window* before, std::uint32_t after,
              std::uint32_t capacity) {
    backend::append(*backend_, what, length, stage, marks_, before, window(after), capacity);
  }

  void make_room() {
    Backend& b = *backend_;
    const std::uint32_t depth = std::uint32_t(std::max(1, batch_.depth));
    const std::uint32_t tiles = std::max(batch_.face_tile_count + mover_tiles(), batch_.receiver_tile_count);
    std::uint32_t longest = detail::index_range(room_.pyramids, tiles);
    longest = std::max(longest, detail::index_range(room_.pairs, kernels::Tile::size));
    longest = std::max(longest, detail::index_range(std::uint64_t(groups_of(most_worlds_)) * batch_.path_count,
                                                    kernels::Overlay::group));
    longest = std::max(longest,
                       detail::index_range(std::uint64_t(batch_.prefix_count) * batch_.mover_face_count, most_worlds_));
    longest = std::max(longest, room_.candidates);
    // What is too small goes first, so that both are never there at once.
    pyramids_ = {};
    pairs_ = {};
    candidates_ = {};
    traced_ = {};
    traced_count_ = {};
    paths_ = {};
    hops_ = {};
    keys_ = {};
    marks_ = {};
    pyramids_ = {b, room_.pyramids};
    pairs_ = {b, room_.pairs};
    candidates_ = {b, room_.candidates};
    traced_ = {b, detail::index_range(room_.candidates, depth)};
    traced_count_ = {b, room_.candidates};
    paths_ = {b, room_.paths};
    hops_ = {b, detail::index_range(room_.paths, depth)};
    keys_ = {b, room_.paths};
    marks_ = {b, longest};
  }

  Backend* backend_;
  kernels::BatchView batch_;
  std::uint32_t most_worlds_;
  bool penetrable_;
  Room room_, used_{};
  Buffer<kernels::PlanarFace> moving_;
  Buffer<std::uint32_t> blocked_;
  Buffer<backend::Window> windows_;
  Buffer<std::uint32_t> overflow_;
  Buffer<kernels::Pyramid> pyramids_;
  Buffer<kernels::PyramidTile> pairs_;
  Buffer<kernels::Candidate> candidates_;
  Buffer<kernels::Hop> traced_;
  Buffer<int> traced_count_;
  Buffer<kernels::Path> paths_;
  Buffer<kernels::Hop> hops_;
  Buffer<std::uint32_t> keys_;
  backend::Marks<Backend> marks_;
};

}  // namespace manyworlds::paths::batch
