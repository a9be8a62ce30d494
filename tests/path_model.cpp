#include "path_model.hpp"

namespace manyworlds::test {

PathModel::PathModel(const Scene& scene, const std::vector<std::uint32_t>& movers, paths::PathOptions options)
    : paths::PathModel(scene, movers, options) {}

void PathModel::gains(const Configuration& c, const Visibility& visibility, paths::Workspace& w) const {
  paths::PathModel::gains(c, visibility, w);
}

void PathModel::pullback(const std::vector<double>& gain_bar, paths::Workspace& w,
                         ConfigurationGradient& gradient) const {
  paths::PathModel::pullback(gain_bar, w, gradient);
}

}  // namespace manyworlds::test
