#pragma once
#include "manyworlds/core/complex.hpp"
#include "manyworlds/scene/visibility.hpp"

/// The edge function S(nu): odd, S(+-infinity) = +-1/2; a straight edge at nu lets 1/2 + S(nu) of the field pass.
///   fresnel   S = (1+j)/2 int_0^nu exp(-j pi t^2/2) dt,  S' = (1+j)/2 exp(-j pi nu^2/2)   (knife edge, ITU-R P.526)
///   atan      S = atan(K nu)/pi,  K = pi^(3/2)/4                                       (3GPP TR 38.901, blockage B)
///   logistic  S = tanh(nu/2)/2
/// Between 0.8 support and support S passes over to +-1/2 by a cubic step, beyond it is +-1/2: the weight of a panel
/// has compact support and stays continuously differentiable.
namespace manyworlds::kernels {

template <class T>
struct EdgeValue {
  Complex<T> value{}, slope{};  ///< S and dS/dnu
};

/// What S depends on, in the kernel's precision.
template <class T>
struct EdgeModel {
  VisibilityKind kind = VisibilityKind::fresnel;
  T inv_smoothing{};  ///< 1/lambda_s, 1/m
  T alpha{};          ///< 1/m
  T support{};

  MW_HD EdgeModel(const Visibility& v, double wavelength)
      : kind(v.kind),
        inv_smoothing(T(1 / (v.smoothing_wavelengths * wavelength))),
        alpha(T(v.alpha)),
        support(T(v.support)) {}
};

namespace detail {

/// P + j Q = (1+j)/2 (g - j f)(x) for x >= 0, with the auxiliary functions f, g of the Fresnel integrals
/// (Abramowitz and Stegun 7.3.5-6): their truncated Chebyshev series in y = (x - 2)/(x + 2), which covers the whole
/// half line (the map of Shepherd and Laframboise for erfc, Math. Comp. 36 (1981)), written as a polynomial in y.
/// Error below 5e-13 with 30 terms and 1e-7 with 16.
template <class T>
MW_HD Complex<T> fresnel_auxiliary(T x) {
  constexpr int terms = sizeof(T) == 4 ? 16 : 30;
  constexpr double p_float[16] = {0.0841653903, -0.179914852,  0.191166721,    -0.150244844,
                                  0.0333496608, 0.0956601168,  -0.115149787,   0.00046901181,
                                  0.0917849795, -0.035953594,  -0.0508580537,  0.0312659587,
                                  0.0190069374, -0.0140307617, -0.00346589795, 0.00274898797};
  constexpr double q_float[16] = {-0.0724187811, 0.115309126,   -0.0302778325, -0.0816827114,
                                  0.147991647,   -0.0965955731, -0.0414825093, 0.110675806,
                                  -0.0216242952, -0.0755907026, 0.0299354707,  0.0396603588,
                                  -0.0153818844, -0.0142912572, 0.0032582445,  0.00251497258};
  constexpr double p_double[30] = {
      0.084165457780048339,   -0.17991543463624591,  0.19115763869207945,    -0.1502153264126742,
      0.033553689308678485,   0.09521671319311163,   -0.11694499081257431,   0.0035394411711178666,
      0.09991566349822936,    -0.047719362702544569, -0.072638085956689436,  0.058781463672482646,
      0.057138218260437463,   -0.055940839492519106, -0.051988336787127177,  0.046902711120144215,
      0.050574950939341077,   -0.034553169480954685, -0.046118246266590841,  0.021412589313529606,
      0.03532381244955474,    -0.010487998489560112, -0.020856438017678545,  0.0037381210322603071,
      0.008701352072881932,   -0.000851268238889596, -0.0022562650134713686, 9.253072943066304e-5,
      0.00027157985319328333, -1.7077865300231128e-7};
  constexpr double q_double[30] = {
      -0.072418863855924035,  0.11530867079889487,    -0.030266689215613614,  -0.08165958340836147,
      0.14774126799154221,    -0.096945603072275245,  -0.039283966249995143,  0.11313237597940983,
      -0.031506114576120378,  -0.085243702788317779,  0.055854188142540349,   0.063366131727720137,
      -0.058445052091292203,  -0.054044989948725662,  0.052042932919324116,   0.052633754874866156,
      -0.041191248150026262,  -0.052309546438778794,  0.028257917220292946,   0.047038020218459589,
      -0.016001877948615338,  -0.034935540767718807,  0.0070326495044470529,  0.019886047276877646,
      -0.0022122667647579781, -0.0079929158897342833, 0.00043762106359754646, 0.0019996186933974655,
      -4.0497989366294915e-5, -0.00023273725584301204};
  const T y = (x - T(2)) / (x + T(2)), y2 = y * y;
  // Even and odd parts apart: four independent chains of additions.
  T p_even{}, p_odd{}, q_even{}, q_odd{};
  for (int i = terms - 2; i >= 0; i -= 2) {
    if constexpr (sizeof(T) == 4) {
      p_even = p_even * y2 + T(p_float[i]);
      p_odd = p_odd * y2 + T(p_float[i + 1]);
      q_even = q_even * y2 + T(q_float[i]);
      q_odd = q_odd * y2 + T(q_float[i + 1]);
    } else {
      p_even = p_even * y2 + T(p_double[i]);
      p_odd = p_odd * y2 + T(p_double[i + 1]);
      q_even = q_even * y2 + T(q_double[i]);
      q_odd = q_odd * y2 + T(q_double[i + 1]);
    }
  }
  return {p_even + y * p_odd, q_even + y * q_odd};
}

}  // namespace detail

/// (1+j)/2 int_0^nu exp(-j pi t^2/2) dt and its derivative (1+j)/2 exp(-j pi nu^2/2).
template <class T>
MW_HD EdgeValue<T> fresnel_edge(T nu) {
  using std::abs;
  const T x = abs(nu);
  const Complex<T> wave = polar_turns(-x * x / T(4));
  const Complex<T> slope{T(0.5) * (wave.re - wave.im), T(0.5) * (wave.re + wave.im)};
  const Complex<T> tail = detail::fresnel_auxiliary(x) * wave;
  const Complex<T> half{T(0.5) - tail.re, -tail.im};
  return {select(nu < T(0), -half, half), slope};
}

/// S and dS/dnu of the model, with the passage to +-1/2.
template <class T>
MW_HD EdgeValue<T> edge_function(const EdgeModel<T>& model, T nu) {
  using std::abs;
  using std::atan;
  using std::tanh;
  const T x = abs(nu), side = select(nu < T(0), T(-1), T(1)), blend_start = T(0.8) * model.support;
  const EdgeValue<T> beyond{{side / T(2), T(0)}, {}};
  if (!any(x < model.support)) return beyond;
  EdgeValue<T> s;
  if (model.kind == VisibilityKind::fresnel) {
    s = fresnel_edge(nu);
  } else if (model.kind == VisibilityKind::atan) {
    const T k = T(1.39208199920792696132L), z = k * nu;  // pi^(3/2)/4
    s = {{atan(z) / T(pi), T(0)}, {k / (T(pi) * (T(1) + z * z)), T(0)}};
  } else {
    const T h = tanh(nu / T(2));
    s = {{h / T(2), T(0)}, {(T(1) - h * h) / T(4), T(0)}};
  }
  if (any(x > blend_start)) {
    const T width = model.support - blend_start, t = max((x - blend_start) / width, T(0));
    const T step = t * t * (T(3) - T(2) * t), rise = T(6) * t * (T(1) - t) * side / width;
    const Complex<T> rest = beyond.value - s.value;
    s = {s.value + step * rest, (T(1) - step) * s.slope + rise * rest};
  }
  const auto within = x < model.support;
  return {select(within, s.value, beyond.value), select(within, s.slope, beyond.slope)};
}

}  // namespace manyworlds::kernels
