#pragma once
#include <link.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

/// What a worker tells of the machine that it is on, and of its program.
namespace manyworlds::executor {

/// Resident memory of this process in bytes; 0 where the system does not tell.
inline std::size_t resident_bytes() {
  long all = 0, pages = 0;
  std::ifstream("/proc/self/statm") >> all >> pages;
  return std::size_t(pages) * std::size_t(::sysconf(_SC_PAGESIZE));
}

/// Memory of the machine that could be had; 0 where the system does not tell.
inline std::size_t free_bytes() {
  std::ifstream lines("/proc/meminfo");
  std::string name, unit;
  for (std::size_t kilobytes = 0; lines >> name >> kilobytes && std::getline(lines, unit);)
    if (name == "MemAvailable:") return 1024 * kilobytes;
  return 0;
}

inline std::string host_name() {
  char name[256] = "";
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

/// The processor, and the devices that this process may use where somebody has chosen them.
inline std::string device_text() {
  std::ifstream lines("/proc/cpuinfo");
  std::string text = "unknown processor";
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("model name", 0) != 0 || line.find(": ") == std::string::npos) continue;
    text = line.substr(line.find(": ") + 2);
    break;
  }
  const char* const devices = std::getenv("CUDA_VISIBLE_DEVICES");
  return devices && *devices ? text + ", CUDA devices " + devices : text;
}

/// Which build of the program this is, from the note that linkers leave (NT_GNU_BUILD_ID) in hexadecimal; empty
/// without.
inline std::string build_id() {
  std::string id;
  const auto look = [](::dl_phdr_info* program, std::size_t, void* out) {
    for (int i = 0; i < program->dlpi_phnum; ++i) {
      const auto& part = program->dlpi_phdr[i];
      if (part.p_type != PT_NOTE) continue;
      const auto padded = [](std::size_t n) { return (n + 3) / 4 * 4; };
      const char* at = reinterpret_cast<const char*>(program->dlpi_addr + part.p_vaddr);
      for (const char* const end = at + part.p_memsz; at + sizeof(ElfW(Nhdr)) <= end;) {
        const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
        const char* bytes = at + sizeof *note + padded(note->n_namesz);
        if (note->n_type == NT_GNU_BUILD_ID) {
          for (std::size_t b = 0; b < note->n_descsz; ++b)
            for (const int shift : {4, 0})
              *static_cast<std::string*>(out) += "0123456789abcdef"[static_cast<unsigned char>(bytes[b]) >> shift & 15];
          return 1;
        }
        at = bytes + padded(note->n_descsz);
      }
    }
    return 1;  // the first one is the program itself
  };
  ::dl_iterate_phdr(look, &id);
  return id;
}

}  // namespace manyworlds::executor
