#pragma once
#include <cmath>
#include <limits>
#include <optional>

#include "manyworlds/core/archive.hpp"
#include "manyworlds/core/random.hpp"
#include "manyworlds/engine/annealing.hpp"
#include "manyworlds/engine/descent.hpp"
#include "manyworlds/engine/job.hpp"
#include "manyworlds/engine/result.hpp"
#include "manyworlds/loss/loss.hpp"
#include "manyworlds/social/social.hpp"

namespace manyworlds {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
inline constexpr int most_retries = 3;  ///< steps back from non-finite points, per world

/// What all worlds of a run share.
template <Loss L, Optimizer O, class Problem>
struct Physics {
  const Problem& problem;
  L loss;
  O rule;
  DescentParams<O> descent;
  Convergence convergence;
  Annealing annealing;
  Visibility visibility;  ///< the final one
  int iterations = 0;
  std::vector<double> scales;  ///< one per variable
  L final_loss() const { return at_progress(loss, 1.0); }
  /// For the physical value at x: final loss, final visibility.
  ValueJob final_value(std::vector<double> x) const { return {1.0, visibility, std::move(x)}; }
};

/// One start and its descent. A world touches nothing but itself; what it wants to know of the physics it asks for.
template <Optimizer O, Social S>
class World {
 public:
  World() = default;
  World(std::uint32_t id, int born, double rate, std::vector<double> start)
      : x(std::move(start)), gradient_(x.size()), descent_(x.size()), rate_(rate) {
    record.id = id;
    record.born = born;
    record.rate = rate;
    record.value = unknown;
    record.x = x;
  }

  bool alive() const { return record.reason == Reason::running; }
  /// Has it converged, so that it would descend again only from a better place?
  bool resting() const { return is_convergence(record.reason); }
  bool improved() const { return resting() && improved_; }
  /// Is it out of the run for good, so that it is not asked for its value any more?
  bool removed() const { return record.reason == Reason::pruned || record.reason == Reason::failed; }
  double value() const { return value_; }
  /// Power at the weakest receiver in the last iteration.
  double weakest_dbm() const { return weakest_dbm_; }
  double loss() const { return record.history.loss.empty() ? unknown : record.history.loss.back(); }

  /// What this world has to have evaluated next in an iteration: x, and before its first one the physical value there,
  /// so that no world ends worse than it began.
  template <Loss L, class Problem>
  void ask(const Physics<L, O, Problem>& physics, int iteration, Evaluation& e) const {
    const double progress = progress_at(iteration, physics.iterations);
    const bool final = physics.annealing.done(progress);
    e.x = x;
    e.wants_gradient = begun_ || final || std::isfinite(value_);
    e.wants_final_value = e.wants_gradient && final && staged<L>;
    e.progress = e.wants_gradient ? progress : 1;
    e.visibility = e.wants_gradient ? physics.annealing.at(progress, physics.visibility) : physics.visibility;
  }
  /// Takes the answer: record, step; true when the iteration needs another evaluation. Non-finite points are stepped
  /// back from with half the rate.
  template <Loss L, class Problem>
  bool take(const Physics<L, O, Problem>& physics, int iteration, Evaluation& e) {
    begun_ = true;
    if (!e.wants_gradient) {
      scored(e.value);
      return true;
    }
    ++counts.gradient;
    std::swap(gradient_, e.gradient);
    bool finite = std::isfinite(e.value);
    for (double g : gradient_) finite = finite && std::isfinite(g);
    if (!finite) return step_back(physics);

    const bool final = physics.annealing.done(progress_at(iteration, physics.iterations));
    good_ = Good{x, gradient_, descent_};
    weakest_dbm_ = e.weakest_dbm;
    if (final) value_ = staged<L> ? e.final_value : e.value;
    push(e.value);
    const double slope = projected_norm(x, gradient_, physics.problem.variables(), physics.scales);
    record.reason = physics.convergence.after_gradient(slope, quiet_);
    const bool comparable = final && value_ == e.value;  // the final loss under the final visibility
    if (comparable && alive()) record.reason = physics.convergence.after_final_loss(value_, quiet_);
    if (alive()) record.reason = physics.convergence.after_step(step(physics), quiet_);
    return false;
  }

  /// Takes the physical value at x.
  void scored(double value) {
    value_ = value;
    ++counts.forward;
    note();
  }
  /// Ends the history with where the world is; call after scored().
  void close() {
    if (moved_)
      push(value_);
    else if (!record.history.value.empty())
      record.history.value.back() = value_;
  }

