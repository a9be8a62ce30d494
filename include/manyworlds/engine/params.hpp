#pragma once
#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "manyworlds/core/error.hpp"

/// Every Params tree can be printed, written and read under the same dotted names ("optimizer.rates"). A struct takes
/// part by one member: `template <class V> void fields(V&& v) { v("name", member, "help"); ... }`. A Params without
/// `fields` works, but has no names. Leaves are bool, numbers, strings, enums that have `choices` (an array of names
/// found beside the enum), and vectors of numbers (comma-separated) or of such vectors (separated by ';').
namespace manyworlds {

namespace detail {

struct FieldProbe {
  template <class T>
  void operator()(const char*, T&, const char* = "") const {}
};

}  // namespace detail

template <class P>
concept HasFields = requires(P& p, detail::FieldProbe probe) {
  p.fields(probe);
};
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
  choices(e);
};

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
concept FieldLeaf = std::is_arithmetic_v<T> || std::same_as<T, std::string> || NamedEnum<T> || is_vector<T>::value;

namespace detail {

template <class F>
struct FieldWalker {
  F& visit;
  std::string prefix;
  template <class T>
  void operator()(const char* name, T& value, const char* help = "") const {
    if constexpr (HasFields<T>)
      value.fields(FieldWalker{visit, prefix + name + "."});
    else if constexpr (FieldLeaf<T>)
      visit(prefix + name, value, help);
  }
};

template <class T>
constexpr char separator() {
  return is_vector<typename T::value_type>::value ? ';' : ',';
}

}  // namespace detail

/// Calls visit(dotted name, value reference, help) for every leaf of the tree, in order. A visitor may change values.
template <class P, class F>
void for_each_field(P& params, F&& visit, const std::string& prefix = "") {
  if constexpr (HasFields<P>) params.fields(detail::FieldWalker<std::remove_reference_t<F>>{visit, prefix});
}

/// A leaf as text that parse_field reads back to the same value.
template <FieldLeaf T>
std::string field_text(const T& value) {
  if constexpr (std::same_as<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::same_as<T, std::string>)
    return value;
  else if constexpr (std::is_enum_v<T>)
    return choices(value).at(std::size_t(value));
  else if constexpr (is_vector<T>::value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) text += detail::separator<T>();
      text += field_text(value[i]);
    }
    return text;
  } else {
    char buffer[64];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
  }
}

/// Reads a leaf from text. Throws InputError located at `where` saying what was expected.
template <FieldLeaf T>
void parse_field(std::string_view text, T& value, const std::string& where) {
  if constexpr (std::same_as<T, bool>) {
    if (text != "true" && text != "false") {
      throw InputError(where, "expected true or false, found '" + std::string(text) + "'");
    }
    value = text == "true";
  } else if constexpr (std::same_as<T, std::string>) {
    value = text;
  } else if constexpr (std::is_enum_v<T>) {
    const auto names = choices(value);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (text == names[i]) return void(value = T(i));
    }
    throw unknown_name(where, "choice", std::string(text), {names.begin(), names.end()});
  } else if constexpr (is_vector<T>::value) {
    T values;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(detail::separator<T>()), text.size());
      parse_field(text.substr(0, end), values.emplace_back(), where);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    value = std::move(values);
  } else {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    T read{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (error != std::errc{} || end != text.data() + text.size()) {
      throw InputError(where, "expected a number, found '" + std::string(text) + "'");
    }
    value = read;
  }
}

/// The whole tree as (dotted name, text) pairs.
template <class P>
std::vector<std::pair<std::string, std::string>> print_params(P params, const std::string& prefix = "") {
  std::vector<std::pair<std::string, std::string>> lines;
  for_each_field(
      params, [&](const std::string& name, auto& value, const char*) { lines.emplace_back(name, field_text(value)); },
      prefix);
  return lines;
}

/// Sets one leaf of the tree by its dotted name. Throws InputError for an unknown name (with the near ones) or value.
template <class P>
void set_param(P& params, const std::string& name, std::string_view text) {
  bool found = false;
  std::vector<std::string> known;
  for_each_field(params, [&](const std::string& field, auto& value, const char*) {
    known.push_back(field);
    if (field != name) return;
    parse_field(text, value, name);
    found = true;
  });
  if (!found) throw unknown_name("parameters", "name", name, known);
}

}  // namespace manyworlds
