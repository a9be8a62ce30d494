#pragma once
#include "manyworlds/kernels/edge_function.hpp"
#include "manyworlds/kernels/path_view.hpp"

/// The weight with which the edges of a rectangle let a path through, and the adjoint.
///
/// A path of unfolded length s1 + s2 meets the plane at (u, v) from the rectangle's centre, travelling along k. A line
/// at signed distance x along the axis e is seen at nu(x) = 2 x sqrt(H/lambda_s), where x^2 H is the excess path over
/// that line; with kappa = k.e, rho1 = sqrt(s1^2 + 2 s1 x kappa + x^2), rho2 = sqrt(s2^2 - 2 s2 x kappa + x^2),
/// R1 = rho1 + s1, R2 = rho2 + s2, C = s1 rho2 + s2 rho1, M = x (s1 - s2) - 2 s1 s2 kappa:
///   H = 1/R1 + 1/R2 + B,  B = 2 kappa (s1 + s2) M/(C R1 R2)                      (no cancellation at x = 0)
/// (the logistic model takes nu = alpha x). An axis is cut at x_a = f_a h - u, f_a = -1 + 2 a/tiles; S_a = S(nu(x_a)):
///   weight of tile (a, b) = (S_{a+1} - S_a)(S_{b+1} - S_b),
/// and all tiles add up to the whole: S(nu_+) + S(nu_-) per axis, tending to 1 for a large rectangle, to its flat-plate
/// radar cross-section for a small one, and to the knife edge in the shadow.
/// Adjoint: nu_bar = Re(conj(S_bar) S'(nu)), H_bar = nu_bar x/sqrt(H lambda_s), x_bar = 2 sqrt(H/lambda_s) nu_bar and
/// the reverse of the formulas for H; then h_bar += f_a x_bar, u_bar -= x_bar.
namespace manyworlds::kernels {

/// Where and how a path meets a rectangle: (u, v) from its centre, kappa = k.(axes), unfolded distances to both ends.
template <class T>
struct PanelHit {
  T u{}, v{}, kappa_u{}, kappa_v{}, s1{}, s2{};
};

/// Values of S at the boundaries of the tiles of one axis, or of S'; plain arrays, so that unused entries cost nothing.
template <class T>
struct EdgeRow {
  T re[max_tiles + 1], im[max_tiles + 1];

  MW_HD Complex<T> operator[](int a) const { return {re[a], im[a]}; }
  MW_HD void set(int a, Complex<T> s) {
    re[a] = s.re;
    im[a] = s.im;
  }
  /// Weight of tile a along this axis.
  MW_HD Complex<T> tile(int a) const { return {re[a + 1] - re[a], im[a + 1] - im[a]}; }
};

/// S at the tile boundaries of both axes, and S' there, which comes for nothing and spares the adjoint a second look.
template <class T>
struct PanelEdges {
  EdgeRow<T> u, v, u_slope, v_slope;
};

/// The edges of an untiled panel, for keeping.
template <class T>
struct PackedEdges {
  T values[16];

  MW_HD void pack(const PanelEdges<T>& e) {
    const EdgeRow<T>* rows[4] = {&e.u, &e.v, &e.u_slope, &e.v_slope};
    for (int r = 0; r < 4; ++r) {
      for (int a = 0; a < 2; ++a) {
        values[4 * r + 2 * a] = rows[r]->re[a];
        values[4 * r + 2 * a + 1] = rows[r]->im[a];
      }
    }
  }
  MW_HD void unpack(PanelEdges<T>& e) const {
    EdgeRow<T>* rows[4] = {&e.u, &e.v, &e.u_slope, &e.v_slope};
    for (int r = 0; r < 4; ++r) {
      for (int a = 0; a < 2; ++a) rows[r]->set(a, {values[4 * r + 2 * a], values[4 * r + 2 * a + 1]});
    }
  }
};

/// nu of one line, with what its adjoint needs.
template <class T>
class EdgeDistance {
 public:
  MW_HD EdgeDistance(const EdgeModel<T>& model, T x, T kappa, T s1, T s2)
      : model_(model), x_(x), kappa_(kappa), s1_(s1), s2_(s2) {
    using std::sqrt;
    if (model.kind == VisibilityKind::logistic) return;
    rho1_ = sqrt(max(s1 * s1 + x * (T(2) * s1 * kappa + x), T(0)));
    rho2_ = sqrt(max(s2 * s2 - x * (T(2) * s2 * kappa - x), T(0)));
    inv_r1_ = T(1) / (rho1_ + s1);
    inv_r2_ = T(1) / (rho2_ + s2);
    inv_c_ = T(1) / (s1 * rho2_ + s2 * rho1_);
    m_ = x * (s1 - s2) - T(2) * s1 * s2 * kappa;
    b_ = T(2) * kappa * (s1 + s2) * m_ * inv_c_ * inv_r1_ * inv_r2_;
    // H is >= 0; at grazing incidence rounding may say otherwise.
    h_ = max(inv_r1_ + inv_r2_ + b_, T(smallest_h));
    root_ = sqrt(h_ * model.inv_smoothing);
  }

