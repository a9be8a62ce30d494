#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace manyworlds {

/// Bad input: what is wrong, where (file:line, option or object name) and what was expected, in one line.
/// Drivers print it and leave with exit code 2.
class InputError : public std::runtime_error {
 public:
  InputError(const std::string& where, const std::string& what) : std::runtime_error(where + ": " + what) {}
};

/// Throws InputError "expected <expectation>" located at `where` unless `good`.
inline void expect(bool good, const std::string& where, const std::string& expectation) {
  if (!good) throw InputError(where, "expected " + expectation);
}

namespace detail {

inline std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substitute, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace detail

/// "unknown <kind> 'name'; did you mean 'a', 'b'?" with the (at most three) nearest of the known names, or the
/// whole list when there are few. Used for every name that a user can mistype.
inline InputError unknown_name(const std::string& where, const std::string& kind, const std::string& name,
                               std::vector<std::string> known) {
  std::string text = "unknown " + kind + " '" + name + "'";
  const bool all = known.size() <= 12;
  if (!all) {
    std::stable_sort(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
      return detail::edit_distance(a, name) < detail::edit_distance(b, name);
    });
    known.resize(3);
  }
  text += all ? "; expected one of: " : "; nearest names: ";
  for (std::size_t i = 0; i < known.size(); ++i) text += (i ? ", " : "") + known[i];
  if (known.empty()) text += "(there are none)";
  return {where, text};
}

}  // namespace manyworlds
