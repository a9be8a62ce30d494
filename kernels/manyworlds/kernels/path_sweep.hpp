#pragma once
#include "manyworlds/kernels/path_field.hpp"

/// Pieces of the backward sweep of path_field_adjoint.hpp, where the derivation stands: what the forward sweep
/// leaves, what the backward sweep carries, and the adjoints of mirroring, of the meeting point with a panel, and of
/// its weight.
namespace manyworlds::kernels::detail {

/// The field before each hop, the slab's roots and a screen's edges; plain arrays, so that only what is used is
/// touched.
template <class T, int most_hops>
struct FieldTape {
  T values[most_hops][10];
  PackedEdges<T> screens[most_hops];

  MW_HD void save(std::uint32_t i, const CVec3<T>& e, const LayerWave<T>& wave) {
    const Complex<T> z[5] = {e.x, e.y, e.z, wave.a, wave.e1};
    for (int j = 0; j < 5; ++j) {
      values[i][2 * j] = z[j].re;
      values[i][2 * j + 1] = z[j].im;
    }
  }
  MW_HD void save(std::uint32_t i, const PanelEdges<T>& e) { screens[i].pack(e); }
  MW_HD void screen(std::uint32_t i, PanelEdges<T>& e) const { screens[i].unpack(e); }
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
  Vec3<T> image, direction;  ///< before the hop at hand
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
    const Complex<T> by_u = conj(edges.at[j].v.tile(b)) * bar, by_v = conj(edges.at[j].u.tile(a)) * bar;
    u_bar.set(a + 1, u_bar[a + 1] + by_u);
    u_bar.set(a, u_bar[a] - by_u);
    v_bar.set(b + 1, v_bar[b + 1] + by_v);
    v_bar.set(b, v_bar[b] - by_v);
  }
  const PanelHit<T> hit = panel_hit(panel, s.image, s.direction, s.length);
  PanelHit<T> hit_bar;
  panel_edges_adjoint(model, hit, panel, edges.tiles, edges.at[j], u_bar, v_bar, hit_bar, g.half_u, g.half_v);
  panel_hit_adjoint(panel, hit, hit_bar, s, g);
}

}  // namespace manyworlds::kernels::detail
