#pragma once
#include <bit>
#include <span>
#include <string>

#include "manyworlds/core/error.hpp"
#include "manyworlds/kernels/worlds/gains_adjoint.hpp"
#include "manyworlds/paths/batch/path_finder.hpp"
#include "manyworlds/paths/batch/shared.hpp"

namespace manyworlds::paths::batch {

namespace detail {

/// What a static path contributes where the others contribute V.
template <class V>
struct StaticContribution {
  using Type = V;
};
template <class T>
struct StaticContribution<kernels::Grouped<T>> {
  using Type = T;
};

}  // namespace detail

/// Path gains of many worlds at once, and their adjoint: what PathModel does for one world, as one sequence of launches
/// for all. Fields are computed in T, everything that decides which paths there are in double. V, what a path
/// contributes: T under hard visibility, kernels::Grouped<T> under soft; CVec3<T> for coherent sums. Finder: PathFinder
/// or SoftFinder.
template <class Backend, class T = double, class V = T, class Finder = PathFinder<Backend>>
class Gains {
 public:
  /// Throws InputError when `arrays` are coherent and V is not, or the other way round, and for a visibility that is
  /// not the finder's; std::length_error for lists that are too long, which those of fewer worlds may not be.
  Gains(Backend& backend, const Arrays& arrays, std::uint32_t worlds, const Room& room,
        const Visibility& visibility = {.kind = VisibilityKind::hard})
      : backend_(&backend),
        shared_(backend, arrays),
        worlds_(worlds),
        most_worlds_(worlds),
        links_(arrays.links()),
        movers_(arrays.movers),
        poses_(backend, std::size_t(worlds) * arrays.movers),
        visibility_(visibility),
        finder_(backend, with_worlds(), inputs(arrays), room),
        frames_(backend, std::size_t(worlds) * arrays.mover_faces.size()),
        of_static_(backend, arrays.paths.size()),
        totals_(backend, std::size_t(worlds) * links_),
        gains_(backend, std::size_t(worlds) * links_),
        gain_bar_(backend, std::size_t(worlds) * links_),
        runs_(backend, std::size_t(worlds) * arrays.movers * kernels::gradient_runs),
        gradient_(backend, std::size_t(worlds) * arrays.movers) {
    expect(arrays.coherent == std::is_same_v<V, CVec3<T>>, "batch",
           "sums of fields where gains are coherent, else of powers");
    expect(worlds > 0, "batch", "at least one world");
    detail::index_range(std::uint64_t(groups_of(worlds)) * kernels::Overlay::group, links_ + 1);
    expect(Finder::hard == (visibility.kind == VisibilityKind::hard), "batch",
           Finder::hard ? "hard visibility" : "soft visibility");
    make_room();
    backend.for_each(
        "static paths", shared_.view().path_count,
        kernels::EvaluateStatic<T, Static>{shared_.static_field(), shared_.field_paths(), of_static_.data()});
  }
  Gains(Backend& backend, const Arrays& arrays, std::uint32_t worlds)  ///< under hard visibility
      : Gains(backend, arrays, worlds, Room::of(worlds)) {}
  Gains(Gains&&) = delete;  // views point into it

  std::uint32_t worlds() const { return worlds_; }
  std::uint32_t most_worlds() const { return most_worlds_; }
  std::uint32_t links() const { return links_; }

  /// So many worlds from the next step on, at most as many as it was made for.
  void resize(std::uint32_t worlds) {
    expect(worlds > 0 && worlds <= most_worlds_, "batch", "1 to " + std::to_string(most_worlds_) + " worlds");
    if (worlds == worlds_) return;
    worlds_ = worlds;
    finder_.resize(worlds);
    forward_.reset();
    backward_.reset();
  }

