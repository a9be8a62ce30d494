#pragma once
#include <vector>

#include "manyworlds/kernels/path_field_adjoint.hpp"
#include "manyworlds/scene/device.hpp"
#include "manyworlds/scene/slab.hpp"

/// Hand-made scenes for tests of the field kernels: one transmitter, one receiver, a list of faces, one path.
namespace field_scene {

using namespace manyworlds;
using namespace manyworlds::kernels;

template <class T>
struct FieldScene {
  double frequency = 3.5e9;
  Device<T> tx{}, rx{};
  bool polarization_sum = true, phase = false;
  Visibility visibility{};
  std::vector<Rectangled> static_faces, movers;
  std::vector<Material> materials;  ///< one per face, statics first
  std::vector<Hop> hops;
  std::vector<std::uint8_t> tiles;
  std::uint32_t tile_tuples = 0;

  std::vector<FaceFrame<T>> static_frames{}, mover_frames{};
  std::vector<Slab<T>> slabs{};

  /// Kernel views of what stands here; call after every change of faces or materials.
  void prepare() {
    static_frames.clear();
    mover_frames.clear();
    slabs.clear();
    for (const Rectangled& r : static_faces) static_frames.push_back({r.as<T>(), std::uint32_t(static_frames.size())});
    for (const Rectangled& r : movers) {
      mover_frames.push_back({r.as<T>(), std::uint32_t(static_frames.size() + mover_frames.size())});
    }
    for (const Material& m : materials) slabs.push_back(make_slab<T>(m, frequency));
  }

  FieldView<T> view() const {
    FieldView<T> v;
    v.wavelength = wavelength(frequency);
    v.transmitters = &tx;
    v.receivers = &rx;
    v.polarization_sum = polarization_sum;
    v.phase = phase;
    v.static_faces = static_frames.data();
    v.mover_faces = mover_frames.data();
    v.static_count = std::uint32_t(static_frames.size());
    v.slabs = slabs.data();
    v.visibility = visibility;
    v.hops = hops.data();
    v.tiles = tiles.data();
    return v;
  }
  Path path() const { return {0, 0, 0, std::uint32_t(hops.size()), 0, tile_tuples}; }
};

/// Everything the adjoint says, added up per face and material.
template <class T>
struct Gradient {
  static constexpr bool wants_materials = true, wants_receivers = true;
  struct Face {
    Vec3<T> center, rotation;
    T half_u{}, half_v{};
  };
  struct Medium {
    T eps_r{}, sigma{}, thickness{};
  };
  Vec3<T> tx{}, rx{};
  std::vector<Face> faces;
  std::vector<Medium> media;

  explicit Gradient(std::size_t count) : faces(count), media(count) {}
  void transmitter(std::uint32_t, Vec3<T> g) { tx += g; }
  void receiver(std::uint32_t, Vec3<T> g) { rx += g; }
  void face(std::uint32_t f, Vec3<T> c, Vec3<T> r, T u, T v) {
    faces[f].center += c;
    faces[f].rotation += r;
    faces[f].half_u += u;
    faces[f].half_v += v;
  }
  void material(std::uint32_t m, T e, T s, T d) {
    media[m].eps_r += e;
    media[m].sigma += s;
    media[m].thickness += d;
  }
};

/// Gradient for d loss = Re(f_bar^H dF).
template <class T>
Gradient<T> adjoint(const FieldScene<T>& s, CVec3<T> f_bar) {
  Gradient<T> g(s.static_faces.size() + s.movers.size());
  path_field_adjoint(s.view(), s.path(), f_bar, g);
  return g;
}

/// Gradient of 10 log10 |F|^2, dB per unit.
template <class T>
Gradient<T> db_gradient(const FieldScene<T>& s) {
  const T power = norm2(path_field(s.view(), s.path()));
  Gradient<T> g(s.static_faces.size() + s.movers.size());
  path_power_adjoint(s.view(), s.path(), db_per_neper<T> / power, g);
  return g;
}

template <class T>
T gain_db(const FieldScene<T>& s) {
  return to_db(norm2(path_field(s.view(), s.path())));
}

inline Material concrete(double frequency) {
  Material m;
  m.name = "concrete";
  m.eps_r = 5.24;
  m.sigma = 0.0462 * std::pow(frequency / 1e9, 0.7822);
  return m;
}
inline Material pec() {
  Material m;
  m.name = "pec";
  m.pec = true;
  return m;
}
inline Material metal() {
  Material m;
  m.name = "metal";
  m.sigma = 1e7;
  return m;
}

/// Rectangle with u = norm(z x n), v = n x u (n not vertical).
inline Rectangled panel(Vec3d center, Vec3d normal, double half_u, double half_v) {
  const Vec3d n = normalized(normal), u = normalized(cross(Vec3d{0, 0, 1}, n));
  return {center, u, cross(n, u), n, half_u, half_v};
}
inline Rectangled floor_at(double z) { return {{0, 0, z}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, 1, 1}; }

}  // namespace field_scene
