#pragma once
#include "manyworlds/core/units.hpp"
#include "manyworlds/kernels/path_field.hpp"

/// Adjoint of path_field: one forward sweep that keeps the fields E_i, one sweep back, one forward sweep over the bounces.
///
/// z_bar = dLoss/dRe z + j dLoss/dIm z, so dLoss = Re(F_bar^H dF). From F = A W E_N (or its ports C_m.F):
///   E_N_bar = conj(A W) F_bar,  W_bar = conj(A) E_N^H F_bar,  L_bar = Re(F_bar^H F (-1/L - j k0))   (j k0 only with phase)
/// Backwards, i = N..1, with the direction k_{i-1} = H k_i and the transmitter's image s_{i-1} before hop i, H = I - 2 n n^T:
///   field     interact_adjoint adds to k_bar_{i-1}, n_bar and the material
///   bounce    k_bar_{i-1} += H k_bar_i,  n_bar -= 2 ((n.k_bar_i) k_{i-1} + (n.k_{i-1}) k_bar_i);  the image likewise:
///             s_bar_{i-1} = H s_bar_i,   n_bar -= 2 (delta s_bar_i + (n.s_bar_i)(s_{i-1} - c)),  c_bar += 2 (n.s_bar_i) n,
///             delta = n.(s_{i-1} - c)
///   weight    at w = q - c = s_{i-1} + t k_{i-1} - c, t = n.(c - s_{i-1})/(n.k_{i-1}), with the bars of (u, v, kappa, s1, s2):
///             w_bar = u_bar e_u + v_bar e_v,  e_u_bar = u_bar w + kappa_u_bar k,  k_bar += kappa_u_bar e_u + ... + t w_bar - z t n,
///             z = (s1_bar - s2_bar + k.w_bar)/(n.k),  L_bar += s2_bar,  s_bar_{i-1} += w_bar - z n,  c_bar -= w_bar - z n,
///             n_bar -= z w
/// At the transmitter the pattern completes k_bar_0; with the line l = r_0 - tx to the receiver's image r_0,
///   l_bar = (k_bar_0 - k_0 (k_0.k_bar_0))/L + L_bar k_0,  tx_bar = s_bar_0 - l_bar,  r_0_bar = l_bar,
/// and forwards over the bounces r_bar_i = H r_bar_{i-1}, with the same n_bar and c_bar as for an image.
/// A rectangle turns rigidly about its centre: rotation = n x n_bar + e_u x e_u_bar + e_v x e_v_bar.
namespace manyworlds::kernels {

namespace detail {

/// The field before each hop and the slab's roots; a plain array, so that only what is used is touched.
template <class T>
struct FieldTape {
  T values[max_hops][10];

  MW_HD void save(std::uint32_t i, const CVec3<T>& e, const LayerWave<T>& wave) {
    const Complex<T> z[5] = {e.x, e.y, e.z, wave.a, wave.e1};
    for (int j = 0; j < 5; ++j) {
      values[i][2 * j] = z[j].re;
      values[i][2 * j + 1] = z[j].im;
    }
  }
  MW_HD CVec3<T> field(std::uint32_t i) const { return {at(i, 0), at(i, 1), at(i, 2)}; }
  MW_HD LayerWave<T> wave(std::uint32_t i) const { return {at(i, 3), at(i, 4)}; }

