#pragma once
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/core/error.hpp"

/// Reading files and numbers: no locale, no exceptions but InputError, memory bounded by the size of the file.
namespace manyworlds::io {

/// No input file is larger: a guard against reading a disk image by mistake.
inline constexpr std::uintmax_t largest_file = std::uintmax_t(1) << 30;

/// Whole contents of a regular file. Throws InputError when it is missing, not a regular file, too large or unreadable.
inline std::string read_file(const std::string& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) throw InputError(file, "no such file");
  if (!std::filesystem::is_regular_file(status)) throw InputError(file, "expected a regular file");
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error || size > largest_file) throw InputError(file, "expected a file of at most 1 GiB");
  std::string text(static_cast<std::size_t>(size), '\0');
  std::ifstream stream(file, std::ios::binary);
  if (!stream.read(text.data(), static_cast<std::streamsize>(size))) throw InputError(file, "cannot be read");
  return text;
}

inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Cuts off and returns the next line of a text, without its end ("\n" or "\r\n"); the text becomes what follows.
inline std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// Cuts off and returns the next word of a text, "" at its end. White space separates words.
inline std::string_view next_word(std::string_view& text) {
  std::size_t begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  std::size_t end = begin;
  while (end < text.size() && !is_space(text[end])) ++end;
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

/// The number that a text holds, with nothing but white space around it; "nan" and "inf" are numbers.
template <class T = double>
std::optional<T> to_number(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

/// The numbers of a list separated by commas or white space; nothing if any of them is not a finite number.
inline std::optional<std::vector<double>> to_numbers(std::string_view text) {
  std::string spaced(text);
  for (char& c : spaced)
    if (c == ',') c = ' ';
  std::vector<double> numbers;
  std::string_view rest = spaced;
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    const std::optional<double> number = to_number(word);
    if (!number || !std::isfinite(*number)) return {};
    numbers.push_back(*number);
  }
  return numbers;
}

/// "file:line", for messages.
inline std::string at_line(const std::string& file, std::size_t line) { return file + ":" + std::to_string(line); }

}  // namespace manyworlds::io
