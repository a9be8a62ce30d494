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
///   dr_perp/dc = -2 r_perp/a,           dr_par/dc = 2 eta (eta - 1)/(a G^2),  dD0/dc = -D0 ((1 + c/a)/F + (eta + c/a)/G)
///   dr_perp/deta = -c/(a F^2),          dr_par/deta = c (2 a^2 - eta)/(a G^2),
///   dD0/deta = -2/(G F) - D0 (c/G + (1/F + 1/G)/(2a)),   da/dc = c/a,  da/deta = 1/(2a),  de1/da = -j k0 d e1.
namespace manyworlds::kernels {

/// What the transport needs of one interaction: R (or T) of both polarisations, and D (or Dt).
template <class T>
struct SlabCoefficients {
  Complex<T> perp, par, extra;
};

/// Real derivatives of a loss by the parameters of one interaction.
template <class T>
struct SlabGradient {
  T cosine{}, eps_r{}, eta_im{}, thickness{};
};

/// 1/z without the branches of a safe division: |z|^2 of every divisor here is far from over- and underflow.
template <class T>
MW_HD Complex<T> reciprocal(Complex<T> z) {
  return (T(1) / norm2(z)) * conj(z);
}

/// Everything about the half-space and the layer that coefficients and adjoint share.
template <class T>
struct SlabTerms {
  Complex<T> eta, chi;  ///< chi = eta - 1
  Complex<T> a, inv_a, inv_f, inv_g, r_perp, r_par, d0, e1, x, inv_n_perp, inv_n_par;
  T c, k0, thickness;

  MW_HD SlabTerms(const Slab<T>& slab, T wavenumber, T cosine)
      : eta(slab.eta), c(cosine), k0(wavenumber), thickness(slab.thickness) {
    const Complex<T> one{T(1), T(0)};
    chi = eta - one;
    a = sqrt(chi + Complex<T>{c * c, T(0)});
    inv_a = reciprocal(a);
    inv_f = reciprocal(a + Complex<T>{c, T(0)});
    inv_g = reciprocal(c * eta + a);
    r_perp = (Complex<T>{c, T(0)} - a) * inv_f;
    r_par = (c * eta - a) * inv_g;
    d0 = T(-2) * chi * (inv_g * inv_f);
    e1 = exp(k0 * thickness * Complex<T>{a.im, -a.re});
    x = e1 * e1;
    inv_n_perp = reciprocal(one - r_perp * r_perp * x);
    inv_n_par = reciprocal(one - r_par * r_par * x);
  }

  MW_HD SlabCoefficients<T> reflection() const {
    const Complex<T> one{T(1), T(0)}, y = one - x;
    return {r_perp * y * inv_n_perp, r_par * y * inv_n_par,
            d0 * y * (one - r_perp * r_par * x) * (inv_n_perp * inv_n_par)};
  }

