#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "manyworlds/core/random.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/engine/problem.hpp"
#include "manyworlds/engine/result.hpp"
#include "manyworlds/engine/workspaces.hpp"

namespace manyworlds {

struct AssemblyParams {
  int pool = 128;       ///< single starts per mover
  double subset = 0.2;  ///< share of the pool that one set chooses from
  template <class V>
  void fields(V&& v) {
    v("pool", pool, "single starts per mover");
    v("subset", subset, "share of the pool that one set chooses from");
  }
  void check() const {
    if (pool < 1) throw InputError("starts.assembly.pool", "expected at least 1");
    if (!(subset > 0 && subset <= 1)) {
      throw InputError("starts.assembly.subset", "expected a share above 0, at most 1, found " + to_text(subset));
    }
  }
};

/// Which movers and transmitters each part of a placement moves: found by changing one part of a start at a time.
struct PartOwners {
  std::vector<std::vector<std::size_t>> movers;  ///< by part
  bool moves_transmitters = false;
};

template <class Problem>
PartOwners find_owners(const Problem& problem, std::uint64_t seed) {
  const std::size_t n = problem.variables().size();
  std::vector<double> a(n), b(n);
  Random random(seed, 0, 0, Purpose::assemble);
  problem.placement.start(random, placement::StartKind::plain, a);
  problem.placement.start(random, placement::StartKind::plain, b);
  Configuration base, changed;
  problem.placement.apply(a, base);
  PartOwners owners;
  for (std::size_t part = 0; part < problem.placement.parts(); ++part) {
    const auto [first, last] = problem.placement.part_range(part);
    std::vector<double> x = a;
    for (std::size_t i = first; i < last; ++i) x[i] = b[i];
    problem.placement.apply(x, changed);
    auto& moved = owners.movers.emplace_back();
    for (std::size_t m = 0; m < base.movers.size(); ++m) {
      const Pose &p = base.movers[m], &q = changed.movers[m];
      const bool same = p.position == q.position && p.rotation.x == q.rotation.x && p.rotation.y == q.rotation.y;
      if (!same) moved.push_back(m);
    }
    owners.moves_transmitters = owners.moves_transmitters || !(base.transmitters == changed.transmitters);
  }
  return owners;
}

/// Starts for several movers. Incoherent power is (mutual bounces and blocking aside) the static power plus a sum over
/// movers: each mover's power map is found alone for a pool of single starts, then sets are assembled greedily by the
/// loss of summed maps, each from a random part of the pool. A ranking, not a score: the descent evaluates the sets.
template <class Context, class Problem, Executor E>
class Assembly {
 public:
  Assembly(const Context& context, const Visibility& visibility, const AssemblyParams& prm, std::uint64_t seed,
           Workspaces<Problem, E>& workspaces, Counts& counts, std::function<bool()> stop)
      : context_(context),
        problem_(context.problem),
        visibility_(visibility),
        prm_(prm),
        seed_(seed),
        workspaces_(workspaces),
        counts_(counts),
        stop_(std::move(stop)) {}

  /// n sets; `iteration` names the random numbers. The pool is made by the first call; when that is told to stop,
  /// single starts are returned instead, at most n.
  std::vector<std::vector<double>> sets(std::size_t n, int iteration) {
    std::vector<std::vector<double>> sets(n);
    if (pool_.empty()) fill_pool();
    if (pool_.size() < std::size_t(prm_.pool) * parts()) {
      sets.resize(std::min(n, pool_.size()));
      for (std::size_t s = 0; s < sets.size(); ++s) sets[s] = pool_[s].x;
      return sets;
    }
    workspaces_.for_each(n, [&](std::size_t s, typename Problem::Workspace& workspace) {
      Random random(seed_, std::uint32_t(s + 1), std::uint32_t(iteration), Purpose::assemble);
      sets[s] = assemble(random, workspace);
    });
    return sets;
  }

  template <class A>
  void archive(A& a) {
    a(pool_, static_gains_);
  }
  /// Can what was read be of this search?
  bool plausible() const {
    const std::size_t n = problem_.variables().size(), links = problem_.transmitters() * problem_.receivers();
    const auto fits = [&](const Single& single) { return single.x.size() == n && single.gains.size() == links; };
    return pool_.size() <= std::size_t(prm_.pool) * parts() && (pool_.empty() || static_gains_.size() == links) &&
           std::all_of(pool_.begin(), pool_.end(), fits);
  }

 private:
  struct Single {
    std::vector<double> x;      ///< a whole start, of which one part is meant
    std::vector<double> gains;  ///< what this mover alone adds to the static gains
    template <class A>
    void archive(A& a) {
      a(x, gains);
    }
  };
  struct Choice {
    double loss;
    std::size_t single;
  };

  std::size_t parts() const { return problem_.placement.parts(); }

