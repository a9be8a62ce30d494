#include <gtest/gtest.h>

#include "field_random.hpp"

using namespace field_scene;

namespace {

Device<double> device(Pattern pattern, std::vector<double> slants = {0}, Vec3d orientation = {}) {
  return make_device<double>({}, orientation, {pattern, std::move(slants)});
}
Vec3d direction(double zenith_deg, double azimuth_deg) {
  const double t = zenith_deg * pi / 180, p = azimuth_deg * pi / 180;
  return {std::sin(t) * std::cos(p), std::sin(t) * std::sin(p), std::cos(t)};
}
double gain_dbi(const Device<double>& d, Vec3d k) { return to_db(norm2(pattern_field(d, excitation(d, 0), k))); }

/// Mean gain over the sphere (midpoint rule).
double mean_gain(const Device<double>& d) {
  const int rings = 400, sectors = 800;
  double sum = 0;
  for (int i = 0; i < rings; ++i) {
    const double z = -1 + 2 * (i + 0.5) / rings, rho = std::sqrt(1 - z * z);
    for (int j = 0; j < sectors; ++j) {
      const double phi = 2 * pi * (j + 0.5) / sectors;
      sum += norm2(pattern_field(d, excitation(d, 0), {rho * std::cos(phi), rho * std::sin(phi), z}));
    }
  }
  return sum / (rings * sectors);
}

}  // namespace

TEST(Antenna, PeakGains) {
  EXPECT_NEAR(gain_dbi(device(Pattern::iso), direction(33, 71)), 0, 1e-12);
  EXPECT_NEAR(gain_dbi(device(Pattern::dipole), direction(90, 12)), 1.760913, 1e-6);
  EXPECT_NEAR(gain_dbi(device(Pattern::hw_dipole), direction(90, 12)), 2.156376, 1e-6);
  EXPECT_NEAR(gain_dbi(device(Pattern::tr38901), direction(90, 0)), 8, 1e-12);
}

TEST(Antenna, GainsOf38901) {
  const Device<double> d = device(Pattern::tr38901);
  EXPECT_NEAR(gain_dbi(d, direction(100, 20)), 6.579882, 1e-6);
  EXPECT_NEAR(gain_dbi(d, direction(60, 45)), -0.307692, 1e-6);
  EXPECT_NEAR(gain_dbi(d, direction(90, 180)), -22, 1e-9);
}

TEST(Antenna, MeanGains) {
  EXPECT_NEAR(mean_gain(device(Pattern::iso)), 1, 1e-12);
  EXPECT_NEAR(mean_gain(device(Pattern::dipole)), 1, 1e-5);
  EXPECT_NEAR(mean_gain(device(Pattern::hw_dipole)), 1.001266, 1e-5);
  // Gain 8 dB, directivity 9.825683 dB.
  EXPECT_NEAR(8 - to_db(mean_gain(device(Pattern::tr38901))), 9.825683, 1e-3);
}

TEST(Antenna, DipolesFollowTheirFormulas) {
  for (const double zenith : {0.01, 20.0, 90.0, 130.0, 179.9}) {
    const double t = zenith * pi / 180;
    const double dipole = std::sqrt(1.5) * std::sin(t);
    const double half_wave = std::sqrt(1.643) * std::abs(std::cos(pi / 2 * std::cos(t)) / std::sin(t));
    const Device<double> a = device(Pattern::dipole), b = device(Pattern::hw_dipole);
    EXPECT_NEAR(norm(pattern_field(a, excitation(a, 0), direction(zenith, 40))), dipole, 1e-9);
    EXPECT_NEAR(norm(pattern_field(b, excitation(b, 0), direction(zenith, 40))), half_wave, 1e-9);
  }
}

