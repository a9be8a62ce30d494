#include "device_gains.hpp"
#include "manyworlds/executor/cuda_devices.cuh"
#include "user_policies.hpp"

namespace manyworlds::test {

Profile device_profile(const paths::batch::Arrays& arrays, std::span<const Pose> poses,
                       std::span<const double> gain_bar, const paths::batch::Room& room) {
  auto backend = std::make_unique<backend::Cuda>(0);
  backend::Cuda& cuda = *backend;
  const paths::batch::Reception reception{std::vector<double>(arrays.transmitters.size(), 1),
                                          std::vector<double>(arrays.receivers.size(), 0)};
  const auto gains = executor::make_on_cuda<double, true>(
      std::move(backend), {arrays, reception, std::uint32_t(poses.size() / arrays.movers), room}, {});
  std::vector<PoseGradient> gradient(poses.size());
  gains->write_gain_bar(gain_bar);
  gains->find(poses);  // makes room
  cuda.profile();
  for (int step = 0; step < 2; ++step) {  // the second is warm
    cuda.profiled();
    gains->find(poses);
    gains->pull(gradient);
  }
  return {cuda.profiled(), gains->used()};
}

std::shared_ptr<const paths::batch::Devices> devices_with_own_loss() {
  const auto devices = std::make_shared<executor::CudaDevices>();
  devices->add<Shortfall>();
  return devices;
}

}  // namespace manyworlds::test
