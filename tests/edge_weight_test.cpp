#include <gtest/gtest.h>

#include <limits>

#include "field_scene.hpp"
#include "manyworlds/core/random.hpp"

using namespace field_scene;

namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

EdgeModel<double> model(VisibilityKind kind, double frequency = 3.5e9, double smoothing = 1,
                        double support = unbounded) {
  return {Visibility{kind, smoothing, 3, 2, support}, wavelength(frequency)};
}
double knife_edge_db(VisibilityKind kind, double nu) {
  return -to_db(norm2(Complexd{0.5, 0} - edge_function(model(kind), nu).value));
}
double plate_db(double frequency, double half, const PanelHit<double>& hit) {
  Rectangled plate;
  plate.half_u = plate.half_v = half;
  return to_db(norm2(panel_weight(model(VisibilityKind::fresnel, frequency), hit, plate)));
}

constexpr VisibilityKind soft_kinds[] = {VisibilityKind::fresnel, VisibilityKind::atan, VisibilityKind::logistic};

}  // namespace

TEST(EdgeFunction, FresnelIntegrals) {
  // C(x), S(x) of Abramowitz and Stegun 7.3; with 18 digits from their power series.
  const double table[][3] = {
      {0.1, 0.0999975326270850736, 0.000523589547612210687}, {0.5, 0.492344225871446393, 0.0647324328599992776},
      {1, 0.779893400376822829, 0.438259147390354766},       {2, 0.488253406075340755, 0.343415678363698242},
      {3.7, 0.541945662154487413, 0.574980349887472907},     {6, 0.49953146785550112, 0.446960761236930278},
      {12, 0.49994136935201138, 0.473474564919935448}};
  for (const auto& row : table) {
    const Complexd expected = 0.5 * (Complexd{1, 1} * Complexd{row[1], -row[2]});
    EXPECT_NEAR(abs(fresnel_edge(row[0]).value - expected), 0, 1e-12);
    EXPECT_NEAR(abs(fresnel_edge(-row[0]).value + expected), 0, 1e-12);
    const Complex<float> narrow = fresnel_edge(float(row[0])).value;
    EXPECT_NEAR(narrow.re, expected.re, 1e-6);
    EXPECT_NEAR(narrow.im, expected.im, 1e-6);
  }
  EXPECT_NEAR(abs(fresnel_edge(0.0).value), 0, 1e-12);
  EXPECT_NEAR(abs(fresnel_edge(1e7).value - Complexd{0.5, 0}), 0, 1e-7);
}

TEST(EdgeFunction, FresnelMatchesQuadrature) {
  // Simpson's rule from 0, against the closed form on the way.
  Complexd sum{};
  const double h = 1e-3;
  double worst = 0;
  for (int i = 0; i < 8000; ++i) {
    const double x = h * i;
    const auto slope = [](double t) { return 0.5 * (Complexd{1, 1} * polar(-pi / 2 * t * t)); };
    sum += h / 6 * (slope(x) + 4.0 * slope(x + h / 2) + slope(x + h));
    worst = std::max(worst, abs(fresnel_edge(x + h).value - sum));
  }
  EXPECT_LT(worst, 2e-10);
}

TEST(EdgeFunction, KnifeEdgeLoss) {
  const double table[][3] = {{-1, -1.001046, 1.919613}, {0, 6.020600, 6.020600},   {0.5, 10.233830, 10.272886},
                             {1, 13.864105, 14.054149}, {2, 19.090962, 19.191038}, {2.4, 20.618195, 20.670352},
                             {5, 26.936198, 26.854928}};
  for (const auto& row : table) {
    EXPECT_NEAR(knife_edge_db(VisibilityKind::fresnel, row[0]), row[1], 1e-6);
    EXPECT_NEAR(knife_edge_db(VisibilityKind::atan, row[0]), row[2], 1e-6);
  }
  // nu = h sqrt(2 (1/d1 + 1/d2)/lambda)
  const double links[][6] = {{3.5e9, 3, 5, 0.2, 0.705778, 11.815117},
                             {3.5e9, 3, 5, -0.2, -0.705778, 0.429680},
                             {28e9, 3, 5, 0.2, 1.996241, 19.075396},
                             {2.4e9, 10, 10, 1, 1.789473, 18.179193}};
  for (const auto& row : links) {
    const double nu = row[3] * std::sqrt(2 / wavelength(row[0]) * (1 / row[1] + 1 / row[2]));
    EXPECT_NEAR(nu, row[4], 1e-6);
    EXPECT_NEAR(knife_edge_db(VisibilityKind::fresnel, nu), row[5], 1e-6);
  }
}

