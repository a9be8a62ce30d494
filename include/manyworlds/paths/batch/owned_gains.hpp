#pragma once
#include <bit>
#include <map>
#include <optional>
#include <utility>

#include "manyworlds/paths/batch/any_gains.hpp"
#include "manyworlds/paths/batch/gains.hpp"
#include "manyworlds/paths/batch/losses.hpp"
#include "manyworlds/paths/batch/soft_finder.hpp"

namespace manyworlds::paths::batch {

/// Losses that a backend has code for.
template <class Backend>
class LossKinds {
 public:
  /// Launches values of a loss, and with `adjoint` its derivatives by the gains, too.
  using Launch = void (*)(Losses<Backend>&, const StructCopy&, std::uint32_t worlds, bool adjoint);

  /// L: a separable loss (loss/loss.hpp).
  template <class L>
  void add() {
    kinds_[std::type_index(typeid(L))] = [](Losses<Backend>& losses, const StructCopy& copy, std::uint32_t worlds,
                                            bool adjoint) {
      const L loss = copy.template get<L>();
      losses.launch_values(loss, worlds);
      if (adjoint) losses.launch_adjoint(loss, worlds);
    };
  }
  /// Null when there is none of this type.
  Launch find(std::type_index type) const {
    const auto kind = kinds_.find(type);
    return kind == kinds_.end() ? nullptr : kind->second;
  }

 private:
  std::map<std::type_index, Launch> kinds_;
};

/// What losses a batch is asked for, and how gains become powers. None: no losses.
template <class Backend>
struct LossesOf {
  const Reception* reception = nullptr;
  LossKinds<Backend> kinds{};
};

namespace detail {

template <class Backend, class T, class V, class Finder>
class OwnedGains final : public AnyGains {
 public:
  OwnedGains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds, const Room& room,
             const Visibility& visibility, LossesOf<Backend> of)
      : backend_(std::move(backend)),
        movers_(arrays.movers),
        gains_(*backend_, arrays, worlds, room, visibility),
        kinds_(std::move(of.kinds)) {
    if (of.reception) losses_.emplace(*backend_, arrays, worlds, *of.reception, gains_.link_gains(), gains_.gain_bar());
  }
  bool evaluate(std::span<const Pose> poses, const StructCopy& loss, std::span<double> values,
                std::span<double> weakest_dbm, std::span<PoseGradient> gradient) override {
    const auto launch_losses = losses_ ? kinds_.find(loss.type()) : nullptr;
    if (!launch_losses) return false;
    place(poses);
    const bool adjoint = !gradient.empty();
    if (!recorded_ || !(*recorded_ == std::pair(loss, adjoint))) {
      evaluation_.reset();
      recorded_.emplace(loss, adjoint);
    }
    gains_.run(evaluation_, "evaluation", [&] {
      gains_.launch_gains();
      launch_losses(*losses_, loss, gains_.worlds(), adjoint);
      if (adjoint) gains_.launch_pullback();
    });
    losses_->read(values, weakest_dbm);
    if (adjoint) gains_.read_gradient(gradient);
    return true;
  }
  bool losses(const StructCopy& loss, std::span<double> values) override {
    const auto launch = losses_ ? kinds_.find(loss.type()) : nullptr;
    if (!launch) return false;
    launch(*losses_, loss, gains_.worlds(), false);
    losses_->read(values);
    return true;
  }
  void find(std::span<const Pose> poses) override {
    place(poses);
    const std::size_t steps = gains_.steps();
    gains_.find_and_evaluate();
    if (gains_.steps() != steps + 1) recorded_.reset();  // there is more room, elsewhere
  }
  void read_gains(std::span<double> gains) const override { gains_.read_gains(gains); }
  void write_gain_bar(std::span<const double> gain_bar) override { gains_.write_gain_bar(gain_bar); }
  void pull(std::span<PoseGradient> gradient) override {
    gains_.pull();
    gains_.read_gradient(gradient);
  }
  void set_visibility(const Visibility& visibility) override {
    gains_.set_visibility(visibility);
    recorded_.reset();
  }
  std::uint32_t most_worlds() const override { return gains_.most_worlds(); }
  std::size_t steps() const override { return gains_.steps(); }
  const Room& used() const override { return gains_.finder().used(); }
  std::size_t shared_bytes() const override { return gains_.shared_bytes(); }
  std::size_t world_bytes() const override { return gains_.world_bytes() + (losses_ ? losses_->bytes() : 0); }

 private:
  void place(std::span<const Pose> poses) {
    const std::size_t count = poses.size() / movers_;
    expect(count > 0 && count <= most_worlds() && poses.size() == count * movers_, "batch",
           "poses of all movers of 1 to " + std::to_string(most_worlds()) + " worlds");
    const std::uint32_t worlds = padded(std::uint32_t(count));
    if (worlds != gains_.worlds()) recorded_.reset();
    gains_.resize(worlds);
    if (worlds == count) return gains_.place(poses);
    poses_.assign(poses.begin(), poses.end());
    for (std::size_t i = poses.size(); i < worlds * movers_; ++i) poses_.push_back(poses_[i - movers_]);
    gains_.place(poses_);
  }
  /// Launches are recorded for a number of worlds: worlds that stop one by one do not change it each time. The places
  /// that are left repeat the last world.
  std::uint32_t padded(std::uint32_t worlds) const {
    constexpr std::uint32_t group = kernels::Overlay::group;
    return std::min(most_worlds(), worlds < group ? std::bit_ceil(worlds) : (worlds + group - 1) / group * group);
  }

  std::unique_ptr<Backend> backend_;
  std::uint32_t movers_;
  Gains<Backend, T, V, Finder> gains_;
  LossKinds<Backend> kinds_;
  std::optional<Losses<Backend>> losses_;
  std::vector<Pose> poses_;
  typename Backend::Program evaluation_;
  std::optional<std::pair<StructCopy, bool>> recorded_;  ///< the loss of the program, and whether it has an adjoint
};

template <class V, class Finder, class T, class Backend>
std::unique_ptr<AnyGains> make_gains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds,
                                     const Room& room, const Visibility& visibility, LossesOf<Backend> losses) {
  if (arrays.coherent)
    return std::make_unique<OwnedGains<Backend, T, CVec3<T>, Finder>>(std::move(backend), arrays, worlds, room,
                                                                      visibility, std::move(losses));
  return std::make_unique<OwnedGains<Backend, T, V, Finder>>(std::move(backend), arrays, worlds, room, visibility,
                                                             std::move(losses));
}

}  // namespace detail

/// Gains on a backend of their own under hard visibility, coherent when the arrays are; fields in T.
template <class T, class Backend>
std::unique_ptr<AnyGains> make_gains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds,
                                     const Room& room, LossesOf<Backend> losses = {}) {
  return detail::make_gains<T, PathFinder<Backend>, T>(std::move(backend), arrays, worlds, room,
                                                       Visibility{.kind = VisibilityKind::hard}, std::move(losses));
}
/// The same under soft visibility.
template <class T, class Backend>
std::unique_ptr<AnyGains> make_soft_gains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds,
                                          const Room& room, const Visibility& visibility,
                                          LossesOf<Backend> losses = {}) {
  return detail::make_gains<kernels::Grouped<T>, SoftFinder<Backend>, T>(std::move(backend), arrays, worlds, room,
                                                                         visibility, std::move(losses));
}

}  // namespace manyworlds::paths::batch