  MW_HD T nu() const { return model_.kind == VisibilityKind::logistic ? model_.alpha * x_ : T(2) * x_ * root_; }

  /// Pulls nu_bar back: adds to the derivatives by kappa, s1, s2 and returns that by x.
  MW_HD T adjoint(T nu_bar, T& kappa_bar, T& s1_bar, T& s2_bar) const {
    if (model_.kind == VisibilityKind::logistic) return model_.alpha * nu_bar;
    T x_bar = T(2) * root_ * nu_bar;
    const T h_bar = select(h_ > T(smallest_h), nu_bar * x_ * root_ / h_, T(0));
    const T f = T(2) * inv_c_ * inv_r1_ * inv_r2_, sum = s1_ + s2_;
    const T r1_bar = -h_bar * inv_r1_ * (inv_r1_ + b_), r2_bar = -h_bar * inv_r2_ * (inv_r2_ + b_);
    const T c_bar = -h_bar * b_ * inv_c_;
    const T m_bar = h_bar * f * kappa_ * sum, sum_bar = h_bar * f * kappa_ * m_;
    const T rho1_bar = (c_bar * s2_ + r1_bar) / rho1_, rho2_bar = (c_bar * s1_ + r2_bar) / rho2_;
    kappa_bar += h_bar * f * sum * m_ - T(2) * m_bar * s1_ * s2_ + rho1_bar * s1_ * x_ - rho2_bar * s2_ * x_;
    s1_bar += m_bar * (x_ - T(2) * s2_ * kappa_) + sum_bar + c_bar * rho2_ + r1_bar + rho1_bar * (s1_ + x_ * kappa_);
    s2_bar += sum_bar - m_bar * (x_ + T(2) * s1_ * kappa_) + c_bar * rho1_ + r2_bar + rho2_bar * (s2_ - x_ * kappa_);
    return x_bar + m_bar * (s1_ - s2_) + rho1_bar * (s1_ * kappa_ + x_) + rho2_bar * (x_ - s2_ * kappa_);
  }

 private:
  static constexpr double smallest_h = 1e-12;  ///< 1/m

