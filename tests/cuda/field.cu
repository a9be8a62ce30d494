// The field of a path and its adjoint are device code, in float and double, with every kind of sink.
#include "manyworlds/kernels/path_field.hpp"
#include "manyworlds/kernels/path_field_adjoint.hpp"
#include "run.cuh"

namespace mw = manyworlds;
namespace mk = manyworlds::kernels;

template <class T>
struct Fields {
  mk::FieldView<T> view;
  const mk::Path* paths;
  mw::CVec3<T>* out;
  __device__ void operator()(int i) const { out[i] = mk::path_field(view, paths[i]); }
};

template <class T, bool materials, bool receivers>
struct Sum {
  static constexpr bool wants_materials = materials, wants_receivers = receivers;
  mw::Vec3<T> position, rotation;
  T scalar;
  __device__ void transmitter(std::uint32_t, mw::Vec3<T> p) { position += p; }
  __device__ void receiver(std::uint32_t, mw::Vec3<T> p) { position += p; }
  __device__ void face(std::uint32_t, mw::Vec3<T> p, mw::Vec3<T> r, T half_u, T half_v) {
    position += p;
    rotation += r;
    scalar += half_u + half_v;
  }
  __device__ void material(std::uint32_t, T eps_r, T sigma, T thickness) { scalar += eps_r + sigma + thickness; }
};

template <class T, bool materials, bool receivers>
struct Adjoints {
  mk::FieldView<T> view;
  const mk::Path* paths;
  Sum<T, materials, receivers>* out;
  __device__ void operator()(int i) const {
    const mw::CVec3<T> f = mk::path_power_adjoint(view, paths[i], T(1), out[i]);
    mk::path_field_adjoint(view, paths[i], f, out[i]);
  }
};

template <class T>
void launch(Fields<T> fields, Adjoints<T, false, false> poses, Adjoints<T, true, true> all) {
  run<<<1, 32>>>(fields, 32);
  run<<<1, 32>>>(poses, 32);
  run<<<1, 32>>>(all, 32);
}
template void launch<float>(Fields<float>, Adjoints<float, false, false>, Adjoints<float, true, true>);
template void launch<double>(Fields<double>, Adjoints<double, false, false>, Adjoints<double, true, true>);
