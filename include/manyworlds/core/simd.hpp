#pragma once
/// Lanes of a fixed number, whatever the processor's registers hold: operators by lane, comparisons that give masks,
/// and the functions below. They are made of parts: registers of libstdc++'s std::experimental::simd where it is there,
/// else (and with MANYWORLDS_PLAIN_SIMD) single numbers; all compute the same. Host code only.
#include <algorithm>
#include <cmath>
#include <cstdint>

#if __has_include(<experimental/simd>) && !defined(__CUDACC__) && !defined(MANYWORLDS_PLAIN_SIMD)
#define MANYWORLDS_STD_SIMD 1
#include <experimental/simd>
#endif

namespace manyworlds::simd {

namespace detail {

#ifdef MANYWORLDS_STD_SIMD

namespace stdx = std::experimental;

template <class T>
inline constexpr int native_lanes = int(stdx::native_simd<T>::size());

/// One register with some of W lanes. Of more lanes than it holds libstdc++ would make a simd, too, that goes through
/// memory for every mask.
template <class T, int W>
using Part = stdx::simd<T, stdx::simd_abi::deduce_t<T, std::size_t(std::min(W, native_lanes<T>))>>;
template <class P>
inline constexpr int lanes_of = int(P::size());

using stdx::abs, stdx::copysign, stdx::floor, stdx::max, stdx::min, stdx::sqrt;

template <class P, class U>
P load(const U* p) {
  return P(p, stdx::element_aligned);
}
template <class T, class A>
void store(const stdx::simd<T, A>& v, T* p) {
  v.copy_to(p, stdx::element_aligned);
}
template <class T, class A>
std::uint32_t bits(const stdx::simd_mask<T, A>& mask) {
  return std::uint32_t(mask.__to_bitset().to_ullong());
}
template <class T, class A>
[[gnu::always_inline]] inline stdx::simd<T, A> select(const stdx::simd_mask<T, A>& mask, const stdx::simd<T, A>& yes,
                                                      stdx::simd<T, A> no) {
  stdx::where(mask, no) = yes;
  return no;
}
template <class T, class A>
T smallest(const stdx::simd<T, A>& v) {
  return stdx::hmin(v);
}
template <class T, class A>
T largest(const stdx::simd<T, A>& v) {
  return stdx::hmax(v);
}

#else

template <class T>
inline constexpr int native_lanes = int(32 / sizeof(T));  // a guess at what a compiler makes of them

template <class T, int>
using Part = T;
template <class P>
inline constexpr int lanes_of = 1;

using std::abs, std::copysign, std::floor, std::max, std::min, std::sqrt;

template <class T, class U>
T load(const U* p) {
  return T(*p);
}
template <class T>
void store(T v, T* p) {
  *p = v;
}
inline std::uint32_t bits(bool mask) { return mask; }
template <class T>
T select(bool mask, T yes, T no) {
  return mask ? yes : no;
}
template <class T>
T smallest(T v) {
  return v;
}
template <class T>
T largest(T v) {
  return v;
}

#endif

}  // namespace detail

/// Lanes that one register holds.
using detail::native_lanes;

/// True or false for each lane of N parts.
template <class P, int N>
struct Mask {
  decltype(P() < P()) part[N];
  [[gnu::always_inline]] friend Mask operator&(Mask a, const Mask& b) {
    for (int i = 0; i < N; ++i) a.part[i] = a.part[i] && b.part[i];
    return a;
  }
  [[gnu::always_inline]] friend Mask operator|(Mask a, const Mask& b) {
    for (int i = 0; i < N; ++i) a.part[i] = a.part[i] || b.part[i];
    return a;
  }
};

/// W numbers of type T.
template <class T, int W>
struct Lanes {
  using value_type = T;
  using Part = detail::Part<T, W>;
  static constexpr int parts = W / detail::lanes_of<Part>;
  static_assert(parts * detail::lanes_of<Part> == W, "expected registers to be full");
  using Mask = simd::Mask<Part, parts>;
  Part part[parts];

