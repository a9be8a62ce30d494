#pragma once
#include <cmath>
#include <limits>
#include <vector>

#include "manyworlds/loss/loss.hpp"
#include "manyworlds/scene/visibility.hpp"

namespace manyworlds {

/// A point at which a problem is to be evaluated, under which loss and visibility, and what came out. Everything that
/// worlds want to know of the physics goes through this, so that an executor may answer many at once.
struct Evaluation {
  double progress = 1;  ///< of a descent: says which stage of the loss
  Visibility visibility{};
  std::vector<double> x;
  bool wants_gradient = false;
  bool wants_final_value = false;  ///< by the loss of progress 1, too

  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN when it is not finite
  double final_value = std::numeric_limits<double>::quiet_NaN();
  double weakest_dbm = std::numeric_limits<double>::quiet_NaN();  ///< power at the weakest receiver that counts
  std::vector<double> gradient;                                   ///< d value / d x; zero when the value is not finite
};

/// Does an evaluation on this thread. `context` has a problem and a loss.
template <class Context, class Workspace>
void evaluate(const Context& context, Evaluation& e, Workspace& workspace) {
  const auto loss = at_progress(context.loss, e.progress);
  e.gradient.assign(e.wants_gradient ? e.x.size() : 0, 0);
  if (e.wants_gradient)
    e.value = context.problem.value_and_gradient(loss, e.x, e.visibility, workspace, e.gradient);
  else
    e.value = context.problem.value(loss, e.x, e.visibility, workspace);
  e.weakest_dbm = context.problem.weakest_dbm(workspace);
  if (e.wants_final_value) e.final_value = context.problem.value_of(at_progress(context.loss, 1.0), workspace);
}

}  // namespace manyworlds
