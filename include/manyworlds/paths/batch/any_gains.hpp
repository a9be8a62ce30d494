#pragma once
#include <memory>
#include <utility>

#include "manyworlds/paths/batch/gains.hpp"
#include "manyworlds/paths/batch/soft_finder.hpp"

namespace manyworlds::paths::batch {

/// Gains of a batch without the type of its backend, so that what is compiled for the host alone can have them from a
/// device. See Gains.
class AnyGains {
 public:
  virtual ~AnyGains() = default;
  virtual void gains(std::span<const Pose> poses, std::span<double> gains) = 0;
  virtual void pullback(std::span<const double> gain_bar, std::span<PoseGradient> gradient) = 0;
  virtual void set_visibility(const Visibility& visibility) = 0;
  virtual std::uint32_t worlds() const = 0;
  virtual std::size_t steps() const = 0;
  virtual const Room& used() const = 0;  ///< by the last step
  virtual std::size_t shared_bytes() const = 0;
  virtual std::size_t world_bytes() const = 0;
};

namespace detail {

template <class Backend, class T, class V, class Finder>
class OwnedGains final : public AnyGains {
 public:
  OwnedGains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds, const Room& room,
             const Visibility& visibility)
      : backend_(std::move(backend)), gains_(*backend_, arrays, worlds, room, visibility) {}
  void gains(std::span<const Pose> poses, std::span<double> gains) override { gains_.gains(poses, gains); }
  void pullback(std::span<const double> gain_bar, std::span<PoseGradient> gradient) override {
    gains_.pullback(gain_bar, gradient);
  }
  void set_visibility(const Visibility& visibility) override { gains_.set_visibility(visibility); }
  std::uint32_t worlds() const override { return gains_.worlds(); }
  std::size_t steps() const override { return gains_.steps(); }
  const Room& used() const override { return gains_.finder().used(); }
  std::size_t shared_bytes() const override { return gains_.shared_bytes(); }
  std::size_t world_bytes() const override { return gains_.world_bytes(); }

 private:
  std::unique_ptr<Backend> backend_;
  Gains<Backend, T, V, Finder> gains_;
};

template <class V, class Finder, class T, class Backend>
std::unique_ptr<AnyGains> make_gains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds,
                                     const Room& room, const Visibility& visibility) {
  if (arrays.coherent)
    return std::make_unique<OwnedGains<Backend, T, CVec3<T>, Finder>>(std::move(backend), arrays, worlds, room,
                                                                      visibility);
  return std::make_unique<OwnedGains<Backend, T, V, Finder>>(std::move(backend), arrays, worlds, room, visibility);
}

}  // namespace detail

/// Gains on a backend of their own under hard visibility, coherent when the arrays are; fields in T.
template <class T, class Backend>
std::unique_ptr<AnyGains> make_gains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds,
                                     const Room& room) {
  return detail::make_gains<T, PathFinder<Backend>, T>(std::move(backend), arrays, worlds, room,
                                                       Visibility{.kind = VisibilityKind::hard});
}
/// The same under soft visibility.
template <class T, class Backend>
std::unique_ptr<AnyGains> make_soft_gains(std::unique_ptr<Backend> backend, const Arrays& arrays, std::uint32_t worlds,
                                          const Room& room, const Visibility& visibility) {
  return detail::make_gains<kernels::Grouped<T>, SoftFinder<Backend>, T>(std::move(backend), arrays, worlds, room,
                                                                         visibility);
}

}  // namespace manyworlds::paths::batch
