#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/core/text.hpp"
#include "manyworlds/io/text.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds::io {
namespace detail {

inline std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t comma = line.find(',');
    out.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return out;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace detail

/// Receivers from CSV text: a header line that names the columns x, y, z (metres) and optionally weight, in any order,
/// then one receiver a line. Throws InputError with the line; also for no receivers and for weights that are all zero.
inline ReceiverSet parse_receivers(std::string_view text, const std::string& file) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  const std::vector<std::string_view> header = detail::cells(next_line(text));
  const std::string expected = "expected a header with the columns x, y, z and optionally weight";
  constexpr std::string_view names[] = {"x", "y", "z", "weight"};
  for (const std::string_view cell : header)
    if (std::find(std::begin(names), std::end(names), cell) == std::end(names))
      throw InputError(at_line(file, 1), expected + ", found " + in_quotes(cell));
  for (const std::string_view name : names) {
    const auto n = std::count(header.begin(), header.end(), name);
    if (n > 1 || (n == 0 && name != "weight"))
      throw InputError(at_line(file, 1), expected + ", found " + in_quotes(name) + " " + std::to_string(n) + " times");
  }

  ReceiverSet receivers;
  double sum = 0;
  const bool weighted = header.size() == 4;
  for (std::size_t number = 2; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (trimmed(line).empty()) continue;
    const auto fail = [&](const std::string& what) { return InputError(at_line(file, number), what); };
    const std::vector<std::string_view> row = detail::cells(line);
    if (row.size() != header.size())
      throw fail("expected " + std::to_string(header.size()) + " columns, found " + std::to_string(row.size()));
    double values[4]{};
    for (std::size_t column = 0; column < row.size(); ++column) {
      const auto value = to_number(row[column]);
      if (!value || !std::isfinite(*value)) throw fail("expected a finite number, found " + in_quotes(row[column]));
      values[std::find(std::begin(names), std::end(names), header[column]) - std::begin(names)] = *value;
    }
    if (values[3] < 0) throw fail("expected a weight >= 0, found " + to_text(values[3]));
    receivers.positions.push_back({values[0], values[1], values[2]});
    if (weighted) receivers.weights.push_back(values[3]);
    sum += values[3];
  }
  if (receivers.positions.empty()) throw InputError(file, "no receivers");
  if (weighted && !(sum > 0)) throw InputError(file, "all weights are zero");
  return receivers;
}

/// Receivers from a CSV file; see parse_receivers.
inline ReceiverSet load_receivers(const std::string& file) { return parse_receivers(read_file(file), file); }

}  // namespace manyworlds::io
