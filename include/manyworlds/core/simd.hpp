#pragma once
/// Lanes of a fixed number, whatever the processor's registers hold: operators by lane, comparisons that give masks, and
/// the functions below. From libstdc++'s std::experimental::simd where it is there, else (and with MANYWORLDS_PLAIN_SIMD)
/// from plain arrays; both compute the same. Host code only.
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

template <class T, int W>
using Lanes = stdx::simd<T, stdx::simd_abi::deduce_t<T, std::size_t(W)>>;

/// Lanes that one register holds.
template <class T>
inline constexpr int native_lanes = int(stdx::native_simd<T>::size());

/// W lanes from memory, converted; `p` is aligned for a single number.
template <class V, class T>
V load(const T* p) {
  return V(p, stdx::element_aligned);
}
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
