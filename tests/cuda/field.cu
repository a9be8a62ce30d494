// The field of a path and its adjoint are device code. Each adjoint takes a minute to compile, so there are two: in
// float what a descent needs, in double everything there is.
#include "manyworlds/kernels/path_field.hpp"
#include "manyworlds/kernels/path_field_adjoint.hpp"
#include "run.cuh"

namespace mw = manyworlds;
namespace mk = manyworlds::kernels;

template <class T, bool everything>
struct Sum {
  static constexpr bool wants_materials = everything, wants_receivers = everything;
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

template <class T>
struct Fields {
  mk::FieldView<T> view;
  const mk::Path* paths;
  mw::CVec3<T>* out;
  __device__ void operator()(int i) const { out[i] = mk::path_field(view, paths[i]); }
};

struct PowerAdjoints {
  mk::FieldView<float> view;
  const mk::Path* paths;
  Sum<float, false>* out;
  __device__ void operator()(int i) const { mk::path_power_adjoint(view, paths[i], 1.0f, out[i]); }
};

struct FieldAdjoints {
  mk::FieldView<double> view;
  const mk::Path* paths;
  const mw::CVec3<double>* bars;
  Sum<double, true>* out;
  __device__ void operator()(int i) const { mk::path_field_adjoint(view, paths[i], bars[i], out[i]); }
};

void launch(Fields<float> single, Fields<double> twice, PowerAdjoints power, FieldAdjoints field) {
  run<<<1, 32>>>(single, 32);
  run<<<1, 32>>>(twice, 32);
  run<<<1, 32>>>(power, 32);
  run<<<1, 32>>>(field, 32);
}
