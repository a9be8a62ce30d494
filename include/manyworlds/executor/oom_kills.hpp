#pragma once
#include <fstream>
#include <string>

namespace manyworlds::executor {

/// How often the kernel has killed a process for want of memory: in this process's control group (memory.events of
/// cgroup v2, where its workers are, too), or on the whole machine (/proc/vmstat) where the group does not tell. Who is
/// killed so sees no more of it than of any kill -9.
class OomKills {
 public:
  /// `root`: of the file system that is asked.
  explicit OomKills(const std::string& root = "") : file_(file_in(root)), seen_(count()) {}

  /// Has there been one more that nobody has taken note of yet? Takes note of one.
  bool another() {
    if (count() <= seen_) return false;
    ++seen_;
    return true;
  }
  const std::string& file() const { return file_; }

 private:
  static std::string file_in(const std::string& root) {
    std::ifstream groups(root + "/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
      if (line.rfind("0::", 0) != 0) continue;
      const std::string events = root + "/sys/fs/cgroup" + line.substr(3) + "/memory.events";
      if (std::ifstream(events).good()) return events;
    }
    return root + "/proc/vmstat";
  }
  /// Of lines "name number"; 0 where the system does not tell.
  long count() const {
    std::ifstream lines(file_);
    std::string name;
    for (long number = 0; lines >> name >> number;)
      if (name == "oom_kill") return number;
    return 0;
  }

  std::string file_;
  long seen_;
};

}  // namespace manyworlds::executor
