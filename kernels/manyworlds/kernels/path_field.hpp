#pragma once
#include "manyworlds/kernels/edge_weight.hpp"
#include "manyworlds/kernels/interaction.hpp"
#include "manyworlds/kernels/path_geometry.hpp"
#include "manyworlds/kernels/pattern.hpp"

/// The field of one path. With the unfolded length L and the departure k_0 from the image method,
///   E_0 = C_T(k_0);  reflect and transmit: E_i = (interaction) E_{i-1};
///   screen: E_i = (1 - W_i) E_{i-1};  screen_transmit: E_i = E_{i-1} + W_i (T E_{i-1} - E_{i-1});
///   F = A W E_N,  A = lambda/(4 pi L) (exp(-j k0 L) with view.phase),
///   W = sum over tile tuples of the product over mover bounces of the tile's weight (1 under hard visibility).
/// With polarization_sum the result is F itself; else its component m is C_R,m(-k_N).F, for receive port m.
/// The edge weight at a hop sees s1 = distance from the transmitter's image, s2 = L - s1.
namespace manyworlds::kernels {

/// Edge functions of a path's mover bounces, and what tells the tuples.
template <class T>
struct BounceEdges {
  PanelEdges<T> at[max_mover_bounces];
  int bounces = 0;  ///< reflections on movers
  int tiles = 1;    ///< per axis; an untiled path has the single tuple (0, 0, ...) of 1 x 1 tiles
};

/// End of a path's forward sweep.
template <class T>
struct FieldState {
  Vec3<T> image, direction;  ///< transmitter as seen after the last bounce; direction of arrival
  T length{};
  Complex<T> amplitude, weight;
  CVec3<T> field;  ///< E_N
};

namespace detail {

/// Keeps nothing: the plain forward sweep.
template <class T>
struct NoTape {
  MW_HD void save(std::uint32_t, const CVec3<T>&, const LayerWave<T>&) {}
  MW_HD void save(std::uint32_t, const PanelEdges<T>&) {}
};

template <class T>
MW_HD int tile_of(const FieldView<T>& view, const Path& path, const BounceEdges<T>& edges, std::uint32_t tuple,
                  int bounce) {
  if (path.tile_tuples == 0) return 0;
  return view
      .tiles[path.first_tile + tuple * static_cast<std::uint32_t>(edges.bounces) + static_cast<std::uint32_t>(bounce)];
}

/// Product of the tuple's tile weights over all bounces but `skip`.
template <class T>
MW_HD Complex<T> tuple_weight(const FieldView<T>& view, const Path& path, const BounceEdges<T>& edges,
                              std::uint32_t tuple, int skip) {
  Complex<T> w{T(1), T(0)};
  for (int j = 0; j < edges.bounces; ++j) {
    if (j == skip) continue;
    const int tile = tile_of(view, path, edges, tuple, j);
    w *= edges.at[j].u.tile(tile / edges.tiles) * edges.at[j].v.tile(tile % edges.tiles);
  }
  return w;
}

template <class T>
MW_HD Complex<T> bounce_weight(const FieldView<T>& view, const Path& path, const BounceEdges<T>& edges) {
  if (edges.bounces == 0 || view.visibility.kind == VisibilityKind::hard) return {T(1), T(0)};
  Complex<T> w{};
  for (std::uint32_t t = 0; t < max(path.tile_tuples, 1u); ++t) w += tuple_weight(view, path, edges, t, -1);
  return w;
}

/// lambda/(4 pi L), with the phase of the delay on request. The phase needs L to a fraction of lambda: double at least.
template <class T>
MW_HD Complex<T> path_amplitude(const FieldView<T>& view, const Path& path, T length) {
  const T magnitude = T(view.wavelength / (4 * pi)) / length;
  if (!view.phase) return {magnitude, T(0)};
  using std::floor;
  using Double = decltype(T{} + double{});
  Double turns = norm(unfolded<Double>(view, path)) / Double(view.wavelength);
  turns -= floor(turns);
  return magnitude * polar_turns(T(-turns));
}

/// The forward sweep; `tape.save(i, E, wave)` sees the field before hop i and the slab it meets (nothing at a screen),
/// `tape.save(i, edges)` the edges of a screen.
template <class T, class Tape>
MW_HD FieldState<T> propagate(const FieldView<T>& view, const Path& path, int tx_port, BounceEdges<T>& edges,
                              Tape& tape) {
  const Device<T>& tx = view.transmitters[path.tx];
  const EdgeModel<T> model(view.visibility, view.wavelength);
  const bool soft = model.kind != VisibilityKind::hard;
  const T k0 = T(2 * pi / view.wavelength);
  const Vec3<T> line = unfolded<T>(view, path);
  FieldState<T> s;
  s.length = norm(line);
  s.direction = line / s.length;
  s.image = tx.position;
  s.field = to_complex(pattern_field(tx, excitation(tx, tx_port), s.direction));
  edges.tiles = path.tile_tuples == 0 ? 1 : view.visibility.tiles;
  for (std::uint32_t i = 0; i < path.hops; ++i) {
    const Hop hop = view.hops[path.first_hop + i];
    const FaceFrame<T>& face = view.face(hop.face);
    const Rectangle<T>& panel = face.rectangle;
    const Slab<T>& slab = view.slabs[face.material];
    const bool mirror = hop.kind == HopKind::reflect;
    // Not even asked under hard visibility: a kernel that knows it is hard then has no screens at all.
    const bool dims = soft && hop.kind == HopKind::screen;
    const bool screen = dims || (soft && hop.kind == HopKind::screen_transmit);
    LayerWave<T> wave;
    CVec3<T> through{};
    if (!dims) {
      wave = layer_wave(slab, k0, panel.normal, s.direction);
      through = interact(slab, k0, wave, mirror, panel.normal, s.direction, s.field);
    }
    tape.save(i, s.field, wave);
    if (screen) {
      PanelEdges<T> around;
      const Complex<T> w = panel_weight(model, panel_hit(panel, s.image, s.direction, s.length), panel, around);
      tape.save(i, around);
      s.field += w * (through - s.field);
      continue;
    }
    s.field = through;
    if (!mirror) continue;
    if (view.is_mover(hop.face)) {
      const int j = edges.bounces++;
      const PanelHit<T> hit = panel_hit(panel, s.image, s.direction, s.length);
      if (soft) panel_edges(model, hit, panel, edges.tiles, edges.at[j]);
    }
    s.direction = mirrored(s.direction, panel.normal);
    if (soft) s.image = mirrored(s.image, panel.center, panel.normal);
  }
  s.amplitude = path_amplitude(view, path, s.length);
  s.weight = bounce_weight(view, path, edges);
  return s;
}

/// F, or its components by receive port.
template <class T>
MW_HD CVec3<T> received(const FieldView<T>& view, const Path& path, const FieldState<T>& s) {
  const CVec3<T> f = (s.amplitude * s.weight) * s.field;
  if (view.polarization_sum) return f;
  const Device<T>& rx = view.receivers[path.rx];
  CVec3<T> b{dot(pattern_field(rx, excitation(rx, 0), -s.direction), f), {}, {}};
  if (rx.ports == 2) b.y = dot(pattern_field(rx, excitation(rx, 1), -s.direction), f);
  return b;
}

}  // namespace detail

/// Field of a path: polarization_sum ? the vector F, |F|^2 its gain : coefficients of the receive ports in x, y.
/// `tx_port` excites one port of the transmitter; by default all of them, together of unit power.
template <class T>
MW_HD CVec3<T> path_field(const FieldView<T>& view, const Path& path, int tx_port = all_ports) {
  BounceEdges<T> edges;
  detail::NoTape<T> tape;
  return detail::received(view, path, detail::propagate(view, path, tx_port, edges, tape));
}

}  // namespace manyworlds::kernels