 private:
  MW_HD Complex<T> at(std::uint32_t i, int j) const { return {values[i][2 * j], values[i][2 * j + 1]}; }
};

/// Derivative by a rectangle that moves rigidly and changes size.
template <class T>
struct FaceGradient {
  Vec3<T> center, rotation;
  T half_u{}, half_v{};
};

/// Adjoint of mirroring the direction k at a plane of normal n: returns that of k, adds to that of n.
template <class T>
MW_HD Vec3<T> mirrored_adjoint(Vec3<T> k, Vec3<T> n, Vec3<T> bar, Vec3<T>& n_bar) {
  const T along = dot(n, bar);
  n_bar -= T(2) * (dot(n, k) * bar + along * k);
  return bar - (T(2) * along) * n;
}

/// The same for a point p; the centre of the plane takes what the point loses.
template <class T>
MW_HD Vec3<T> mirrored_adjoint(Vec3<T> p, Vec3<T> center, Vec3<T> n, Vec3<T> bar, Vec3<T>& n_bar, Vec3<T>& center_bar) {
  const Vec3<T> p_bar = mirrored_adjoint(p - center, n, bar, n_bar);
  center_bar += bar - p_bar;
  return p_bar;
}

/// What the backward sweep carries from hop to hop.
template <class T>
struct Sweep {
  Vec3<T> image, direction;          ///< before the hop at hand
  T length{};
  Vec3<T> image_bar, direction_bar;
  T length_bar{};
};

/// From the cotangents of a PanelHit to image, direction, length and the panel.
template <class T>
MW_HD void panel_hit_adjoint(const Rectangle<T>& panel, const PanelHit<T>& hit, const PanelHit<T>& bar, Sweep<T>& s,
                             FaceGradient<T>& g) {
  const Vec3<T> k = s.direction, w = hit.u * panel.u + hit.v * panel.v;
  const Vec3<T> w_bar = bar.u * panel.u + bar.v * panel.v;
  const T z = (bar.s1 - bar.s2 + dot(k, w_bar)) / dot(panel.normal, k);
  const Vec3<T> point_bar = w_bar - z * panel.normal;
  s.length_bar += bar.s2;
  s.image_bar += point_bar;
  s.direction_bar += bar.kappa_u * panel.u + bar.kappa_v * panel.v + hit.s1 * point_bar;
  g.center -= point_bar;
  g.rotation += cross(panel.u, bar.u * w + bar.kappa_u * k) + cross(panel.v, bar.v * w + bar.kappa_v * k) -
                z * cross(panel.normal, w);
}

/// Adjoint of the edge functions of bounce j: sums over the tuples what each leaves for its tile of this bounce.
template <class T>
MW_HD void bounce_weight_adjoint(const FieldView<T>& view, const Path& path, const EdgeModel<T>& model,
                                 const BounceEdges<T>& edges, int j, const Rectangle<T>& panel, Complex<T> weight_bar,
                                 Sweep<T>& s, FaceGradient<T>& g) {
  EdgeRow<T> u_bar, v_bar;
  for (int a = 0; a <= edges.tiles; ++a) {
    u_bar.set(a, {});
    v_bar.set(a, {});
  }
  for (std::uint32_t t = 0; t < max(path.tile_tuples, 1u); ++t) {
    const Complex<T> bar = conj(tuple_weight(view, path, edges, t, j)) * weight_bar;
    const int tile = tile_of(view, path, edges, t, j), a = tile / edges.tiles, b = tile % edges.tiles;
    const Complex<T> by_u = conj(edges.v[j].tile(b)) * bar, by_v = conj(edges.u[j].tile(a)) * bar;
    u_bar.set(a + 1, u_bar[a + 1] + by_u);
    u_bar.set(a, u_bar[a] - by_u);
    v_bar.set(b + 1, v_bar[b + 1] + by_v);
    v_bar.set(b, v_bar[b] - by_v);
  }
  const PanelHit<T> hit = panel_hit(panel, s.image, s.direction, s.length);
  PanelHit<T> hit_bar;
  panel_edges_adjoint(model, hit, panel, edges.tiles, u_bar, v_bar, hit_bar, g.half_u, g.half_v);
  panel_hit_adjoint(panel, hit, hit_bar, s, g);
}

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

/// The whole adjoint; `cotangent` maps the recomputed F to F_bar. Returns F.
template <class T, class Cotangent, class Sink>
MW_HD CVec3<T> field_adjoint(const FieldView<T>& view, const Path& path, const Cotangent& cotangent, Sink& sink,
                             int tx_port) {
  const Device<T>& tx = view.transmitters[path.tx];
  const EdgeModel<T> model(view.visibility, view.wavelength);
  const bool soft = model.kind != VisibilityKind::hard;
  const T k0 = T(2 * pi / view.wavelength);
  BounceEdges<T> edges;
  FieldTape<T> tape;
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
    const bool mover = view.is_mover(hop.face);
    FaceGradient<T> g;
    Vec3<T> n_bar;
    SlabGradient<T> slab_bar;
    if (hop.kind == HopKind::reflect) {
      s.direction = mirrored(s.direction, panel.normal);
      s.direction_bar = mirrored_adjoint(s.direction, panel.normal, s.direction_bar, n_bar);
      if (soft) {
        s.image = mirrored(s.image, panel.center, panel.normal);
        s.image_bar = mirrored_adjoint(s.image, panel.center, panel.normal, s.image_bar, n_bar, g.center);
      }
      e_bar = interact_adjoint<Sink::wants_materials>(slab, k0, wave, true, mover, panel.normal, s.direction, e, e_bar,
                                                      s.direction_bar, n_bar, slab_bar);
      if (mover && soft) {
        bounce_weight_adjoint(view, path, model, edges, bounce - 1, panel, received_bar.weight, s, g);
      }
    } else if (hop.kind == HopKind::transmit) {
      e_bar = interact_adjoint<Sink::wants_materials>(slab, k0, wave, false, mover, panel.normal, s.direction, e, e_bar,
                                                      s.direction_bar, n_bar, slab_bar);
    } else {
      const PanelHit<T> hit = panel_hit(panel, s.image, s.direction, s.length);
      const Complex<T> w = panel_weight(model, hit, panel);
      CVec3<T> change = Complex<T>{T(-1), T(0)} * e, through_bar{};
      if (hop.kind == HopKind::screen_transmit) {
        change += interact(slab, k0, wave, false, panel.normal, s.direction, e);
        through_bar = interact_adjoint<Sink::wants_materials>(slab, k0, wave, false, mover, panel.normal, s.direction, e,
                                                              conj(w) * e_bar, s.direction_bar, n_bar, slab_bar);
      }
      PanelHit<T> hit_bar;
      panel_weight_adjoint(model, hit, panel, hermitian(change, e_bar), hit_bar, g.half_u, g.half_v);
      panel_hit_adjoint(panel, hit, hit_bar, s, g);
      e_bar = conj(Complex<T>{T(1), T(0)} - w) * e_bar + through_bar;
    }
    if constexpr (Sink::wants_materials) {
      const T omega_eps0 = T(2 * pi * speed_of_light / view.wavelength * vacuum_permittivity);
      sink.material(face.material, slab_bar.eta.re, -slab_bar.eta.im / omega_eps0, slab_bar.thickness);
    }
    if (!mover) continue;
    g.rotation += cross(panel.normal, n_bar);
    if (hop.kind == HopKind::reflect) {
      T* p = kept[--bounce];
      p[0] = g.center.x; p[1] = g.center.y; p[2] = g.center.z; p[3] = g.rotation.x; p[4] = g.rotation.y; p[5] = g.rotation.z;
      p[6] = g.half_u; p[7] = g.half_v;
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
    sink.face(hop.face, center_bar + Vec3<T>{p[0], p[1], p[2]},
              cross(panel.normal, n_bar) + Vec3<T>{p[3], p[4], p[5]}, p[6], p[7]);
  }
  if constexpr (Sink::wants_receivers) sink.receiver(path.rx, image_bar);
  return f;
}

}  // namespace detail

/// Pulls the cotangent f_bar of path_field(view, path, tx_port) back to the parameters, and returns the field. A sink has
///   static constexpr bool wants_materials, wants_receivers;
///   transmitter(tx, Vec3 position);  face(face, Vec3 center, Vec3 rotation, T half_u, T half_v), movers only;
///   receiver(rx, Vec3 position), if wanted;  material(material, T eps_r, T sigma, T thickness), if wanted;
/// and adds what it is told: rotation is the world rotation vector about the rectangle's centre.
template <class T, class Sink>
MW_HD CVec3<T> path_field_adjoint(const FieldView<T>& view, const Path& path, CVec3<T> f_bar, Sink& sink,
                                  int tx_port = all_ports) {
  return detail::field_adjoint(view, path, detail::FixedCotangent<T>{f_bar}, sink, tx_port);
}

/// The same for a loss of the path's power |F|^2 alone (incoherent sums): no forward sweep is needed before.
template <class T, class Sink>
MW_HD CVec3<T> path_power_adjoint(const FieldView<T>& view, const Path& path, T power_bar, Sink& sink,
                                  int tx_port = all_ports) {
  return detail::field_adjoint(view, path, detail::PowerCotangent<T>{power_bar}, sink, tx_port);
}

}  // namespace manyworlds::kernels
