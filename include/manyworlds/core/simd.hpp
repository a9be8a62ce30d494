#pragma once
/// Lanes of a fixed number, whatever the processor's registers hold: operators by lane, comparisons that give masks, and
/// the functions below. From libstdc++'s std::experimental::simd where it is there, several registers of it where one is
/// too small, else (and with MANYWORLDS_PLAIN_SIMD) from plain arrays; all compute the same. Host code only.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if __has_include(<experimental/simd>) && !defined(__CUDACC__) && !defined(MANYWORLDS_PLAIN_SIMD)
#define MANYWORLDS_STD_SIMD 1
#include <experimental/simd>
#endif

namespace manyworlds::simd {

#ifdef MANYWORLDS_STD_SIMD

namespace stdx = std::experimental;

/// Lanes that one register holds.
template <class T>
inline constexpr int native_lanes = int(stdx::native_simd<T>::size());

template <class T, class A>
void store(const stdx::simd<T, A>& v, T* p) {
  v.copy_to(p, stdx::element_aligned);
}
/// Lane i of the mask as bit i.
template <class T, class A>
std::uint32_t bits(const stdx::simd_mask<T, A>& mask) {
  return std::uint32_t(mask.__to_bitset().to_ullong());
}
template <class T, class A>
[[gnu::always_inline]] inline stdx::simd<T, A> select(const stdx::simd_mask<T, A>& mask, const stdx::simd<T, A>& yes,
                                                      const stdx::simd<T, A>& no) {
  stdx::simd<T, A> v = no;
  stdx::where(mask, v) = yes;
  return v;
}
template <class T, class A>
T smallest(const stdx::simd<T, A>& v) {
  return stdx::hmin(v);
}
template <class T, class A>
T largest(const stdx::simd<T, A>& v) {
  return stdx::hmax(v);
}

/// Masks of N registers.
template <class T, int N>
struct RegisterMask {
  typename stdx::native_simd<T>::mask_type part[N];
  [[gnu::always_inline]] friend RegisterMask operator&(RegisterMask a, const RegisterMask& b) {
    for (int i = 0; i < N; ++i) a.part[i] = a.part[i] && b.part[i];
    return a;
  }
  [[gnu::always_inline]] friend RegisterMask operator|(RegisterMask a, const RegisterMask& b) {
    for (int i = 0; i < N; ++i) a.part[i] = a.part[i] || b.part[i];
    return a;
  }
};

/// N registers: libstdc++'s own simd of more lanes than one has goes through memory for every mask.
template <class T, int N>
struct Registers {
  using value_type = T;
  using Part = stdx::native_simd<T>;
  static constexpr int lanes = native_lanes<T>;
  Part part[N];

  Registers() = default;
  Registers(T x) {
    for (Part& p : part) p = x;
  }
  /// From memory, converted.
  template <class U>
  explicit Registers(const U* p) {
    for (int i = 0; i < N; ++i) part[i].copy_from(p + i * lanes, stdx::element_aligned);
  }

#define MANYWORLDS_BY_REGISTER(Result, op)                                                   \
  [[gnu::always_inline]] friend Result operator op(const Registers& a, const Registers& b) { \
    Result r;                                                                                \
    for (int i = 0; i < N; ++i) r.part[i] = a.part[i] op b.part[i];                          \
    return r;                                                                                \
  }
  using Mask = RegisterMask<T, N>;
  MANYWORLDS_BY_REGISTER(Registers, +)
  MANYWORLDS_BY_REGISTER(Registers, -)
  MANYWORLDS_BY_REGISTER(Registers, *)
  MANYWORLDS_BY_REGISTER(Registers, /)
  MANYWORLDS_BY_REGISTER(Mask, <)
  MANYWORLDS_BY_REGISTER(Mask, <=)
  MANYWORLDS_BY_REGISTER(Mask, >)
  MANYWORLDS_BY_REGISTER(Mask, >=)
  MANYWORLDS_BY_REGISTER(Mask, ==)
#undef MANYWORLDS_BY_REGISTER
#define MANYWORLDS_BY_REGISTER(name)                                              \
  [[gnu::always_inline]] friend Registers name(Registers a, const Registers& b) { \
    for (int i = 0; i < N; ++i) a.part[i] = stdx::name(a.part[i], b.part[i]);     \
    return a;                                                                     \
  }
  MANYWORLDS_BY_REGISTER(min)
  MANYWORLDS_BY_REGISTER(max)
  MANYWORLDS_BY_REGISTER(copysign)
#undef MANYWORLDS_BY_REGISTER
#define MANYWORLDS_BY_REGISTER(name)                          \
  [[gnu::always_inline]] friend Registers name(Registers a) { \
    for (Part & p : a.part) p = stdx::name(p);                \
    return a;                                                 \
  }
  MANYWORLDS_BY_REGISTER(abs)
  MANYWORLDS_BY_REGISTER(sqrt)
  MANYWORLDS_BY_REGISTER(floor)
#undef MANYWORLDS_BY_REGISTER
  friend Registers operator-(Registers a) {
    for (Part& p : a.part) p = -p;
    return a;
  }
};

template <class T, int N>
void store(const Registers<T, N>& v, T* p) {
  for (int i = 0; i < N; ++i) store(v.part[i], p + i * native_lanes<T>);
}
template <class T, int N>
std::uint32_t bits(const RegisterMask<T, N>& mask) {
  std::uint32_t b = 0;
  for (int i = 0; i < N; ++i) b |= bits(mask.part[i]) << (i * native_lanes<T>);
  return b;
}
template <class T, int N>
[[gnu::always_inline]] inline Registers<T, N> select(const RegisterMask<T, N>& mask, const Registers<T, N>& yes,
                                                     Registers<T, N> no) {
  for (int i = 0; i < N; ++i) no.part[i] = select(mask.part[i], yes.part[i], no.part[i]);
  return no;
}
template <class T, int N>
T smallest(const Registers<T, N>& v) {
  T s = smallest(v.part[0]);
  for (int i = 1; i < N; ++i) s = std::min(s, smallest(v.part[i]));
  return s;
}
template <class T, int N>
T largest(const Registers<T, N>& v) {
  T s = largest(v.part[0]);
  for (int i = 1; i < N; ++i) s = std::max(s, largest(v.part[i]));
  return s;
}

namespace detail {
template <class T, int W, bool one = (W <= native_lanes<T>)>
struct LanesOf {
  using Type = stdx::simd<T, stdx::simd_abi::deduce_t<T, std::size_t(W)>>;
};
template <class T, int W>
struct LanesOf<T, W, false> {
  using Type = Registers<T, W / native_lanes<T>>;
};
template <class T, class A>
stdx::simd<T, A> load(const auto* p, stdx::simd<T, A>*) {
  return stdx::simd<T, A>(p, stdx::element_aligned);
}
template <class T, int N>
Registers<T, N> load(const auto* p, Registers<T, N>*) {
  return Registers<T, N>(p);
}
}  // namespace detail

template <class T, int W>
using Lanes = typename detail::LanesOf<T, W>::Type;

/// W lanes from memory, converted; `p` is aligned for a single number.
template <class V, class T>
V load(const T* p) {
  return detail::load(p, static_cast<V*>(nullptr));
}

#else

template <int W>
struct PlainMask {
  bool lane[W];
  friend PlainMask operator&(PlainMask a, const PlainMask& b) {
    for (int i = 0; i < W; ++i) a.lane[i] = a.lane[i] && b.lane[i];
    return a;
  }
  friend PlainMask operator|(PlainMask a, const PlainMask& b) {
    for (int i = 0; i < W; ++i) a.lane[i] = a.lane[i] || b.lane[i];
    return a;
  }
};

template <class T, int W>
struct PlainLanes {
  using value_type = T;
  T lane[W];

