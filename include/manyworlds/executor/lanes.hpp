#pragma once
#include <map>

#include "manyworlds/engine/crew.hpp"
#include "manyworlds/executor/lane.hpp"
#include "manyworlds/paths/batch/devices.hpp"

namespace manyworlds::executor {

/// How batches share devices.
struct LaneOptions {
  std::vector<int> devices;                       ///< to use; none: all
  bool own_contexts = false;                      ///< a context, a scene and a stream for each world
  std::uint32_t most = ~0u;                       ///< contexts, or worlds in one step of a device
  bool single = false;                            ///< fields in single precision
  std::size_t memory_budget = 0;                  ///< bytes of each device; 0: nine tenths of what is free
  std::function<void(const std::string&)> say{};  ///< told when worlds run in groups: one line
};

/// Batches on devices, side by side: one on each device, or one for each world in a context of its own.
class Lanes {
 public:
  using Arrays = paths::batch::Arrays;
  using Reception = paths::batch::Reception;

  /// Throws NoDevice, and InputError for a device that is not there.
  Lanes(std::shared_ptr<const paths::batch::Devices> devices, Arrays arrays, Reception reception, LaneOptions options)
      : devices_(std::move(devices)),
        arrays_(std::move(arrays)),
        reception_(std::move(reception)),
        options_(std::move(options)),
        most_lanes_(options_.own_contexts ? options_.most : ~0u) {
    if (options_.say)
      options_.say = [say = std::move(options_.say),
                      one_at_a_time = std::make_shared<std::mutex>()](const std::string& line) {
        const std::lock_guard lock(*one_at_a_time);
        say(line);
      };
    const std::vector<backend::DeviceInfo> all = devices_->list();
    if (options_.devices.empty()) infos_ = all;
    for (const int device : options_.devices) infos_.push_back(backend::device_at(all, device));
    if (options_.memory_budget > 0)
      for (backend::DeviceInfo& d : infos_) d.free_bytes = std::min(d.free_bytes, options_.memory_budget / 9 * 10);
  }

  const Arrays& arrays() const { return arrays_; }

  /// f(batch, first, count) for all of so many worlds, in groups as memory wants it, some at once on several threads;
  /// groups may be asked about twice. Throws what f throws, InputError when no device is expected to hold one world,
  /// and OutOfDeviceMemory when that comes to light.
  template <class F>
  void run(std::uint32_t worlds, const Visibility& visibility, const F& f) {
    if (outgrown_) lanes_.clear();
    while (true) {
      const std::vector<Share> shares = plan(worlds, visibility);
      const auto work = [&](const Share& share) {
        share.lane->staged().run(share.count, share.at_once, visibility,
                                 [&](paths::batch::AnyGains& batch, std::uint32_t first, std::uint32_t count) {
                                   f(batch, share.first + first, count);
                                 });
      };
      std::vector<std::exception_ptr> errors(shares.size());
      if (shares.size() == 1) {
        try {
          work(shares[0]);
        } catch (...) {
          errors[0] = std::current_exception();
        }
      } else {
        std::size_t started = 0;
        try {
          for (; started < shares.size(); ++started)
            shares[started].lane->start([&work, &share = shares[started]] { work(share); });
        } catch (...) {  // no thread
          errors[started] = std::current_exception();
        }
        for (std::size_t i = 0; i < started; ++i) errors[i] = shares[i].lane->wait();
      }
      if (!ran_out(errors, shares)) break;
    }
    learn();
  }

  Identity report() const {
    std::string names;
    std::size_t bytes = 0;
    for (const backend::DeviceInfo& d : infos_) names += (names.empty() ? "" : ", ") + d.name;
    std::uint32_t at_once = 0;
    for (const auto& [key, lane] : lanes_) {
      at_once += lane->staged().at_once();
      if (const paths::batch::AnyGains* batch = lane->staged().batch())
        bytes += batch->shared_bytes() + batch->world_bytes();
    }
    return {{"devices", names},
            {"lanes", std::to_string(lanes_.size())},
            {"worlds_at_once", std::to_string(at_once)},
            {"bytes_per_world_expected", std::to_string(footprint_.bytes_per_world)},
            {"bytes_shared_expected", std::to_string(footprint_.shared_bytes)},
            {"bytes_on_devices", std::to_string(bytes)}};
  }

 private:
  struct Share {
    Lane* lane;
    int device;
    std::uint32_t first, count, at_once;
  };

