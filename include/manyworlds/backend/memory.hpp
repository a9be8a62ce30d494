#pragma once
#include <cstdint>
#include <type_traits>
#include <utility>

#include "manyworlds/core/config.hpp"

/// Memory of a backend. Its owner is moved; functors hold plain pointers into it by value, in views like BatchView.
/// A backend has `void* allocate(std::size_t bytes)`, `void release(void*)`,
/// `void upload(void* to, const void* from, std::size_t bytes)`, `download` likewise and `void clear(void*, bytes)`.
namespace manyworlds::backend {

/// Owner of some T in a backend's memory, which must live longer. Moved, never copied. New memory is zero.
template <class Backend, class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  Buffer() = default;
  Buffer(Backend& backend, std::size_t size) : backend_(&backend), size_(size) {
    if (size == 0) return;
    data_ = static_cast<T*>(backend.allocate(bytes()));
    backend.clear(data_, bytes());
  }
  /// A copy of what stands in the host's memory: anything with data() and size().
  template <class Host>
  static Buffer of(Backend& backend, const Host& host) {
    Buffer buffer(backend, host.size());
    buffer.write(host);
    return buffer;
  }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }
  ~Buffer() {
    if (data_) backend_->release(data_);
  }

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }
  T* data() const { return data_; }

  /// The first numbers, from or to the host; after the work before.
  template <class Host>
  void write(const Host& host) {
    if (host.size() > 0) backend_->upload(data_, host.data(), host.size() * sizeof(T));
  }
  template <class Host>
  void read(Host&& host) const {
    if (host.size() > 0) backend_->download(host.data(), data_, host.size() * sizeof(T));
  }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(backend_, other.backend_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }
  Backend* backend_ = nullptr;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace manyworlds::backend
