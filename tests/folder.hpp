#pragma once
#include <unistd.h>

#include <filesystem>
#include <string>

namespace manyworlds::test {

/// A fresh folder that goes away with the test.
struct Folder {
  std::filesystem::path path;

  explicit Folder(const std::string& name)
      : path(std::filesystem::temp_directory_path() / ("manyworlds_" + name + "." + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  Folder(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace manyworlds::test
