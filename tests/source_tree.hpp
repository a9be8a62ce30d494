#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

/// The repository as text, for tests of its own order.
namespace source_tree {

namespace fs = std::filesystem;

inline const fs::path root = MANYWORLDS_SOURCE_DIR;

inline std::vector<std::string> lines(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

/// All files below a folder of the repository with this extension, sorted.
inline std::vector<fs::path> files(const std::string& folder, const std::string& extension) {
  std::vector<fs::path> found;
  if (!fs::exists(root / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder))
    if (entry.is_regular_file() && entry.path().extension() == extension) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// What the lines of a file include, as written between the quotes or angle brackets.
inline std::vector<std::string> includes(const fs::path& file) {
  std::vector<std::string> names;
  for (const std::string& line : lines(file)) {
    std::istringstream words(line);
    std::string directive, name;
    words >> directive >> name;
    if (directive == "#include" && name.size() > 2) names.push_back(name.substr(1, name.size() - 2));
  }
  return names;
}

/// Public headers by the name under which they are included ("manyworlds/core/units.hpp"), with what each includes.
inline std::map<std::string, std::vector<std::string>> public_headers() {
  std::map<std::string, std::vector<std::string>> headers;
  for (const std::string include_root : {"include", "kernels"})
    for (const fs::path& file : files(include_root, ".hpp"))
      headers[fs::relative(file, root / include_root).generic_string()] = includes(file);
  return headers;
}

/// The folder below manyworlds/, or "" for the umbrella and for what is not ours.
inline std::string room(const std::string& include) {
  const std::string ours = "manyworlds/";
  if (include.rfind(ours, 0) != 0) return "";
  const std::size_t end = include.find('/', ours.size());
  return end == std::string::npos ? "" : include.substr(ours.size(), end - ours.size());
}

/// Everything of ours that is reached from one header, itself included.
inline std::set<std::string> reached(const std::map<std::string, std::vector<std::string>>& headers,
                                     const std::string& from) {
  std::set<std::string> seen;
  std::vector<std::string> todo{from};
  while (!todo.empty()) {
    const std::string name = todo.back();
    todo.pop_back();
    const auto header = headers.find(name);
    if (header == headers.end() || !seen.insert(name).second) continue;
    todo.insert(todo.end(), header->second.begin(), header->second.end());
  }
  return seen;
}

}  // namespace source_tree
