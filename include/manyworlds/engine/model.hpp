#pragma once
#include <concepts>
#include <vector>

#include "manyworlds/scene/configuration.hpp"
#include "manyworlds/scene/visibility.hpp"

namespace manyworlds {

/// What the engine needs of path finder and field together: a configuration in, linear path gains out
/// (workspace.gains, [transmitter * receivers() + receiver]), and the adjoint of the last gains() done with the same
/// workspace. The model is shared by all worlds and threads; everything that changes is in the workspace.
/// Optional: `Workspace::bytes()`, for the memory report.
template <class M>
concept Model = requires(const M& model, typename M::Workspace& workspace, const Configuration& configuration,
                         const Visibility& visibility, const std::vector<double>& gain_bar,
                         ConfigurationGradient& gradient) {
  { model.make_workspace() } -> std::same_as<typename M::Workspace>;
  { model.transmitters() } -> std::convertible_to<std::size_t>;
  { model.receivers() } -> std::convertible_to<std::size_t>;
  model.gains(configuration, visibility, workspace);
  { workspace.gains } -> std::convertible_to<const std::vector<double>&>;
  model.pullback(gain_bar, workspace, gradient);
};

}  // namespace manyworlds
