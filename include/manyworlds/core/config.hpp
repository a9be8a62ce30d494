#pragma once
/// MW_HD marks a function that runs on the host and on a CUDA device alike; the one macro users need.
#if defined(__CUDACC__)
#define MW_HD __host__ __device__
#else
#define MW_HD
#endif

#include <cstddef>
#include <cstdint>

namespace manyworlds {

/// Version of the library and of the files it writes.
inline constexpr const char* version = "0.1.0";

}  // namespace manyworlds
