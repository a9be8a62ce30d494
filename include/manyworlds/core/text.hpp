#pragma once
#include <cstdio>
#include <string>
#include <string_view>

namespace manyworlds {

/// A number as people write it, for messages: 6 significant digits, no trailing zeros.
inline std::string to_text(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", x);
  return text;
}

/// 'name', for messages. Control characters become '?' and long names are cut, so that a message stays one line
/// whatever a file holds.
inline std::string in_quotes(std::string_view name) {
  constexpr std::size_t longest = 120;
  std::string text = "'";
  for (const char c : name.substr(0, longest)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return text + (name.size() > longest ? "...'" : "'");
}

}  // namespace manyworlds