  /// poses [world][mover] to gains [world][link], link = tx * receivers + rx. Throws InputError when sizes do not fit.
  void gains(std::span<const Pose> poses, std::span<double> gains) {
    place(poses);
    find_and_evaluate();
    expect(gains.size() == std::size_t(worlds_) * links_, "gains",
           std::to_string(std::size_t(worlds_) * links_) + " gains");
    read_gains(gains);
  }
  /// Adjoint of the last gains(): gradient [world][mover] = (d gains / d pose)^T gain_bar.
  void pullback(std::span<const double> gain_bar, std::span<PoseGradient> gradient) {
    const std::size_t links = std::size_t(worlds_) * links_, movers = std::size_t(worlds_) * movers_;
    expect(gain_bar.size() == links && gradient.size() == movers, "pullback",
           std::to_string(links) + " derivatives and " + std::to_string(movers) + " gradients");
    write_gain_bar(gain_bar);
    pull();
    read_gradient(gradient);
  }

  /// The same for what stands in the backend's memory already.
  void place(std::span<const Pose> poses) {
    const std::size_t movers = std::size_t(worlds_) * movers_;
    expect(poses.size() == movers, "poses", std::to_string(movers) + " poses");
    poses_.write(poses);
  }
  void write_gain_bar(std::span<const double> gain_bar) { gain_bar_.write(gain_bar); }
  void read_gains(std::span<double> gains) const { gains_.read(gains); }  ///< of the first worlds
  void read_gradient(std::span<PoseGradient> gradient) const { gradient_.read(gradient); }
  void find_and_evaluate() {
    run(forward_, "gains", [&] { launch_gains(); });
  }
  void pull() {
    backend_->run(backward_, "adjoint of gains", [&] { launch_pullback(); });
  }

  /// For those that make these launches part of a step of their own. That has to run again while
  /// !make_room_if_needed(), as it does here.
  template <class Step>
  void run(typename Backend::Program& program, const char* what, const Step& step) {
    for (bool complete = false; !complete; ++steps_) {
      backend_->run(program, what, step);
      complete = make_room_if_needed();
      if (!complete) program.reset();
    }
  }
  void launch_gains() {
    Backend& run = *backend_;
    finder_.find();
    const kernels::BatchView& b = finder_.view();
    run.sort_indices("sort paths", finder_.room().paths, finder_.paths().keys, sorted_.data(), order_.data(),
                     int(std::bit_width(std::uint64_t(worlds_) * links_ + 1)));
    run.for_each("frames", worlds_ * b.mover_face_count, kernels::FrameMovers<T>{b.moving, frames_.data()});
    run.for_each("fields", all_paths(), kernels::EvaluatePaths<T, V, Finder::hard>{sorted(), contributions_.data()});
    run.for_each("links", finder_.groups() * links_ * kernels::Overlay::group,
                 kernels::SumLinks<T, V>{b, sorted(), finder_.blocked(), of_static_.data(), contributions_.data(),
                                         totals_.data(), gains_.data()});
  }
  void launch_pullback() {
    Backend& run = *backend_;
    const kernels::BatchView& b = finder_.view();
    run.for_each("adjoint of fields", all_paths(),
                 kernels::PullPaths<T, V, Finder::hard>{b, sorted(), gain_bar_.data(), totals_.data(),
                                                        contributions_.data(), path_gradients()});
    run.for_each("runs of gradients", worlds_ * b.mover_count * kernels::gradient_runs,
                 kernels::SumRuns<T>{b, sorted(), path_gradients(), runs_.data()});
    run.for_each("gradients", worlds_ * b.mover_count, kernels::SumGradients{runs_.data(), gradient_.data()});
  }
  bool make_room_if_needed() {
    const bool complete = finder_.complete();
    if (!complete) make_room();
    return complete;
  }
  Pose* poses() { return poses_.data(); }                            ///< [world][mover]
  const double* link_gains() const { return gains_.data(); }         ///< [world][link]
  double* gain_bar() { return gain_bar_.data(); }                    ///< [world][link]
  const PoseGradient* gradient() const { return gradient_.data(); }  ///< [world][mover]

