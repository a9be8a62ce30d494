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
  static constexpr std::uint32_t none = ~0u;

  void clear() {
    for (Entry& e : table_) e.value = none;
    size_ = 0;
  }
  /// The number of (a, b), or none.
  std::uint32_t find(std::uint32_t a, std::uint32_t b) const {
    return table_.empty() ? none : table_[place(key(a, b))].value;
  }
  /// Gives a number to (a, b), which has none.
  void add(std::uint32_t a, std::uint32_t b, std::uint32_t value) {
    if (4 * size_ >= 3 * table_.size()) grow();
    table_[place(key(a, b))] = {key(a, b), value};
    ++size_;
  }
  std::uint32_t size() const { return size_; }
  std::size_t bytes() const { return table_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t value = none;
  };

  static std::uint64_t key(std::uint32_t a, std::uint32_t b) { return std::uint64_t(a) << 32 | b; }
  /// Where the key stands, or may stand.
  std::size_t place(std::uint64_t key) const {
    const std::size_t last = table_.size() - 1;
    std::size_t at = (key * 0x9e3779b97f4a7c15u) >> (64 - std::bit_width(last));  // Fibonacci hashing
    while (table_[at].value != none && table_[at].key != key) at = (at + 1) & last;
    return at;
  }
  void grow() {
    std::vector<Entry> before(std::max<std::size_t>(64, 2 * table_.size()));
    before.swap(table_);
    for (const Entry& e : before)
      if (e.value != none) table_[place(e.key)] = e;
  }

  std::vector<Entry> table_;  ///< a power of two
  std::uint32_t size_ = 0;
};

/// Which legs of a step are known already: all arrivals at a mover face share what leads from there to a receiver.
class KnownLegs {
 public:
  static constexpr std::uint32_t unknown = PairNumbers::none;
  static constexpr std::uint32_t hidden = unknown - 1;  ///< no tile sees the receiver

  void clear() {
    chains_.clear();
    legs_.clear();
  }
  /// Number of a chain from a mover face: that of the chain without its last face, with the last face, is another one.
  std::uint32_t chain(std::uint32_t face, const std::uint32_t* faces, int n) {
    std::uint32_t number = chain_after(~0u, face);
    for (int i = 0; i < n; ++i) number = chain_after(number, faces[i]);
    return number;
  }
  /// Number of the first leg through a chain to a receiver, hidden, or unknown.
  std::uint32_t find(std::uint32_t chain, std::uint32_t receiver) const { return legs_.find(chain, receiver); }
  void add(std::uint32_t chain, std::uint32_t receiver, std::uint32_t first_leg) {
    legs_.add(chain, receiver, first_leg);
  }
  std::size_t bytes() const { return chains_.bytes() + legs_.bytes(); }

 private:
  std::uint32_t chain_after(std::uint32_t before, std::uint32_t face) {
    const std::uint32_t known = chains_.find(before, face), fresh = chains_.size();
    if (known != PairNumbers::none) return known;
    chains_.add(before, face, fresh);
    return fresh;
  }

  PairNumbers chains_, legs_;
};

}  // namespace manyworlds::paths
