#pragma once
#include <functional>
#include <stdexcept>

#include "manyworlds/backend/device.hpp"
#include "manyworlds/paths/batch/any_gains.hpp"

namespace manyworlds::paths::batch {

/// More worlds than memory holds at once: in groups, one after another. When a group does not fit, it is halved and
/// repeated; nothing is lost.
class StagedGains {
 public:
  /// Makes a batch for so many worlds; throws OutOfDeviceMemory when it does not fit, std::length_error beyond 2^32.
  using Make = std::function<std::unique_ptr<AnyGains>(std::uint32_t worlds, const Visibility& visibility)>;
  /// Told whenever the groups change: one line.
  using Say = std::function<void(const std::string&)>;

  explicit StagedGains(Make make, Say say = {}) : make_(std::move(make)), say_(std::move(say)) {}

  /// f(batch, first world, count) for groups of at most `at_once` worlds. A group may be asked about twice.
  template <class F>
  void run(std::uint32_t worlds, std::uint32_t at_once, const Visibility& visibility, const F& f) {
    for (std::uint32_t done = 0; done < worlds;) {
      const std::uint32_t most = std::min(at_once, most_at_once_), count = std::min(worlds - done, most);
      tell(worlds, most, "");
      try {
        prepare(count, visibility);
        f(*batch_, done, count);
        done += count;
      } catch (const backend::OutOfDeviceMemory& error) {
        halve(worlds, count, error.call + " failed");
      } catch (const std::length_error& error) {  // of indices
        halve(worlds, count, error.what());
      }
    }
  }

  /// The batch of the last group; null when there is none.
  const AnyGains* batch() const { return batch_.get(); }
  std::uint32_t at_once() const { return at_once_; }  ///< in the last run

 private:
  /// While an exception is handled, which goes on where there is nothing to halve.
  void halve(std::uint32_t worlds, std::uint32_t count, const std::string& why) {
    batch_.reset();
    if (count == 1) throw;
    most_at_once_ = (count + 1) / 2;
    tell(worlds, most_at_once_, " after " + why);
  }
  void prepare(std::uint32_t worlds, const Visibility& visibility) {
    if (batch_ && batch_->most_worlds() >= worlds && visibility.tiles == visibility_.tiles &&
        (visibility.kind == VisibilityKind::hard) == (visibility_.kind == VisibilityKind::hard)) {
      if (!(visibility == visibility_)) batch_->set_visibility(visibility);
    } else {
      batch_.reset();  // both need not be there at once
      batch_ = make_(worlds, visibility);
    }
    visibility_ = visibility;
  }
  void tell(std::uint32_t worlds, std::uint32_t at_once, const std::string& why) {
    const std::uint32_t groups = (worlds + at_once - 1) / at_once, size = std::min(worlds, at_once);
    if (say_ && (groups > 1 || !why.empty()) && size != at_once_)
      say_(std::to_string(worlds) + " worlds in " + std::to_string(groups) +
           (groups > 1 ? " groups of " : " group of ") + std::to_string(size) + why);
    at_once_ = size;
  }

  Make make_;
  Say say_;
  std::unique_ptr<AnyGains> batch_;
  Visibility visibility_{};
  std::uint32_t most_at_once_ = ~0u, at_once_ = 0;
};

}  // namespace manyworlds::paths::batch
