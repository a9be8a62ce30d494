#pragma once
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// Runs a driver of examples/ as a user does.
namespace manyworlds::test {

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Outcome {
  int code = 0;  ///< exit code; -1 when a signal ended it
  std::string out, err;
};

/// `folder` is where the two streams are kept meanwhile.
inline Outcome run_driver(const std::string& name, const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder) {
  std::string command = std::string(MANYWORLDS_BINARY_DIR) + "/examples/" + name;
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  const std::filesystem::path out = folder / "stdout", err = folder / "stderr";
  const int status = std::system((command + " >'" + out.string() + "' 2>'" + err.string() + "'").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out), text_of(err)};
}

}  // namespace manyworlds::test
