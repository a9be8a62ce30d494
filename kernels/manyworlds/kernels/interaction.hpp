#pragma once
#include "manyworlds/kernels/slab.hpp"

/// One reflection or transmission of a field, without a TE/TM basis, and the adjoint.
///
/// E arrives along the unit vector k (E.k = 0) at a plane of unit normal n, of either sign. With chi = n.k, p = n.E,
/// u = k - chi n and the slab's coefficients at cos = |chi|:
///   E' = alpha E + p (beta n + gamma u),   reflection (alpha, beta, gamma) = (R_perp, R_par - R_perp,  chi D)
///                                          transmission                    = (T_perp, T_par - T_perp, -chi Dt)
/// From E = (E.e_perp) e_perp + (p/s) e_par with e_par = (s^2 n + c u)/s before and (s^2 n -+ c u)/s after, s = sin.
/// Adjoint, with nE = n.E'_bar and uE = u.E'_bar (plain products):
///   alpha_bar = E^H E'_bar,  beta_bar = conj(p) nE,  gamma_bar = conj(p) uE,  p_bar = conj(beta) nE + conj(gamma) uE
///   E_bar = conj(alpha) E'_bar + p_bar n,   u_bar = Re(conj(gamma p) E'_bar),   k_bar += u_bar
///   n_bar += Re(conj(beta p) E'_bar) + Re(conj(p_bar) E) - chi u_bar,           chi_bar = -n.u_bar + (gamma, |chi|)
///   k_bar += chi_bar n,  n_bar += chi_bar k
namespace manyworlds::kernels {

/// What an interaction is made of: the slab at its angle of incidence; k0 = 2 pi / lambda.
template <class T>
MW_HD LayerWave<T> layer_wave(const Slab<T>& slab, T k0, Vec3<T> n, Vec3<T> k) {
  using std::abs;
  return layer_wave(slab, k0, abs(dot(n, k)));
}

/// E' of a reflection (else transmission).
template <class T>
MW_HD CVec3<T> interact(const Slab<T>& slab, T k0, const LayerWave<T>& wave, bool reflect, Vec3<T> n, Vec3<T> k,
                        CVec3<T> e) {
  using std::abs;
  const T chi = dot(n, k);
  const SlabTerms<T> terms(slab, k0, abs(chi), wave);
  const SlabCoefficients<T> s = reflect ? terms.reflection() : terms.transmission();
  const Complex<T> p = dot(n, e), gamma = (reflect ? chi : -chi) * s.extra;
  return s.perp * e + (p * (s.par - s.perp)) * n + (p * gamma) * (k - chi * n);
}

/// Adjoint of interact: for the cotangent `bar` of E' returns that of E, adds to k_bar, sets slab_bar (its eta and
/// thickness only with `materials`), and if `mover`, for a plane that can turn, adds to n_bar.
template <bool materials, class T>
MW_HD CVec3<T> interact_adjoint(const Slab<T>& slab, T k0, const LayerWave<T>& wave, bool reflect, bool mover,
                                Vec3<T> n, Vec3<T> k, CVec3<T> e, CVec3<T> bar, Vec3<T>& k_bar, Vec3<T>& n_bar,
                                SlabGradient<T>& slab_bar) {
  const T chi = dot(n, k), sign = select(chi < T(0), T(-1), T(1)), turn = reflect ? T(1) : T(-1);
  const SlabTerms<T> terms(slab, k0, sign * chi, wave);
  const SlabCoefficients<T> s = reflect ? terms.reflection() : terms.transmission();
  const Vec3<T> u = k - chi * n;
  const Complex<T> p = dot(n, e), beta = s.par - s.perp, gamma = (turn * chi) * s.extra;

  const Complex<T> n_e = dot(n, bar), u_e = dot(u, bar);
  const Complex<T> alpha_bar = hermitian(e, bar), beta_bar = conj(p) * n_e, gamma_bar = conj(p) * u_e;
  const Complex<T> p_bar = conj(beta) * n_e + conj(gamma) * u_e;
  const Vec3<T> u_bar = inner(gamma * p, bar);
  const SlabCoefficients<T> s_bar{alpha_bar - beta_bar, beta_bar, (turn * chi) * gamma_bar};
  slab_bar = reflect ? terms.template reflection_adjoint<materials>(s_bar)
                     : terms.template transmission_adjoint<materials>(s_bar);
  const T chi_bar = turn * inner(gamma_bar, s.extra) + sign * slab_bar.cosine - dot(n, u_bar);
  k_bar += u_bar + chi_bar * n;
  if (mover) n_bar += inner(beta * p, bar) + inner(p_bar, e) - chi * u_bar + chi_bar * k;
  return conj(s.perp) * bar + p_bar * n;
}

}  // namespace manyworlds::kernels