TEST(EdgeFunction, OddWithLimitsOneHalf) {
  for (const VisibilityKind kind : soft_kinds) {
    for (const double support : {6.0, unbounded}) {
      const EdgeModel<double> m = model(kind, 3.5e9, 1, support);
      for (const double nu : {0.3, 2.0, 5.1, 5.9, 7.0}) {
        EXPECT_EQ(norm2(edge_function(m, nu).value + edge_function(m, -nu).value), 0);
        EXPECT_EQ(norm2(edge_function(m, nu).slope - edge_function(m, -nu).slope), 0);
      }
      EXPECT_NEAR(abs(edge_function(m, 1e6).value - Complexd{0.5, 0}), 0, 1e-6);
    }
    const EdgeValue<double> far = edge_function(model(kind, 3.5e9, 1, 6), 6.0);
    EXPECT_EQ(far.value.re, 0.5);
    EXPECT_EQ(norm2(far.slope), 0);
  }
}

TEST(EdgeFunction, BlendRunsFromFourFifthsOfTheSupport) {
  for (const VisibilityKind kind : soft_kinds) {
    const EdgeModel<double> blended = model(kind, 3.5e9, 1, 5), pure = model(kind);
    EXPECT_EQ(norm2(edge_function(blended, 3.999).value - edge_function(pure, 3.999).value), 0);
    // Half way the cubic step is 1/2.
    const Complexd middle = 0.5 * (edge_function(pure, 4.5).value + Complexd{0.5, 0});
    EXPECT_NEAR(abs(edge_function(blended, 4.5).value - middle), 0, 1e-15);
  }
}

TEST(EdgeFunction, SlopeMatchesCentralDifferenceThroughTheBlend) {
  for (const VisibilityKind kind : soft_kinds) {
    const EdgeModel<double> m = model(kind, 3.5e9, 1, 6);
    for (double nu = -6.5; nu < 6.5; nu += 0.0173) {
      const double h = 1e-4;
      const auto s = [&](double x) { return edge_function(m, x).value; };
      const Complexd slope = (8.0 * (s(nu + h) - s(nu - h)) - (s(nu + 2 * h) - s(nu - 2 * h))) / (12 * h);
      EXPECT_NEAR(abs(edge_function(m, nu).slope - slope), 0, 2e-6) << nu;  // the blend's second derivative jumps
    }
    // Continuous where the blend begins and ends.
    for (const double nu : {4.8, 6.0}) {
      const EdgeValue<double> below = edge_function(m, nu - 1e-9), above = edge_function(m, nu + 1e-9);
      EXPECT_NEAR(abs(below.value - above.value), 0, 1e-8);
      EXPECT_NEAR(abs(below.slope - above.slope), 0, 1e-7);
    }
  }
}

TEST(EdgeDistance, IsTheExcessPath) {
  Random r(5, 0, 0, Purpose::test);
  const EdgeModel<double> m = model(VisibilityKind::fresnel);
  for (int i = 0; i < 500; ++i) {
    const double s1 = r.uniform(0.3, 20), s2 = r.uniform(0.3, 20), kappa = r.uniform(-0.95, 0.95), x = r.uniform(-3, 3);
    const long double w1 = s1, w2 = s2, k = kappa, d = x;
    const long double excess =
        std::sqrt(w1 * w1 + 2 * w1 * d * k + d * d) + std::sqrt(w2 * w2 - 2 * w2 * d * k + d * d) - w1 - w2;
    const double nu = EdgeDistance<double>(m, x, kappa, s1, s2).nu();
    EXPECT_NEAR(nu * nu / 4, double(excess) / wavelength(3.5e9), 1e-13 * (1 + nu * nu));
    EXPECT_GE(nu * x, 0);
  }
  // At the point itself H is the paraxial (1/s1 + 1/s2)(1 - kappa^2)/2.
  const double x = 1e-6, nu = EdgeDistance<double>(m, x, 0.4, 3, 4).nu();
  EXPECT_NEAR(square(nu / (2 * x)) * wavelength(3.5e9), 0.5 * (1.0 / 3 + 0.25) * (1 - 0.16), 1e-6);
}

TEST(PanelWeight, FinitePlate) {
  // Product form; in the second column the Kirchhoff integral over the plate, which it approximates.
  EXPECT_NEAR(plate_db(3.5e9, 0.3, {0, 0, 0, 0, 3, 4}), 4.854, 1e-3);
  EXPECT_NEAR(plate_db(3.5e9, 0.3, {0.3, 0, 0.5, 0, 3, 4}), -5.645, 1e-3);
  EXPECT_NEAR(plate_db(3.5e9, 0.3, {0.6, 0, 0.5, 0, 3, 4}), -14.783, 1e-3);
  EXPECT_NEAR(plate_db(3.5e9, 1.5, {0, 0, 0, 0, 3, 4}), 1.28, 1e-3);
  EXPECT_NEAR(plate_db(28e9, 0.3, {0.3, 0, 0.5, 0, 3, 4}), -4.59, 1e-3);
}

