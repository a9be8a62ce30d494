#pragma once
#include <atomic>

#include "manyworlds/backend/serial.hpp"
#include "manyworlds/paths/batch/footprint.hpp"

namespace manyworlds::test {

/// Made-up devices with memory of their own, which the host computes for.
class HostDevices final : public paths::batch::Devices {
 public:
  std::vector<backend::DeviceInfo> infos;
  paths::batch::LossKinds<backend::Serial> kinds;
  mutable std::atomic<int> made{0};

  explicit HostDevices(std::size_t count, std::size_t bytes = std::size_t(1) << 40) {
    for (std::size_t i = 0; i < count; ++i)
      infos.push_back({int(i), "made up " + std::to_string(i), 9, 0, bytes, bytes, 100 + 50 * int(i), 1});
  }
  std::vector<backend::DeviceInfo> list() const override { return infos; }
  paths::batch::Footprint footprint(const paths::batch::BatchSpec& spec) const override {
    return paths::batch::footprint<double>(spec.arrays, spec.room, spec.visibility, &spec.reception);
  }
  std::unique_ptr<paths::batch::AnyGains> make(const paths::batch::BatchSpec& spec) const override {
    ++made;
    if (spec.worlds > most) throw backend::OutOfDeviceMemory("made-up allocation", spec.device, "made up", "");
    if (own_contexts_left && spec.own_context && (*own_contexts_left)-- <= 0) {
      ++*own_contexts_left;
      throw backend::OutOfDeviceMemory("made-up context", spec.device, "made up", "");
    }
    auto serial = std::make_unique<backend::Serial>();
    const paths::batch::LossesOf<backend::Serial> losses{&spec.reception, kinds};
    if (spec.visibility.kind == VisibilityKind::hard)
      return paths::batch::make_gains<double>(std::move(serial), spec.arrays, spec.worlds, spec.room, losses);
    return paths::batch::make_soft_gains<double>(std::move(serial), spec.arrays, spec.worlds, spec.room,
                                                 spec.visibility, losses);
  }

  std::uint32_t most = ~0u;  ///< worlds that a batch has memory for
  std::shared_ptr<std::atomic<int>> own_contexts_left{};
};

}  // namespace manyworlds::test