  void fill_pool() {
    const PartOwners owners = find_owners(problem_, seed_);
    const auto per_part = std::size_t(prm_.pool);
    const auto alone = [&](std::size_t draw, std::size_t part) {
      GainsJob job{visibility_, std::vector<double>(problem_.variables().size()), {}, {}};
      Random random(seed_, std::uint32_t(draw), 0, Purpose::start);
      problem_.placement.start(random, placement::StartKind::bisector, job.x);
      job.absent.assign(problem_.before().movers.size(), 0);
      for (std::size_t other = 0; other < parts(); ++other) {
        if (other == part) continue;
        for (std::size_t m : owners.movers[other]) job.absent[m] = 1;
      }
      return job;
    };
    std::vector<GainsJob> jobs{alone(0, parts())};
    workspaces_.run(context_, jobs);
    if (jobs.front().gains.empty()) throw RunError("the gains without movers cannot be had");
    static_gains_ = std::move(jobs.front().gains);
    jobs.clear();
    for (std::size_t i = 0; i < per_part * parts(); ++i) jobs.push_back(alone(i, i / per_part));
    jobs.resize(workspaces_.run_until(stop_, context_, jobs));
    for (GainsJob& job : jobs) {
      if (job.gains.empty()) job.gains = static_gains_;  // nobody could tell what it adds
      for (std::size_t g = 0; g < job.gains.size(); ++g) job.gains[g] -= static_gains_[g];
      pool_.push_back({std::move(job.x), std::move(job.gains)});
    }
    counts_.forward += pool_.size() + 1;
    counts_.starts_drawn += pool_.size();
    counts_.pool = pool_.size();
  }

  void copy_part(const std::vector<double>& from, std::size_t part, std::vector<double>& to) const {
    const auto [first, last] = problem_.placement.part_range(part);
    for (std::size_t i = first; i < last; ++i) to[i] = from[i];
  }

  std::vector<double> assemble(Random& random, typename Problem::Workspace& workspace) const {
    std::vector<std::size_t> order(parts());
    for (std::size_t p = 0; p < order.size(); ++p) order[p] = p;
    for (std::size_t p = order.size(); p > 1; --p) std::swap(order[p - 1], order[random.below(std::uint32_t(p))]);
    std::vector<double> x = pool_[random.below(std::uint32_t(pool_.size()))].x, gains = static_gains_;
    std::vector<bool> chosen(parts(), false);
    for (std::size_t part : order) {
      chosen[part] = true;
      const std::vector<Choice> ranked = rank(part, gains, random, workspace);
      std::size_t taken = ranked.front().single;
      for (const Choice& choice : ranked) {
        copy_part(pool_[choice.single].x, part, x);
        if (!allowed(x, chosen)) continue;
        taken = choice.single;
        break;
      }
      copy_part(pool_[taken].x, part, x);
      for (std::size_t g = 0; g < gains.size(); ++g) gains[g] = std::max(0.0, gains[g] + pool_[taken].gains[g]);
    }
    problem_.placement.repair(x);
    return x;
  }

  /// A random part of this part's pool, sorted by the loss it would give.
  std::vector<Choice> rank(std::size_t part, const std::vector<double>& gains, Random& random,
                           typename Problem::Workspace& workspace) const {
    const auto per_part = std::size_t(prm_.pool);
    const auto wanted = std::size_t(std::ceil(prm_.subset * double(per_part)));
    std::vector<std::size_t> indices(per_part);
    for (std::size_t i = 0; i < per_part; ++i) indices[i] = part * per_part + i;
    const auto loss = at_progress(context_.loss, 0.0);
    std::vector<Choice> ranked;
    std::vector<double> sum(gains.size());
    for (std::size_t i = 0; i < wanted; ++i) {
      std::swap(indices[i], indices[i + random.below(std::uint32_t(per_part - i))]);
      const Single& single = pool_[indices[i]];
      for (std::size_t g = 0; g < sum.size(); ++g) sum[g] = std::max(0.0, gains[g] + single.gains[g]);
      problem_.powers_of(sum, workspace);
      ranked.push_back({problem_.value_of(loss, workspace), indices[i]});
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const Choice& a, const Choice& b) { return better(a.loss, b.loss); });
    return ranked;
  }

  /// Would the placement leave the chosen parts where they are?
  bool allowed(const std::vector<double>& x, const std::vector<bool>& chosen) const {
    std::vector<double> repaired = x;
    problem_.placement.repair(repaired);
    for (std::size_t part = 0; part < parts(); ++part) {
      const auto [first, last] = problem_.placement.part_range(part);
      for (std::size_t i = first; chosen[part] && i < last; ++i) {
        if (std::abs(repaired[i] - x[i]) > 1e-6) return false;
      }
    }
    return true;
  }

  const Context& context_;
  const Problem& problem_;
  Visibility visibility_;
  AssemblyParams prm_;
  std::uint64_t seed_;
  Workspaces<Problem, E>& workspaces_;
  Counts& counts_;
  std::function<bool()> stop_;
  std::vector<Single> pool_;
  std::vector<double> static_gains_;
};

}  // namespace manyworlds
