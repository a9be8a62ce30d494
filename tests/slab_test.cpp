#include <gtest/gtest.h>

#include "field_scene.hpp"

using namespace field_scene;

namespace {

SlabTerms<double> terms(const Material& m, double frequency, double cosine) {
  return {make_slab<double>(m, frequency), 2 * pi / wavelength(frequency), cosine};
}
double loss_db(Complexd z) { return -to_db(norm2(z)); }
void expect_complex(Complexd z, double re, double im, double tolerance) {
  EXPECT_NEAR(z.re, re, tolerance);
  EXPECT_NEAR(z.im, im, tolerance);
}

Material simple(double eps_r, double sigma, double thickness) {
  Material m;
  m.name = "simple";
  m.eps_r = eps_r;
  m.sigma = sigma;
  m.thickness = thickness;
  return m;
}

}  // namespace

TEST(Slab, PermittivityOfItuMaterials) {
  const double concrete_im[][2] = {{2.4e9, -0.686283}, {3.5e9, -0.632143}, {5e9, -0.584895}, {28e9, -0.401904}};
  for (const auto& row : concrete_im) {
    const Slab<double> slab = make_slab<double>(concrete(row[0]), row[0]);
    EXPECT_EQ(slab.eta.re, 5.24);
    EXPECT_NEAR(slab.eta.im, row[1], 1e-6);
  }
  EXPECT_NEAR(make_slab<double>(metal(), 3.5e9).eta.im, -5.1357439e7, 1);
}

TEST(Slab, MatchesTable) {
  const double table[][6] = {{2.4, 0, 8.096334, 8.096334, 7.182616, 7.182616},
                             {5, 0, 13.110942, 13.110942, 7.767707, 7.767707},
                             {5, 45, 14.861859, 12.822725, 5.751271, 11.543954},
                             {28, 0, 46.164478, 46.164478, 8.112045, 8.112045}};
  for (const auto& row : table) {
    const double f = row[0] * 1e9;
    const SlabTerms<double> s = terms(concrete(f), f, std::cos(row[1] * pi / 180));
    EXPECT_NEAR(loss_db(s.transmission().perp), row[2], 1e-6);
    EXPECT_NEAR(loss_db(s.transmission().par), row[3], 1e-6);
    EXPECT_NEAR(loss_db(s.reflection().perp), row[4], 1e-6);
    EXPECT_NEAR(loss_db(s.reflection().par), row[5], 1e-6);
  }
  const SlabTerms<double> board = terms(simple(2.73, 0.0085 * std::pow(5, 0.9395), 0.0125), 5e9, 1);
  EXPECT_NEAR(loss_db(board.transmission().perp), 1.162847, 1e-6);
  EXPECT_NEAR(loss_db(board.reflection().perp), 8.376118, 1e-6);
  const SlabTerms<double> wood = terms(simple(1.99, 0.0047 * std::pow(2.4, 1.0718), 0.04), 2.4e9, 1);
  EXPECT_NEAR(loss_db(wood.transmission().perp), 0.612496, 1e-6);
}

TEST(Slab, ComplexCoefficientsOfConcrete) {
  const SlabTerms<double> s = terms(concrete(3.5e9), 3.5e9, std::sqrt(0.5));
  expect_complex(s.reflection().perp, -0.4742864058, -0.0028087994, 1e-10);
  expect_complex(s.reflection().par, 0.2384601062, -0.0065050884, 1e-10);
  expect_complex(s.reflection().extra, -0.471652599, -0.018627776, 1e-9);
  expect_complex(s.transmission().perp, -0.2511846804, 0.0734092442, 1e-10);
  expect_complex(s.transmission().par, -0.3106046723, 0.0925483989, 1e-10);
  expect_complex(s.transmission().extra, -0.118839984, 0.038278309, 1e-9);

  const SlabTerms<double> normal = terms(concrete(3.5e9), 3.5e9, 1);
  expect_complex(normal.reflection().perp, -0.422222101, -0.007580311, 1e-9);
  expect_complex(normal.reflection().par, 0.422222101, 0.007580311, 1e-9);
  expect_complex(normal.reflection().extra, -0.356634115, -0.017434359, 1e-9);
  expect_complex(normal.transmission().perp, -0.136274648, 0.270959987, 1e-9);
  expect_complex(normal.transmission().extra, -0.045810048, 0.093399000, 1e-9);

  // A very thick slab is a half-space.
  Material thick = concrete(3.5e9);
  thick.thickness = 50;
  const SlabTerms<double> half_space = terms(thick, 3.5e9, std::sqrt(0.5));
  expect_complex(half_space.reflection().perp, -0.5117234965, 0.0244818431, 1e-10);
  expect_complex(half_space.reflection().par, 0.2612615763, -0.0250558687, 1e-10);
  EXPECT_EQ(norm2(half_space.transmission().perp), 0);
}

