#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "manyworlds/engine/world_state.hpp"
#include "manyworlds/placement/descriptors.hpp"
#include "manyworlds/scene/configuration.hpp"

namespace manyworlds {

/// Received powers of one configuration and what they say. Statistics are over dB values, weighted as the receivers
/// are; the q quantile is the smallest value below or at which at least a share q of the weight lies.
struct RssSummary {
  std::vector<double> dbm;  ///< per receiver, transmitters combined
  double minimum_dbm = 0, p5_dbm = 0, median_dbm = 0, mean_dbm = 0;
  double mean_reached_dbm = 0;  ///< without the dead ones, which mean_dbm counts as the floor; NaN when all are dead
  double covered = 0;           ///< share above the coverage threshold
  std::size_t dead = 0;         ///< receivers at the floor: no path reaches them
};

inline RssSummary summarise(std::vector<double> dbm, std::span<const double> weights, double floor_dbm,
                            double coverage_dbm) {
  RssSummary s;
  std::vector<std::size_t> order;
  double total = 0, reached = 0;
  for (std::size_t i = 0; i < dbm.size(); ++i) {
    s.dead += dbm[i] <= floor_dbm;
    if (!(weights[i] > 0)) continue;
    order.push_back(i);
    total += weights[i];
    s.mean_dbm += weights[i] * dbm[i];
    if (dbm[i] > floor_dbm) {
      reached += weights[i];
      s.mean_reached_dbm += weights[i] * dbm[i];
    }
    if (dbm[i] >= coverage_dbm) s.covered += weights[i];
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return dbm[a] < dbm[b]; });
  auto quantile = [&](double q) {
    double below = 0;
    for (std::size_t i : order) {
      below += weights[i];
      if (below >= (q - 1e-12) * total) return dbm[i];
    }
    return dbm[order.back()];
  };
  s.mean_dbm /= total;
  s.mean_reached_dbm /= reached;
  s.covered /= total;
  s.minimum_dbm = dbm[order.front()];
  s.p5_dbm = quantile(0.05);
  s.median_dbm = quantile(0.5);
  s.dbm = std::move(dbm);
  return s;
}

/// What one world went through. Row k of `x` and entry k of the others belong together: an iteration, counted from the
/// world's first, which is 0 (those in which it rested count too, and have no row), its place then, its loss as
/// descended (annealed, staged), and its physical value (final loss, final visibility; NaN where it was not computed).
/// The last row is where the world ended. Of longer runs than `most_rows` every second iteration is kept, of still
/// longer ones every fourth, and so on, and the last.
struct History {
  std::vector<int> iteration;
  std::vector<double> loss, value;
  std::vector<double> x;  ///< [rows][variables]
  int every = 1;          ///< iterations from row to row
  std::size_t most_rows = 400;

  std::size_t rows() const { return loss.size(); }

  /// Room for the rows of so many iterations of n variables, for a history that has none yet. It is written to, so that
  /// the system gives it now and memory does not grow while a run goes on.
  void reserve(std::size_t iterations, std::size_t n) {
    const std::size_t most = std::min(iterations, most_rows) + 1;
    iteration.resize(most), loss.resize(most), value.resize(most), x.resize(most * n);
    resize(0);
  }
  void push(double loss_now, double value_now, std::span<const double> x_now) {
    const int next = iteration.empty() ? 0 : iteration.back() + 1;
    if (next > 0 && iteration.back() % every != 0) resize(rows() - 1);
    iteration.push_back(next);
    loss.push_back(loss_now);
    value.push_back(value_now);
    x.insert(x.end(), x_now.begin(), x_now.end());
    if (rows() > most_rows) thin();
  }
  /// The last row was this iteration, which is later than the next one after a rest.
  void date(int at) { iteration.back() = at; }
  /// Adds the rows of another one.
  void append(const History& more) {
    for (std::size_t row = 0; row < more.rows(); ++row)
      push(more.loss[row], more.value[row],
           std::span(more.x).subspan(row * more.x.size() / more.rows(), more.x.size() / more.rows()));
  }
  /// Do its columns belong together, in rows of n variables?
  bool fits(std::size_t n) const {
    return iteration.size() == rows() && value.size() == rows() && x.size() == rows() * n && every >= 1 &&
           every <= 1 << 30 && most_rows >= 2 && std::is_sorted(iteration.begin(), iteration.end()) &&
           (rows() == 0 || iteration.front() >= 0);
  }
  template <class A>
  void archive(A& a) {
    a(iteration, loss, value, x, every, most_rows);
  }