TEST(PanelWeight, SquarePlateByFresnelRadius) {
  // The published figures are paraxial, nu = sqrt(2) half/r_F; r_F is kept small against the distances to match them.
  const double table[][2] = {{0.1, -27.96}, {0.25, -12.07}, {0.5, -0.48}, {0.7, 3.99}, {1, 3.97},
                             {1.5, 0.14},   {2, -2.02},     {3, 1.32},    {5, 0.79}};
  const double f = 3.5e9, far = 1e6;
  for (const auto& row : table) {
    const double fresnel_radius = std::sqrt(wavelength(f) * far / 2);
    EXPECT_NEAR(plate_db(f, row[0] * fresnel_radius, {0, 0, 0, 0, far, far}), row[1], 0.006) << row[0];
  }
}

TEST(PanelWeight, SmallPlateIsTheFlatPlateCrossSection) {
  const double half = 1e-3, s1 = 3, s2 = 4, kappa = 0.5, cos2 = 1 - kappa * kappa;
  const double friis = to_db(square(wavelength(3.5e9) / (4 * pi * (s1 + s2))));
  const double area = 4 * half * half;
  EXPECT_NEAR(friis + plate_db(3.5e9, half, {0, 0, kappa, 0, s1, s2}), to_db(square(area / (4 * pi * s1 * s2)) * cos2),
              1e-3);
}

TEST(PanelWeight, LargePlateIsAMirror) {
  Rectangled plate;
  plate.half_u = plate.half_v = 50;
  for (const VisibilityKind kind : soft_kinds) {
    const Complexd w = panel_weight(model(kind, 3.5e9, 1, 6), {0.3, -0.2, 0.3, 0.1, 3, 4}, plate);
    EXPECT_EQ(w.re, 1);
    EXPECT_EQ(w.im, 0);
    // and beyond the support of its edges it is not there
    EXPECT_EQ(norm2(panel_weight(model(kind, 3.5e9, 1, 6), {60, 0, 0.1, 0, 3, 4}, plate)), 0);
  }
}

TEST(PanelWeight, AdjointMatchesCentralDifference) {
  Random r(6, 0, 0, Purpose::test);
  for (int i = 0; i < 300; ++i) {
    const VisibilityKind kind = soft_kinds[i % 3];
    const Visibility v{kind, 1 + r.uniform() * 3, 3, 2, r.below(2) ? 6.0 : unbounded};
    const EdgeModel<double> m(v, wavelength(3.5e9));
    const EdgeModel<long double> wide(v, wavelength(3.5e9));
    Rectangled plate;
    plate.half_u = r.uniform(0.2, 1);
    plate.half_v = r.uniform(0.2, 1);
    const double x[8] = {r.uniform(-1, 1),  r.uniform(-1, 1),  r.uniform(-0.6, 0.6), r.uniform(-0.6, 0.6),
                         r.uniform(0.5, 8), r.uniform(0.5, 8), plate.half_u,         plate.half_v};
    const Complexd bar{r.normal(), r.normal()};
    PanelHit<double> g;
    double half_u_bar = 0, half_v_bar = 0;
    const PanelHit<double> hit{x[0], x[1], x[2], x[3], x[4], x[5]};
    PanelEdges<double> edges;
    panel_weight(m, hit, plate, edges);
    panel_weight_adjoint(m, hit, plate, edges, bar, g, half_u_bar, half_v_bar);
    const double adjoint[8] = {g.u, g.v, g.kappa_u, g.kappa_v, g.s1, g.s2, half_u_bar, half_v_bar};
    double error = 0, size = 0;
    for (int p = 0; p < 8; ++p) {
      const auto at = [&](long double t) {
        long double y[8];
        for (int q = 0; q < 8; ++q) y[q] = x[q] + (q == p ? t : 0);
        Rectangle<long double> moved;
        moved.half_u = y[6];
        moved.half_v = y[7];
        const Complex<long double> w = panel_weight(wide, {y[0], y[1], y[2], y[3], y[4], y[5]}, moved);
        return bar.re * w.re + bar.im * w.im;
      };
      const long double h = 1e-5L;
      const double expected = double((8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h));
      error += square(adjoint[p] - expected);
      size += square(expected);
    }
    EXPECT_LE(std::sqrt(error), 1e-8 * std::sqrt(size)) << i;
  }
}
