#pragma once
#include <algorithm>
#include <cmath>
#include <optional>

#include "manyworlds/engine/evaluation.hpp"
#include "manyworlds/engine/problem.hpp"
#include "manyworlds/executor/lanes.hpp"
#include "manyworlds/loss/as_separable.hpp"
#include "manyworlds/paths/batch/make_arrays.hpp"

namespace manyworlds::executor {

/// Answers the questions of many worlds at once: paths, fields and adjoints on devices, and the loss there, too, when
/// these have code for it. Only poses go there, and losses and derivatives by the poses come back. A loss that they do
/// not know is computed on this process's threads from the gains.
template <class Problem>
class DeviceEvaluator {
 public:
  /// Throws InputError for what a batch cannot do (make_arrays), and what Lanes throws.
  DeviceEvaluator(const Problem& problem, std::shared_ptr<const paths::batch::Devices> devices, LaneOptions options)
      : lanes_(std::move(devices), paths::batch::make_arrays(problem.model->world()), reception(problem),
               std::move(options)) {}

  /// `for_each(count, f)` calls f(i, workspace) on this process's threads.
  template <class Context, class ForEach>
  void evaluate(const Context& context, std::vector<Evaluation*> evaluations, const ForEach& for_each) {
    while (!evaluations.empty()) {
      const Kind kind(context.loss, *evaluations.front());
      const auto others = std::stable_partition(evaluations.begin(), evaluations.end(),
                                                [&](const Evaluation* e) { return Kind(context.loss, *e) == kind; });
      evaluate_alike(context, kind, std::span(evaluations.begin(), others), for_each);
      evaluations.erase(evaluations.begin(), others);
    }
  }
  Identity report() const { return lanes_.report(); }

 private:
  using AnyGains = paths::batch::AnyGains;

  /// What evaluations have in common that one step answers.
  struct Kind {
    Visibility visibility;
    bool gradient, final_value;
    std::optional<StructCopy> loss, final_loss;  ///< none: not for devices

    template <Loss L>
    Kind(const L& all, const Evaluation& e)
        : visibility(e.visibility),
          gradient(e.wants_gradient),
          final_value(e.wants_final_value),
          loss(copy(at_progress(all, e.progress))),
          final_loss(final_value ? copy(at_progress(all, 1.0)) : std::nullopt) {}
    friend bool operator==(const Kind&, const Kind&) = default;

   private:
    template <Loss L>
    static std::optional<StructCopy> copy(const L& loss) {
      std::optional<StructCopy> copied;
      as_separable(loss, [&]<class S>(const S& s) {
        if constexpr (std::is_trivially_copyable_v<S>) copied.emplace(s);
      });
      return copied;
    }
  };

  static paths::batch::Reception reception(const Problem& problem) {
    paths::batch::Reception r;
    for (const double dbm : problem.power_dbm) r.power_mw.push_back(from_db(dbm));
    r.weights = problem.normalised_weights();
    r.floor_dbm = problem.floor_dbm;
    r.sum = problem.serving == Serving::sum;
    return r;
  }

  template <class Context, class ForEach>
  void evaluate_alike(const Context& context, const Kind& kind, std::span<Evaluation*> evaluations,
                      const ForEach& for_each) {
    const auto& problem = context.problem;
    const std::size_t movers = lanes_.arrays().movers;
    poses_.resize(evaluations.size() * movers);
    gradients_.resize(poses_.size());
    for_each(evaluations.size(), [&](std::size_t i, auto& workspace) {
      problem.place(evaluations[i]->x, workspace);
      std::copy_n(workspace.configuration.movers.begin(), movers, poses_.begin() + std::ptrdiff_t(i * movers));
    });
    lanes_.run(std::uint32_t(evaluations.size()), kind.visibility,
               [&](AnyGains& batch, std::uint32_t first, std::uint32_t count) {
                 const auto some = evaluations.subspan(first, count);
                 const auto poses = std::span(poses_).subspan(first * movers, count * movers);
                 const auto gradients =
                     std::span(gradients_).subspan(first * movers, kind.gradient ? count * movers : 0);
                 if (evaluate_there(batch, kind, poses, some, gradients)) return;
                 batch.find(poses);
                 losses_here(context, batch, some, for_each);
                 if (kind.gradient) batch.pull(gradients);
               });
    for_each(evaluations.size(), [&](std::size_t i, auto& workspace) {
      Evaluation& e = *evaluations[i];
      e.gradient.assign(kind.gradient ? e.x.size() : 0, 0);
      if (!kind.gradient || !std::isfinite(e.value)) return;
      const auto own = gradients_.begin() + std::ptrdiff_t(i * movers);
      workspace.gradient.movers.assign(own, own + std::ptrdiff_t(movers));
      workspace.gradient.transmitters.assign(problem.transmitters(), {});
      problem.placement.pullback(e.x, workspace.gradient, e.gradient);
    });
  }

  /// False when the backend does not know the losses.
  static bool evaluate_there(AnyGains& batch, const Kind& kind, std::span<const Pose> poses,
                             std::span<Evaluation*> evaluations, std::span<PoseGradient> gradients) {
    if (!kind.loss || (kind.final_value && !kind.final_loss)) return false;
    std::vector<double> values(evaluations.size()), finals(values), weakest(values);
    if (!batch.evaluate(poses, *kind.loss, values, weakest, gradients)) return false;
    if (kind.final_value && !batch.losses(*kind.final_loss, finals)) return false;
    for (std::size_t i = 0; i < evaluations.size(); ++i) {
      evaluations[i]->value = values[i];
      evaluations[i]->weakest_dbm = weakest[i];
      if (kind.final_value) evaluations[i]->final_value = finals[i];
    }
    return true;
  }
  template <class Context, class ForEach>
  static void losses_here(const Context& context, AnyGains& batch, std::span<Evaluation*> evaluations,
                          const ForEach& for_each) {
    const auto& problem = context.problem;
    const std::size_t links = problem.transmitters() * problem.receivers();
    std::vector<double> gains(evaluations.size() * links), gain_bar(gains.size());
    batch.read_gains(gains);
    for_each(evaluations.size(), [&](std::size_t i, auto& workspace) {
      Evaluation& e = *evaluations[i];
      const auto own = std::span(gains).subspan(i * links, links);
      const auto loss = at_progress(context.loss, e.progress);
      problem.powers_of(own, workspace);
      e.value = problem.value_of(loss, workspace);
      e.weakest_dbm = problem.weakest_dbm(workspace);
      if (e.wants_final_value) e.final_value = problem.value_of(at_progress(context.loss, 1.0), workspace);
      if (e.wants_gradient && std::isfinite(e.value))
        problem.gains_adjoint(loss, own, workspace, std::span(gain_bar).subspan(i * links, links));
    });
    batch.write_gain_bar(gain_bar);
  }

  Lanes lanes_;
  std::vector<Pose> poses_;              ///< [evaluation][mover]
  std::vector<PoseGradient> gradients_;  ///< likewise
};

}  // namespace manyworlds::executor
