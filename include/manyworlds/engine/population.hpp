#pragma once
#include <deque>

#include "manyworlds/engine/world.hpp"

namespace manyworlds {

/// The worlds of a run by id, live ones and those that have stopped.
template <Optimizer O, Social S>
class Population {
 public:
  using World = manyworlds::World<O, S>;
  using Worlds = std::vector<World*>;

  std::size_t size() const { return worlds_.size(); }
  World& operator[](std::size_t id) { return worlds_[id]; }

  /// A new world with the next id.
  void begin(int iteration, const std::vector<double>& rates, std::vector<double> start) {
    const std::size_t id = worlds_.size();
    worlds_.emplace_back(std::uint32_t(id), iteration, rates[id % rates.size()], std::move(start));
  }

  /// Worlds for which a condition holds, by id.
  template <class Condition>
  Worlds those(const Condition& condition) {
    Worlds found;
    for (World& world : worlds_) {
      if (condition(world)) found.push_back(&world);
    }
    return found;
  }
  Worlds alive() {
    return those([](const World& w) { return w.alive(); });
  }
  std::size_t count_alive() const {
    return std::size_t(std::count_if(worlds_.begin(), worlds_.end(), [](const World& w) { return w.alive(); }));
  }

  /// What worlds did goes into the result of a run; they are of no use then.
  void hand_over(Result& result) {
    for (World& world : worlds_) {
      result.bytes_per_world = std::max(result.bytes_per_world, world.bytes());
      result.counts.forward += world.counts.forward;
      result.counts.gradient += world.counts.gradient;
      result.worlds.push_back(std::move(world.record));
    }
  }

  template <class A>
  void archive(A& a) {
    std::uint64_t count = worlds_.size();
    a(count);
    if constexpr (std::same_as<A, ArchiveReader>) worlds_.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      World& world = i < worlds_.size() ? worlds_[i] : worlds_.emplace_back();
      world.archive_state(a);
      a(world.record.history, world.record.failure, world.record.restarts);
    }
  }

  /// Evaluations of all worlds so far.
  double spent(double gradient_cost) const {
    double sum = 0;
    for (const World& world : worlds_) {
      sum += double(world.counts.forward) + gradient_cost * double(world.counts.gradient);
    }
    return sum;
  }

 private:
  std::deque<World> worlds_;  // they are pointed to
};

/// Sorts worlds by a value and by id, non-finite values last.
template <class World, class Value>
void sort_worlds(std::vector<World*>& worlds, const Value& value) {
  std::sort(worlds.begin(), worlds.end(), [&](const World* a, const World* b) {
    const bool ahead = better(value(*a), value(*b)), behind = better(value(*b), value(*a));
    return ahead || (!behind && a->record.id < b->record.id);
  });
}

}  // namespace manyworlds
