// core/, math/ and the scalar policies are device code.
#include "manyworlds/core/random.hpp"
#include "manyworlds/core/units.hpp"
#include "manyworlds/loss/coverage.hpp"
#include "manyworlds/loss/mean_db.hpp"
#include "manyworlds/loss/soft_minimum.hpp"
#include "manyworlds/math/box.hpp"
#include "manyworlds/math/pose.hpp"
#include "manyworlds/math/rectangle.hpp"
#include "manyworlds/optimizer/adam.hpp"
#include "manyworlds/optimizer/gradient_descent.hpp"
#include "manyworlds/optimizer/momentum.hpp"
#include "run.cuh"

namespace mw = manyworlds;

struct Geometry {
  double* out;
  __device__ void operator()(int i) const {
    mw::Random random(1, std::uint32_t(i), 0, mw::Purpose::test);
    const mw::Pose pose = mw::make_pose({random.uniform(), random.normal(), 0}, {0.1, 0.2, 0.3});
    mw::Boxd box;
    box.extend(pose.point({1, 0, 0}));
    box.extend((mw::transposed(pose.rotation) * mw::rotation_vector(mw::Vec3d{0, 0, 1})).x);
    const mw::Rectangled panel{.center = box.center(), .half_u = 1, .half_v = 1};
    const mw::Complexd z = mw::sqrt(mw::exp(mw::Complexd{panel.point(1, 1).x, 1}) / mw::polar(0.5));
    out[i] = mw::to_db(mw::norm2(z)) + box.area() + mw::determinant(pose.rotation) + mw::dbm_to_watt(20.0);
  }
};

template <mw::SeparableLoss L, mw::CoordinateOptimizer O, class T>
struct Descent {
  L loss;
  O optimizer;
  T* x;
  typename O::template State<T>* state;
  __device__ void operator()(int i) const {
    x[i] = optimizer.step(x[i], loss.term_gradient(x[i]) + loss.term(x[i]), T(0.1), state[i], 0);
  }
};

template <class L, class O>
void launch(double* x, float* y, typename O::template State<double>* s, typename O::template State<float>* t) {
  run<<<1, 32>>>(Descent<L, O, double>{{}, {}, x, s}, 32);
  run<<<1, 32>>>(Descent<L, O, float>{{}, {}, y, t}, 32);
}
template void launch<mw::loss::MeanDb, mw::optimizer::GradientDescent>(double*, float*,
                                                                       mw::optimizer::GradientDescent::State<double>*,
                                                                       mw::optimizer::GradientDescent::State<float>*);
template void launch<mw::loss::SoftMinimum, mw::optimizer::Momentum>(double*, float*,
                                                                     mw::optimizer::Momentum::State<double>*,
                                                                     mw::optimizer::Momentum::State<float>*);
template void launch<mw::loss::Coverage, mw::optimizer::Adam>(double*, float*, mw::optimizer::Adam::State<double>*,
                                                              mw::optimizer::Adam::State<float>*);

void geometry(double* out) { run<<<1, 32>>>(Geometry{out}, 32); }
