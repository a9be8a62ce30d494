#pragma once
#include "manyworlds/backend/append.hpp"

namespace manyworlds::backend {

/// Has no memory and runs nothing: adds up what would be allocated, so that this is known before.
class Measure {
 public:
  static constexpr const char* name = "measure";

  std::size_t bytes() const { return bytes_; }  ///< all that was asked for

  void* allocate(std::size_t bytes) { return bytes_ += bytes, this; }
  void release(void*) noexcept {}
  void upload(void*, const void*, std::size_t) {}
  void download(void*, const void*, std::size_t) {}
  void clear(void*, std::size_t) {}
  template <class F>
  void for_each(const char*, Length, const F&) {}
  template <class Stage>
  void mark(const char*, Length, const Stage&, std::uint32_t*, std::uint32_t*) {}
  void exclusive_scan(const char*, Length, std::uint32_t*) {}
  void sort_indices(const char*, std::uint32_t, const std::uint32_t*, std::uint32_t*, std::uint32_t*, int) {}
  void reserve(std::size_t) {}
  struct Program {
    void reset() {}
  };
  template <class Step>
  void run(Program&, const char*, const Step&) {}

 private:
  std::size_t bytes_ = 0;
};

}  // namespace manyworlds::backend
