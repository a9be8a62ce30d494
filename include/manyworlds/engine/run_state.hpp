#pragma once
#include <array>
#include <cstddef>

#include "manyworlds/core/archive.hpp"
#include "manyworlds/core/error.hpp"
#include "manyworlds/engine/result.hpp"

namespace manyworlds {

/// What an iteration whose descent is done has still to do, from here on.
enum class Due : std::uint8_t { pruning, exchange, renewal, nothing };
constexpr std::array<const char*, 4> choices(Due) { return {"pruning", "exchange", "renewal", "nothing"}; }

/// Everything that a run needs to go on, as it stands between two steps of an iteration.
template <class Renewal, class Population>
struct RunState {
  int& iteration;
  Due& due;
  double& earlier_s;  ///< seconds that the run has taken
  Result& result;
  Renewal& renewal;
  Population& worlds;

  template <class A>
  void archive(A& a) {
    a(iteration, due, earlier_s, result.counts, result.times, result.events, renewal, worlds);
  }
  std::string bytes() {
    ArchiveWriter writer;
    writer(*this);
    return writer.take();
  }
  /// Takes over what bytes() gave. Throws InputError for bytes that cannot be of a run with so many variables and
  /// iterations.
  void read(std::string_view bytes, std::size_t variables, int iterations) {
    try {
      ArchiveReader reader(bytes);
      reader(*this);
      if (!reader.done()) throw ArchiveError("it is followed by more bytes");
      if (!plausible(variables, iterations)) throw ArchiveError("its numbers cannot be");
    } catch (const ArchiveError& e) {
      throw InputError("checkpoint", std::string("cannot be used: ") + e.what() + "; without it the run begins anew");
    }
  }

 private:
  bool plausible(std::size_t variables, int iterations) {
    bool good = iteration >= 0 && iteration <= iterations && worlds.size() >= 1 && renewal.plausible();
    for (std::size_t w = 0; w < worlds.size(); ++w) {
      const WorldResult& record = worlds[w].record;
      const History& h = record.history;
      good = good && record.id == w && worlds[w].fits(variables, iteration) && h.fits(variables) &&
             (h.rows() > 0 || record.born == iteration);
    }
    return good;
  }
};
template <class Renewal, class Population>
RunState(int&, Due&, double&, Result&, Renewal&, Population&) -> RunState<Renewal, Population>;

}  // namespace manyworlds