  PlainLanes() = default;
  PlainLanes(T x) {
    for (T& l : lane) l = x;
  }

#define MANYWORLDS_BY_LANE(op)                                       \
  friend PlainLanes operator op(PlainLanes a, const PlainLanes& b) { \
    for (int i = 0; i < W; ++i) a.lane[i] = a.lane[i] op b.lane[i];  \
    return a;                                                        \
  }
  MANYWORLDS_BY_LANE(+)
  MANYWORLDS_BY_LANE(-)
  MANYWORLDS_BY_LANE(*)
  MANYWORLDS_BY_LANE(/)
#undef MANYWORLDS_BY_LANE
#define MANYWORLDS_BY_LANE(op)                                                \
  friend PlainMask<W> operator op(const PlainLanes& a, const PlainLanes& b) { \
    PlainMask<W> m;                                                           \
    for (int i = 0; i < W; ++i) m.lane[i] = a.lane[i] op b.lane[i];           \
    return m;                                                                 \
  }
  MANYWORLDS_BY_LANE(<)
  MANYWORLDS_BY_LANE(<=)
  MANYWORLDS_BY_LANE(>)
  MANYWORLDS_BY_LANE(>=)
  MANYWORLDS_BY_LANE(==)
#undef MANYWORLDS_BY_LANE
  friend PlainLanes operator-(PlainLanes a) {
    for (T& l : a.lane) l = -l;
    return a;
  }
  friend PlainLanes min(PlainLanes a, const PlainLanes& b) {
    for (int i = 0; i < W; ++i) a.lane[i] = b.lane[i] < a.lane[i] ? b.lane[i] : a.lane[i];
    return a;
  }
  friend PlainLanes max(PlainLanes a, const PlainLanes& b) {
    for (int i = 0; i < W; ++i) a.lane[i] = a.lane[i] < b.lane[i] ? b.lane[i] : a.lane[i];
    return a;
  }
  friend PlainLanes abs(PlainLanes a) {
    for (T& l : a.lane) l = std::fabs(l);
    return a;
  }
  friend PlainLanes copysign(PlainLanes a, const PlainLanes& sign) {
    for (int i = 0; i < W; ++i) a.lane[i] = std::copysign(a.lane[i], sign.lane[i]);
    return a;
  }
};

template <class T, int W>
using Lanes = PlainLanes<T, W>;
template <class T>
inline constexpr int native_lanes = int(32 / sizeof(T));

template <class V, class T>
V load(const T* p) {
  V v;
  for (auto& l : v.lane) l = *p++;
  return v;
}
template <class T, int W>
void store(const PlainLanes<T, W>& v, T* p) {
  std::memcpy(p, v.lane, sizeof v.lane);
}
template <int W>
std::uint32_t bits(const PlainMask<W>& mask) {
  std::uint32_t b = 0;
  for (int i = 0; i < W; ++i) b |= std::uint32_t(mask.lane[i]) << i;
  return b;
}
template <class T, int W>
PlainLanes<T, W> select(const PlainMask<W>& mask, const PlainLanes<T, W>& yes, PlainLanes<T, W> no) {
  for (int i = 0; i < W; ++i) no.lane[i] = mask.lane[i] ? yes.lane[i] : no.lane[i];
  return no;
}
template <class T, int W>
T smallest(const PlainLanes<T, W>& v) {
  T s = v.lane[0];
  for (T x : v.lane) s = x < s ? x : s;
  return s;
}
template <class T, int W>
T largest(const PlainLanes<T, W>& v) {
  T s = v.lane[0];
  for (T x : v.lane) s = s < x ? x : s;
  return s;
}

#endif

}  // namespace manyworlds::simd