  /// From the next step on; tiles stay as they are.
  void set_visibility(const Visibility& visibility) {
    expect(visibility.tiles == visibility_.tiles && Finder::hard == (visibility.kind == VisibilityKind::hard),
           "batch visibility", "the same number of tiles, and hard where it was hard");
    visibility_ = visibility;
    if constexpr (!Finder::hard) finder_.set_visibility(visibility);
    forward_.reset();
    backward_.reset();
  }

  const Finder& finder() const { return finder_; }
  std::size_t steps() const { return steps_; }  ///< that ran, with those that had to be repeated
  std::size_t shared_bytes() const { return shared_.bytes() + of_static_.bytes(); }
  std::size_t world_bytes() const {
    return poses_.bytes() + finder_.bytes() + frames_.bytes() + totals_.bytes() + gains_.bytes() + gain_bar_.bytes() +
           runs_.bytes() + gradient_.bytes() + sorted_.bytes() + order_.bytes() + contributions_.bytes() +
           translation_.bytes() + rotation_.bytes();
  }

 private:
  template <class Any>
  using Buffer = backend::Buffer<Backend, Any>;

  using Static = typename detail::StaticContribution<V>::Type;

  FinderInputs inputs(const Arrays& arrays) const {
    return {arrays.has_penetrable_movers(), visibility_, arrays.wavelength, shared_.field_paths(),
            shared_.static_field().hops};
  }
  kernels::BatchView with_worlds() const {
    kernels::BatchView view = shared_.view();
    view.worlds = worlds_;
    view.poses = poses_.data();
    return view;
  }
  kernels::SortedPaths<T> sorted() const {
    kernels::SortedPaths<T> paths;
    paths.field = shared_.static_field();
    paths.field.hops = finder_.paths().hops;
    paths.field.tiles = finder_.tiles();
    paths.field.visibility = visibility_;
    paths.groups = finder_.path_groups();
    paths.paths = finder_.paths().paths;
    paths.keys = sorted_.data();
    paths.order = order_.data();
    paths.count = &finder_.path_window()->end;
    paths.frames = frames_.data();
    paths.mover_face_count = shared_.view().mover_face_count;
    paths.links = links_;
    return paths;
  }
  backend::Length all_paths() const { return backend::Length::whole(finder_.path_window(), 1, finder_.room().paths); }
  kernels::PathGradients<T> path_gradients() const {
    return {translation_.data(), rotation_.data(), gradient_slots(), finder_.view().mover_face_count};
  }

  std::uint32_t gradient_slots() const {
    return std::min(finder_.view().mover_face_count, std::uint32_t(finder_.most_hops()));
  }

  void make_room() {
    const std::size_t paths = finder_.room().paths, slots = paths * gradient_slots();
    sorted_ = {};
    order_ = {};
    contributions_ = {};
    translation_ = {};
    rotation_ = {};
    sorted_ = {*backend_, paths};
    order_ = {*backend_, paths};
    contributions_ = {*backend_, paths};
    translation_ = {*backend_, slots};
    rotation_ = {*backend_, slots};
    backend_->reserve(paths);
    forward_.reset();
    backward_.reset();
  }

  Backend* backend_;
  Shared<Backend, T> shared_;
  std::uint32_t worlds_, most_worlds_, links_, movers_;
  Buffer<Pose> poses_;
  Visibility visibility_;
  Finder finder_;
  Buffer<kernels::FaceFrame<T>> frames_;
  Buffer<Static> of_static_;
  Buffer<V> totals_;
  Buffer<double> gains_, gain_bar_;
  Buffer<PoseGradient> runs_, gradient_;
  Buffer<std::uint32_t> sorted_, order_;
  Buffer<V> contributions_;
  Buffer<Vec3<T>> translation_, rotation_;
  typename Backend::Program forward_, backward_;
  std::size_t steps_ = 0;
};

}  // namespace manyworlds::paths::batch
