#pragma once
#include "manyworlds/core/scalar.hpp"

namespace manyworlds {

/// What a random number is for; part of the counter, so that no two purposes share a number.
enum class Purpose : std::uint32_t { start = 1, noise = 3, social, search, test, assemble, rays };

/// Counter-based random numbers: Philox 4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw, SC 2011).
/// A stream is named by (master seed, world, iteration, purpose), so a result does not depend on executor,
/// thread count or completion order. Trivially copyable.
class Random {
 public:
  MW_HD constexpr Random(std::uint64_t seed, std::uint32_t world, std::uint32_t iteration, Purpose purpose)
      : key_{std::uint32_t(seed), std::uint32_t(seed >> 32)}, counter_{0, world, iteration, std::uint32_t(purpose)} {}

  MW_HD constexpr std::uint32_t bits() {
    if (used_ == 4) refill();
    return block_[used_++];
  }
  /// Uniform in (0, 1), 53 bits.
  MW_HD constexpr double uniform() {
    const std::uint64_t hi = bits() >> 6, lo = bits() >> 5;  // 26 + 27 bits
    return (double((hi << 27) | lo) + 0.5) / 9007199254740992.0;
  }
  MW_HD constexpr double uniform(double lo, double hi) { return lo + (hi - lo) * uniform(); }
  /// Uniform in {0, ..., n - 1}; n >= 1.
  MW_HD constexpr std::uint32_t below(std::uint32_t n) { return std::uint32_t((std::uint64_t(bits()) * n) >> 32); }
  /// Standard normal (Box and Muller).
  MW_HD double normal() {
    const double r = std::sqrt(-2 * std::log(uniform()));
    return r * std::cos(2 * pi * uniform());
  }

 private:
  MW_HD constexpr void refill() {
    std::uint32_t x[4] = {counter_[0], counter_[1], counter_[2], counter_[3]}, k0 = key_[0], k1 = key_[1];
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t(0xD2511F53u) * x[0], b = std::uint64_t(0xCD9E8D57u) * x[2];
      const std::uint32_t y[4] = {std::uint32_t(b >> 32) ^ x[1] ^ k0, std::uint32_t(b),
                                  std::uint32_t(a >> 32) ^ x[3] ^ k1, std::uint32_t(a)};
      for (int i = 0; i < 4; ++i) x[i] = y[i];
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    for (int i = 0; i < 4; ++i) block_[i] = x[i];
    ++counter_[0];
    used_ = 0;
  }

  std::uint32_t key_[2], counter_[4], block_[4]{};
  int used_ = 4;
};

}  // namespace manyworlds
