#pragma once
#include <bit>
#include <map>
#include <utility>
#include <vector>

#include "manyworlds/paths/beam.hpp"

namespace manyworlds::paths {

/// Which legs of a step are known already: all arrivals at a mover face share what leads from there to a receiver. A hash
/// table, linearly probed, that keeps its memory from step to step.
class KnownLegs {
 public:
  void clear() {
    chains_.clear();
    for (Entry& e : table_) e.value = none;
    size_ = 0;
  }

  /// Number of a chain from a mover face.
  std::uint32_t chain(std::uint32_t face, const std::uint32_t* faces, int n) {
    Chain key{face};
    for (int i = 0; i < n; ++i) key[std::size_t(i) + 1] = faces[i] + 1;
    return chains_.try_emplace(key, std::uint32_t(chains_.size())).first->second;
  }

  /// What is known of a chain to a receiver, or `fresh`, which is from now on, and false.
  std::pair<std::uint32_t, bool> find_or_add(std::uint32_t chain, std::uint32_t receiver, std::uint32_t fresh) {
    if (4 * size_ >= 3 * table_.size()) grow();
    const std::uint64_t key = std::uint64_t(chain) << 32 | receiver;
    Entry& e = entry(key);
    if (e.value != none) return {e.value, true};
    e = {key, fresh};
    ++size_;
    return {fresh, false};
  }

  std::size_t bytes() const { return table_.capacity() * sizeof(Entry); }

 private:
  using Chain = std::array<std::uint32_t, max_depth + 1>;  ///< mover face, then static faces + 1
  static constexpr std::uint32_t none = ~0u;
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t value = none;
  };

  Entry& entry(std::uint64_t key) {
    const std::size_t last = table_.size() - 1;
    std::size_t at = (key * 0x9e3779b97f4a7c15u) >> (64 - std::bit_width(last));  // Fibonacci hashing
    while (table_[at].value != none && table_[at].key != key) at = (at + 1) & last;
    return table_[at];
  }
  void grow() {
    std::vector<Entry> before(std::max<std::size_t>(1024, 2 * table_.size()));
    before.swap(table_);
    for (const Entry& e : before)
      if (e.value != none) entry(e.key) = e;
  }

  std::map<Chain, std::uint32_t> chains_;
  std::vector<Entry> table_;  ///< a power of two
  std::size_t size_ = 0;
};

}  // namespace manyworlds::paths
