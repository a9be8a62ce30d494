#pragma once
#include <charconv>
#include <cmath>
#include <string>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"

namespace examples {

/// "500MB", "8GB", "1.5 GB" or a number of bytes, in bytes: k, M, G and T are powers of 1000, Ki, Mi, Gi and Ti of
/// 1024. Throws InputError that names the option.
inline std::size_t parse_byte_size(const std::string& option, const std::string& text) {
  double bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  std::string unit(end, text.data() + text.size());
  unit.erase(0, unit.find_first_not_of(' '));
  if (!unit.empty() && unit.back() == 'B') unit.pop_back();
  const bool binary = unit.size() == 2 && unit[1] == 'i';
  if (binary) unit.pop_back();
  if (unit == "K") unit = "k";
  const std::string known = " kMGT";
  const std::size_t power = unit.empty() ? 0 : known.find(unit);
  bytes *= std::pow(binary ? 1024.0 : 1000.0, double(power));
  if (error != std::errc() || unit.size() > 1 || power == std::string::npos || !(bytes >= 0 && bytes < 1e18))
    throw manyworlds::InputError(option, "expected a size as 500MB or 8GB, found " + manyworlds::in_quotes(text));
  return std::size_t(bytes);
}

}  // namespace examples
