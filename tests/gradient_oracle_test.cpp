#include <gtest/gtest.h>

#include "field_scene.hpp"

using namespace field_scene;

namespace {

void expect_near(Vec3d a, Vec3d b, double tolerance) {
  EXPECT_NEAR(a.x, b.x, tolerance);
  EXPECT_NEAR(a.y, b.y, tolerance);
  EXPECT_NEAR(a.z, b.z, tolerance);
}

/// TX -> P1 -> P2 -> RX of the gradient oracles, 3.5 GHz, two short dipoles.
FieldScene<double> oracle_scene() {
  FieldScene<double> s;
  s.tx = make_device<double>({1, 0.5, 2}, {}, {Pattern::dipole, {0}});
  s.rx = make_device<double>({4, 1.2, 1.1}, {}, {Pattern::dipole, {0}});
  s.movers = {panel({3.4, 3, 1.5}, {0.1, -1, 0.05}, 0.8, 0.6), panel({5, 2, 1.3}, {-1, -0.1, 0.02}, 0.7, 0.5)};
  Material m = concrete(3.5e9);
  m.sigma = 0.123087;
  s.materials = {m, m};
  s.hops = {{0, HopKind::reflect}, {1, HopKind::reflect}};
  s.visibility = {VisibilityKind::hard, 4, 3, 2, 1e9};
  s.prepare();
  return s;
}

struct PanelOracle {
  Vec3d center, rotation;
  double eps_r, sigma, thickness, half_u, half_v;
};

void expect_gradient(const FieldScene<double>& s, Vec3d tx, Vec3d rx, const PanelOracle& p1, const PanelOracle& p2) {
  const Gradient<double> g = db_gradient(s);
  expect_near(g.tx, tx, 2e-8);
  expect_near(g.rx, rx, 2e-8);
  const PanelOracle* panels[] = {&p1, &p2};
  for (std::size_t i = 0; i < 2; ++i) {
    const PanelOracle& p = *panels[i];
    expect_near(g.faces[i].center, p.center, 2e-8);
    expect_near(g.faces[i].rotation, p.rotation, 2e-7);
    EXPECT_NEAR(g.media[i].eps_r, p.eps_r, 2e-5);
    EXPECT_NEAR(g.media[i].sigma, p.sigma, 2e-4);
    EXPECT_NEAR(g.media[i].thickness, p.thickness, 2e-4);
    EXPECT_NEAR(g.faces[i].half_u, p.half_u, 2e-8);
    EXPECT_NEAR(g.faces[i].half_v, p.half_v, 2e-8);
  }
  EXPECT_NEAR(norm(g.tx + g.rx + g.faces[0].center + g.faces[1].center), 0, 1e-11 * norm(g.faces[0].center));
}

}  // namespace

TEST(GradientOracle, Geometry) {
  const FieldScene<double> s = oracle_scene();
  const PathTrace<double> t = trace_path(s.view(), s.path());
  EXPECT_NEAR(t.length, 6.680429326637, 1e-11);
  expect_near(t.points[0], {3.641889852645, 3.018038321385, 1.376986722418}, 1e-11);
  expect_near(t.points[1], {4.982796762836, 2.152981247517, 1.204744379405}, 1e-11);
  expect_near(t.departure, {0.713548973031, 0.680097868758, -0.168269878458}, 1e-11);
  expect_near(t.arrival, {-0.715820463353, -0.694104319388, -0.076290615756}, 1e-11);
}

TEST(GradientOracle, Hard) {
  FieldScene<double> s = oracle_scene();
  s.polarization_sum = false;
  s.phase = true;
  const Complexd b = path_field(s.view(), s.path()).x;
  EXPECT_NEAR(b.re, 3.438453799e-04, 1e-12);
  EXPECT_NEAR(b.im, 1.695636364e-05, 1e-12);
  EXPECT_NEAR(gain_db(s), -69.2621875105, 1e-6);
  s.phase = false;
  const Complexd a = path_field(s.view(), s.path()).x;
  EXPECT_NEAR(norm2(a), norm2(b), 1e-13 * norm2(a));
  expect_gradient(s, {0.463173759, 1.235395913, -0.769668517}, {0.481363684, 1.308119723, 0.624687453},
                  {{0.242481375, -2.424813755, 0.121240688},
                   {0.010028088, -0.145622492, -2.932506008},
                   0.901884959,
                   14.766510859,
                   61.765664283,
                   0,
                   0},
                  {{-1.187018818, -0.118701882, 0.023740376},
                   {-0.067926916, 1.572296594, 4.465137168},
                   3.204947049,
                   8.948730828,
                   260.270066909,
                   0,
                   0});
}

TEST(GradientOracle, Atan) {
  FieldScene<double> s = oracle_scene();
  s.polarization_sum = false;
  s.visibility.kind = VisibilityKind::atan;
  EXPECT_NEAR(gain_db(s), -85.6820348453, 1e-6);
  expect_gradient(s, {-0.304935342, 3.341224940, 0.328343944}, {6.037301946, -0.664168981, 3.568637908},
                  {{2.740517299, -3.387770198, -1.823145800},
                   {7.761825789, 1.037126158, 16.805281175},
                   0.901884959,
                   14.766510859,
                   61.765664283,
                   6.518215976,
                   7.025197438},
                  {{-8.472883902, 0.710714239, -2.073836052},
                   {-0.197212302, -2.686177137, -11.156903958},
                   3.204947049,
                   8.948730828,
                   260.270066909,
                   5.295396573,
                   8.105560228});
}

TEST(GradientOracle, Fresnel) {
  FieldScene<double> s = oracle_scene();
  s.visibility.kind = VisibilityKind::fresnel;
  EXPECT_NEAR(gain_db(s), -66.9433285059, 1e-6);
  expect_gradient(s, {-5.689876073, 9.835725126, 7.647723106}, {13.786837504, -14.587068410, 18.755875377},
                  {{9.295729741, -6.506700739, -12.571417203},
                   {47.701996453, 9.867934724, 72.353744319},
                   0.901585351,
                   14.765037555,
                   61.758641179,
                   5.062564736,
                   2.706571964},
                  {{-17.392691173, 11.258044023, -13.832181280},
                   {0.791528047, -35.367164097, -51.207559562},
                   3.206667847,
                   8.953442383,
                   260.361528598,
                   2.508116265,
                   3.074892219});
}
