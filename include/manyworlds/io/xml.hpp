#pragma once
#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/core/text.hpp"
#include "manyworlds/io/text.hpp"

namespace manyworlds::io {

/// Values for the `$name`s of a scene file; they win over the file's own <default>s.
using Parameters = std::map<std::string, std::string>;

/// An XML document that remembers where its elements stand.
class XmlFile {
 public:
  /// Parses a text and substitutes its `$name`s. Throws InputError with the line for broken XML, and for a `$name`
  /// without a value.
  XmlFile(const std::string& text, std::string file, Parameters parameters = {}) : file_(std::move(file)) {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') line_ends_.push_back(static_cast<std::ptrdiff_t>(i));
    const auto result = document_.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!result) throw InputError(at(result.offset), std::string("broken XML: ") + result.description());
    Substitution substitution(*this, std::move(parameters));
    document_.traverse(substitution);
  }

  pugi::xml_node root() const { return document_.document_element(); }
  const std::string& file() const { return file_; }

  /// "file:line" of an element.
  std::string where(pugi::xml_node node) const { return at(node.offset_debug()); }

 private:
  std::string at(std::ptrdiff_t offset) const {
    const auto line = std::lower_bound(line_ends_.begin(), line_ends_.end(), offset) - line_ends_.begin() + 1;
    return at_line(file_, static_cast<std::size_t>(line));
  }

  /// Goes through the document once and replaces every `$name` by the value that a <default> before it gave. Like
  /// Mitsuba, `$ab` means the longest known name that `ab` begins with. Control characters become blanks.
  struct Substitution : pugi::xml_tree_walker {
    Substitution(const XmlFile& xml, Parameters known) : xml_(xml), known_(std::move(known)) {}

    bool for_each(pugi::xml_node& node) override {
      for (pugi::xml_attribute attribute : node.attributes()) {
        const std::string_view value = attribute.value();
        if (value.find('$') == value.npos && std::none_of(value.begin(), value.end(), is_control)) continue;
        std::string text = substituted(value, node);
        std::replace_if(text.begin(), text.end(), is_control, ' ');
        attribute.set_value(text.c_str());
      }
      if (std::string_view(node.name()) == "default")
        known_.insert({node.attribute("name").value(), node.attribute("value").value()});
      return true;
    }

   private:
    static bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

    /// The known name that a text begins with, the longest if there are several; known_.end() for none.
    Parameters::const_iterator name_at(std::string_view text) const {
      constexpr std::size_t longest = 256;
      std::size_t length = 0;
      while (length < text.size() && length < longest && is_of_name(text[length])) ++length;
      auto found = known_.end();
      for (; length > 0 && found == known_.end(); --length) found = known_.find(std::string(text.substr(0, length)));
      return found;
    }

    static bool is_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; }

    std::string substituted(std::string_view value, pugi::xml_node node) {
      std::string text;
      for (std::size_t dollar; (dollar = value.find('$')) != value.npos;) {
        const auto known = name_at(value.substr(dollar + 1));
        if (known == known_.end())
          throw InputError(xml_.where(node),
                           "no <default> before this line gives a value to " + in_quotes(value.substr(dollar)));
        text.append(value.substr(0, dollar)).append(known->second);
        value.remove_prefix(dollar + 1 + known->first.size());
        if ((grown_ += known->second.size()) > most)
          throw InputError(xml_.where(node), "the values of <default>s grow beyond 16 MiB");
      }
      return text.append(value);
    }

    static constexpr std::size_t most = std::size_t(1) << 24;  // defaults made of defaults can grow exponentially
    const XmlFile& xml_;
    Parameters known_;
    std::size_t grown_ = 0;
  };

  std::string file_;
  std::vector<std::ptrdiff_t> line_ends_;
  pugi::xml_document document_;
};

/// Attribute of an element that must be there.
inline std::string attribute(const XmlFile& xml, pugi::xml_node node, const char* name) {
  const pugi::xml_attribute a = node.attribute(name);
  if (!a) throw InputError(xml.where(node), "expected an attribute " + in_quotes(name) + " of <" + node.name() + ">");
  return a.value();
}

/// Child like <string name="filename" value="..."/> by the value of its attribute name, of any type.
inline pugi::xml_node property(pugi::xml_node node, std::string_view name) {
  return node.find_child([&](pugi::xml_node child) { return child.attribute("name").value() == name; });
}

/// Value of a numeric property of an element; nothing when it is absent. Throws InputError unless it is finite.
inline std::optional<double> number_property(const XmlFile& xml, pugi::xml_node node, const char* name) {
  const pugi::xml_node child = property(node, name);
  if (!child) return {};
  const std::string text = attribute(xml, child, "value");
  const std::optional<double> value = to_number(text);
  if (!value || !std::isfinite(*value))
    throw InputError(xml.where(child), std::string("expected a number as ") + name + ", found " + in_quotes(text));
  return value;
}

}  // namespace manyworlds::io