 private:
  void resize(std::size_t n) {
    x.resize(rows() > 0 ? n * (x.size() / rows()) : 0);
    iteration.resize(n), loss.resize(n), value.resize(n);
  }
  void thin() {
    every *= 2;
    const std::size_t n = x.size() / rows();
    std::size_t kept = 0;
    for (std::size_t row = 0; row < rows(); ++row) {
      if (iteration[row] % every != 0 && row + 1 < rows()) continue;
      iteration[kept] = iteration[row], loss[kept] = loss[row], value[kept] = value[row];
      std::copy_n(x.begin() + std::ptrdiff_t(row * n), n, x.begin() + std::ptrdiff_t(kept * n));
      ++kept;
    }
    resize(kept);
  }
};

struct WorldResult {
  std::uint32_t id = 0;
  int born = 0;     ///< iteration at which it started; above 0 for new starts
  double rate = 0;  ///< learning rate at the start, m
  Reason reason = Reason::running;
  int retries = 0;        ///< non-finite points it stepped back from
  double value = 0;       ///< best physical value; NaN if none was finite
  std::vector<double> x;  ///< where it had it
  History history;

  std::string failure{};  ///< why it failed, where it did (Reason::failed)
  int pid = 0;            ///< process that did its last iteration; 0 = this one
  int restarts = 0;       ///< iterations begun again after a worker was lost
  std::size_t bytes = 0;  ///< resident memory of that process
};

/// How a world stands.
inline WorldState state_of(const WorldResult& w) {
  return {w.id,      w.history.rows() > 0 ? w.history.loss.back() : std::numeric_limits<double>::quiet_NaN(),
          w.value,   w.reason,
          w.pid,     w.bytes,
          w.restarts};
}

/// What the run cost. One evaluation is one forward pass; a gradient (forward and backward) counts `gradient_cost`.
struct Counts {
  std::size_t forward = 0, gradient = 0;
  double gradient_cost = 1.5;
  std::size_t starts_drawn = 0, starts_rejected = 0;  ///< rejected: no gradient
  std::size_t new_starts = 0;                         ///< worlds that began later, paid by stopped ones
  std::size_t pool = 0;                               ///< single-mover starts that sets were assembled from
  double evaluations() const { return double(forward) + gradient_cost * double(gradient); }
};

struct Times {
  double starts_s = 0, descent_s = 0, barriers_s = 0, scoring_s = 0, total_s = 0;
};

/// Outcome of the derivative-free polish on hard geometric optics.
struct Polished {
  std::uint32_t world = 0;
  std::vector<double> x;
  Configuration configuration;
  double value = 0;  ///< final loss under hard visibility
  RssSummary rss;    ///< under hard visibility
};

/// What a run (of MultiStart or of a baseline) found.
struct Result {
  std::string method = "multi_start";
  std::uint32_t winner = 0;  ///< id of the world with the best physical value
  double value = 0;          ///< that value; NaN when no world was ever finite
  double value_before = std::numeric_limits<double>::quiet_NaN();  ///< the same loss of the scene without movers
  std::vector<double> x;
  Configuration configuration;
  std::vector<placement::Variable> variables;
  std::vector<WorldResult> worlds;       ///< by id
  int iterations = 0;                    ///< done
  bool interrupted = false;              ///< a callback ended the run
  RssSummary rss, rss_before;            ///< physical weight with the report's tiles; before: no movers
  RssSummary rss_hard, rss_hard_before;  ///< the same under hard geometric optics
  std::optional<Polished> polished;
  Counts counts;
  Times times;
  std::size_t bytes_per_world = 0;      ///< its state, without what worlds share and without histories
  std::size_t bytes_of_workspaces = 0;  ///< one for every thread, which the worlds share
  std::vector<std::pair<std::string, std::string>> params;  ///< the tree the run had
  std::vector<WorldEvent> events;                           ///< steps that were done again, and worlds that failed
  /// Where it ran: what an executor tells of its workers. Nothing else of a result depends on that but times and bytes.
  std::vector<std::pair<std::string, std::string>> execution;

  const Pose& pose(std::size_t mover = 0) const { return configuration.movers.at(mover); }
};

/// Is value a better (lower) than b? Non-finite ones rank last.
inline bool better(double a, double b) { return std::isfinite(a) && (!std::isfinite(b) || a < b); }

}  // namespace manyworlds
