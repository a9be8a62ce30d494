#pragma once
#include "manyworlds/scene/material.hpp"

/// Reflection and transmission of a homogeneous slab (ITU-R P.2040-3 (43), (44)) and the adjoint.
///
/// With c = |cos| of incidence, a = sqrt(eta - 1 + c^2), F = c + a, G = eta c + a, e1 = exp(-j k0 d a), X = e1^2:
///   r_perp = (c - a)/F,  r_par = (eta c - a)/G,  D0 = (r_par + r_perp)/sin^2 = -2 (eta - 1)/(G F),  N = 1 - r^2 X
///   R = r (1 - X)/N,     T = (1 - r^2) e1/N                                     (one polarisation each)
///   D  = (R_par + R_perp)/sin^2 = D0 (1 - X)(1 - r_perp r_par X)/(N_perp N_par)
///   Dt = (T_par - T_perp)/sin^2 = D0 e1 (1 - X)(r_perp - r_par)/(N_perp N_par)
/// D and Dt are regular at normal incidence, which spares the transport its TE/TM basis.
///
/// Adjoint: z_bar = dLoss/dRe z + j dLoss/dIm z. First (R or T, D or Dt) is pulled back to (r_perp, r_par, D0, e1) with
/// conjugated partial derivatives, then these along the total derivatives by c, eta and d:
///   dr_perp/dc = -2 r_perp/a,      dr_par/dc = 2 eta (eta - 1)/(a G^2),  dD0/dc = -D0 ((1 + c/a)/F + (eta + c/a)/G)
///   dr_perp/deta = -c/(a F^2),     dr_par/deta = c (2 a^2 - eta)/(a G^2),
///   dD0/deta = -2/(G F) - D0 (c/G + (1/F + 1/G)/(2a)),   da/dc = c/a,  da/deta = 1/(2a),  de1/da = -j k0 d e1.
namespace manyworlds::kernels {

/// What the transport needs of one interaction: R (or T) of both polarisations, and D (or Dt).
template <class T>
struct SlabCoefficients {
  Complex<T> perp, par, extra;
};

/// Derivatives of a real loss by the parameters of one interaction.
template <class T>
struct SlabGradient {
  T cosine{};
  Complex<T> eta{};  ///< dLoss/dRe eta + j dLoss/dIm eta
  T thickness{};
};

/// a and e1: the part of a slab that costs roots, exponential and sine, kept by the forward sweep for the adjoint.
template <class T>
struct LayerWave {
  Complex<T> a, e1;
};

/// k0 = 2 pi / lambda; cosine in (0, 1]. Zero for PEC.
template <class T>
MW_HD LayerWave<T> layer_wave(const Slab<T>& slab, T k0, T cosine) {
  using std::exp;
  using std::sqrt;
  if (slab.pec) return {};
  // Principal root of a number with Re > 0, which eps_r >= 1 grants; its square is in range even for metal in float.
  const Complex<T> a2{slab.eta.re - T(1) + cosine * cosine, slab.eta.im};
  const T re = sqrt((sqrt(norm2(a2)) + a2.re) / T(2));
  LayerWave<T> wave{{re, a2.im / (T(2) * re)}, {}};
  // Below e^-60 nothing comes through; the test also keeps the huge phase of metal away from sine and cosine.
  const T k0_d = k0 * slab.thickness, decay = k0_d * wave.a.im;
  if (any(decay > T(-60))) {
    const Complex<T> through = exp(max(decay, T(-60))) * polar_turns(-k0_d * wave.a.re / T(2 * pi));
    wave.e1 = select(decay > T(-60), through, Complex<T>{});
  }
  return wave;
}

/// Half-space and layer at one angle of incidence: what coefficients and adjoint share. PEC is r = -1, +1 with
/// everything else 0, so it needs no case of its own.
template <class T>
class SlabTerms {
 public:
  MW_HD SlabTerms(const Slab<T>& slab, T k0, T cosine) : SlabTerms(slab, k0, cosine, layer_wave(slab, k0, cosine)) {}

