#include "device_gains.hpp"
#include "manyworlds/backend/cuda/cuda.cuh"

namespace manyworlds::test {

std::vector<backend::DeviceInfo> devices() { return backend::cuda::list_devices(); }

std::unique_ptr<paths::batch::AnyGains> device_gains(const paths::batch::Arrays& arrays, std::uint32_t worlds,
                                                     const paths::batch::Room& room, int device, Context context) {
  using backend::Cuda;
  const auto isolation = context == Context::own ? Cuda::Isolation::own_context : Cuda::Isolation::primary_context;
  return paths::batch::make_gains<double>(std::make_unique<Cuda>(device, isolation), arrays, worlds, room);
}

std::map<std::string, double> device_profile(const paths::batch::Arrays& arrays, std::span<const Pose> poses,
                                             std::span<const double> gain_bar, const paths::batch::Room& room) {
  backend::Cuda cuda(0);
  paths::batch::Gains<backend::Cuda> gains(cuda, arrays, std::uint32_t(poses.size() / arrays.movers), room);
  std::vector<double> found(gain_bar.size());
  std::vector<PoseGradient> gradient(poses.size());
  gains.gains(poses, found);  // makes room
  cuda.profile();
  for (int step = 0; step < 2; ++step) {  // the second is warm
    cuda.profiled();
    gains.gains(poses, found);
    gains.pullback(gain_bar, gradient);
  }
  return cuda.profiled();
}

}  // namespace manyworlds::test