  /// Who does which worlds: devices by speed and memory, contexts one after another.
  std::vector<Share> plan(std::uint32_t worlds, const Visibility& visibility) {
    if (footprint_.shared_bytes == 0) footprint_ = devices_->footprint(spec(1, visibility, 0));
    std::vector<Share> shares;
    const std::size_t beside = footprint_.shared_bytes + (options_.own_contexts ? footprint_.context_bytes : 0);
    std::size_t largest = 0;
    for (const backend::DeviceInfo& d : infos_) largest = std::max(largest, backend::usable_bytes(d));
    // Worlds that have grown run one by one at worst: a search that has begun does not end for that.
    const std::size_t world =
        std::max(footprint_.bytes_per_world, std::min(seen_, largest - std::min(largest, beside)));
    const std::size_t shared = options_.own_contexts ? 0 : beside,
                      each = options_.own_contexts ? beside + world : world;
    for (const backend::DeviceShare& d : backend::spread_worlds(worlds, infos_, shared, each)) {
      const std::size_t lanes = options_.own_contexts ? std::min<std::size_t>(d.at_once, most_lanes_) : 1;
      for (std::size_t i = 0; i < lanes; ++i) {
        const std::size_t begin = d.first + d.count * i / lanes, end = d.first + d.count * (i + 1) / lanes;
        const std::size_t at_once = options_.own_contexts ? 1 : std::min<std::size_t>(d.at_once, options_.most);
        shares.push_back(
            {&lane(d.device, i), d.device, std::uint32_t(begin), std::uint32_t(end - begin), std::uint32_t(at_once)});
      }
    }
    return shares;
  }
  /// Number i of a device.
  Lane& lane(int device, std::size_t i) {
    std::unique_ptr<Lane>& own = lanes_[{device, i}];
    if (!own)
      own = std::make_unique<Lane>(
          [this, device](std::uint32_t worlds, const Visibility& v) { return devices_->make(spec(worlds, v, device)); },
          options_.own_contexts ? nullptr : options_.say);
    return *own;
  }
  paths::batch::BatchSpec spec(std::uint32_t worlds, const Visibility& visibility, int device) const {
    return {arrays_,    reception_,      worlds, paths::batch::Room::of(worlds),
            visibility, options_.single, device, options_.own_contexts};
  }
  /// After a run: throws what went wrong, but for too many contexts, which become fewer.
  bool ran_out(const std::vector<std::exception_ptr>& errors, const std::vector<Share>& shares) {
    for (const std::exception_ptr& error : errors) {
      if (!error) continue;
      try {
        std::rethrow_exception(error);
      } catch (const backend::OutOfDeviceMemory& e) {
        std::map<int, std::uint32_t> of_device;
        std::uint32_t most = 0;
        for (const Share& share : shares) most = std::max(most, ++of_device[share.device]);
        if (!options_.own_contexts || most == 1) throw;
        most_lanes_ = most / 2;
        lanes_.clear();
        if (options_.say)
          options_.say(std::to_string(most_lanes_) + (of_device.size() > 1 ? " contexts a device" : " contexts") +
                       " after " + e.call + " failed");
        return true;
      }
    }
    return false;
  }
  /// Lists grow as paths are found: what worlds were seen to take counts from the next run on.
  void learn() {
    struct Use {
      std::size_t bytes = 0, worlds = 0;
    };
    std::map<int, Use> of_device;
    for (const auto& [key, lane] : lanes_)
      if (const paths::batch::AnyGains* batch = lane->staged().batch()) {
        seen_ = std::max(seen_, batch->world_bytes() / batch->most_worlds());
        of_device[key.first].bytes += batch->shared_bytes() + batch->world_bytes();
        of_device[key.first].worlds += batch->most_worlds();
      }
    outgrown_ = std::any_of(infos_.begin(), infos_.end(), [&](const backend::DeviceInfo& d) {
      return of_device[d.index].bytes > backend::usable_bytes(d) && of_device[d.index].worlds > 1;
    });
  }

  std::shared_ptr<const paths::batch::Devices> devices_;
  Arrays arrays_;
  Reception reception_;
  LaneOptions options_;
  std::uint32_t most_lanes_;
  std::vector<backend::DeviceInfo> infos_;
  paths::batch::Footprint footprint_;
  std::size_t seen_ = 0;                                                ///< bytes of a world
  bool outgrown_ = false;                                               ///< a device has more than it may
  std::map<std::pair<int, std::size_t>, std::unique_ptr<Lane>> lanes_;  ///< by device
};

}  // namespace manyworlds::executor
