#pragma once
#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <string>
#include <vector>

#include "manyworlds/engine/crew.hpp"
#include "manyworlds/engine/evaluation.hpp"

/// What worlds need done. A job is a plain struct: ask(context, evaluation) says what it has to have evaluated next,
/// and take(context, evaluation) takes the answer and tells whether it has to ask again; the context has a problem and
/// a loss. question() and answer() are its inputs and outputs as bytes, so that another process with the same context
/// can do it. What a job gives depends on its question only. A job that nobody can do keeps the answer it began with;
/// one that wants to hear of it, or of who did it, has failed() and delivered().
namespace manyworlds {

/// Jobs that consist of evaluations; others have run(context, workspace).
template <class Job, class Context>
concept AsksForEvaluations = requires(Job& job, const Context& context, Evaluation& evaluation) {
  job.ask(context, evaluation);
  { job.take(context, evaluation) } -> std::same_as<bool>;
};

/// Does a job on this thread.
template <class Job, class Context, class Workspace>
void run_job(Job& job, const Context& context, Workspace& workspace) {
  if constexpr (AsksForEvaluations<Job, Context>) {
    Evaluation e;
    do {
      job.ask(context, e);
      evaluate(context, e, workspace);
    } while (job.take(context, e));
  } else {
    job.run(context, workspace);
  }
}

enum class JobKind : std::uint8_t { value, start, gains, advance };

namespace detail {
template <class A>
void archive_visibility(A& a, Visibility& v) {
  a(v.kind, v.smoothing_wavelengths, v.alpha, v.tiles, v.support);
}
}  // namespace detail

/// The loss at x, as it is at this progress of a descent; NaN when it is not finite or cannot be had.
struct ValueJob {
  static constexpr JobKind kind = JobKind::value;
  double progress = 1;
  Visibility visibility{};
  std::vector<double> x;
  double value = std::numeric_limits<double>::quiet_NaN();

  template <class Context>
  void ask(const Context&, Evaluation& e) const {
    e.progress = progress, e.visibility = visibility, e.x = x;
    e.wants_gradient = e.wants_final_value = false;
  }
  template <class Context>
  bool take(const Context&, const Evaluation& e) {
    value = e.value;
    return false;
  }
  template <class Problem>
  bool fits(const Problem& problem) const {
    return x.size() == problem.variables().size();
  }
  template <class A>
  void question(A& a) {
    a(progress), detail::archive_visibility(a, visibility), a(x);
  }
  template <class A>
  void answer(A& a) {
    a(value);
  }
};

/// What a start at x is worth: its loss and whether there is any gradient.
struct StartJob {
  static constexpr JobKind kind = JobKind::start;
  Visibility visibility{};
  std::vector<double> x;
  double value = std::numeric_limits<double>::quiet_NaN();
  bool has_gradient = false;

  template <class Context>
  void ask(const Context&, Evaluation& e) const {
    e.progress = 0, e.visibility = visibility, e.x = x;
    e.wants_gradient = true, e.wants_final_value = false;
  }
  template <class Context>
  bool take(const Context&, const Evaluation& e) {
    value = e.value;
    has_gradient = std::any_of(e.gradient.begin(), e.gradient.end(), [](double g) { return std::abs(g) > 0; });
    return false;
  }
  template <class Problem>
  bool fits(const Problem& problem) const {
    return x.size() == problem.variables().size();
  }
  template <class A>
  void question(A& a) {
    detail::archive_visibility(a, visibility), a(x);
  }
  template <class A>
  void answer(A& a) {
    a(value, has_gradient);
  }
};

/// Path gains at x with some of the movers absent; none when they cannot be had.
struct GainsJob {
  static constexpr JobKind kind = JobKind::gains;
  Visibility visibility{};
  std::vector<double> x;
  std::vector<std::uint8_t> absent;
  std::vector<double> gains;  ///< [transmitters][receivers]

  template <class Context, class Workspace>
  void run(const Context& context, Workspace& workspace) {
    context.problem.place(x, workspace);
    workspace.configuration.absent = absent;
    context.problem.powers(workspace.configuration, visibility, workspace);
    gains = workspace.model.gains;
  }
  template <class Problem>
  bool fits(const Problem& problem) const {
    return x.size() == problem.variables().size() && absent.size() <= problem.rest.movers.size();
  }
  template <class A>
  void question(A& a) {
    detail::archive_visibility(a, visibility), a(x, absent);
  }
  template <class A>
  void answer(A& a) {
    a(gains);
  }
};

/// One iteration of a world; who sends it takes the answer as a Step (engine/step.hpp).
template <class World>
struct AdvanceJob {
  static constexpr JobKind kind = JobKind::advance;
  static constexpr bool archivable = World::archivable;
  World* world;
  int iteration = 0;

  template <class Context>
  void ask(const Context& context, Evaluation& e) const {
    world->ask(context, iteration, e);
  }
  template <class Context>
  bool take(const Context& context, Evaluation& e) {
    return world->take(context, iteration, e);
  }
  template <class Problem>
  bool fits(const Problem& problem) const {
    return world->fits(problem.variables().size(), iteration) && iteration <= 1000000000;
  }
  template <class A>
  void question(A& a) {
    a(iteration), world->archive_state(a);
  }
  void answer(ArchiveWriter& a) { world->write_step(a); }
};

/// Reads a question, does the job, writes its answer: the worker's side. Throws ArchiveError for bytes that are no
/// question.
template <class Job, class Context, class Workspace>
void serve_job(Job& job, const Context& context, Workspace& workspace, ArchiveReader& question, ArchiveWriter& answer) {
  job.question(question);
  if (!question.done()) throw ArchiveError("a question is followed by more bytes");
  if (!job.fits(context.problem)) throw ArchiveError("a question about another problem");
  run_job(job, context, workspace);
  job.answer(answer);
}

/// The jobs that any search asks for; false when it is none of them.
template <class Context, class Workspace>
bool serve_evaluation(JobKind kind, const Context& context, Workspace& workspace, ArchiveReader& question,
                      ArchiveWriter& answer) {
  const auto serve = [&](auto job) { return serve_job(job, context, workspace, question, answer), true; };
  if (kind == JobKind::value) return serve(ValueJob{});
  if (kind == JobKind::start) return serve(StartJob{});
  if (kind == JobKind::gains) return serve(GainsJob{});
  return false;
}

}  // namespace manyworlds
