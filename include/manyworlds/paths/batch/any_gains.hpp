#pragma once
#include <memory>
#include <span>

#include "manyworlds/core/struct_copy.hpp"
#include "manyworlds/paths/batch/room.hpp"
#include "manyworlds/scene/configuration.hpp"

namespace manyworlds::paths::batch {

/// Gains of a batch, and losses on its backend, without the type of that backend, so that what is compiled for the host
/// alone can have them from a device. See Gains and Losses.
class AnyGains {
 public:
  virtual ~AnyGains() = default;

  /// poses [world][mover] of at most most_worlds() worlds to their losses, powers at the weakest receivers and, unless
  /// it is empty, gradient [world][mover] of the losses, in one sequence of launches. False, with nothing done, when
  /// the backend has no code for this loss.
  virtual bool evaluate(std::span<const Pose> poses, const StructCopy& loss, std::span<double> values,
                        std::span<double> weakest_dbm, std::span<PoseGradient> gradient) = 0;
  /// Another loss of the last evaluation's gains, of its first worlds; false as above.
  virtual bool losses(const StructCopy& loss, std::span<double> values) = 0;

  /// The same step by step, for losses that are computed elsewhere.
  virtual void find(std::span<const Pose> poses) = 0;
  virtual void read_gains(std::span<double> gains) const = 0;         ///< [world][link]
  virtual void write_gain_bar(std::span<const double> gain_bar) = 0;  ///< [world][link]
  virtual void pull(std::span<PoseGradient> gradient) = 0;            ///< [world][mover]

  /// From the next evaluation on; see Gains.
  virtual void set_visibility(const Visibility& visibility) = 0;
  virtual std::uint32_t most_worlds() const = 0;
  virtual std::size_t steps() const = 0;
  virtual const Room& used() const = 0;  ///< by the last step
  virtual std::size_t shared_bytes() const = 0;
  virtual std::size_t world_bytes() const = 0;

  /// poses [world][mover] to gains [world][link].
  void gains(std::span<const Pose> poses, std::span<double> gains) {
    find(poses);
    read_gains(gains);
  }
  /// Adjoint of the last gains(): gradient [world][mover] = (d gains / d pose)^T gain_bar.
  void pullback(std::span<const double> gain_bar, std::span<PoseGradient> gradient) {
    write_gain_bar(gain_bar);
    pull(gradient);
  }
};

}  // namespace manyworlds::paths::batch