TEST(Slab, ExtraCoefficientsAreTheRatiosBySineSquared) {
  for (const double cosine : {0.2, 0.5, 0.9}) {
    const SlabTerms<double> s = terms(concrete(5e9), 5e9, cosine);
    const double sine2 = 1 - cosine * cosine;
    const SlabCoefficients<double> r = s.reflection(), t = s.transmission();
    EXPECT_NEAR(abs(r.extra - (r.par + r.perp) / sine2), 0, 1e-13);
    EXPECT_NEAR(abs(t.extra - (t.par - t.perp) / sine2), 0, 1e-13);
  }
}

TEST(Slab, LosslessSlabConservesEnergy) {
  for (const double cosine : {0.1, 0.4, 0.8, 1.0}) {
    const SlabTerms<double> s = terms(simple(4, 0, 0.03), 5e9, cosine);
    EXPECT_NEAR(norm2(s.reflection().perp) + norm2(s.transmission().perp), 1, 1e-13);
    EXPECT_NEAR(norm2(s.reflection().par) + norm2(s.transmission().par), 1, 1e-13);
  }
}

TEST(Slab, DyadicStep) {
  const Slab<double> slab = make_slab<double>(concrete(3.5e9), 3.5e9);
  const double k0 = 2 * pi / wavelength(3.5e9);
  const Vec3d k{2.0 / 3, 1.0 / 3, -2.0 / 3}, n{0, 0, 1};
  const CVec3<double> e = to_complex(Vec3d{1, 0, 1});
  for (const Vec3d& normal : {n, -n}) {
    const LayerWave<double> wave = layer_wave(slab, k0, normal, k);
    const CVec3<double> r = interact(slab, k0, wave, true, normal, k, e);
    const CVec3<double> t = interact(slab, k0, wave, false, normal, k, e);
    expect_complex(r.x, -0.26823076, 0.01059840, 1e-8);
    expect_complex(r.y, 0.11037329, 0.00304129, 1e-8);
    expect_complex(r.z, 0.21304412, -0.01211904, 1e-8);
    expect_complex(t.x, -0.30599348, 0.06017745, 1e-8);
    expect_complex(t.y, -0.02801559, 0.00665068, 1e-8);
    expect_complex(t.z, -0.32000128, 0.06350279, 1e-8);
    EXPECT_NEAR(abs(dot(mirrored(k, normal), r)), 0, 1e-15);
    EXPECT_NEAR(abs(dot(k, t)), 0, 1e-15);
  }
}

TEST(Slab, PerfectConductor) {
  const SlabTerms<double> s = terms(pec(), 3.5e9, 0.3);
  expect_complex(s.reflection().perp, -1, 0, 0);
  expect_complex(s.reflection().par, 1, 0, 0);
  EXPECT_EQ(norm2(s.reflection().extra), 0);
  EXPECT_EQ(norm2(s.transmission().perp) + norm2(s.transmission().extra), 0);
  const SlabGradient<double> g = s.reflection_adjoint<true>({{1, 2}, {3, 4}, {5, 6}});
  EXPECT_EQ(g.cosine, 0);
  EXPECT_EQ(norm2(g.eta), 0);
  const SlabTerms<double> m = terms(metal(), 3.5e9, 0.3);
  EXPECT_NEAR(abs(m.reflection().perp - s.reflection().perp), 0, 1e-3);
}

TEST(Slab, ScatteringTakesFromTheSpecularPartOnly) {
  Material m = concrete(3.5e9), rough = m;
  rough.scattering = 0.6;
  EXPECT_NEAR(abs(terms(rough, 3.5e9, 0.7).reflection().par - 0.8 * terms(m, 3.5e9, 0.7).reflection().par), 0, 1e-15);
  EXPECT_EQ(norm2(terms(rough, 3.5e9, 0.7).transmission().par - terms(m, 3.5e9, 0.7).transmission().par), 0);
}

