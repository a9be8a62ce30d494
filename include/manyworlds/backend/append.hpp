#pragma once
#include "manyworlds/backend/memory.hpp"

namespace manyworlds::backend {

/// Entries of a list that one append made, in the backend's memory. `needed`: where the list would end if it had room
/// for all of them.
struct Window {
  std::uint32_t begin = 0, end = 0, needed = 0;
};

/// How many indices a launch has, which perhaps only the backend knows; never more than `most`, which the host knows.
class Length {
 public:
  Length(std::uint32_t n) : most_(n) {}
  /// `times` for each entry of a window.
  static Length of(const Window* window, std::uint32_t times, std::uint32_t most) {
    return {window, times, most, false};
  }
  /// `times` for each entry of a list up to a window's end.
  static Length whole(const Window* window, std::uint32_t times, std::uint32_t most) {
    return {window, times, most, true};
  }

  std::uint32_t most() const { return most_; }
  MW_HD std::uint32_t now() const {
    if (!window_) return most_;
    const std::uint64_t n = std::uint64_t(window_->end - (whole_ ? 0 : window_->begin)) * times_;
    return n < most_ ? std::uint32_t(n) : most_;
  }

 private:
  Length(const Window* window, std::uint32_t times, std::uint32_t most, bool whole)
      : most_(most), window_(window), times_(times), whole_(whole) {}
  std::uint32_t most_ = 0;
  const Window* window_ = nullptr;
  std::uint32_t times_ = 1;
  bool whole_ = false;
};

/// Indices are looked at in words of so many.
inline constexpr std::uint32_t word_bits = 32;
MW_HD constexpr std::uint32_t words_of(std::uint32_t n) { return n / word_bits + (n % word_bits != 0 ? 1u : 0u); }

MW_HD constexpr std::uint32_t count_bits(std::uint32_t word) {
  word -= (word >> 1) & 0x55555555u;
  word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
  return (((word + (word >> 4)) & 0x0f0f0f0fu) * 0x01010101u) >> 24;
}

/// What an append needs besides, for lengths up to `most`: a bit for each index, and where each word's entries go.
template <class Backend>
struct Marks {
  Buffer<Backend, std::uint32_t> bits, offsets;  ///< one more offset than words: the sum

  Marks() = default;
  Marks(Backend& backend, std::uint32_t most) : bits(backend, words_of(most)), offsets(backend, words_of(most) + 1) {}
  std::size_t bytes() const { return bits.bytes() + offsets.bytes(); }
};

namespace detail {

struct CloseWindow {
  const Window* before;
  Window* after;
  Length length;
  const std::uint32_t* offsets;
  std::uint32_t capacity;
  MW_HD void operator()(std::uint32_t) const {
    const std::uint32_t begin = before ? before->end : 0, more = offsets[words_of(length.now())];
    const std::uint32_t needed = more < ~begin ? begin + more : ~0u;
    *after = {begin, needed < capacity ? needed : capacity, needed};
  }
};

template <class Stage>
struct PutMarked {
  Stage stage;
  const Window* window;
  const std::uint32_t *bits, *offsets;
  MW_HD void operator()(std::uint32_t i) const {
    const std::uint32_t word = bits[i / word_bits], bit = 1u << (i % word_bits);
    if (!(word & bit)) return;
    const std::uint32_t at = window->begin + offsets[i / word_bits] + count_bits(word & (bit - 1));
    if (at < window->end) stage.put(i, at);
  }
};

}  // namespace detail

/// Appends to a list the entries that stage.put(i, at) makes, in the order of i, of all i that stage.keeps(i). The list
/// has room for `capacity` and ends where window `before` does (empty when null); `after` becomes the window of what is
/// new. What does not fit is left out, which after->needed tells. `marks` for at least length.most().
template <class Backend, class Stage>
void append(Backend& backend, const char* what, Length length, const Stage& stage, const Marks<Backend>& marks,
            const Window* before, Window* after, std::uint32_t capacity) {
  std::uint32_t *const bits = marks.bits.data(), *const offsets = marks.offsets.data();
  backend.mark(what, length, stage, bits, offsets);
  backend.exclusive_scan(what, length, offsets);
  backend.for_each(what, 1, detail::CloseWindow{before, after, length, offsets, capacity});
  backend.for_each(what, length, detail::PutMarked<Stage>{stage, after, bits, offsets});
}

}  // namespace manyworlds::backend
