// The primitives of the CUDA backend do what those of the serial one do, bit by bit; skipped where there is no device.
#include <gtest/gtest.h>

#include "manyworlds/backend/cuda/cuda.cuh"
#include "manyworlds/backend/serial.hpp"
#include "manyworlds/core/random.hpp"

namespace manyworlds {

/// Keeps what a hash of the index picks.
struct Picked {
  std::uint32_t share, *list;
  MW_HD bool keeps(std::uint32_t i) const { return (i * 2654435761u >> 8) % 100 < share; }
  MW_HD void put(std::uint32_t i, std::uint32_t at) const { list[at] = i; }
};
struct AddOne {
  std::uint32_t* numbers;
  MW_HD void operator()(std::uint32_t i) const { numbers[i] += i; }
};

namespace {

using namespace backend;

struct Listed {
  std::vector<Window> windows{3};
  std::vector<std::uint32_t> list;
};

template <class Backend>
Listed list(Backend& backend, std::uint32_t n, std::uint32_t share, std::uint32_t capacity) {
  Buffer<Backend, std::uint32_t> numbers(backend, capacity);
  Buffer<Backend, Window> windows(backend, 3);
  const Marks<Backend> marks(backend, 3 * n);
  const Picked stage{share, numbers.data()};
  Window* const w = windows.data();
  append(backend, "first", n, stage, marks, nullptr, w, capacity);
  append(backend, "second", Length::of(w, 2, 3 * n), stage, marks, w, w + 1, capacity);
  append(backend, "third", Length::whole(w + 1, 1, 3 * n), stage, marks, w + 1, w + 2, capacity);
  Listed result;
  result.windows.resize(3);
  result.list.resize(capacity);
  windows.read(result.windows);
  numbers.read(result.list);
  return result;
}

class OnDevice : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      cuda = std::make_unique<Cuda>(0);
    } catch (const NoDevice& error) {
      GTEST_SKIP() << error.what();
    }
  }
  std::unique_ptr<Cuda> cuda;
  Serial serial;
};
using CudaBackend = OnDevice;

TEST_F(CudaBackend, ListsAsTheSerialOneDoes) {
  for (std::uint32_t n : {1u, 31u, 1000u, 100000u, 3000000u})
    for (std::uint32_t share : {0u, 3u, 50u, 100u})
      for (std::uint32_t capacity : {10u, 5000000u}) {
        const Listed expected = list(serial, n, share, capacity), found = list(*cuda, n, share, capacity);
        for (std::size_t w = 0; w < 3; ++w) {
          EXPECT_EQ(found.windows[w].begin, expected.windows[w].begin);
          EXPECT_EQ(found.windows[w].end, expected.windows[w].end);
          EXPECT_EQ(found.windows[w].needed, expected.windows[w].needed);
        }
        EXPECT_EQ(found.list, expected.list) << n << ", " << share << " %, " << capacity;
      }
}

TEST_F(CudaBackend, SortsAsTheSerialOneDoes) {
  Random random(4, 0, 0, Purpose::test);
  for (std::uint32_t n : {1u, 1000u, 1000000u}) {
    std::vector<std::uint32_t> keys, sorted[2], order[2];
    for (std::uint32_t i = 0; i < n; ++i) keys.push_back(i % 10 == 0 ? ~0u : random.below(5000));
    const auto sort = [&](auto& backend, std::vector<std::uint32_t>& s, std::vector<std::uint32_t>& o) {
      using Numbers = Buffer<std::remove_reference_t<decltype(backend)>, std::uint32_t>;
      const Numbers in = Numbers::of(backend, keys), out(backend, n), at(backend, n);
      backend.reserve(n);
      backend.sort_indices("keys", n, in.data(), out.data(), at.data(), 13);
      s.resize(n), o.resize(n);
      out.read(s), at.read(o);
    };
    sort(serial, sorted[0], order[0]);
    sort(*cuda, sorted[1], order[1]);
    EXPECT_EQ(sorted[0], sorted[1]);
    EXPECT_EQ(order[0], order[1]);
  }
}

TEST_F(CudaBackend, ReplaysAStepAsItRanFirst) {
  Buffer<Cuda, std::uint32_t> numbers(*cuda, 100);
  Cuda::Program program;
  int recorded = 0;
  for (int i = 0; i < 5; ++i)
    cuda->run(program, "add", [&] {
      ++recorded;
      cuda->for_each("add", 100, AddOne{numbers.data()});
    });
  std::vector<std::uint32_t> found(100);
  numbers.read(found);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(found[i], 5 * i);
  EXPECT_EQ(recorded, 2);  // launched once, recorded once
}

TEST_F(CudaBackend, SaysWhatItHasNoMemoryFor) {
  try {
    Buffer<Cuda, std::uint64_t> huge(*cuda, std::size_t(1) << 45);
    FAIL() << "no error";
  } catch (const OutOfDeviceMemory& error) {
    EXPECT_EQ(error.call, "cudaMalloc of 281474976710656 bytes");
    EXPECT_EQ(error.device, 0);
    EXPECT_EQ(error.name, "cudaErrorMemoryAllocation");
  }
  EXPECT_NO_THROW((Buffer<Cuda, std::uint64_t>(*cuda, 10)));  // and goes on
}

}  // namespace
}  // namespace manyworlds
