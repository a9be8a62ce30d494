#pragma once
#include <algorithm>
#include <cstddef>
#include <limits>

namespace manyworlds::executor {

/// How many workers may live, by what they have been seen to take.
class Admission {
 public:
  std::size_t budget = 0;       ///< bytes of all workers; 0 = no limit
  std::size_t expected = 0;     ///< bytes of a worker before any has told
  std::size_t most_bytes = 0;   ///< of a worker, as seen
  std::size_t most_in_all = 0;  ///< of all workers at once, as seen
  bool measured = false;        ///< a worker has done a task, so that its bytes mean something

  /// A worker takes `bytes`, all together take `in_all`.
  void see(std::size_t bytes, std::size_t in_all) {
    most_bytes = std::max(most_bytes, bytes);
    most_in_all = std::max(most_in_all, in_all);
  }
  /// A worker of so many was out of memory: one less from now on.
  void out_of_memory(std::size_t seats) { most_ = std::max<std::size_t>(2, admitted(seats)) - 1; }

  /// Of so many that are wanted; at least one, and with a budget no more until it is known what one takes.
  std::size_t admitted(std::size_t seats) const {
    if (budget > 0 && !measured) return 1;
    const std::size_t each = std::max({std::size_t(1), expected, most_bytes});
    const std::size_t fit = budget > 0 ? budget / each : seats;
    return std::max<std::size_t>(1, std::min({seats, fit, most_}));
  }

 private:
  std::size_t most_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace manyworlds::executor