  MW_HD SlabTerms(const Slab<T>& slab, T k0, T cosine, LayerWave<T> wave)
      : eta_(slab.eta),
        a_(wave.a),
        e1_(wave.e1),
        c_(cosine),
        k0_(k0),
        thickness_(slab.thickness),
        specular_(slab.specular) {
    const Complex<T> one{T(1), T(0)};
    if (slab.pec) {
      r_perp_ = -one;
      r_par_ = inv_n_perp_ = inv_n_par_ = one;
      return;
    }
    chi_ = eta_ - one;
    inv_f_ = reciprocal(a_ + Complex<T>{c_, T(0)});
    inv_g_ = reciprocal(c_ * eta_ + a_);
    r_perp_ = (Complex<T>{c_, T(0)} - a_) * inv_f_;
    r_par_ = (c_ * eta_ - a_) * inv_g_;
    d0_ = T(-2) * chi_ * (inv_g_ * inv_f_);
    x_ = e1_ * e1_;
    inv_n_perp_ = reciprocal(one - r_perp_ * r_perp_ * x_);
    inv_n_par_ = reciprocal(one - r_par_ * r_par_ * x_);
  }

  /// R_perp, R_par, D, times the specular factor sqrt(1 - S^2).
  MW_HD SlabCoefficients<T> reflection() const {
    const Complex<T> one{T(1), T(0)}, y = one - x_;
    return {specular_ * (r_perp_ * y * inv_n_perp_), specular_ * (r_par_ * y * inv_n_par_),
            specular_ * (d0_ * y * (one - r_perp_ * r_par_ * x_) * (inv_n_perp_ * inv_n_par_))};
  }

  /// T_perp, T_par, Dt.
  MW_HD SlabCoefficients<T> transmission() const {
    const Complex<T> one{T(1), T(0)};
    return {(one - r_perp_ * r_perp_) * e1_ * inv_n_perp_, (one - r_par_ * r_par_) * e1_ * inv_n_par_,
            d0_ * e1_ * (one - x_) * (r_perp_ - r_par_) * (inv_n_perp_ * inv_n_par_)};
  }

  /// Pulls back the cotangent of reflection(); eta and thickness only with `materials`.
  template <bool materials>
  MW_HD SlabGradient<T> reflection_adjoint(SlabCoefficients<T> bar) const {
    const Complex<T> one{T(1), T(0)}, y = one - x_, yx = y * x_, q = one - r_perp_ * r_par_ * x_;
    const Complex<T> perp2 = r_perp_ * r_perp_, par2 = r_par_ * r_par_;
    const Complex<T> n_perp2 = inv_n_perp_ * inv_n_perp_, n_par2 = inv_n_par_ * inv_n_par_;
    const Complex<T> inv_nn = inv_n_perp_ * inv_n_par_, d0n = d0_ * inv_nn;
    bar = {specular_ * bar.perp, specular_ * bar.par, specular_ * bar.extra};
    const Complex<T> r_perp = conj(y * (one + perp2 * x_) * n_perp2) * bar.perp +
                              conj(d0n * yx * (T(2) * q * r_perp_ * inv_n_perp_ - r_par_)) * bar.extra;
    const Complex<T> r_par = conj(y * (one + par2 * x_) * n_par2) * bar.par +
                             conj(d0n * yx * (T(2) * q * r_par_ * inv_n_par_ - r_perp_)) * bar.extra;
    const Complex<T> d0 = conj(y * q * inv_nn) * bar.extra;
    const Complex<T> by_x = d0n * (y * q * (perp2 * inv_n_perp_ + par2 * inv_n_par_) - q - y * r_perp_ * r_par_);
    const Complex<T> e1 = conj(T(2) * e1_) * (conj(r_perp_ * (perp2 - one) * n_perp2) * bar.perp +
                                              conj(r_par_ * (par2 - one) * n_par2) * bar.par + conj(by_x) * bar.extra);
    return fold<materials>(r_perp, r_par, d0, e1);
  }

