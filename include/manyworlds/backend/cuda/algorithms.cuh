#pragma once
#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>
#include <cub/device/device_radix_sort.cuh>

#include "manyworlds/backend/append.hpp"
#include "manyworlds/backend/cuda/error.cuh"

/// The kernels of the backend and, behind plain host functions, everything that comes from CUB.
namespace manyworlds::backend::cuda {

inline constexpr int block_size = 128;

/// f(i) for all i of a length that may only be known here.
template <class F>
__global__ void __launch_bounds__(block_size) run_functor(const F f, const Length length) {
  const std::uint64_t n = length.now(), stride = std::uint64_t(gridDim.x) * block_size;
  for (std::uint64_t i = std::uint64_t(blockIdx.x) * block_size + threadIdx.x; i < n; i += stride) f(std::uint32_t(i));
}

/// Writes 0, 1, 2, ...
struct Number {
  std::uint32_t* numbers;
  MW_HD void operator()(std::uint32_t i) const { numbers[i] = i; }
};

/// See Serial::mark: a warp makes a word.
template <class Stage>
__global__ void __launch_bounds__(block_size)
    mark_kept(const Stage stage, const Length length, std::uint32_t* bits, std::uint32_t* counts) {
  const std::uint64_t n = length.now(), stride = std::uint64_t(gridDim.x) * block_size;
  const std::uint32_t lane = threadIdx.x % word_bits;
  for (std::uint64_t i = std::uint64_t(blockIdx.x) * block_size + threadIdx.x; i - lane < n; i += stride) {
    const bool kept = i < n && stage.keeps(std::uint32_t(i));
    const std::uint32_t word = __ballot_sync(~0u, kept);
    if (lane != 0) continue;
    bits[i / word_bits] = word;
    counts[i / word_bits] = std::uint32_t(__popc(word));
  }
}

/// Scans are made of so many chunks, whatever their length, which only the device knows.
inline constexpr int scan_chunks = 512;

namespace detail {

inline constexpr int scan_threads = 256;

__device__ inline void chunk_of(std::uint32_t words, std::uint32_t& first, std::uint32_t& last) {
  const std::uint32_t each = words / scan_chunks + (words % scan_chunks != 0 ? 1 : 0);
  first = min(blockIdx.x * each, words);
  last = min(first + each, words);
}

template <int threads>
__global__ void __launch_bounds__(threads)
    sum_chunks(const Length length, const std::uint32_t* numbers, std::uint32_t* sums) {
  using Reduce = cub::BlockReduce<std::uint32_t, threads>;
  __shared__ typename Reduce::TempStorage shared;
  std::uint32_t first, last, sum = 0;
  chunk_of(words_of(length.now()), first, last);
  for (std::uint32_t i = first + threadIdx.x; i < last; i += threads) sum += numbers[i];
  sum = Reduce(shared).Sum(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

template <int threads>
__global__ void __launch_bounds__(threads) scan_sums(const Length length, std::uint32_t* numbers, std::uint32_t* sums) {
  using Scan = cub::BlockScan<std::uint32_t, threads>;
  __shared__ typename Scan::TempStorage shared;
  std::uint32_t before, total;
  Scan(shared).ExclusiveSum(sums[threadIdx.x], before, total);
  sums[threadIdx.x] = before;
  if (threadIdx.x == 0) numbers[words_of(length.now())] = total;
}

template <int threads>
__global__ void __launch_bounds__(threads)
    scan_chunk(const Length length, std::uint32_t* numbers, const std::uint32_t* sums) {
  using Scan = cub::BlockScan<std::uint32_t, threads>;
  __shared__ typename Scan::TempStorage shared;
  std::uint32_t first, last, carry = sums[blockIdx.x];
  chunk_of(words_of(length.now()), first, last);
  for (std::uint32_t tile = first; tile < last; tile += threads) {
    const std::uint32_t i = tile + threadIdx.x;
    std::uint32_t before, total;
    Scan(shared).ExclusiveSum(i < last ? numbers[i] : 0, before, total);
    if (i < last) numbers[i] = carry + before;
    carry += total;
    __syncthreads();
  }
}

}  // namespace detail

/// See Serial::exclusive_scan; `sums` has room for scan_chunks.
inline void exclusive_scan(cudaStream_t stream, Length length, std::uint32_t* numbers, std::uint32_t* sums) {
  constexpr int threads = detail::scan_threads;
  detail::sum_chunks<threads><<<scan_chunks, threads, 0, stream>>>(length, numbers, sums);
  detail::scan_sums<scan_chunks><<<1, scan_chunks, 0, stream>>>(length, numbers, sums);
  detail::scan_chunk<threads><<<scan_chunks, threads, 0, stream>>>(length, numbers, sums);
}

/// Bytes that sort_pairs needs besides for so many keys.
inline std::size_t sort_bytes(std::uint32_t keys) {
  std::size_t bytes = 0;
  const std::uint32_t* none = nullptr;
  std::uint32_t* out = nullptr;
  check(cub::DeviceRadixSort::SortPairs(nullptr, bytes, none, out, none, out, int(keys)), "cub::DeviceRadixSort");
  return bytes;
}
/// Stable, by the lowest `bits` of the keys.
inline void sort_pairs(cudaStream_t stream, void* memory, std::size_t bytes, std::uint32_t n, const std::uint32_t* keys,
                       std::uint32_t* sorted, const std::uint32_t* values, std::uint32_t* order, int bits,
                       const std::string& call, int device) {
  check(cub::DeviceRadixSort::SortPairs(memory, bytes, keys, sorted, values, order, int(n), 0, bits, stream), call,
        device);
}

}  // namespace manyworlds::backend::cuda
