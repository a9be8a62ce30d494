#pragma once
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Pieces of a page that is HTML and well-formed XML alike.
namespace manyworlds::io::html {

/// Text as content or as the value of an attribute. Control characters, which XML refuses, become '?'.
inline std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else if (c == '\'')
      safe += "&#39;";
    else
      safe += (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? '?' : c;
  }
  return safe;
}

/// RFC 4648.
inline std::string base64(std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : letters[bits >> (18 - 6 * k) & 63];
  }
  return text;
}

/// <tag attributes>content</tag>; attributes and content are markup.
inline std::string element(const std::string& tag, const std::string& attributes, const std::string& content) {
  return "<" + tag + (attributes.empty() ? "" : " " + attributes) + ">" + content + "</" + tag + ">";
}
inline std::string element(const std::string& tag, const std::string& content) { return element(tag, "", content); }

/// With so many decimals; "not finite" for what is not.
inline std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "not finite";
  std::array<char, 400> text;  // the longest double has 309 digits before the point
  const double shown = std::abs(value) < 0.5 * std::pow(10.0, -decimals) ? 0.0 : value;  // zero has no sign
  return {text.data(),
          std::to_chars(text.data(), text.data() + text.size(), shown, std::chars_format::fixed, decimals).ptr};
}

/// 4096 as "4,096".
inline std::string count(std::size_t n) {
  std::string text = std::to_string(n);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}
/// "1 world", "4,096 worlds".
inline std::string count(std::size_t n, const std::string& what) { return count(n) + " " + what + (n == 1 ? "" : "s"); }

/// A table of markup: head and rows of cells. The first column holds names, the others numbers.
inline std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  std::string text, names;
  for (const std::string& name : head) names += element("th", "scope=\"col\"", name);
  if (!head.empty()) text += element("thead", element("tr", names));
  text += "<tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    text += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      text += i == 0 ? element("th", "scope=\"row\"", row[i]) : element("td", row[i]);
    text += "</tr>\n";
  }
  return element("div", "class=\"wide\"", element("table", text + "</tbody>"));
}

}  // namespace manyworlds::io::html
