#pragma once
#include <cstring>
#include <type_traits>
#include <typeindex>
#include <vector>

namespace manyworlds {

/// A plain struct without its type: its bytes. What is compiled for a device knows some types, of losses say, and takes
/// the copy of one of these from code that is compiled for the host alone.
class StructCopy {
 public:
  template <class T>
  requires(!std::is_same_v<T, StructCopy>) explicit StructCopy(const T& plain) : type_(typeid(T)), bytes_(sizeof(T)) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>);
    std::memcpy(bytes_.data(), &plain, sizeof(T));
  }

  std::type_index type() const { return type_; }
  /// The struct; T must be its type.
  template <class T>
  T get() const {
    T plain;
    std::memcpy(&plain, bytes_.data(), sizeof(T));
    return plain;
  }
  friend bool operator==(const StructCopy&, const StructCopy&) = default;

 private:
  std::type_index type_;
  std::vector<unsigned char> bytes_;
};

}  // namespace manyworlds
