#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// State as bytes, for checkpoints and for workers in other processes: `ArchiveWriter` appends values, `ArchiveReader`
/// reads them back to the bit, in the same order. Known are bool, numbers, enums, trivially copyable structs without
/// pointers, containers (std::vector, std::deque, std::string, Eigen vectors), std::pair, std::optional, std::variant,
/// and any type with `template <class A> void archive(A& a) { a(first, second, ...); }`.
/// The bytes are of the same program on the same kind of machine: for others they have no meaning.
namespace manyworlds {

/// Bytes end early or cannot be.
class ArchiveError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

struct ArchiveProbe {
  template <class... T>
  void operator()(T&...) {}
};
template <class T>
concept HasArchive = requires(T& value, ArchiveProbe probe) {
  value.archive(probe);
};
template <class T>
concept RawBytes = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>;
template <class T>
concept Resizable = requires(T& t) {
  t.size();
  t.resize(t.size());
  *t.begin();
};
template <class T>
concept ContiguousBytes = Resizable<T> && requires(T& t) {
  t.data();
  requires RawBytes<std::remove_cvref_t<decltype(*t.data())>>;
};

template <class T>
struct IsArchivable : std::bool_constant<HasArchive<T> || RawBytes<T> || ContiguousBytes<T>> {};
template <Resizable T>
requires(!HasArchive<T> && !RawBytes<T> && !ContiguousBytes<T>) struct IsArchivable<T>
    : IsArchivable<std::remove_cvref_t<decltype(*std::declval<T&>().begin())>> {
};
template <class A, class B>
requires(!RawBytes<std::pair<A, B>>) struct IsArchivable<std::pair<A, B>>
    : std::bool_constant<IsArchivable<A>::value && IsArchivable<B>::value> {
};
template <class T>
requires(!RawBytes<std::optional<T>>) struct IsArchivable<std::optional<T>> : IsArchivable<T> {
};
template <class... T>
requires(!RawBytes<std::variant<T...>>) struct IsArchivable<std::variant<T...>>
    : std::bool_constant<(IsArchivable<T>::value && ...)> {
};

/// What writing and reading have in common: how a value falls apart into bytes. `Self` has bytes(pointer, count),
/// length(container, bytes of an item) and checked(bool or enum).
template <class Self>
class ArchiveBase {
 protected:
  template <class T>
  void one(T& value) {
    static_assert(IsArchivable<T>::value, "not archivable: give the type `template <class A> void archive(A& a)`");
    if constexpr (HasArchive<T>) {
      value.archive(self());
    } else if constexpr (std::same_as<T, bool> || std::is_enum_v<T>) {
      self().checked(value);
    } else if constexpr (RawBytes<T>) {
      self().bytes(&value, sizeof value);
    } else if constexpr (ContiguousBytes<T>) {
      self().length(value, sizeof(*value.data()));
      self().bytes(value.data(), std::size_t(value.size()) * sizeof(*value.data()));
    } else {
      self().length(value, 1);
      for (auto& item : value) one(item);
    }
  }

  template <class A, class B>
  void one(std::pair<A, B>& value) {
    one(value.first);
    one(value.second);
  }
  template <class T>
  void one(std::optional<T>& value) {
    bool there = value.has_value();
    one(there);
    if (there && !value) value.emplace();
    if (!there) value.reset();
    if (there) one(*value);
  }
  template <class... T>
  void one(std::variant<T...>& value) {
    std::uint8_t index = std::uint8_t(value.index());
    one(index);
    if (index >= sizeof...(T)) throw ArchiveError("unknown alternative " + std::to_string(index));
    std::uint8_t at = 0;
    ((at++ == index && index != value.index() ? void(value.template emplace<T>()) : void()), ...);
    std::visit([&](auto& held) { one(held); }, value);
  }

 private:
  Self& self() { return static_cast<Self&>(*this); }
};

}  // namespace detail

/// May values of this type go into an archive?
template <class T>
concept Archivable = detail::IsArchivable<T>::value;

class ArchiveWriter : public detail::ArchiveBase<ArchiveWriter> {
 public:
  template <class... T>
  void operator()(const T&... values) {
    (this->one(const_cast<T&>(values)), ...);  // archive() is one function for both ways
  }
  std::string take() { return std::move(bytes_); }

 private:
  friend class detail::ArchiveBase<ArchiveWriter>;
  void bytes(const void* from, std::size_t count) { bytes_.append(static_cast<const char*>(from), count); }
  template <class Container>
  void length(const Container& c, std::size_t) {
    const std::uint64_t n = std::uint64_t(c.size());
    bytes(&n, sizeof n);
  }
  template <class T>
  void checked(const T& value) {
    bytes(&value, sizeof value);
  }
  std::string bytes_;
};

/// Throws ArchiveError when the bytes end early, when a length cannot be, and for a bool or a named enum that is none.
class ArchiveReader : public detail::ArchiveBase<ArchiveReader> {
 public:
  explicit ArchiveReader(std::string_view bytes) : left_(bytes) {}
  template <class... T>
  void operator()(T&... values) {
    (this->one(values), ...);
  }
  bool done() const { return left_.empty(); }

 private:
  friend class detail::ArchiveBase<ArchiveReader>;
  void bytes(void* to, std::size_t count) {
    if (count > left_.size()) throw ArchiveError("bytes end " + std::to_string(count - left_.size()) + " too early");
    if (count > 0) std::memcpy(to, left_.data(), count);
    left_.remove_prefix(count);
  }
  template <class Container>
  void length(Container& c, std::size_t bytes_each) {
    std::uint64_t n = 0;
    bytes(&n, sizeof n);
    if (n > left_.size() / bytes_each) throw ArchiveError("a length of " + std::to_string(n) + " cannot be");
    c.resize(decltype(c.size())(n));
  }
  template <class T>
  void checked(T& value) {
    if constexpr (std::same_as<T, bool>) {
      std::uint8_t byte = 0;
      bytes(&byte, 1);
      if (byte > 1) throw ArchiveError("a truth value of " + std::to_string(byte) + " cannot be");
      value = byte == 1;
    } else {
      std::underlying_type_t<T> number{};
      bytes(&number, sizeof number);
      if constexpr (requires { choices(value).size(); })
        if (std::size_t(number) >= choices(value).size())
          throw ArchiveError("a choice of " + std::to_string(number) + " cannot be");
      value = T(number);
    }
  }
  std::string_view left_;
};

}  // namespace manyworlds
