#pragma once
#include <optional>
#include <vector>

#include "manyworlds/engine/job.hpp"
#include "manyworlds/engine/result.hpp"

namespace manyworlds {

/// One iteration of a world, as one of those of all worlds. What other processes answer is kept until all have answered
/// and finish() puts it into the world, so that an iteration is done by all worlds or, when it has to be given up, by
/// none. In this process the world itself goes on.
template <class World>
struct Step : AdvanceJob<World> {
  std::optional<World> after{};          ///< with the rows that the step adds to the history
  std::optional<std::string> failure{};  ///< why nobody could do it
  Delivery by{};

  Step(World* of, int at) : AdvanceJob<World>{of, at} {}

  /// Throws ArchiveError.
  void answer(ArchiveReader& a) {
    World next;
    next.read_step(a, this->world->record.id, this->world->x.size(), this->iteration + 1);
    after = std::move(next);
  }
  void failed(const std::string& why, const Delivery& d) { failure = why, by = d; }
  void delivered(const Delivery& d) { by = d; }

  void finish() {
    if (!after && !failure) return;
    World& own = *this->world;
    if (after) {
      WorldResult &before = own.record, &next = after->record;
      before.history.append(next.history);
      next.history = std::move(before.history);
      next.restarts = before.restarts;
      own = std::move(*after);
    } else {
      own.fail(*failure);
    }
    own.record.pid = by.pid;
    own.record.bytes = by.bytes;
    own.record.restarts += by.restarts;
    own.restarted = by.restarts > 0;
  }
};

/// f(), an exchange between worlds: where it throws, they remember of each other what they did before.
template <class World, class F>
void all_or_nothing(const std::vector<World*>& worlds, const F& f) {
  std::vector<decltype(World::social)> before;
  for (const World* world : worlds) before.push_back(world->social);
  try {
    f();
  } catch (...) {
    for (std::size_t i = 0; i < worlds.size(); ++i) worlds[i]->social = std::move(before[i]);
    throw;
  }
}

}  // namespace manyworlds
