#pragma once
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>

#include "sites.hpp"
#include "timing.hpp"

/// Steps of one world, timed one by one.
namespace manyworlds::sites {

using bench::median, bench::seconds;

inline constexpr int hard = 0, fresnel = 1;  ///< visibility, as an argument of a benchmark

/// Now, or VmHWM: the most so far.
inline double resident_megabytes(const std::string& which = "VmRSS:") {
  std::ifstream status("/proc/self/status");
  double kilobytes = 0;
  for (std::string word; status >> word;)
    if (word == which) status >> kilobytes;
  return kilobytes / 1024;
}

inline Visibility visibility_of(std::int64_t kind) { return {.kind = VisibilityKind(kind)}; }

struct Built {
  std::string name;
  Site site;
  std::unique_ptr<paths::PathModel> model;
  double start_s = 0;  ///< from the file to the static paths
};

/// The last one is kept: benchmarks that differ in visibility share it.
inline const Built& build(const std::string& name, const std::function<Site()>& make,
                          const paths::PathOptions& options) {
  static Built last;
  if (last.name != name) {
    last = {};
    const double start = seconds();
    last.site = make();
    last.model = std::make_unique<paths::PathModel>(last.site.scene, last.site.movers(), options);
    last.start_s = seconds() - start;
    last.name = name;
  }
  return last;
}

/// Steps of a world with gradient. Its first step is not among those that are timed.
class Walk {
 public:
  Walk(const Built& built, const Visibility& visibility)
      : built_(built), visibility_(visibility), bar_(built.model->transmitters() * built.model->receivers()) {
    step();
    first_s = whole_s[0];
    forward_s.clear();
    whole_s.clear();
  }
  void step() {
    const double start = seconds();
    built_.model->gains(built_.site.at(steps_++), visibility_, workspace);
    const double middle = seconds();
    for (std::size_t k = 0; k < bar_.size(); ++k) bar_[k] = 1 / (workspace.gains[k] + 1e-14);
    built_.model->pullback(bar_, workspace, gradient_);
    benchmark::DoNotOptimize(gradient_.movers.data());
    forward_s.push_back(middle - start);
    whole_s.push_back(seconds() - start);
  }

  paths::Workspace workspace;
  double first_s = 0;
  std::vector<double> forward_s, whole_s;  ///< of each step: without and with gradient

 private:
  const Built& built_;
  Visibility visibility_;
  std::vector<double> bar_;
  ConfigurationGradient gradient_;
  int steps_ = 0;
};

}  // namespace manyworlds::sites
