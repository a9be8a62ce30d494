// What the documentation shows is what was compiled or loaded, and its links lead somewhere. A block of C++ or XML is
// announced by the line before it: <!-- snippet: FILE --> for a whole file, <!-- snippet: FILE NAME --> for the part
// of FILE between the lines "// [NAME]" and "// [/NAME]".
#include "source_tree.hpp"

#include <gtest/gtest.h>

namespace st = source_tree;

namespace {

std::vector<st::fs::path> pages() {
  std::vector<st::fs::path> all = st::files("docs", ".md");
  all.push_back(st::root / "README.md");
  return all;
}

/// Without the indentation that all non-empty lines share.
std::string unindented(const std::vector<std::string>& text) {
  std::size_t common = std::string::npos;
  for (const std::string& line : text)
    if (!line.empty()) common = std::min(common, line.find_first_not_of(' '));
  std::string joined;
  for (const std::string& line : text) joined += (line.empty() ? line : line.substr(common)) + "\n";
  return joined;
}

/// The compiled text that a marker names; "" when there is no such file or region.
std::string source_of(const std::string& marker) {
  std::istringstream words(marker);
  std::string comment, keyword, file, region;
  words >> comment >> keyword >> file >> region;
  if (keyword != "snippet:") return "";
  std::vector<std::string> text = st::lines(st::root / file);
  if (region != "-->") {
    const auto ends_with = [&](const std::string& mark) {
      return [mark](const std::string& line) { return line.size() >= mark.size() && line.ends_with(mark); };
    };
    const auto first = std::find_if(text.begin(), text.end(), ends_with("// [" + region + "]"));
    const auto last = std::find_if(first, text.end(), ends_with("// [/" + region + "]"));
    if (last == text.end()) return "";
    text = {first + 1, last};
  }
  return unindented(text);
}

}  // namespace

TEST(Docs, SnippetsAreCutFromCompiledCode) {
  for (const st::fs::path& page : pages()) {
    const std::vector<std::string> text = st::lines(page);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != "```cpp" && text[i] != "```xml") continue;
      const auto end = std::find(text.begin() + std::ptrdiff_t(i), text.end(), "```");
      const std::string shown = unindented({text.begin() + std::ptrdiff_t(i) + 1, end});
      const std::string compiled = i ? source_of(text[i - 1]) : "";
      EXPECT_FALSE(compiled.empty()) << page << ":" << i + 1 << ": the line before names no tested text";
      EXPECT_EQ(shown, compiled) << page << ":" << i + 1;
    }
  }
}

TEST(Docs, LinksLeadToFiles) {
  for (const st::fs::path& page : pages())
    for (const std::string& line : st::lines(page))
      for (std::size_t at = line.find("]("); at != std::string::npos; at = line.find("](", at + 2)) {
        const std::string target = line.substr(at + 2, line.find_first_of(")#", at + 2) - at - 2);
        if (target.empty() || target.find("://") != std::string::npos) continue;
        EXPECT_TRUE(st::fs::exists(page.parent_path() / target)) << page << " links to " << target;
      }
}
