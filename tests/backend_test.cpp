// Memory, lists and sorting of a backend, on the host.
#include "manyworlds/backend/serial.hpp"

#include <gtest/gtest.h>

#include "manyworlds/core/random.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::backend;
using Numbers = Buffer<Serial, std::uint32_t>;

/// Counts what is allocated and released.
struct Counting : Serial {
  int alive = 0;
  void* allocate(std::size_t bytes) { return ++alive, Serial::allocate(bytes); }
  void release(void* memory) noexcept { --alive, Serial::release(memory); }
};

TEST(Buffer, ReleasesWhatItOwnsOnce) {
  Counting backend;
  {
    Buffer<Counting, int> a(backend, 10), none(backend, 0);
    EXPECT_EQ(backend.alive, 1);
    Buffer<Counting, int> b = std::move(a);
    EXPECT_EQ(a.data(), nullptr);
    EXPECT_EQ(a.size(), 0u);
    EXPECT_EQ(b.size(), 10u);
    a = Buffer<Counting, int>(backend, 3);
    EXPECT_EQ(backend.alive, 2);
    b = std::move(a);
    EXPECT_EQ(backend.alive, 1);
    EXPECT_EQ(b.bytes(), 3 * sizeof(int));
  }
  EXPECT_EQ(backend.alive, 0);
}

TEST(Buffer, IsZeroAndKeepsWhatIsWritten) {
  Serial serial;
  std::vector<std::uint32_t> out(5, 9);
  Numbers(serial, 5).read(out);
  EXPECT_EQ(out, std::vector<std::uint32_t>(5, 0));
  const std::vector<std::uint32_t> in{1, 2, 3};
  const Numbers copy = Numbers::of(serial, in);
  out.resize(3);
  copy.read(out);
  EXPECT_EQ(out, in);
}

/// Lists the numbers that are kept.
struct Multiples {
  std::uint32_t of;
  std::uint32_t* list;
  bool keeps(std::uint32_t i) const { return i % of == 0; }
  void put(std::uint32_t i, std::uint32_t at) const { list[at] = i; }
};

struct Lists {
  Serial serial;
  Numbers list{serial, 1000};
  Buffer<Serial, Window> windows{serial, 3};
  Marks<Serial> marks{serial, 2000};
  Window append(Length length, std::uint32_t of, const Window* before, std::uint32_t after, std::uint32_t capacity) {
    backend::append(serial, "multiples", length, Multiples{of, list.data()}, marks, before, windows.data() + after,
                    capacity);
    return windows.data()[after];
  }
};

TEST(Append, ListsWhatIsKeptInOrder) {
  for (std::uint32_t n : {0u, 1u, 31u, 32u, 33u, 64u, 1000u}) {
    Lists l;
    const Window w = l.append(n, 7, nullptr, 0, 1000);
    EXPECT_EQ(w.begin, 0u);
    EXPECT_EQ(w.end, (n + 6) / 7);
    EXPECT_EQ(w.needed, w.end);
    for (std::uint32_t k = 0; k < w.end; ++k) EXPECT_EQ(l.list.data()[k], 7 * k);
  }
}

TEST(Append, GoesOnWhereTheListEnds) {
  Lists l;
  l.append(20, 5, nullptr, 0, 1000);
  const Window w = l.append(50, 10, l.windows.data(), 1, 1000);
  EXPECT_EQ(w.begin, 4u);
  EXPECT_EQ(w.end, 9u);
  EXPECT_EQ(std::vector<std::uint32_t>(l.list.data(), l.list.data() + 9),
            (std::vector<std::uint32_t>{0, 5, 10, 15, 0, 10, 20, 30, 40}));
  // As many as the window has entries, and as the whole list has.
  EXPECT_EQ(l.append(Length::of(l.windows.data() + 1, 3, 2000), 1, nullptr, 2, 1000).end, 15u);
  EXPECT_EQ(l.append(Length::whole(l.windows.data() + 1, 3, 2000), 1, nullptr, 2, 1000).end, 27u);
  EXPECT_EQ(l.append(Length::whole(l.windows.data() + 1, 3, 20), 1, nullptr, 2, 1000).end, 20u);
}

TEST(Append, TellsWhatDoesNotFitAndWritesNothingBehindTheEnd) {
  Lists l;
  l.append(10, 1, nullptr, 0, 6);
  EXPECT_EQ(l.windows.data()[0].end, 6u);
  EXPECT_EQ(l.windows.data()[0].needed, 10u);
  EXPECT_EQ(l.list.data()[5], 5u);
  EXPECT_EQ(l.list.data()[6], 0u);
  const Window w = l.append(10, 1, l.windows.data(), 1, 6);
  EXPECT_EQ(w.begin, 6u);
  EXPECT_EQ(w.end, 6u);
  EXPECT_EQ(w.needed, 16u);
  EXPECT_EQ(l.list.data()[6], 0u);
}

TEST(Serial, SortsIndicesByKeyAndKeepsTheOrderOfEquals) {
  Serial serial;
  Random random(3, 0, 0, Purpose::test);
  std::vector<std::uint32_t> keys;
  for (int i = 0; i < 500; ++i) keys.push_back(i % 50 == 0 ? ~0u : random.below(20));
  const Numbers in = Numbers::of(serial, keys), sorted(serial, 500), order(serial, 500);
  serial.sort_indices("keys", 500, in.data(), sorted.data(), order.data(), 5);
  for (std::uint32_t i = 0; i < 500; ++i) {
    EXPECT_EQ(sorted.data()[i], keys[order.data()[i]]);
    if (i == 0) continue;
    EXPECT_LE(sorted.data()[i - 1], sorted.data()[i]);
    if (sorted.data()[i - 1] == sorted.data()[i]) {
      EXPECT_LT(order.data()[i - 1], order.data()[i]);
    }
  }
  EXPECT_EQ(sorted.data()[499], ~0u);
}

TEST(Bits, AreCounted) {
  EXPECT_EQ(count_bits(0), 0u);
  EXPECT_EQ(count_bits(~0u), 32u);
  EXPECT_EQ(count_bits(0x80000001u), 2u);
  EXPECT_EQ(count_bits(0x12345678u), 13u);
}

}  // namespace