TEST(Slab, AdjointMatchesCentralDifference) {
  using Wide = long double;
  const SlabCoefficients<double> bar{{0.3, -0.7}, {1.1, 0.2}, {-0.4, 0.9}};
  const auto loss = [&](Slab<Wide> slab, Wide k0, Wide cosine, bool reflect) {
    const SlabTerms<Wide> s(slab, k0, cosine);
    const SlabCoefficients<Wide> c = reflect ? s.reflection() : s.transmission();
    return bar.perp.re * c.perp.re + bar.perp.im * c.perp.im + bar.par.re * c.par.re + bar.par.im * c.par.im +
           bar.extra.re * c.extra.re + bar.extra.im * c.extra.im;
  };
  Material rough = simple(3.1, 0.05, 0.02);
  rough.scattering = 0.3;
  for (const Material& m : {concrete(3.5e9), simple(1.6, 0, 0.01), rough}) {
    for (const double cosine : {0.05, 0.3, 0.71, 1.0}) {
      for (const bool reflect : {true, false}) {
        const Slab<double> slab = make_slab<double>(m, 3.5e9);
        const double k0 = 2 * pi / wavelength(3.5e9);
        const SlabTerms<double> s(slab, k0, cosine);
        const SlabGradient<double> g = reflect ? s.reflection_adjoint<true>(bar) : s.transmission_adjoint<true>(bar);
        const auto slope = [&](Wide c, Wide re, Wide im, Wide d) {  // along one direction
          const auto at = [&](Wide t) {
            Slab<Wide> moved;
            moved.eta = {Wide(slab.eta.re) + t * re, Wide(slab.eta.im) + t * im};
            moved.thickness = Wide(slab.thickness) + t * d;
            moved.specular = Wide(slab.specular);
            return loss(moved, Wide(k0), Wide(cosine) + t * c, reflect);
          };
          const Wide h = 1e-5L;
          return double((8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h));
        };
        const double scale = std::abs(g.cosine) + abs(g.eta);
        EXPECT_NEAR(g.cosine, slope(1, 0, 0, 0), 1e-9 * scale);
        EXPECT_NEAR(g.eta.re, slope(0, 1, 0, 0), 1e-9 * scale);
        EXPECT_NEAR(g.eta.im, slope(0, 0, 1, 0), 1e-9 * scale);
        EXPECT_NEAR(g.thickness, slope(0, 0, 0, 1), 1e-9 * std::abs(g.thickness));
      }
    }
  }
}

TEST(Slab, FloatStaysInRangeForMetal) {
  const Slab<float> slab = make_slab<float>(metal(), 3.5e9);
  const SlabTerms<float> s(slab, float(2 * pi / wavelength(3.5e9)), 0.3f);
  const SlabTerms<double> exact = terms(metal(), 3.5e9, double(0.3f));
  EXPECT_NEAR(s.reflection().par.re, exact.reflection().par.re, 1e-6);
  EXPECT_NEAR(s.reflection().extra.im, exact.reflection().extra.im, 1e-6);
  const SlabGradient<float> g = s.reflection_adjoint<true>({{1, 0}, {0, 1}, {0, 0}});
  const SlabGradient<double> e = exact.reflection_adjoint<true>({{1, 0}, {0, 1}, {0, 0}});
  EXPECT_NEAR(g.cosine, e.cosine, 1e-4 * std::abs(e.cosine));
}

TEST(Slab, OpaqueBelowMinus200Decibel) {
  EXPECT_TRUE(make_slab<float>(metal(), 3.5e9).opaque);
  EXPECT_TRUE(make_slab<double>(pec(), 3.5e9).opaque);
  EXPECT_FALSE(make_slab<double>(concrete(3.5e9), 3.5e9).opaque);
  Material thick = concrete(28e9);
  thick.thickness = 0.4;
  EXPECT_FALSE(make_slab<double>(thick, 28e9).opaque);
  thick.thickness = 0.6;
  EXPECT_TRUE(make_slab<double>(thick, 28e9).opaque);
}

TEST(Slab, RefusesParametersOutOfRange) {
  const auto broken = [](auto change) {
    Material m = concrete(3.5e9);
    change(m);
    return m;
  };
  const auto nan = std::nan("");
  EXPECT_THROW(make_slab<double>(broken([](Material& m) { m.eps_r = 0.5; }), 3.5e9), InputError);
  EXPECT_THROW(make_slab<double>(broken([](Material& m) { m.sigma = -1; }), 3.5e9), InputError);
  EXPECT_THROW(make_slab<double>(broken([&](Material& m) { m.sigma = nan; }), 3.5e9), InputError);
  EXPECT_THROW(make_slab<double>(broken([](Material& m) { m.thickness = 0; }), 3.5e9), InputError);
  EXPECT_THROW(make_slab<double>(broken([](Material& m) { m.scattering = 1.5; }), 3.5e9), InputError);
  EXPECT_THROW(make_slab<double>(concrete(3.5e9), -1), InputError);
}
