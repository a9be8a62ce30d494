#pragma once
#include <array>
#include <charconv>
#include <concepts>
#include <ranges>
#include <span>
#include <string>
#include <vector>

#include "manyworlds/core/file.hpp"

namespace manyworlds::io {

/// Shortest decimal text that reads back as the same double; "nan", "inf", "-inf".
inline std::string exact_text(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// Table of comma-separated values (RFC 4180, one \n per line): a header, then rows of numbers and texts.
class CsvTable {
 public:
  explicit CsvTable(const std::vector<std::string>& header) : columns_(header.size()) {
    for (const std::string& name : header) append(name);
    end_row();
  }

  /// Adds a row. A cell is a number, a text, or a range of them, which fills as many columns. Errors: InputError when
  /// the row does not fill the header.
  template <class... Cells>
  void row(const Cells&... cells) {
    (append(cells), ...);
    end_row();
  }
  const std::string& text() const { return text_; }

 private:
  void cell(std::string_view written) {
    if (filled_++ > 0) text_ += ',';
    text_ += written;
  }

  template <class Cell>
  void append(const Cell& value) {
    if constexpr (std::integral<Cell>) {
      cell(std::to_string(value));
    } else if constexpr (std::floating_point<Cell>) {
      cell(exact_text(double(value)));
    } else if constexpr (std::convertible_to<const Cell&, std::string_view>) {
      cell(quoted(value));
    } else {
      static_assert(std::ranges::range<const Cell>, "a cell is a number, a text or a range of them");
      for (const auto& part : value) append(part);
    }
  }

  static std::string quoted(std::string_view plain) {
    if (plain.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(plain);
    std::string text = "\"";
    for (const char c : plain) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + '"';
  }

  void end_row() {
    if (filled_ != columns_)
      throw InputError("CSV table",
                       "expected " + std::to_string(columns_) + " cells in a row, found " + std::to_string(filled_));
    text_ += '\n';
    filled_ = 0;
  }

  std::string text_;
  std::size_t columns_, filled_ = 0;
};

/// Writes a table, whole or not at all. Errors: InputError naming the file.
inline void write_csv(const std::filesystem::path& path, const CsvTable& table) {
  write_file_atomically(path, table.text());
}

/// Writes values given row by row, as many a row as the header has names. Errors: InputError when the last row is short
/// or the file cannot be written.
inline void write_csv(const std::filesystem::path& path, const std::vector<std::string>& header,
                      std::span<const double> values) {
  CsvTable table(header);
  const std::size_t columns = header.size();
  if (columns == 0 || values.size() % columns != 0)
    throw InputError(path.string(),
                     std::to_string(values.size()) + " values do not fill rows of " + std::to_string(columns));
  for (std::size_t i = 0; i < values.size(); i += columns) table.row(values.subspan(i, columns));
  write_csv(path, table);
}

}  // namespace manyworlds::io
