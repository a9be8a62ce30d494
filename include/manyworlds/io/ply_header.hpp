#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/core/text.hpp"
#include "manyworlds/io/text.hpp"

namespace manyworlds::io {

enum class PlyFormat : std::uint8_t { ascii, little_endian, big_endian };
enum class PlyType : std::uint8_t { int8, uint8, int16, uint16, int32, uint32, float32, float64 };

inline std::size_t size_of(PlyType type) {
  constexpr std::array<std::size_t, 8> sizes = {1, 1, 2, 2, 4, 4, 4, 8};
  return sizes[static_cast<std::size_t>(type)];
}

/// One value per item, or a list: a count of type `count` and that many values of type `value`.
struct PlyProperty {
  std::string name;
  bool list = false;
  PlyType count = PlyType::uint8, value = PlyType::float32;
};

struct PlyElement {
  std::string name;
  std::uint64_t count = 0;
  std::vector<PlyProperty> properties;
};

struct PlyHeader {
  PlyFormat format = PlyFormat::ascii;
  std::vector<PlyElement> elements;
  std::size_t lines = 0;  ///< of the header
};

/// Reads the header of a PLY text and cuts it off; `text` becomes the body. Throws InputError with the line.
inline PlyHeader read_ply_header(std::string_view& text, const std::string& file) {
  PlyHeader header;
  const auto fail = [&](const std::string& what) { return InputError(at_line(file, header.lines), what); };
  const auto next = [&] {
    if (text.empty()) throw fail("truncated: expected end_header");
    ++header.lines;
    return next_line(text);
  };
  const auto type = [&](std::string_view word) {
    constexpr std::array<std::string_view, 16> names = {"char",  "uchar",  "short",   "ushort", "int",   "uint",
                                                        "float", "double", "int8",    "uint8",  "int16", "uint16",
                                                        "int32", "uint32", "float32", "float64"};
    for (std::size_t i = 0; i < names.size(); ++i)
      if (word == names[i]) return static_cast<PlyType>(i % 8);
    throw fail("unknown PLY type " + in_quotes(word));
  };

  if (trimmed(next()) != "ply") throw fail("expected a PLY file, which begins with the line 'ply'");
  for (bool formatted = false;;) {
    std::string_view line = next();
    const std::string_view keyword = next_word(line);
    if (keyword == "end_header") {
      if (!formatted) throw fail("expected a format line in the header");
      return header;
    }
    if (keyword.empty() || keyword == "comment" || keyword == "obj_info") continue;
    if (keyword == "format") {
      const std::string_view name = next_word(line);
      if (name == "ascii")
        header.format = PlyFormat::ascii;
      else if (name == "binary_little_endian")
        header.format = PlyFormat::little_endian;
      else if (name == "binary_big_endian")
        header.format = PlyFormat::big_endian;
      else
        throw fail("unknown PLY format " + in_quotes(name));
      formatted = true;
    } else if (keyword == "element") {
      const std::string_view name = next_word(line), word = next_word(line);
      const auto count = to_number<std::uint64_t>(word);
      if (name.empty() || !count) throw fail("expected 'element NAME COUNT', found the count " + in_quotes(word));
      header.elements.push_back({.name = std::string(name), .count = *count, .properties = {}});
    } else if (keyword == "property") {
      if (header.elements.empty()) throw fail("a property before the first element");
      PlyProperty property;
      std::string_view word = next_word(line);
      property.list = word == "list";
      if (property.list) {
        property.count = type(next_word(line));
        word = next_word(line);
      }
      property.value = type(word);
      property.name = std::string(next_word(line));
      header.elements.back().properties.push_back(std::move(property));
    } else {
      throw fail("unknown PLY keyword " + in_quotes(keyword));
    }
  }
}

}  // namespace manyworlds::io
