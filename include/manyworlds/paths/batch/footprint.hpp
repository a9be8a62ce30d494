#pragma once
#include "manyworlds/backend/measure.hpp"
#include "manyworlds/paths/batch/devices.hpp"
#include "manyworlds/paths/batch/owned_gains.hpp"

namespace manyworlds::paths::batch {

/// What a batch with fields in T will take, known before anything is allocated; the sort's own memory, some bytes for
/// each path, comes on top. `room`: of one world.
template <class T>
Footprint footprint(const Arrays& arrays, const Room& room,
                    const Visibility& visibility = {.kind = VisibilityKind::hard},
                    const Reception* reception = nullptr) {
  const auto bytes = [&](std::uint32_t worlds) {
    auto measure = std::make_unique<backend::Measure>();
    const backend::Measure& total = *measure;
    const LossesOf<backend::Measure> losses{reception};
    const auto batch =
        visibility.kind == VisibilityKind::hard
            ? make_gains<T>(std::move(measure), arrays, worlds, room.times(worlds), losses)
            : make_soft_gains<T>(std::move(measure), arrays, worlds, room.times(worlds), visibility, losses);
    return total.bytes();
  };
  constexpr std::uint32_t group = kernels::Overlay::group;
  const std::size_t one = bytes(group), two = bytes(2 * group);
  return {one - (two - one), (two - one + group - 1) / group};
}

}  // namespace manyworlds::paths::batch
