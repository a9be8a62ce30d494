#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace manyworlds::paths {

/// A number for each pair of numbers: a hash table, linearly probed, that keeps its memory from step to step.
class PairNumbers {
 public:
  void clear() {
    for (Entry& e : table_) e.value = none;
    size_ = 0;
  }
  /// The number of (a, b), or `fresh`, which it has from now on, and false.
  std::pair<std::uint32_t, bool> find_or_add(std::uint32_t a, std::uint32_t b, std::uint32_t fresh) {
    if (4 * size_ >= 3 * table_.size()) grow();
    const std::uint64_t key = std::uint64_t(a) << 32 | b;
    Entry& e = entry(key);
    if (e.value != none) return {e.value, true};
    e = {key, fresh};
    ++size_;
    return {fresh, false};
  }
  std::uint32_t size() const { return size_; }
  std::size_t bytes() const { return table_.capacity() * sizeof(Entry); }

 private:
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
    std::vector<Entry> before(std::max<std::size_t>(64, 2 * table_.size()));
    before.swap(table_);
    for (const Entry& e : before)
      if (e.value != none) entry(e.key) = e;
  }

  std::vector<Entry> table_;  ///< a power of two
  std::uint32_t size_ = 0;
};

/// Which legs of a step are known already: all arrivals at a mover face share what leads from there to a receiver.
class KnownLegs {
 public:
  void clear() {
    chains_.clear();
    legs_.clear();
  }
  /// Number of a chain from a mover face: that of the chain without its last face, with the last face, is another one.
  std::uint32_t chain(std::uint32_t face, const std::uint32_t* faces, int n) {
    constexpr std::uint32_t nothing = ~0u;
    std::uint32_t number = chains_.find_or_add(nothing, face, chains_.size()).first;
    for (int i = 0; i < n; ++i) number = chains_.find_or_add(number, faces[i], chains_.size()).first;
    return number;
  }
  /// What is known of a chain to a receiver, or `fresh`, which is from now on, and false.
  std::pair<std::uint32_t, bool> find_or_add(std::uint32_t chain, std::uint32_t receiver, std::uint32_t fresh) {
    return legs_.find_or_add(chain, receiver, fresh);
  }
  std::size_t bytes() const { return chains_.bytes() + legs_.bytes(); }

 private:
  PairNumbers chains_, legs_;
};

}  // namespace manyworlds::paths
