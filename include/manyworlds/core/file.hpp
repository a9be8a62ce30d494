#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include "manyworlds/core/error.hpp"

namespace manyworlds {

/// Writes all bytes under a temporary name (path + ".part"), brings them to the disk and renames the file, so that a
/// reader sees the old file or the whole new one, never half, also after a crash. An existing file is replaced. Errors:
/// InputError naming the file and the system's reason; the temporary file is then removed.
inline void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path part = path.string() + ".part";
  if (std::filesystem::is_directory(path)) throw InputError(path.string(), "cannot write the file: it is a folder");
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) throw InputError(path.string(), std::string("cannot write the file: ") + std::strerror(errno));
  int failure = 0;
  while (!bytes.empty() && failure == 0) {
    const ::ssize_t done = ::write(file, bytes.data(), bytes.size());
    if (done >= 0)
      bytes.remove_prefix(std::size_t(done));
    else if (errno != EINTR)
      failure = errno;
  }
  // Pipes and the like cannot be synchronised, which is no failure.
  if (failure == 0 && ::fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP) failure = errno;
  if (::close(file) != 0 && failure == 0) failure = errno;
  if (failure == 0 && std::rename(part.c_str(), path.c_str()) != 0) failure = errno;
  if (failure == 0) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (const int names = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); names >= 0) {
      ::fsync(names);  // the new name, too; where a folder cannot be synchronised there is nothing to be done
      ::close(names);
    }
    return;
  }
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  throw InputError(path.string(), std::string("cannot write the file: ") + std::strerror(failure));
}

}  // namespace manyworlds
