#pragma once
#include "manyworlds/core/units.hpp"
#include "manyworlds/kernels/path_sweep.hpp"

/// Adjoint of path_field: a forward sweep that keeps the fields E_i, a sweep back, a forward sweep over the bounces.
///
/// z_bar = dLoss/dRe z + j dLoss/dIm z, so dLoss = Re(F_bar^H dF). From F = A W E_N (or its ports C_m.F):
///   E_N_bar = conj(A W) F_bar,  W_bar = conj(A) E_N^H F_bar,
///   L_bar = Re(F_bar^H F (-1/L - j k0))                                                    (j k0 only with phase)
/// Backwards, i = N..1, with the direction k = k_{i-1} and the transmitter's image s = s_{i-1} before hop i:
///   bounce    k_bar = H k_bar_i, n_bar -= 2 ((n.k_bar_i) k + (n.k) k_bar_i), H = I - 2 n n^T; and for the image
///             s_bar = H s_bar_i, n_bar -= 2 ((n.(s - c)) s_bar_i + (n.s_bar_i)(s - c)), c_bar += 2 (n.s_bar_i) n
///   weight    met at w = s + t k - c, t = n.(c - s)/(n.k), with the bars of (u, v, kappa_u, kappa_v, s1, s2):
///             w_bar = u_bar e_u + v_bar e_v,  z = (s1_bar - s2_bar + k.w_bar)/(n.k),  L_bar += s2_bar,
///             k_bar += kappa_u_bar e_u + kappa_v_bar e_v + t (w_bar - z n),  s_bar += w_bar - z n,
///             c_bar -= w_bar - z n,  n_bar -= z w,  e_u_bar = u_bar w + kappa_u_bar k,  e_v_bar likewise
///   screen    E' = E + W (X - E), X = 0 or T E:  W_bar = (X - E)^H E'_bar,  X_bar = conj(W) E'_bar
///   field     interact_adjoint adds to k_bar, n_bar and the material
/// At the transmitter the pattern completes k_bar_0; with the line l = r_0 - tx to the receiver's image r_0,
///   l_bar = (k_bar_0 - k_0 (k_0.k_bar_0))/L + L_bar k_0,  tx_bar = s_bar_0 - l_bar,  r_0_bar = l_bar,
/// and forwards over the bounces r_bar_i = H r_bar_{i-1}, with n_bar and c_bar as for the other image.
/// A rectangle turns rigidly about its centre: rotation = n x n_bar + e_u x e_u_bar + e_v x e_v_bar.
namespace manyworlds::kernels {

namespace detail {

/// Adjoint of received() by E_N, the edge weight, the length and the direction of arrival, for the cotangent f_bar.
template <class T>
struct ReceivedGradient {
  CVec3<T> field;
  Complex<T> weight;
  T length{};
  Vec3<T> direction;
};

template <class T>
MW_HD ReceivedGradient<T> received_adjoint(const FieldView<T>& view, const Path& path, const FieldState<T>& s,
                                           CVec3<T> f, CVec3<T> f_bar) {
  const Complex<T> gain = s.amplitude * s.weight;
  const T k0 = view.phase ? T(2 * pi / view.wavelength) : T(0);
  const Complex<T> z = hermitian(f_bar, f);
  ReceivedGradient<T> g;
  g.length = k0 * z.im - z.re / s.length;
  if (!view.polarization_sum) {
    // F_bar = sum of C_m b_bar_m, and each pattern pulls its own share back to the direction -k.
    const Device<T>& rx = view.receivers[path.rx];
    const CVec3<T> arriving = gain * s.field;
    const Complex<T> b_bar[2] = {f_bar.x, f_bar.y};
    f_bar = {};
    for (int m = 0; m < rx.ports; ++m) {
      const Polarization<T> p = excitation(rx, m);
      Vec3<T> backwards_bar;
      pattern_field_adjoint(rx, p, -s.direction, inner(b_bar[m], arriving), backwards_bar);
      g.direction -= backwards_bar;
      f_bar += b_bar[m] * pattern_field(rx, p, -s.direction);
    }
  }
  g.field = conj(gain) * f_bar;
  g.weight = conj(s.amplitude) * hermitian(s.field, f_bar);
  return g;
}

/// F_bar = 2 P_bar F, for a loss that depends on the power P = |F|^2 of the path.
template <class T>
struct PowerCotangent {
  T power_bar;
  MW_HD CVec3<T> operator()(const CVec3<T>& f) const { return (T(2) * power_bar) * f; }
};

template <class T>
struct FixedCotangent {
  CVec3<T> f_bar;
  MW_HD CVec3<T> operator()(const CVec3<T>&) const { return f_bar; }
};

/// Most hops of the paths whose adjoint a sink is told.
template <class Sink>
MW_HD constexpr int most_hops() {
  if constexpr (requires { Sink::most_hops; })
    return Sink::most_hops;
  else
    return max_hops;
}

/// The whole adjoint; `cotangent` maps the recomputed F to F_bar. Returns F.
template <class T, class Cotangent, class Sink>
MW_HD CVec3<T> field_adjoint(const FieldView<T>& view, const Path& path, const Cotangent& cotangent, Sink& sink,
                             int tx_port) {
  const Device<T>& tx = view.transmitters[path.tx];
  const EdgeModel<T> model(view.visibility, view.wavelength);
  const bool soft = model.kind != VisibilityKind::hard;
  const T k0 = T(2 * pi / view.wavelength);
  BounceEdges<T> edges;
  FieldTape<T, most_hops<Sink>()> tape;
  const FieldState<T> end = propagate(view, path, tx_port, edges, tape);
  const CVec3<T> f = received(view, path, end);
  const ReceivedGradient<T> received_bar = received_adjoint(view, path, end, f, cotangent(f));

  CVec3<T> e_bar = received_bar.field;
  Sweep<T> s{end.image, end.direction, end.length, {}, received_bar.direction, received_bar.length};
  T kept[max_mover_bounces][8];  // gradients of bounces on movers wait for the last sweep
  int bounce = edges.bounces;
  for (std::uint32_t i = path.hops; i-- > 0;) {
    const Hop hop = view.hops[path.first_hop + i];
    const FaceFrame<T>& face = view.face(hop.face);
    const Rectangle<T>& panel = face.rectangle;
    const Slab<T>& slab = view.slabs[face.material];
    const CVec3<T> e = tape.field(i);
    const LayerWave<T> wave = tape.wave(i);
    const bool mover = view.is_mover(hop.face), mirror = hop.kind == HopKind::reflect;
    // Not even asked under hard visibility: a kernel that knows it is hard then has no screens at all.
    const bool dims = soft && hop.kind == HopKind::screen;
    const bool screen = dims || (soft && hop.kind == HopKind::screen_transmit);
    FaceGradient<T> g;
    Vec3<T> n_bar;
    SlabGradient<T> slab_bar;
    if (mirror) {
      s.direction = mirrored(s.direction, panel.normal);
      s.direction_bar = mirrored_adjoint(s.direction, panel.normal, s.direction_bar, n_bar);
      if (soft) {
        s.image = mirrored(s.image, panel.center, panel.normal);
        s.image_bar = mirrored_adjoint(s.image, panel.center, panel.normal, s.image_bar, n_bar, g.center);
        if (mover) bounce_weight_adjoint(view, path, model, edges, bounce - 1, panel, received_bar.weight, s, g);
      }
    }
    CVec3<T> past_bar{}, through_bar = e_bar;  // around a screen, and through or off the face
    if (screen) {
      const PanelHit<T> hit = panel_hit(panel, s.image, s.direction, s.length);
      CVec3<T> through{};
      if (!dims) {
        through = interact(slab, k0, wave, false, panel.normal, s.direction, e);
      }
      PanelHit<T> hit_bar;
      PanelEdges<T> around;
      tape.screen(i, around);
      const Complex<T> w = around.u.tile(0) * around.v.tile(0);
      panel_weight_adjoint(model, hit, panel, around, hermitian(through - e, e_bar), hit_bar, g.half_u, g.half_v);
      panel_hit_adjoint(panel, hit, hit_bar, s, g);
      past_bar = conj(Complex<T>{T(1), T(0)} - w) * e_bar;
      through_bar = conj(w) * e_bar;
    }
    e_bar = past_bar;
    if (!dims) {
      e_bar += interact_adjoint<Sink::wants_materials>(slab, k0, wave, mirror, mover, panel.normal, s.direction, e,
                                                       through_bar, s.direction_bar, n_bar, slab_bar);
    }
    if constexpr (Sink::wants_materials) {
      const T omega_eps0 = T(2 * pi * speed_of_light / view.wavelength * vacuum_permittivity);
      sink.material(face.material, slab_bar.eta.re, -slab_bar.eta.im / omega_eps0, slab_bar.thickness);
    }
    if (!mover) continue;
    g.rotation += cross(panel.normal, n_bar);
    if (mirror) {
      T* p = kept[--bounce];
      for (int axis = 0; axis < 3; ++axis) {
        p[axis] = g.center[axis];
        p[3 + axis] = g.rotation[axis];
      }
      p[6] = g.half_u;
      p[7] = g.half_v;
    } else {
      sink.face(hop.face, g.center, g.rotation, g.half_u, g.half_v);
    }
  }

  const Vec3<T> k = s.direction;
  pattern_field_adjoint(tx, excitation(tx, tx_port), k, real(e_bar), s.direction_bar);
  const Vec3<T> line_bar = (s.direction_bar - dot(k, s.direction_bar) * k) / s.length + s.length_bar * k;
  sink.transmitter(path.tx, s.image_bar - line_bar);

  Vec3<T> image = tx.position + s.length * k, image_bar = line_bar;  // of the receiver
  for (std::uint32_t i = 0; i < path.hops; ++i) {
    if (!Sink::wants_receivers && bounce == edges.bounces) break;
    const Hop hop = view.hops[path.first_hop + i];
    if (hop.kind != HopKind::reflect) continue;
    const Rectangle<T>& panel = view.face(hop.face).rectangle;
    Vec3<T> n_bar, center_bar;
    image = mirrored(image, panel.center, panel.normal);
    image_bar = mirrored_adjoint(image, panel.center, panel.normal, image_bar, n_bar, center_bar);
    if (!view.is_mover(hop.face)) continue;
    const T* p = kept[bounce++];
    sink.face(hop.face, center_bar + Vec3<T>{p[0], p[1], p[2]}, cross(panel.normal, n_bar) + Vec3<T>{p[3], p[4], p[5]},
              p[6], p[7]);
  }
  if constexpr (Sink::wants_receivers) sink.receiver(path.rx, image_bar);
  return f;
}

}  // namespace detail

/// Pulls the cotangent f_bar of path_field(view, path, tx_port) back to the parameters; returns the field. A sink has
///   static constexpr bool wants_materials, wants_receivers;  perhaps  static constexpr int most_hops, of its paths;
///   transmitter(tx, Vec3 position);  face(face, Vec3 center, Vec3 rotation, T half_u, T half_v), movers only;
///   receiver(rx, Vec3 position), if wanted;  material(material, T eps_r, T sigma, T thickness), if wanted;
/// and adds what it is told: rotation is the world rotation vector about the rectangle's centre.
template <class T, class Sink>
MW_HD CVec3<T> path_field_adjoint(const FieldView<T>& view, const Path& path, CVec3<T> f_bar, Sink& sink,
                                  int tx_port = all_ports) {
  return detail::field_adjoint(view, path, detail::FixedCotangent<T>{f_bar}, sink, tx_port);
}

/// The same for the cotangent power_bar of the path's power |F|^2 alone (incoherent sums): field and gradient in one
/// call, for kernels that keep no fields.
template <class T, class Sink>
MW_HD CVec3<T> path_power_adjoint(const FieldView<T>& view, const Path& path, T power_bar, Sink& sink,
                                  int tx_port = all_ports) {
  return detail::field_adjoint(view, path, detail::PowerCotangent<T>{power_bar}, sink, tx_port);
}

}  // namespace manyworlds::kernels
