#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "manyworlds/engine/crew.hpp"
#include "manyworlds/engine/result.hpp"
#include "manyworlds/io/html.hpp"

/// What a search wanted to have low, in words.
namespace manyworlds::io {

/// Name of the loss of a result.
inline std::string loss_name(const Result& r) {
  const std::string* const name = find_value(r.params, "loss");
  return name ? *name : "loss";
}

/// Unit of the losses that come with the library; "" for coverage, which is a share, and for losses of one's own.
inline std::string loss_unit(std::string_view name) {
  constexpr std::array<std::string_view, 5> in_db{"mean_db", "soft_minimum", "minimum", "stages", "sinr"};
  return std::find(in_db.begin(), in_db.end(), name) != in_db.end() ? "dB" : "";
}

/// "89.332 -> 55.166 dB" or "-0.451 -> -1.000", with this arrow; what is after alone where there is none before.
inline std::string loss_change(const Result& r, const std::string& arrow = "->") {
  const std::string unit = loss_unit(loss_name(r)), after = html::fixed(r.value, 3);
  const std::string before = std::isfinite(r.value_before) ? html::fixed(r.value_before, 3) + " " + arrow + " " : "";
  return before + after + (unit.empty() ? "" : " " + unit);
}

/// "20 (12 new starts)": how many worlds there were.
inline std::string count_worlds(const Result& r) {
  const std::size_t later = r.counts.new_starts;
  return html::count(r.worlds.size()) + (later > 0 ? " (" + html::count(later, "new start") + ")" : "");
}

}  // namespace manyworlds::io
