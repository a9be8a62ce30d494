#include "manyworlds/paths/batch/footprint.hpp"

namespace manyworlds::executor {

paths::batch::Footprint batch_footprint(const paths::batch::BatchSpec& spec) {
  using paths::batch::footprint;
  return spec.single ? footprint<float>(spec.arrays, spec.room, spec.visibility, &spec.reception)
                     : footprint<double>(spec.arrays, spec.room, spec.visibility, &spec.reception);
}

}  // namespace manyworlds::executor
