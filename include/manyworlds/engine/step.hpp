#pragma once
#include <optional>

#include "manyworlds/engine/job.hpp"
#include "manyworlds/engine/result.hpp"

namespace manyworlds {

/// One iteration of a world, as one of those of all worlds. What other processes answer is kept until all have answered
/// and take() puts it into the world, so that an iteration is done by all worlds or, when it has to be given up, by
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
    next.x.resize(this->world->x.size());
    next.read_step(a);
    after = std::move(next);
  }
  void failed(const std::string& why, const Delivery& d) { failure = why, by = d; }
  void delivered(const Delivery& d) { by = d; }

  void take() {
    WorldResult& now = this->world->record;
    if (after) {
      WorldResult& next = after->record;
      now.history.append(next.history);
      next.history = std::move(now.history);
      next.restarts = now.restarts;
      *this->world = std::move(*after);
      AdvanceJob<World>::delivered(by);
    } else if (failure) {
      AdvanceJob<World>::failed(*failure, by);
    }
  }
};

}  // namespace manyworlds