  MW_HD SlabCoefficients<T> transmission() const {
    const Complex<T> one{T(1), T(0)};
    return {(one - r_perp * r_perp) * e1 * inv_n_perp, (one - r_par * r_par) * e1 * inv_n_par,
            d0 * e1 * (one - x) * (r_perp - r_par) * (inv_n_perp * inv_n_par)};
  }
};

/// R_perp, R_par, D at |cos| of incidence; the specular factor sqrt(1 - S^2) is included. k0 = 2 pi / lambda.
template <class T>
MW_HD SlabCoefficients<T> slab_reflection(const Slab<T>& slab, T k0, T cosine) {
  if (slab.pec) return {{-slab.specular, T(0)}, {slab.specular, T(0)}, {}};
  const SlabCoefficients<T> r = SlabTerms<T>(slab, k0, cosine).reflection();
  return {slab.specular * r.perp, slab.specular * r.par, slab.specular * r.extra};
}

/// T_perp, T_par, Dt at |cos| of incidence; all 0 for PEC.
template <class T>
MW_HD SlabCoefficients<T> slab_transmission(const Slab<T>& slab, T k0, T cosine) {
  if (slab.pec) return {};
  return SlabTerms<T>(slab, k0, cosine).transmission();
}

namespace detail {

/// Second half of the adjoint: from (r_perp, r_par, D0, e1) to the parameters; eta and d only if asked for.
template <bool materials, class T>
MW_HD SlabGradient<T> fold(const SlabTerms<T>& s, Complex<T> r_perp, Complex<T> r_par, Complex<T> d0, Complex<T> e1) {
  const Complex<T> slope = s.c * s.inv_a;  // da/dc
  const Complex<T> inv_ag2 = s.inv_a * s.inv_g * s.inv_g;
  const Complex<T> turned = s.k0 * Complex<T>{s.e1.im, -s.e1.re}, phase = s.thickness * turned;  // de1/da = -j k0 d e1
  SlabGradient<T> g;
  g.cosine = inner(r_perp, T(-2) * s.r_perp * s.inv_a) + inner(r_par, T(2) * s.eta * s.chi * inv_ag2) +
             inner(e1, phase * slope) -
             inner(d0, s.d0 * (s.inv_f + s.inv_g * s.eta + slope * (s.inv_f + s.inv_g)));
  if constexpr (materials) {
    const Complex<T> half = T(0.5) * s.inv_a;  // da/deta
    const Complex<T> d_eta = conj(T(-2) * half * s.c * s.inv_f * s.inv_f) * r_perp +
                             conj(s.c * (T(2) * s.a * s.a - s.eta) * inv_ag2) * r_par -
                             conj(T(2) * s.inv_g * s.inv_f + s.d0 * (s.c * s.inv_g + half * (s.inv_f + s.inv_g))) * d0 +
                             conj(phase * half) * e1;
    g.eps_r = d_eta.re;
    g.eta_im = d_eta.im;
    g.thickness = inner(e1, turned * s.a);
  }
  return g;
}

}  // namespace detail

/// Pulls back the cotangent of slab_reflection; eta and thickness only with `materials`.
template <bool materials, class T>
MW_HD SlabGradient<T> slab_reflection_adjoint(const Slab<T>& slab, T k0, T cosine, SlabCoefficients<T> bar) {
  if (slab.pec) return {};
  const SlabTerms<T> s(slab, k0, cosine);
  const Complex<T> one{T(1), T(0)}, y = one - s.x, yx = y * s.x, q = one - s.r_perp * s.r_par * s.x;
  const Complex<T> perp2 = s.r_perp * s.r_perp, par2 = s.r_par * s.r_par, inv_nn = s.inv_n_perp * s.inv_n_par;
  const Complex<T> in_perp2 = s.inv_n_perp * s.inv_n_perp, in_par2 = s.inv_n_par * s.inv_n_par;
  const Complex<T> d0n = s.d0 * inv_nn;
  const auto pull = [&](Complex<T> derivative, Complex<T> cotangent) { return slab.specular * (conj(derivative) * cotangent); };
  const Complex<T> r_perp = pull(y * (one + perp2 * s.x) * in_perp2, bar.perp) +
                            pull(d0n * yx * (T(2) * q * s.r_perp * s.inv_n_perp - s.r_par), bar.extra);
  const Complex<T> r_par = pull(y * (one + par2 * s.x) * in_par2, bar.par) +
                           pull(d0n * yx * (T(2) * q * s.r_par * s.inv_n_par - s.r_perp), bar.extra);
  const Complex<T> d0 = pull(y * q * inv_nn, bar.extra);
  const Complex<T> by_x = d0n * (y * q * (perp2 * s.inv_n_perp + par2 * s.inv_n_par) - q - y * s.r_perp * s.r_par);
  const Complex<T> e1 = pull(T(2) * s.e1 * s.r_perp * (perp2 - one) * in_perp2, bar.perp) +
                        pull(T(2) * s.e1 * s.r_par * (par2 - one) * in_par2, bar.par) +
                        pull(T(2) * s.e1 * by_x, bar.extra);
  return detail::fold<materials>(s, r_perp, r_par, d0, e1);
}

/// Pulls back the cotangent of slab_transmission.
template <bool materials, class T>
MW_HD SlabGradient<T> slab_transmission_adjoint(const Slab<T>& slab, T k0, T cosine, SlabCoefficients<T> bar) {
  if (slab.pec) return {};
  const SlabTerms<T> s(slab, k0, cosine);
  const Complex<T> one{T(1), T(0)}, y = one - s.x, difference = s.r_perp - s.r_par;
  const Complex<T> perp2 = s.r_perp * s.r_perp, par2 = s.r_par * s.r_par, inv_nn = s.inv_n_perp * s.inv_n_par;
  const Complex<T> in_perp2 = s.inv_n_perp * s.inv_n_perp, in_par2 = s.inv_n_par * s.inv_n_par;
  const Complex<T> e1y = s.e1 * y, d0n = s.d0 * inv_nn;
  const auto pull = [](Complex<T> derivative, Complex<T> cotangent) { return conj(derivative) * cotangent; };
  const Complex<T> r_perp = pull(T(-2) * s.r_perp * e1y * in_perp2, bar.perp) +
                            pull(d0n * e1y * (one + T(2) * difference * s.r_perp * s.x * s.inv_n_perp), bar.extra);
  const Complex<T> r_par = pull(T(-2) * s.r_par * e1y * in_par2, bar.par) +
                           pull(d0n * e1y * (T(2) * difference * s.r_par * s.x * s.inv_n_par - one), bar.extra);
  const Complex<T> d0 = pull(e1y * difference * inv_nn, bar.extra);
  const Complex<T> by_e1 = difference * d0n *
                           (y - T(2) * s.x + T(2) * y * s.x * (perp2 * s.inv_n_perp + par2 * s.inv_n_par));
  const Complex<T> e1 = pull((one - perp2) * (one + perp2 * s.x) * in_perp2, bar.perp) +
                        pull((one - par2) * (one + par2 * s.x) * in_par2, bar.par) + pull(by_e1, bar.extra);
  return detail::fold<materials>(s, r_perp, r_par, d0, e1);
}

}  // namespace manyworlds::kernels
