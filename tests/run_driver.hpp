#pragma once
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
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
inline Outcome run_program(const std::string& program, const std::vector<std::string>& arguments,
                           const std::filesystem::path& folder) {
  std::string command = program;
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  const std::filesystem::path out = folder / "stdout", err = folder / "stderr";
  const int status = std::system((command + " >'" + out.string() + "' 2>'" + err.string() + "'").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out), text_of(err)};
}

/// Meanwhile programs see no device, also on machines that have one.
class WithoutDevices {
 public:
  WithoutDevices() {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, "", 1);
  }
  WithoutDevices(const WithoutDevices&) = delete;
  ~WithoutDevices() { before_ ? ::setenv(name, before_->c_str(), 1) : ::unsetenv(name); }

 private:
  static constexpr const char* name = "CUDA_VISIBLE_DEVICES";
  std::optional<std::string> before_;
};

inline Outcome run_driver(const std::string& name, const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder) {
  return run_program(MANYWORLDS_BINARY_DIR "/examples/" + name, arguments, folder);
}

/// Sends Ctrl-C to a program as soon as `ready(what it has printed on both streams)` is true, or after ten seconds.
template <class Ready>
Outcome interrupt_program(const std::string& program, const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder, const Ready& ready) {
  const std::filesystem::path out = folder / "stdout", err = folder / "stderr";
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int files[] = {open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600),
                       open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600)};
  const pid_t child = fork();
  if (child == 0) {
    dup2(files[0], 1);
    dup2(files[1], 2);
    execv(argv[0], argv.data());
    _exit(127);
  }
  for (const int file : files) close(file);
  for (int wait = 0; wait < 500 && !ready(text_of(out) + text_of(err)); ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out), text_of(err)};
}

/// The same for a driver, as soon as it has printed `text`.
inline Outcome interrupt_driver(const std::string& name, const std::vector<std::string>& arguments,
                                const std::filesystem::path& folder, const std::string& text) {
  return interrupt_program(MANYWORLDS_BINARY_DIR "/examples/" + name, arguments, folder,
                           [&](const std::string& printed) { return printed.find(text) != std::string::npos; });
}

/// Processes that have `mark` somewhere among their arguments, in the order of their numbers.
inline std::vector<pid_t> processes_of(const std::string& mark) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc"))
    if (text_of(entry.path() / "cmdline").find(mark) != std::string::npos)
      found.push_back(pid_t(std::atoi(entry.path().filename().c_str())));
  std::sort(found.begin(), found.end());
  return found;
}
/// Has none of them stayed? What was killed takes a moment to go.
inline bool none_left(const std::string& mark) {
  for (int wait = 0; wait < 100 && !processes_of(mark).empty(); ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return processes_of(mark).empty();
}

}  // namespace manyworlds::test
