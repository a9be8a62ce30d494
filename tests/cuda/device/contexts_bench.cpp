// What a CUDA context for each world costs, against all worlds in one batch: time, memory, and the making of it.
#include <barrier>
#include <iostream>
#include <thread>

#include "bench_cases.hpp"

namespace manyworlds::bench {

namespace {

/// A thread for each of n, there for all steps; what goes wrong in one is thrown by run(). The driver lets threads spin
/// while they wait for a device, unless there are more contexts than processors: nothing else is timed meanwhile.
class Drivers {
 public:
  template <class F>
  Drivers(std::size_t n, const F& step) : errors_(n), begin_(std::ptrdiff_t(n) + 1), end_(std::ptrdiff_t(n) + 1) {
    for (std::size_t i = 0; i < n; ++i)
      threads_.emplace_back([this, i, &step] {
        while (begin_.arrive_and_wait(), !over_) {
          try {
            step(i);
          } catch (...) {
            errors_[i] = std::current_exception();
          }
          end_.arrive_and_wait();
        }
      });
  }
  ~Drivers() {
    over_ = true;
    begin_.arrive_and_wait();
  }
  void run() {
    begin_.arrive_and_wait();
    end_.arrive_and_wait();
    for (const std::exception_ptr& error : errors_)
      if (error) std::rethrow_exception(error);
  }

 private:
  std::vector<std::exception_ptr> errors_;
  bool over_ = false;
  std::barrier<> begin_, end_;
  std::vector<std::jthread> threads_;
};

double free_mib() { return double(executor::cuda_devices()->list()[0].free_bytes) / (1 << 20); }

Json measure(const Case& c, std::uint32_t count) {
  const Worlds worlds(c.site, count);
  Json row{{"worlds", count}};
  const double before = free_mib();
  double start = seconds();
  const auto batch = test::device_gains(c.arrays, count, Room::of(count));
  row["batch_creation_ms"] = 1e3 * (seconds() - start);
  row["batch"] = time_step(*batch, worlds.poses);
  const double with_batch = free_mib();
  row["batch_mib"] = before - with_batch;

  start = seconds();
  std::vector<std::unique_ptr<AnyGains>> alone;
  std::vector<Step> steps;
  for (std::uint32_t w = 0; w < count; ++w) {
    alone.push_back(test::device_gains(c.arrays, 1, Room::of(1), hard, test::Fields::in_double, test::Context::own));
    steps.emplace_back(*alone[w], std::span(worlds.poses).subspan(w, 1));
  }
  row["contexts_creation_ms"] = 1e3 * (seconds() - start);
  const auto step = [&](std::size_t w) { steps[w].both(); };
  Drivers drivers(count, step);
  for (int i = 0; i < 3; ++i) drivers.run();
  row["contexts_ms"] = median_ms([&] { drivers.run(); });
  row["contexts_mib"] = with_batch - free_mib();
  return row;
}

}  // namespace

Json measure_contexts(const Case& c) {
  Json rows = Json::array();
  for (const std::uint32_t count : {1u, 4u, 16u, 32u, 64u}) {
    try {
      rows.push_back(measure(c, count));
    } catch (const std::exception& error) {
      rows.push_back({{"worlds", count}, {"error", error.what()}});
    }
    std::cerr << "contexts " << rows.back().dump() << '\n';
  }
  return rows;
}

}  // namespace manyworlds::bench