  Lanes() = default;
  Lanes(T x) {
    for (Part& p : part) p = x;
  }

#define MANYWORLDS_BY_PART(Result, op)                                               \
  [[gnu::always_inline]] friend Result operator op(const Lanes& a, const Lanes& b) { \
    Result r;                                                                        \
    for (int i = 0; i < parts; ++i) r.part[i] = a.part[i] op b.part[i];              \
    return r;                                                                        \
  }
  MANYWORLDS_BY_PART(Lanes, +)
  MANYWORLDS_BY_PART(Lanes, -)
  MANYWORLDS_BY_PART(Lanes, *)
  MANYWORLDS_BY_PART(Lanes, /)
  MANYWORLDS_BY_PART(Mask, <)
  MANYWORLDS_BY_PART(Mask, <=)
  MANYWORLDS_BY_PART(Mask, >)
  MANYWORLDS_BY_PART(Mask, >=)
  MANYWORLDS_BY_PART(Mask, ==)
#undef MANYWORLDS_BY_PART
#define MANYWORLDS_BY_PART(name)                                                    \
  [[gnu::always_inline]] friend Lanes name(Lanes a, const Lanes& b) {               \
    for (int i = 0; i < parts; ++i) a.part[i] = detail::name(a.part[i], b.part[i]); \
    return a;                                                                       \
  }
  MANYWORLDS_BY_PART(min)
  MANYWORLDS_BY_PART(max)
  MANYWORLDS_BY_PART(copysign)
#undef MANYWORLDS_BY_PART
#define MANYWORLDS_BY_PART(name)                      \
  [[gnu::always_inline]] friend Lanes name(Lanes a) { \
    for (Part & p : a.part) p = detail::name(p);      \
    return a;                                         \
  }
  MANYWORLDS_BY_PART(abs)
  MANYWORLDS_BY_PART(sqrt)
  MANYWORLDS_BY_PART(floor)
#undef MANYWORLDS_BY_PART
  [[gnu::always_inline]] friend Lanes operator-(Lanes a) {
    for (Part& p : a.part) p = -p;
    return a;
  }
};

/// Lanes of type V from memory, converted; `p` is aligned for a single number.
template <class V, class U>
[[gnu::always_inline]] inline V load(const U* p) {
  V v;
  for (int i = 0; i < V::parts; ++i)
    v.part[i] = detail::load<typename V::Part>(p + i * detail::lanes_of<typename V::Part>);
  return v;
}
template <class T, int W>
[[gnu::always_inline]] inline void store(const Lanes<T, W>& v, T* p) {
  for (const auto& part : v.part) detail::store(part, p), p += W / Lanes<T, W>::parts;
}
/// Lane i of the mask as bit i.
template <class P, int N>
[[gnu::always_inline]] inline std::uint32_t bits(const Mask<P, N>& mask) {
  std::uint32_t b = 0;
  for (int i = 0; i < N; ++i) b |= detail::bits(mask.part[i]) << (i * detail::lanes_of<P>);
  return b;
}
template <class T, int W>
[[gnu::always_inline]] inline Lanes<T, W> select(const typename Lanes<T, W>::Mask& mask, const Lanes<T, W>& yes,
                                                 Lanes<T, W> no) {
  for (int i = 0; i < Lanes<T, W>::parts; ++i) no.part[i] = detail::select(mask.part[i], yes.part[i], no.part[i]);
  return no;
}
template <class T, int W>
T smallest(const Lanes<T, W>& v) {
  T s = detail::smallest(v.part[0]);
  for (int i = 1; i < Lanes<T, W>::parts; ++i) s = std::min(s, detail::smallest(v.part[i]));
  return s;
}
template <class T, int W>
T largest(const Lanes<T, W>& v) {
  T s = detail::largest(v.part[0]);
  for (int i = 1; i < Lanes<T, W>::parts; ++i) s = std::max(s, detail::largest(v.part[i]));
  return s;
}

}  // namespace manyworlds::simd
