#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "run_driver.hpp"

/// What tests of the driver `place` share: a small problem, and a folder for what it writes.
namespace manyworlds::test {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;
using nlohmann::json;

inline const std::string two_rooms = std::string(MANYWORLDS_SOURCE_DIR) + "/examples/scenes/two_rooms/two_rooms.xml";
inline const Arguments scene{"--scene",         two_rooms,   "--tx", "ap=2,4.4,1.5", "--area",
                             "5.2,0.2,7.8,4.8", "--spacing", "0.5",  "--max-depth",  "2",
                             "--map-spacing",   "0.5"};
inline const Arguments on_wall{"--mover", "Reflector", "--wall", "wall_south"};
inline const Arguments few{"--worlds", "3", "--iterations", "6"};

inline Arguments operator+(Arguments a, const Arguments& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct Place : testing::Test {
  fs::path folder = fs::path(testing::TempDir()) / ("place_driver_" + std::to_string(getpid()));
  fs::path output = folder / "found";

  Place() { fs::create_directories(folder); }
  ~Place() override { fs::remove_all(folder); }

  Outcome run(const Arguments& arguments) const {
    return run_driver("place", arguments + Arguments{"--output", output.string()}, folder);
  }
  json result() const { return json::parse(text_of(output / "result.json")); }
  /// The result of a run that must succeed.
  json found(const Arguments& arguments) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return result();
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
};

/// Without what differs from run to run, and from executor to executor.
inline json repeatable(json result) {
  for (const char* name : {"times", "execution"}) result.erase(name);
  return result;
}

}  // namespace manyworlds::test
