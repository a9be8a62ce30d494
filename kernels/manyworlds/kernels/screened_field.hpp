#pragma once
#include "manyworlds/kernels/path_sweep.hpp"

/// A path that no mover reflects is dimmed by opaque movers beside it and nothing else (see path_field.hpp):
///   F = F_0 f,  f = prod_i (1 - W_i),
/// with F_0 its field without movers. So F_0 is kept, and only f follows the movers:
///   f_bar = F_0^H F_bar,  W_i_bar = -conj(prod of the others) f_bar,
/// from there as at any screen (path_field_adjoint.hpp). Transmitter and receiver stand still.
namespace manyworlds::kernels {

/// A straight piece of a path with an opaque mover face beside it.
template <class T>
struct ScreenedPiece {
  Vec3<T> image, direction;  ///< the transmitter's image seen from that piece, and the unit vector along it
  T length{};                ///< unfolded, of the whole path
};

/// What screen_weight leaves for its adjoint.
template <class T>
struct ScreenTape {
  PanelHit<T> hit;
  PackedEdges<T> edges;
};

/// W of a face.
template <class T>
MW_HD Complex<T> screen_weight(const EdgeModel<T>& model, const Rectangle<T>& panel, const ScreenedPiece<T>& piece,
                               ScreenTape<T>& tape) {
  PanelEdges<T> edges;
  tape.hit = panel_hit(panel, piece.image, piece.direction, piece.length);
  const Complex<T> weight = panel_weight(model, tape.hit, panel, edges);
  tape.edges.pack(edges);
  return weight;
}

/// Adjoint of screen_weight by the face, for the cotangent of W.
template <class T>
MW_HD detail::FaceGradient<T> screen_weight_adjoint(const EdgeModel<T>& model, const Rectangle<T>& panel,
                                                    const ScreenedPiece<T>& piece, const ScreenTape<T>& tape,
                                                    Complex<T> weight_bar) {
  PanelEdges<T> edges;
  tape.edges.unpack(edges);
  PanelHit<T> hit_bar;
  detail::FaceGradient<T> g;
  panel_weight_adjoint(model, tape.hit, panel, edges, weight_bar, hit_bar, g.half_u, g.half_v);
  detail::Sweep<T> s{piece.image, piece.direction, piece.length, {}, {}, {}};
  detail::panel_hit_adjoint(panel, tape.hit, hit_bar, s, g);
  return g;
}

}  // namespace manyworlds::kernels