  /// Pulls back the cotangent of transmission().
  template <bool materials>
  MW_HD SlabGradient<T> transmission_adjoint(SlabCoefficients<T> bar) const {
    const Complex<T> one{T(1), T(0)}, y = one - x_, difference = r_perp_ - r_par_, e1y = e1_ * y;
    const Complex<T> perp2 = r_perp_ * r_perp_, par2 = r_par_ * r_par_;
    const Complex<T> n_perp2 = inv_n_perp_ * inv_n_perp_, n_par2 = inv_n_par_ * inv_n_par_;
    const Complex<T> inv_nn = inv_n_perp_ * inv_n_par_, d0n = d0_ * inv_nn;
    const Complex<T> twice = T(2) * difference * x_;
    const Complex<T> r_perp = conj(T(-2) * r_perp_ * e1y * n_perp2) * bar.perp +
                              conj(d0n * e1y * (one + twice * r_perp_ * inv_n_perp_)) * bar.extra;
    const Complex<T> r_par = conj(T(-2) * r_par_ * e1y * n_par2) * bar.par +
                             conj(d0n * e1y * (twice * r_par_ * inv_n_par_ - one)) * bar.extra;
    const Complex<T> d0 = conj(e1y * difference * inv_nn) * bar.extra;
    const Complex<T> by_e1 =
        difference * d0n * (y - T(2) * x_ + T(2) * y * x_ * (perp2 * inv_n_perp_ + par2 * inv_n_par_));
    const Complex<T> e1 = conj((one - perp2) * (one + perp2 * x_) * n_perp2) * bar.perp +
                          conj((one - par2) * (one + par2 * x_) * n_par2) * bar.par + conj(by_e1) * bar.extra;
    return fold<materials>(r_perp, r_par, d0, e1);
  }

 private:
  /// 1/z without the branches of a safe division: |z|^2 of every divisor here is far from over- and underflow.
  MW_HD static Complex<T> reciprocal(Complex<T> z) { return (T(1) / norm2(z)) * conj(z); }

  /// Second half of the adjoint: from (r_perp, r_par, D0, e1) to the parameters.
  template <bool materials>
  MW_HD SlabGradient<T> fold(Complex<T> r_perp, Complex<T> r_par, Complex<T> d0, Complex<T> e1) const {
    const Complex<T> inv_a =
        any(norm2(a_) > T(0)) ? reciprocal(a_) : Complex<T>{};  // 0 for PEC, where nothing depends on a
    const Complex<T> slope = c_ * inv_a;                        // da/dc
    const Complex<T> inv_ag2 = inv_a * inv_g_ * inv_g_;
    const Complex<T> turned = k0_ * Complex<T>{e1_.im, -e1_.re}, by_a = thickness_ * turned;  // de1/da = -j k0 d e1
    SlabGradient<T> g;
    g.cosine = inner(r_perp, T(-2) * r_perp_ * inv_a) + inner(r_par, T(2) * eta_ * chi_ * inv_ag2) +
               inner(e1, by_a * slope) - inner(d0, d0_ * (inv_f_ + inv_g_ * eta_ + slope * (inv_f_ + inv_g_)));
    if constexpr (materials) {
      const Complex<T> half = T(0.5) * inv_a;  // da/deta
      g.eta = conj(by_a * half) * e1 - conj(inv_a * (c_ * inv_f_ * inv_f_)) * r_perp +
              conj(c_ * (T(2) * a_ * a_ - eta_) * inv_ag2) * r_par -
              conj(T(2) * inv_g_ * inv_f_ + d0_ * (c_ * inv_g_ + half * (inv_f_ + inv_g_))) * d0;
      g.thickness = inner(e1, turned * a_);
    }
    return g;
  }

  Complex<T> eta_, chi_;  ///< chi = eta - 1
  Complex<T> a_, e1_, inv_f_, inv_g_, r_perp_, r_par_, d0_, x_, inv_n_perp_, inv_n_par_;
  T c_, k0_, thickness_, specular_;
};

}  // namespace manyworlds::kernels