  const EdgeModel<T>& model_;
  T x_, kappa_, s1_, s2_;
  T rho1_{}, rho2_{}, inv_r1_{}, inv_r2_{}, inv_c_{}, m_{}, b_{}, h_{}, root_{};
};

namespace detail {

template <class T>
MW_HD T tile_fraction(int a, int tiles) {
  return T(2 * a - tiles) / T(tiles);
}

template <class T>
MW_HD void edge_row(const EdgeModel<T>& model, T u, T kappa, T s1, T s2, T half, int tiles, EdgeRow<T>& row,
                    EdgeRow<T>& slope) {
  for (int a = 0; a <= tiles; ++a) {
    const EdgeDistance<T> edge(model, tile_fraction<T>(a, tiles) * half - u, kappa, s1, s2);
    const EdgeValue<T> s = edge_function(model, edge.nu());
    row.set(a, s.value);
    slope.set(a, s.slope);
  }
}

template <class T>
MW_HD void edge_row_adjoint(const EdgeModel<T>& model, T u, T kappa, T s1, T s2, T half, int tiles,
                            const EdgeRow<T>& slope, const EdgeRow<T>& bar, T& u_bar, T& kappa_bar, T& s1_bar,
                            T& s2_bar, T& half_bar) {
  for (int a = 0; a <= tiles; ++a) {
    const T nu_bar = inner(bar[a], slope[a]);
    if (is_zero(nu_bar)) continue;  // beyond the support, or between two tiles that both count
    const T fraction = tile_fraction<T>(a, tiles);
    const EdgeDistance<T> edge(model, fraction * half - u, kappa, s1, s2);
    const T x_bar = edge.adjoint(nu_bar, kappa_bar, s1_bar, s2_bar);
    half_bar += fraction * x_bar;
    u_bar -= x_bar;
  }
}

}  // namespace detail

/// S and S' at the tile boundaries of both axes.
template <class T>
MW_HD void panel_edges(const EdgeModel<T>& model, const PanelHit<T>& hit, const Rectangle<T>& panel, int tiles,
                       PanelEdges<T>& edges) {
  detail::edge_row(model, hit.u, hit.kappa_u, hit.s1, hit.s2, panel.half_u, tiles, edges.u, edges.u_slope);
  detail::edge_row(model, hit.v, hit.kappa_v, hit.s1, hit.s2, panel.half_v, tiles, edges.v, edges.v_slope);
}

/// Adjoint of panel_edges, which left `edges`: adds to hit_bar and the derivatives by the half sizes.
template <class T>
MW_HD void panel_edges_adjoint(const EdgeModel<T>& model, const PanelHit<T>& hit, const Rectangle<T>& panel, int tiles,
                               const PanelEdges<T>& edges, const EdgeRow<T>& u_bar, const EdgeRow<T>& v_bar,
                               PanelHit<T>& hit_bar, T& half_u_bar, T& half_v_bar) {
  detail::edge_row_adjoint(model, hit.u, hit.kappa_u, hit.s1, hit.s2, panel.half_u, tiles, edges.u_slope, u_bar,
                           hit_bar.u, hit_bar.kappa_u, hit_bar.s1, hit_bar.s2, half_u_bar);
  detail::edge_row_adjoint(model, hit.v, hit.kappa_v, hit.s1, hit.s2, panel.half_v, tiles, edges.v_slope, v_bar,
                           hit_bar.v, hit_bar.kappa_v, hit_bar.s1, hit_bar.s2, half_v_bar);
}

/// Weight of the whole rectangle.
template <class T>
MW_HD Complex<T> panel_weight(const EdgeModel<T>& model, const PanelHit<T>& hit, const Rectangle<T>& panel,
                              PanelEdges<T>& edges) {
  panel_edges(model, hit, panel, 1, edges);
  return edges.u.tile(0) * edges.v.tile(0);
}
template <class T>
MW_HD Complex<T> panel_weight(const EdgeModel<T>& model, const PanelHit<T>& hit, const Rectangle<T>& panel) {
  PanelEdges<T> edges;
  return panel_weight(model, hit, panel, edges);
}

/// Adjoint of panel_weight, which left `edges`.
template <class T>
MW_HD void panel_weight_adjoint(const EdgeModel<T>& model, const PanelHit<T>& hit, const Rectangle<T>& panel,
                                const PanelEdges<T>& edges, Complex<T> bar, PanelHit<T>& hit_bar, T& half_u_bar,
                                T& half_v_bar) {
  const Complex<T> by_u = conj(edges.v.tile(0)) * bar, by_v = conj(edges.u.tile(0)) * bar;
  EdgeRow<T> u_bar, v_bar;
  u_bar.set(0, -by_u);
  u_bar.set(1, by_u);
  v_bar.set(0, -by_v);
  v_bar.set(1, by_v);
  panel_edges_adjoint(model, hit, panel, 1, edges, u_bar, v_bar, hit_bar, half_u_bar, half_v_bar);
}

/// Where the ray image + t k meets the panel's plane; `length` is the whole unfolded path.
template <class T>
MW_HD PanelHit<T> panel_hit(const Rectangle<T>& panel, Vec3<T> image, Vec3<T> k, T length) {
  const Vec3<T> to = panel.center - image;
  const T s1 = dot(panel.normal, to) / dot(panel.normal, k);
  const Vec3<T> w = s1 * k - to;
  return {dot(w, panel.u), dot(w, panel.v), dot(k, panel.u), dot(k, panel.v), s1, length - s1};
}

}  // namespace manyworlds::kernels
