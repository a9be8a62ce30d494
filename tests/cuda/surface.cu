// What happens at one surface or antenna is device code, forward and adjoint, in float and double.
#include "manyworlds/kernels/edge_function.hpp"
#include "manyworlds/kernels/interaction.hpp"
#include "manyworlds/kernels/pattern.hpp"
#include "manyworlds/kernels/slab.hpp"
#include "run.cuh"

namespace mw = manyworlds;
namespace mk = manyworlds::kernels;

template <class T>
struct Antennas {
  const mw::Device<T>* devices;
  mw::Vec3<T>* out;
  __device__ void operator()(int i) const {
    const mw::Vec3<T> k{T(1), T(0), T(0)};
    out[i] = mk::pattern_field(devices[i], mk::excitation(devices[i], 0), k);
  }
};

template <class T>
struct Slabs {
  const mw::Slab<T>* slabs;
  T k0;
  mk::SlabGradient<T>* out;
  __device__ void operator()(int i) const {
    const mk::SlabTerms<T> terms(slabs[i], k0, T(0.5));
    out[i] = terms.template reflection_adjoint<true>(terms.transmission());
    out[i] = terms.template transmission_adjoint<true>(terms.reflection());
  }
};

template <class T>
struct Edges {
  mk::EdgeModel<T> model;
  mk::EdgeValue<T>* out;
  __device__ void operator()(int i) const { out[i] = mk::edge_function(model, T(i)); }
};

template <class T>
void launch(Antennas<T> antennas, Slabs<T> slabs, Edges<T> edges) {
  run<<<1, 32>>>(antennas, 32);
  run<<<1, 32>>>(slabs, 32);
  run<<<1, 32>>>(edges, 32);
}
template void launch<float>(Antennas<float>, Slabs<float>, Edges<float>);
template void launch<double>(Antennas<double>, Slabs<double>, Edges<double>);
