#pragma once
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "manyworlds/core/file.hpp"

namespace manyworlds::io {

/// The bytes of a NumPy file (format version 1.0, little-endian float64, C order). shape: e.g. {rows, columns} or
/// {n, rows, columns}, last index fastest. Errors: InputError when the shape does not hold the values.
/// Format: numpy.lib.format.
inline std::string encode_npy(std::span<const double> values, const std::vector<std::size_t>& shape) {
  std::string sizes;
  std::size_t count = 1;
  for (const std::size_t n : shape) sizes += std::to_string(n) + ", ", count *= n;
  if (count != values.size())
    throw InputError("NPY array", "shape (" + sizes + ") does not hold " + std::to_string(values.size()) + " values");
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + sizes + "), }";
  constexpr std::size_t preamble = 10, alignment = 64;
  const std::size_t used = preamble + header.size() + 1;
  header.append((alignment - used % alignment) % alignment, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += char(header.size() & 0xFF);
  bytes += char(header.size() >> 8);
  bytes += header;
  bytes.reserve(bytes.size() + 8 * values.size());
  for (const double value : values) {
    const auto word = std::bit_cast<std::uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) bytes += char((word >> shift) & 0xFF);
  }
  return bytes;
}

/// Writes an array as NPY, whole or not at all. Errors: InputError naming the file.
inline void write_npy(const std::filesystem::path& path, std::span<const double> values,
                      const std::vector<std::size_t>& shape) {
  write_file_atomically(path, encode_npy(values, shape));
}

}  // namespace manyworlds::io
