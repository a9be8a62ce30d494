#pragma once
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "manyworlds/backend/serial.hpp"

namespace manyworlds::test {

/// A part of a made-up device, which the host computes for. As on a real one, a step that comes again is recorded and
/// from then on replayed, with the functors as they were, and memory that was given back holds nonsense.
class MadeUp : public backend::Serial {
 public:
  using Length = backend::Length;
  std::shared_ptr<void> held{};  ///< given back with it

  MadeUp() = default;
  MadeUp(const MadeUp&) = delete;
  MadeUp& operator=(const MadeUp&) = delete;
  ~MadeUp() {
    for (void* memory : released_) Serial::release(memory);
  }

  void* allocate(std::size_t bytes) {
    expect_no_recording();
    void* const memory = Serial::allocate(bytes);
    bytes_[memory] = bytes;
    return memory;
  }
  void release(void* memory) noexcept {
    std::memset(memory, 0xff, bytes_[memory]);
    released_.push_back(memory);
  }
  void upload(void* to, const void* from, std::size_t bytes) {
    expect_no_recording();
    Serial::upload(to, from, bytes);
  }
  void download(void* to, const void* from, std::size_t bytes) {
    expect_no_recording();
    Serial::download(to, from, bytes);
  }

  template <class F>
  void for_each(const char* what, Length length, const F& f) {
    launch([=, this] { Serial::for_each(what, length, f); });
  }
  template <class Stage>
  void mark(const char* what, Length length, const Stage& stage, std::uint32_t* bits, std::uint32_t* counts) {
    launch([=, this] { Serial::mark(what, length, stage, bits, counts); });
  }
  void exclusive_scan(const char* what, Length length, std::uint32_t* numbers) {
    launch([=, this] { Serial::exclusive_scan(what, length, numbers); });
  }
  void sort_indices(const char* what, std::uint32_t n, const std::uint32_t* keys, std::uint32_t* sorted,
                    std::uint32_t* order, int bits) {
    launch([=, this] { Serial::sort_indices(what, n, keys, sorted, order, bits); });
  }

  struct Program {
    std::vector<std::function<void()>> launches{};
    bool wanted = false;
    void reset() { *this = {}; }
  };
  template <class Step>
  void run(Program& program, const char* /*what*/, const Step& step) {
    if (!std::exchange(program.wanted, true)) return step();
    if (program.launches.empty()) {
      recorded_ = &program.launches;
      step();
      recorded_ = nullptr;
    }
    for (const auto& launch : program.launches) launch();
  }

 private:
  template <class F>
  void launch(const F& f) {
    if (recorded_)
      recorded_->push_back(f);
    else
      f();
  }
  void expect_no_recording() const {
    if (recorded_) throw std::logic_error("a step that is recorded must neither allocate nor wait");
  }

  std::vector<std::function<void()>>* recorded_ = nullptr;
  std::map<void*, std::size_t> bytes_;
  std::vector<void*> released_;
};

}  // namespace manyworlds::test
