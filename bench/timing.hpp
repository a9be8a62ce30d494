#pragma once
#include <algorithm>
#include <chrono>
#include <vector>

/// How benchmarks tell time.
namespace manyworlds::bench {

inline double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline double median(std::vector<double> all) {
  std::nth_element(all.begin(), all.begin() + std::ptrdiff_t(all.size() / 2), all.end());
  return all[all.size() / 2];
}

}  // namespace manyworlds::bench
