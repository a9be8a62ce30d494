#pragma once
#include "manyworlds/kernels/path_sweep.hpp"

/// A path that no mover reflects is dimmed by opaque movers beside it and nothing else (see path_field.hpp):
///   F = F_0 f,  f = prod_i (1 - W_i),
/// with F_0 its field without movers. So F_0 is kept, and only f follows the movers:
///   f_bar = F_0^H F_bar,  W_i_bar = -conj(prod of the others) f_bar,
/// from there as at any screen (path_field_adjoint.hpp). Transmitter and receiver stand still.
namespace manyworlds::kernels {

/// An opaque mover face beside a straight piece of a path.
template <class T>
struct Screen {
  std::uint32_t face = 0;
  Vec3<T> image, direction;  ///< the transmitter's image seen from that piece, and the unit vector along it
  T length{};                ///< unfolded, of the whole path
};

/// What screen_factor leaves for its adjoint.
template <class T>
struct ScreenTape {
  PanelHit<T> hit;
  Complex<T> past;  ///< 1 - W
  PackedEdges<T> edges;
};

/// f of `count` screens; fills tape[0, count).
template <class T>
MW_HD Complex<T> screen_factor(const FieldView<T>& view, const Screen<T>* screens, std::uint32_t count, ScreenTape<T>* tape) {
  const EdgeModel<T> model(view.visibility, view.wavelength);
  Complex<T> factor{T(1), T(0)};
  for (std::uint32_t i = 0; i < count; ++i) {
    const Rectangle<T>& panel = view.face(screens[i].face).rectangle;
    PanelEdges<T> edges;
    tape[i].hit = panel_hit(panel, screens[i].image, screens[i].direction, screens[i].length);
    tape[i].past = Complex<T>{T(1), T(0)} - panel_weight(model, tape[i].hit, panel, edges);
    tape[i].edges.pack(edges);
    factor *= tape[i].past;
  }
  return factor;
}

/// Adjoint of screen_factor for the cotangent `bar` of f; adds to sink.face(...).
template <class T, class Sink>
MW_HD void screen_factor_adjoint(const FieldView<T>& view, const Screen<T>* screens, std::uint32_t count, const ScreenTape<T>* tape,
                                 Complex<T> bar, Sink& sink) {
  const EdgeModel<T> model(view.visibility, view.wavelength);
  for (std::uint32_t i = 0; i < count; ++i) {
    Complex<T> others{T(-1), T(0)};
    for (std::uint32_t j = 0; j < count; ++j)
      if (j != i) others *= tape[j].past;
    const Rectangle<T>& panel = view.face(screens[i].face).rectangle;
    PanelEdges<T> edges;
    tape[i].edges.unpack(edges);
    PanelHit<T> hit_bar;
    detail::FaceGradient<T> g;
    panel_weight_adjoint(model, tape[i].hit, panel, edges, conj(others) * bar, hit_bar, g.half_u, g.half_v);
    detail::Sweep<T> s{screens[i].image, screens[i].direction, screens[i].length, {}, {}, {}};
    detail::panel_hit_adjoint(panel, tape[i].hit, hit_bar, s, g);
    sink.face(screens[i].face, g.center, g.rotation, g.half_u, g.half_v);
  }
}

}  // namespace manyworlds::kernels