  /// Puts the world elsewhere.
  void move_to(std::vector<double> elsewhere) {
    x = std::move(elsewhere);
    value_ = unknown;
    moved_ = true;
  }
  /// Puts the world to a place of better value, without memory of where it came from. A resting world goes on resting.
  void improve(std::vector<double> elsewhere, double value) {
    move_to(std::move(elsewhere));
    value_ = value;
    note();
    descent_.reset(x.size());
    quiet_ = {};
    improved_ = !alive();
  }
  /// Lets a resting world descend again.
  void wake() {
    improved_ = false;
    record.reason = Reason::running;
  }

  /// Ends the world: its iteration cannot be done.
  void fail(const std::string& why) {
    record.reason = Reason::failed;
    record.failure = why;
  }

  /// Can it be a world of so many variables after so many iterations of the run?
  bool fits(std::size_t n, int iteration) const {
    const bool good =
        !good_ || (good_->x.size() == n && good_->gradient.size() == n && good_->descent.fits(n, iteration));
    return x.size() == n && gradient_.size() == n && record.x.size() == n && descent_.fits(n, iteration) && good &&
           record.born >= 0 && record.born <= iteration && record.retries >= 0 && record.retries <= most_retries &&
           quiet_.within(iteration);
  }

  /// Everything but the history.
  template <class A>
  void archive_state(A& a) {
    a(record.id, record.born, record.rate, record.reason, record.retries, record.value, record.x, counts, social, x);
    a(gradient_, descent_, rate_, value_, weakest_dbm_, moved_, improved_, begun_, quiet_, good_);
  }
  /// The state after an iteration that another process did, and the rows which that added to the history.
  void write_step(ArchiveWriter& a) {
    archive_state(a);
    a(record.history);
  }
  /// The same for a new world, which is to be world `id` with so many variables after so many iterations of the run.
  /// Throws ArchiveError.
  void read_step(ArchiveReader& a, std::uint32_t id, std::size_t variables, int iterations) {
    archive_state(a);
    a(record.history);
    if (record.id != id || !fits(variables, iterations)) throw ArchiveError("a state that this world cannot have");
    if (!record.history.fits(variables)) throw ArchiveError("a history whose columns do not belong together");
  }
  static constexpr bool archivable = Archivable<typename S::State> && Archivable<typename Descent<O>::State>;

  std::size_t bytes() const {
    return sizeof(*this) + sizeof(double) * (x.size() + gradient_.size() + record.x.size()) +
           (good_ ? 2 * sizeof(double) * x.size() : 0);
  }

  WorldResult record;
  bool restarted = false;  ///< its last iteration was begun more than once
  Counts counts;
  typename S::State social{};
  std::vector<double> x;

 private:
  struct Good {
    std::vector<double> x, gradient;
    Descent<O> descent;
    template <class A>
    void archive(A& a) {
      a(x, gradient, descent);
    }
  };

  double progress_at(int iteration, int iterations) const {
    return double(iteration - record.born) / double(iterations - record.born);
  }
  /// To a point near the last good one; false when the world ends instead.
  template <Loss L, class Problem>
  bool step_back(const Physics<L, O, Problem>& physics) {
    if (!good_ || record.retries == most_retries) {
      if (good_) {
        move_to(good_->x);
        moved_ = false;
      }
      record.reason = Reason::non_finite;
      return false;
    }
    ++record.retries;
    rate_ /= 2;
    x = good_->x;
    gradient_ = good_->gradient;
    descent_ = good_->descent;
    step(physics);
    return true;
  }
  /// Returns the length of the step in scaled metres.
  template <Loss L, class Problem>
  double step(const Physics<L, O, Problem>& physics) {
    std::vector<double> next = x;
    const double rate = physics.descent.schedule.at(rate_, descent_.steps());
    descent_.step(physics.rule, next, gradient_, physics.scales, rate, physics.descent.clip_norm);
    physics.problem.placement.repair(next);
    double length2 = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      double moved = next[i] - x[i];
      if (physics.problem.variables()[i].periodic()) moved = std::remainder(moved, 2 * pi);
      length2 += square(moved / physics.scales[i]);
    }
    move_to(std::move(next));
    return std::sqrt(length2);
  }
  void push(double loss) {
    record.history.push(loss, value_, x);
    moved_ = false;
    note();
  }
  void note() {
    if (!better(value_, record.value)) return;
    record.value = value_;
    record.x = x;
  }

  std::vector<double> gradient_;
  Descent<O> descent_;
  double rate_ = 0;
  double value_ = unknown;  ///< physical value at x
  double weakest_dbm_ = unknown;
  bool moved_ = true;      ///< x is not in the history yet
  bool begun_ = false;     ///< has done an iteration
  bool improved_ = false;  ///< an exchange has put it to a better place while it rested
  Convergence::State quiet_{};
  std::optional<Good> good_;
};

}  // namespace manyworlds
