#pragma once
#include <cstdio>
#include <string>
#include <string_view>

#include "manyworlds/core/simd.hpp"
#include "manyworlds/engine/crew.hpp"
#include "manyworlds/engine/params.hpp"
#include "manyworlds/placement/descriptors.hpp"

/// What makes two runs the same: the program, the problem and the parameters, but not where worlds run.
namespace manyworlds {

/// FNV-1a of 64 bits (Fowler, Noll, Vo), as sixteen hexadecimal digits.
inline std::string hash_text(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

/// Names and values of everything that a run of this problem with these parameters depends on. A problem may name what
/// it is made of by identity(); what is named is told when it differs.
template <class Problem, class Params>
Identity identity_of(const Problem& problem, const Params& prm) {
  Identity identity{{"compiler", __VERSION__}, {"lanes", std::to_string(simd::native_lanes<double>)}};
  for (const placement::Variable& v : problem.variables())
    identity.emplace_back("variable " + v.name, field_text(v.lower) + " to " + field_text(v.upper));
  if constexpr (requires { problem.identity(); })
    for (auto& line : problem.identity()) identity.push_back(std::move(line));
  for (auto& line : print_params(prm)) identity.push_back(std::move(line));
  return identity;
}

/// The first line in which two identities differ, in words; empty when they are equal.
inline std::string difference(const Identity& was, const Identity& is) {
  const auto find = [](const Identity& all, const std::string& name) -> const std::string* {
    for (const auto& [known, value] : all)
      if (known == name) return &value;
    return nullptr;
  };
  for (const auto& [name, value] : was) {
    const std::string* now = find(is, name);
    if (!now) return name + " was " + value + ", is not there";
    if (*now != value) return name + " was " + value + ", is " + *now;
  }
  for (const auto& [name, value] : is)
    if (!find(was, name)) return name + " is " + value + ", was not there";
  return was == is ? "" : "the order of its lines";
}

}  // namespace manyworlds
