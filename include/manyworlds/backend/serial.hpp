#pragma once
#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>

#include "manyworlds/backend/append.hpp"

namespace manyworlds::backend {

/// The host, one index after another: what every other backend is compared with. `what` says to a human what a launch
/// does; nothing can go wrong with it here.
class Serial {
 public:
  static constexpr const char* name = "serial";

  void* allocate(std::size_t bytes) { return ::operator new(bytes, std::align_val_t(alignment)); }
  void release(void* memory) noexcept { ::operator delete(memory, std::align_val_t(alignment)); }
  void upload(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
  void download(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
  void clear(void* memory, std::size_t bytes) { std::memset(memory, 0, bytes); }

  /// f(0), f(1), ...: on other backends in any order and at once.
  template <class F>
  void for_each(const char* /*what*/, Length length, const F& f) {
    for (std::uint32_t i = 0, n = length.now(); i < n; ++i) f(i);
  }
  /// bits[w]: which i of [32 w, 32 w + 32) a stage keeps; counts[w]: how many.
  template <class Stage>
  void mark(const char* /*what*/, Length length, const Stage& stage, std::uint32_t* bits, std::uint32_t* counts) {
    const std::uint32_t n = length.now();
    for (std::uint32_t w = 0; w < words_of(n); ++w) {
      bits[w] = 0;
      for (std::uint32_t i = word_bits * w; i < n && i < word_bits * (w + 1); ++i)
        if (stage.keeps(i)) bits[w] |= 1u << (i % word_bits);
      counts[w] = count_bits(bits[w]);
    }
  }
  /// Each of the numbers, one for each word of a length, becomes the sum of those before it; the one behind them their
  /// sum.
  void exclusive_scan(const char* /*what*/, Length length, std::uint32_t* numbers) {
    std::uint32_t* const end = numbers + words_of(length.now());
    *end = 0;
    std::exclusive_scan(numbers, end + 1, numbers, 0u);
  }
  /// order[i] = index of the i-th of n keys, smallest first, equal ones as they stand, and sorted[i] = that key; keys
  /// are below 2^bits - 1 but for ~0, which comes last.
  void sort_indices(const char* /*what*/, std::uint32_t n, const std::uint32_t* keys, std::uint32_t* sorted,
                    std::uint32_t* order, int /*bits*/) {
    std::iota(order, order + n, 0u);
    std::stable_sort(order, order + n, [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
    for (std::uint32_t i = 0; i < n; ++i) sorted[i] = keys[order[i]];
  }
  /// Room for what a sort of so many keys needs besides; call before a step.
  void reserve(std::size_t /*keys*/) {}

  /// A step that is the same each time: here it just runs.
  struct Program {
    void reset() {}
  };
  template <class Step>
  void run(Program&, const char* /*what*/, const Step& step) {
    step();
  }

 private:
  static constexpr std::size_t alignment = 64;
};

}  // namespace manyworlds::backend
