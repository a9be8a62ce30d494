#pragma once
#include <vector>

#include "manyworlds/backend/device.hpp"
#include "manyworlds/paths/batch/any_gains.hpp"
#include "manyworlds/paths/batch/losses.hpp"

namespace manyworlds::paths::batch {

/// Memory of a batch.
struct Footprint {
  std::size_t shared_bytes = 0;     ///< once
  std::size_t bytes_per_world = 0;  ///< on top, for each world
  std::size_t context_bytes = 0;    ///< what a context of its own takes beside that
};

/// What a batch is made for.
struct BatchSpec {
  const Arrays& arrays;
  const Reception& reception;
  std::uint32_t worlds = 1;
  Room room{};
  Visibility visibility{};
  bool single = false;  ///< fields in float
  int device = 0;
  bool own_context = false;  ///< beside the device's primary one
};

/// Devices that batches run on. The real ones are compiled where their toolkit is; executors know this much of them.
class Devices {
 public:
  virtual ~Devices() = default;
  /// Throws NoDevice when there is none.
  virtual std::vector<backend::DeviceInfo> list() const = 0;
  /// Memory of a batch with the room of the spec for each world, whatever their number.
  virtual Footprint footprint(const BatchSpec& spec) const = 0;
  /// Throws OutOfDeviceMemory, DeviceError.
  virtual std::unique_ptr<AnyGains> make(const BatchSpec& spec) const = 0;
};

}  // namespace manyworlds::paths::batch
