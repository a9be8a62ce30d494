#pragma once
#include <atomic>
#include <memory>

#include "made_up_backend.hpp"
#include "manyworlds/paths/batch/footprint.hpp"

namespace manyworlds::test {

/// Made-up devices with memory of their own.
class HostDevices final : public paths::batch::Devices {
 public:
  std::vector<backend::DeviceInfo> infos;
  paths::batch::LossKinds<MadeUp> kinds;
  std::uint32_t most = ~0u;  ///< worlds that a batch has memory for
  int contexts = 1 << 30;    ///< that there is memory for at once
  mutable std::atomic<int> made{0}, alive{0};

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
    auto part = std::make_unique<MadeUp>();
    const int before = alive++;
    part->held = std::shared_ptr<void>(nullptr, [this](void*) { --alive; });
    if (spec.own_context && before >= contexts)
      throw backend::OutOfDeviceMemory("made-up context", spec.device, "made up", "");
    const paths::batch::LossesOf<MadeUp> losses{&spec.reception, kinds};
    if (spec.visibility.kind == VisibilityKind::hard)
      return paths::batch::make_gains<double>(std::move(part), spec.arrays, spec.worlds, spec.room, losses);
    return paths::batch::make_soft_gains<double>(std::move(part), spec.arrays, spec.worlds, spec.room, spec.visibility,
                                                 losses);
  }
};

}  // namespace manyworlds::test