TEST(Antenna, PolarisationIsThetaAndPhi) {
  // theta-hat = (ct cp, ct sp, -st), phi-hat = (-sp, cp, 0); slant 0 is V, pi/2 is H.
  const double t = 1.1, p = 0.6;
  const Vec3d k = direction(t * 180 / pi, p * 180 / pi);
  const Vec3d theta{std::cos(t) * std::cos(p), std::cos(t) * std::sin(p), -std::sin(t)},
      phi{-std::sin(p), std::cos(p), 0};
  const Device<double> d = device(Pattern::iso, {0, pi / 2});
  EXPECT_NEAR(norm(pattern_field(d, excitation(d, 0), k) - theta), 0, 1e-14);
  EXPECT_NEAR(norm(pattern_field(d, excitation(d, 1), k) - phi), 0, 1e-14);
  const Device<double> slanted = device(Pattern::iso, {pi / 4});
  EXPECT_NEAR(norm(pattern_field(slanted, excitation(slanted, 0), k) - std::sqrt(0.5) * (theta + phi)), 0, 1e-14);
}

TEST(Antenna, OrientationTurnsThePattern) {
  const Vec3d ypr{0.7, -0.3, 1.2};
  const Mat3d turn = rotation(ypr.x, ypr.y, ypr.z);
  for (const Pattern pattern : {Pattern::iso, Pattern::dipole, Pattern::hw_dipole, Pattern::tr38901}) {
    const Device<double> plain = device(pattern, {0.4}), turned = device(pattern, {0.4}, ypr);
    const Vec3d k = direction(77, 25);
    const Vec3d expected = turn * pattern_field(plain, excitation(plain, 0), k);
    EXPECT_NEAR(norm(pattern_field(turned, excitation(turned, 0), turn * k) - expected), 0, 1e-14);
  }
}

TEST(Antenna, FieldIsPerpendicularAndFiniteAtThePoles) {
  for (const Pattern pattern : {Pattern::iso, Pattern::dipole, Pattern::hw_dipole, Pattern::tr38901}) {
    for (const Vec3d& k : {Vec3d{0, 0, 1}, Vec3d{0, 0, -1}, direction(1e-3, 20)}) {
      const Device<double> d = device(pattern);
      const Vec3d c = pattern_field(d, excitation(d, 0), k);
      EXPECT_NEAR(dot(c, k), 0, 1e-12);
      EXPECT_LE(norm(c), 3);
      Vec3d bar;
      pattern_field_adjoint(d, excitation(d, 0), k, {1, 2, 3}, bar);
      EXPECT_TRUE(std::isfinite(norm(bar)));
    }
  }
}

TEST(Antenna, AdjointMatchesCentralDifference) {
  using Wide = long double;
  Random r(11, 0, 0, Purpose::test);
  for (int i = 0; i < 400; ++i) {
    const Device<double> d = random_device<double>(r, {});
    const Vec3d k = random_direction(r), bar{r.normal(), r.normal(), r.normal()};
    Vec3d tangent = cross(k, random_direction(r));
    Device<Wide> wide;
    wide.axes = {d.axes.x.as<Wide>(), d.axes.y.as<Wide>(), d.axes.z.as<Wide>()};
    wide.pattern = d.pattern;
    const Polarization<double> p = excitation(d, all_ports);
    // Along the great circle from k in the direction of the tangent.
    const auto at = [&](Wide t) {
      const Vec3<Wide> moved = normalized(k.as<Wide>() + t * tangent.as<Wide>());
      return dot(bar.as<Wide>(), pattern_field(wide, {Wide(p.vertical), Wide(p.horizontal)}, moved));
    };
    const Wide h = 1e-5L;
    const double expected = double((8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h));
    Vec3d k_bar;
    pattern_field_adjoint(d, p, k, bar, k_bar);
    EXPECT_NEAR(dot(k_bar, tangent), expected, 1e-9 * (1 + norm(k_bar))) << int(d.pattern);
  }
}

TEST(Antenna, RefusesNoOrTooManyPorts) {
  EXPECT_THROW(make_device<double>({}, {}, {Pattern::iso, {}}), InputError);
  EXPECT_THROW(make_device<double>({}, {}, {Pattern::iso, {0, 1, 2}}), InputError);
}
