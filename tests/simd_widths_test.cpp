/// Every width of registers, and plain arrays, give the same answers bit for bit: one program is compiled for each
/// instruction set (tests/CMakeLists.txt) and run where the processor has it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "manyworlds/core/simd.hpp"

namespace manyworlds {
namespace {

/// What a program prints; empty if it fails.
std::string output_of(const std::string& program) {
  std::FILE* pipe = popen(program.c_str(), "r");
  if (!pipe) return {};
  std::string text;
  std::array<char, 4096> part;
  while (const std::size_t n = std::fread(part.data(), 1, part.size(), pipe)) text.append(part.data(), n);
  return pclose(pipe) == 0 ? text : std::string();
}

bool processor_has([[maybe_unused]] const std::string& level) {
#if defined(__x86_64__)
  if (level == "x86-64-v2") return __builtin_cpu_supports("sse4.2");
  if (level == "x86-64-v3") return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (level == "x86-64-v4")
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
#endif
  return true;
}

TEST(SimdWidths, AnswersAreEqualBitForBit) {
  const std::string plain = output_of(MANYWORLDS_SIMD_PROGRAM "plain");
  EXPECT_NE(plain.find("lanes blocked"), std::string::npos);
  EXPECT_NE(plain.find("logistic"), std::string::npos);
  int compared = 0;
  for (const std::string level : {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "default"}) {
    const std::string program = MANYWORLDS_SIMD_PROGRAM + level;
    std::FILE* file = std::fopen(program.c_str(), "r");  // there is one for each level that the compiler knows
    if (!file) continue;
    std::fclose(file);
    if (!processor_has(level)) continue;
    EXPECT_EQ(output_of(program), plain) << level;
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

template <class T, int W>
void expect_lane_by_lane() {
  using V = simd::Lanes<T, W>;
  T x[W], y[W], out[W];
  for (int i = 0; i < W; ++i) {
    x[i] = T(i % 3 == 0 ? -i : i);
    y[i] = T(i % 2 == 0 ? 2 : -2);
  }
  const V a = simd::load<V>(x), b = simd::load<V>(y);
  const auto expect = [&](const V& v, auto&& by_lane) {
    simd::store(v, out);
    for (int i = 0; i < W; ++i) EXPECT_EQ(out[i], by_lane(x[i], y[i])) << i;
  };
  expect(a + b, [](T p, T q) { return p + q; });
  expect(a - b, [](T p, T q) { return p - q; });
  expect(a * b, [](T p, T q) { return p * q; });
  expect(a / b, [](T p, T q) { return p / q; });
  expect(-a, [](T p, T) { return -p; });
  expect(min(a, b), [](T p, T q) { return p < q ? p : q; });
  expect(max(a, b), [](T p, T q) { return p < q ? q : p; });
  expect(abs(a), [](T p, T) { return std::fabs(p); });
  expect(floor(a / V(T(2))), [](T p, T) { return std::floor(p / T(2)); });
  expect(sqrt(abs(a)), [](T p, T) { return std::sqrt(std::fabs(p)); });
  expect(copysign(a, b), [](T p, T q) { return std::copysign(p, q); });
  expect(simd::select(a < b, a, V(T(7))), [](T p, T q) { return p < q ? p : T(7); });
  std::uint32_t less = 0, both = 0;
  for (int i = 0; i < W; ++i) {
    less |= std::uint32_t(x[i] < y[i]) << i;
    both |= std::uint32_t(x[i] >= T(0) && y[i] == T(2)) << i;
  }
  EXPECT_EQ(simd::bits(a < b), less);
  EXPECT_EQ(simd::bits((a >= V(T(0))) & (b == V(T(2)))), both);
  EXPECT_EQ(simd::smallest(a), *std::min_element(x, x + W));
  EXPECT_EQ(simd::largest(a), *std::max_element(x, x + W));
}

TEST(SimdLanes, ComputeLaneByLane) {
  expect_lane_by_lane<float, 8>();
  expect_lane_by_lane<float, 16>();
  expect_lane_by_lane<double, 4>();
  expect_lane_by_lane<double, 8>();
}

}  // namespace
}  // namespace manyworlds
