#pragma once
#include <functional>

#include "manyworlds/backend/device.hpp"
#include "manyworlds/backend/measure.hpp"
#include "manyworlds/paths/batch/any_gains.hpp"

namespace manyworlds::paths::batch {

/// Memory of a batch.
struct Footprint {
  std::size_t shared_bytes = 0;     ///< once
  std::size_t bytes_per_world = 0;  ///< on top, for each world
};

/// What a batch with fields in T will take, known before anything is allocated; the sort's own memory, some bytes for
/// each path, comes on top. `room`: of one world.
template <class T>
Footprint footprint(const Arrays& arrays, const Room& room,
                    const Visibility& visibility = {.kind = VisibilityKind::hard}) {
  const auto bytes = [&](std::uint32_t worlds) {
    auto measure = std::make_unique<backend::Measure>();
    const backend::Measure& total = *measure;
    const auto batch = visibility.kind == VisibilityKind::hard
                           ? make_gains<T>(std::move(measure), arrays, worlds, room.times(worlds))
                           : make_soft_gains<T>(std::move(measure), arrays, worlds, room.times(worlds), visibility);
    return total.bytes();
  };
  constexpr std::uint32_t group = kernels::Overlay::group;
  const std::size_t one = bytes(group), two = bytes(2 * group);
  return {one - (two - one), (two - one + group - 1) / group};
}

/// Gains and gradients of more worlds than memory holds at once: in groups, one after another. When even a group does
/// not fit, it is halved and repeated; nothing is lost.
class StagedGains {
 public:
  /// Makes the batch of a group; throws OutOfDeviceMemory when it does not fit.
  using Make = std::function<std::unique_ptr<AnyGains>(std::uint32_t worlds)>;
  /// Told whenever the groups change: one line.
  using Say = std::function<void(const std::string&)>;

  StagedGains(std::uint32_t worlds, std::uint32_t at_once, Make make, Say say = {})
      : worlds_(worlds),
        at_once_(std::clamp(at_once, 1u, std::max(1u, worlds))),
        make_(std::move(make)),
        say_(std::move(say)) {
    tell("");
  }

  std::uint32_t worlds() const { return worlds_; }
  std::uint32_t at_once() const { return at_once_; }
  std::uint32_t groups() const { return (worlds_ + at_once_ - 1) / at_once_; }

  /// poses [world][mover] to gains [world][link] and gradient [world][mover]. Between the two, for each group,
  /// derivatives(first world, gains of the group, their derivatives to be written). Worlds may be asked about twice.
  template <class Derivatives>
  void step(std::span<const Pose> poses, std::span<double> gains, Derivatives&& derivatives,
            std::span<PoseGradient> gradient) {
    const std::size_t movers = poses.size() / worlds_, links = gains.size() / worlds_;
    for (std::uint32_t done = 0; done < worlds_;) {
      try {
        if (!batch_) batch_ = make_(at_once_);
        // The last group is as long as the others, and begins earlier.
        const std::uint32_t first = std::min(done, worlds_ - at_once_);
        const std::span<double> own = gains.subspan(first * links, at_once_ * links);
        gain_bar_.resize(own.size());
        batch_->gains(poses.subspan(first * movers, at_once_ * movers), own);
        derivatives(first, std::span<const double>(own), std::span<double>(gain_bar_));
        batch_->pullback(gain_bar_, gradient.subspan(first * movers, at_once_ * movers));
        done = first + at_once_;
      } catch (const backend::OutOfDeviceMemory& error) {
        batch_.reset();
        if (at_once_ == 1) throw;
        at_once_ = (at_once_ + 1) / 2;
        tell(" after " + error.call + " failed");
      }
    }
  }

 private:
  void tell(const std::string& why) const {
    if (say_ && (groups() > 1 || !why.empty()))
      say_(std::to_string(worlds_) + " worlds in " + std::to_string(groups()) + " groups of " +
           std::to_string(at_once_) + why);
  }

  std::uint32_t worlds_, at_once_;
  Make make_;
  Say say_;
  std::unique_ptr<AnyGains> batch_;
  std::vector<double> gain_bar_;
};

}  // namespace manyworlds::paths::batch
