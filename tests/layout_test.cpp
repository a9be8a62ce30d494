// The house rules that text can show: which folders there are, and that includes run one way along them.
#include "source_tree.hpp"

#include <gtest/gtest.h>

namespace st = source_tree;

namespace {

const std::map<std::string, std::vector<std::string>> headers = st::public_headers();
const std::set<std::string> policies{"loss", "optimizer", "pruning", "social"};

/// Place in the one-way order: a room includes only what stands left of it, and itself.
int rank(const std::string& room) {
  static const std::vector<std::string> order{"core",  "math",      "backend",  "scene",  "bvh",     "kernels",
                                              "paths", "placement", "policies", "engine", "executor"};
  const auto at = std::find(order.begin(), order.end(), policies.count(room) ? "policies" : room);
  return at == order.end() ? -1 : int(at - order.begin());
}

bool may_include(const std::string& from, const std::string& to) {
  if (from == to || from == "io") return true;
  if (to == "io") return false;
  if (policies.count(from)) return to == "core";
  if (from == "kernels" && to == "backend") return false;
  return rank(to) < rank(from);
}

}  // namespace

TEST(TopLevel, HoldsOnlyWhatTheLayoutNames) {
  const std::set<std::string> named{
      "CMakeLists.txt", "CMakePresets.json", "LICENSE", "CHANGELOG.md", "README.md", "include", "kernels",
      "bench",          "examples",          "tests",   "docs"};
  for (const auto& entry : st::fs::directory_iterator(st::root)) {
    const std::string name = entry.path().filename().string();
    const bool output = name.rfind("build", 0) == 0 || name.rfind("out", 0) == 0;  // ignored by git
    EXPECT_TRUE(named.count(name) || name[0] == '.' || output) << name << " does not belong at the top level";
  }
  for (const std::string& name : named) EXPECT_TRUE(st::fs::exists(st::root / name)) << name << " is missing";
}

TEST(Includes, RunOneWayAlongTheRooms) {
  for (const auto& [header, included] : headers) {
    const std::string from = st::room(header);
    if (from.empty()) continue;  // the umbrella
    EXPECT_TRUE(from == "io" || rank(from) >= 0) << header << ": the order of rooms does not know '" << from << "'";
    for (const std::string& name : included) {
      EXPECT_NE(name, "manyworlds/manyworlds.hpp") << header << " includes the umbrella";
      if (name.rfind("manyworlds/", 0) != 0) continue;
      EXPECT_TRUE(headers.count(name)) << header << " includes " << name << ", which does not exist";
      EXPECT_TRUE(may_include(from, st::room(name))) << header << " must not include " << name;
    }
  }
}

TEST(Includes, KernelsReachNoOwnerFileOrBackend) {
  for (const auto& [header, included] : headers) {
    if (st::room(header) != "kernels") continue;
    for (const std::string& name : st::reached(headers, header)) {
      EXPECT_NE(name, "manyworlds/scene/scene.hpp") << header << " reaches the owner of scenes";
      EXPECT_NE(st::room(name), "backend") << header << " reaches " << name;
      EXPECT_NE(st::room(name), "io") << header << " reaches " << name;
    }
  }
}

TEST(Includes, ThirdPartiesStayInTheirRooms) {
  const std::map<std::string, std::set<std::string>> homes{{"Eigen/", {"interop", "optimizer", "engine"}},
                                                           {"tbb/", {"backend", "executor"}},
                                                           {"oneapi/", {"backend", "executor"}},
                                                           {"pugixml", {"io"}},
                                                           {"assimp/", {"io"}},
                                                           {"nlohmann/", {"io"}},
                                                           {"png.h", {"io"}},
                                                           {"CLI/", {}}};
  for (const auto& [header, included] : headers)
    for (const std::string& name : included)
      for (const auto& [party, rooms] : homes)
        if (name.rfind(party, 0) == 0) {
          EXPECT_TRUE(rooms.count(st::room(header))) << header << " must not include " << name;
        }
}

TEST(Headers, BeginWithPragmaOnce) {
  for (const auto& [header, included] : headers) {
    const st::fs::path file = st::root / (st::room(header) == "kernels" ? "kernels" : "include") / header;
    const std::vector<std::string> text = st::lines(file);
    EXPECT_TRUE(!text.empty() && text[0] == "#pragma once") << header;
  }
}

TEST(Umbrella, ReachesEveryHeader) {
  const std::set<std::string> reached = st::reached(headers, "manyworlds/manyworlds.hpp");
  std::string missing;
  for (const auto& [header, included] : headers)
    if (!reached.count(header)) missing += "\n  " + header;
  EXPECT_EQ(missing, "");
}
