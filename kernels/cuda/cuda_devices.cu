#include "manyworlds/executor/cuda_devices.cuh"
#include "manyworlds/loss/coverage.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/soft_minimum.hpp"

namespace manyworlds::executor {

std::shared_ptr<const paths::batch::Devices> cuda_devices() {
  const auto devices = std::make_shared<CudaDevices>();
  devices->add<loss::MeanDb>();
  devices->add<loss::SoftMinimum>();
  devices->add<loss::Coverage>();
  return devices;
}

}  // namespace manyworlds::executor
