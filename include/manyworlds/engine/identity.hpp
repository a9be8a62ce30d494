#pragma once
#include <cstdio>
#include <string>
#include <string_view>

#include "manyworlds/core/archive.hpp"
#include "manyworlds/core/random.hpp"
#include "manyworlds/core/simd.hpp"
#include "manyworlds/engine/crew.hpp"
#include "manyworlds/engine/params.hpp"
#include "manyworlds/placement/descriptors.hpp"
#include "manyworlds/scene/configuration.hpp"

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

/// Where a placement puts what moves, for many starts: another wall or clearance shows in some of them.
template <class Placement>
std::string sampled_hash(const Placement& placement) {
  constexpr std::uint32_t samples = 512;
  ArchiveWriter places;
  std::vector<double> x(placement.variables().size());
  Configuration c;
  for (std::uint32_t i = 0; i < samples; ++i) {
    Random random(0, i, 0, Purpose::start);
    placement.start(random, i % 2 ? placement::StartKind::bisector : placement::StartKind::plain, x);
    placement.apply(x, c);
    places(x, c.transmitters);
    for (const Pose& pose : c.movers) places(pose.position, pose.rotation);
  }
  return hash_text(places.take());
}

/// What a placement is made of, if it can tell by describe(visitor); else where it puts what moves.
template <class Placement>
void describe_placement(const Placement& placement, Identity& lines) {
  const auto line = [&]<class... T>(const std::string& name, const T&... values) {
    std::string text;
    if constexpr (sizeof...(T) == 1 && ((std::is_arithmetic_v<T> || std::same_as<T, std::string>)&&...)) {
      text = (field_text(values) + ...);
    } else {
      ArchiveWriter bytes;
      bytes(values...);
      text = hash_text(bytes.take());
    }
    lines.emplace_back("placement." + name, std::move(text));
  };
  if constexpr (requires { placement.describe(line); })
    placement.describe(line);
  else
    lines.emplace_back("placement", sampled_hash(placement));
}

/// Names and values of everything that a run of this problem with these parameters depends on, policies first. A
/// problem may name what it is made of by identity(); what is named is told when it differs.
template <class Problem, class Params>
Identity identity_of(const Problem& problem, const Params& prm, Identity policies) {
  Identity identity = std::move(policies);
  identity.emplace_back("compiler", __VERSION__);
  identity.emplace_back("lanes", std::to_string(simd::native_lanes<double>));
  identity.emplace_back("visibility.support", field_text(prm.visibility.support));
  for (const placement::Variable& v : problem.variables())
    identity.emplace_back("variable " + v.name, field_text(v.lower) + " to " + field_text(v.upper));
  describe_placement(problem.placement, identity);
  if constexpr (requires { problem.identity(); })
    for (auto& line : problem.identity()) identity.push_back(std::move(line));
  for (auto& line : print_params(prm)) identity.push_back(std::move(line));
  return identity;
}

/// The first line in which two identities differ, in words; empty when they are equal.
inline std::string difference(const Identity& was, const Identity& is) {
  for (const auto& [name, value] : was) {
    const std::string* now = find_value(is, name);
    if (!now) return name + " was " + value + ", is not there";
    if (*now != value) return name + " was " + value + ", is " + *now;
  }
  for (const auto& [name, value] : is)
    if (!find_value(was, name)) return name + " is " + value + ", was not there";
  return was == is ? "" : "the order of its lines";
}

}  // namespace manyworlds
