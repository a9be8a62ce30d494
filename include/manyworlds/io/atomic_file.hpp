#pragma once
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "manyworlds/core/error.hpp"

namespace manyworlds::io {

/// Writes all bytes under a temporary name (path + ".part") and renames it, so that a reader sees the old file or the
/// whole new one, never half. An existing file is replaced. Errors: InputError naming the file and the system's reason;
/// the temporary file is then removed.
inline void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path part = path.string() + ".part";
  const auto refuse = [&](const std::string& reason) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw InputError(path.string(), "cannot write the file: " + reason);
  };
  if (std::filesystem::is_directory(path)) throw InputError(path.string(), "cannot write the file: it is a folder");
  errno = 0;
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  if (!file) throw InputError(path.string(), std::string("cannot write the file: ") + std::strerror(errno));
  file.write(bytes.data(), std::streamsize(bytes.size()));
  file.close();
  if (!file) refuse(std::strerror(errno));
  std::error_code failure;
  std::filesystem::rename(part, path, failure);
  if (failure) refuse(failure.message());
}

}  // namespace manyworlds::io
