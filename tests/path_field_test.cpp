#include <gtest/gtest.h>

#include "field_scene.hpp"

using namespace field_scene;

namespace {

const Antenna iso_v{Pattern::iso, {0}}, iso_h{Pattern::iso, {pi / 2}};

FieldScene<double> link(Vec3d tx, Vec3d rx, double frequency = 3.5e9, const Antenna& antenna = iso_v) {
  FieldScene<double> s;
  s.frequency = frequency;
  s.tx = make_device<double>(tx, {}, antenna);
  s.rx = make_device<double>(rx, {}, antenna);
  s.polarization_sum = false;
  s.phase = true;
  s.visibility.kind = VisibilityKind::hard;
  return s;
}

Complexd coefficient(const FieldScene<double>& s) { return path_field(s.view(), s.path()).x; }

/// Adds a face and a hop on it; movers come in the order of the calls.
void bounce(FieldScene<double>& s, Rectangled face, Material material, HopKind kind = HopKind::reflect) {
  s.hops.push_back({std::uint32_t(s.movers.size()), kind});
  s.movers.push_back(face);
  s.materials.push_back(std::move(material));
  s.prepare();
}

}  // namespace

TEST(PathField, FriisGain) {
  const double table[][3] = {{2.4e9, 1, -40.052008},   {3.5e9, 1, -43.329144},  {3.5e9, 10, -63.329144},
                             {3.5e9, 100, -83.329144}, {5.2e9, 10, -66.767850}, {28e9, 10, -81.390944},
                             {60e9, 10, -88.010808}};
  for (const auto& row : table) EXPECT_NEAR(gain_db(link({}, {row[1], 0, 0}, row[0])), row[2], 1e-6);
}

TEST(PathField, FreeSpaceCoefficientAndSlope) {
  const FieldScene<double> s = link({}, {10, 0, 0});
  const Complexd b = coefficient(s);
  EXPECT_NEAR(b.re, -1.0991973525e-5, 1e-14);
  EXPECT_NEAR(b.im, 6.8153210172e-4, 1e-14);
  EXPECT_NEAR(trace_path(s.view(), s.path()).length / speed_of_light * 1e9, 33.35640952, 1e-8);
  EXPECT_NEAR(watt_to_dbm(dbm_to_watt(44.0) * norm2(b)), -19.329144, 1e-6);
  const Gradient<double> g = db_gradient(s);
  EXPECT_NEAR(g.rx.x, -0.868588964, 1e-9);
  EXPECT_NEAR(g.tx.x, 0.868588964, 1e-9);
  EXPECT_NEAR(g.rx.y, 0, 1e-12);
}

TEST(PathField, TwoRayGround) {
  struct Row {
    bool perfect, horizontal;
    double reflected, coherent, incoherent;
  };
  const Row table[] = {{true, false, -63.831008, -59.432066, -60.568262},
                       {true, true, -63.831008, -62.111276, -60.568262},
                       {false, false, -84.979105, -63.403996, -63.310313},
                       {false, true, -66.895930, -63.505820, -61.753449}};
  for (const Row& row : table) {
    FieldScene<double> s = link({0, 0, 2}, {10, 0, 1.5}, 3.5e9, row.horizontal ? iso_h : iso_v);
    EXPECT_NEAR(gain_db(s), -63.339988, 1e-6);
    const Complexd direct = coefficient(s);
    bounce(s, floor_at(0), row.perfect ? pec() : concrete(3.5e9));
    const Complexd ground = coefficient(s);
    EXPECT_NEAR(to_db(norm2(ground)), row.reflected, 1e-6);
    EXPECT_NEAR(to_db(norm2(direct + ground)), row.coherent, 1e-6);
    EXPECT_NEAR(to_db(norm2(direct) + norm2(ground)), row.incoherent, 1e-6);
    EXPECT_NEAR(trace_path(s.view(), s.path()).length, 10.594810, 1e-6);
  }
}

TEST(PathField, SingleMirror) {
  struct Row {
    Material material;
    double gain;
    Complexd b;
    double by_z, by_tx_z, by_rx_x;
  };
  const Row table[] = {
      {pec(), -60.489178, {3.602370571e-4, -8.739015590e-4}, 1.336290714, -0.668145357, -1.002218035},
      {metal(), -60.492267622, {3.597981118e-4, -8.737187730e-4}, 1.335221072, -0.667610536, -1.002574582}};
  for (const Row& row : table) {
    FieldScene<double> s = link({0, 0, 2}, {6, 0, 2});
    Rectangled mirror = floor_at(0);
    mirror.center = {3, 0, 0};
    bounce(s, mirror, row.material);
    EXPECT_NEAR(gain_db(s), row.gain, 1e-6);
    EXPECT_NEAR(coefficient(s).re, row.b.re, 1e-12);
    EXPECT_NEAR(coefficient(s).im, row.b.im, 1e-12);
    const PathTrace<double> trace = trace_path(s.view(), s.path());
    EXPECT_NEAR(trace.length, 7.2111025509, 1e-10);
    EXPECT_NEAR(trace.length / speed_of_light * 1e9, 24.053648978, 1e-9);
    EXPECT_NEAR(norm(trace.points[0] - Vec3d{3, 0, 0}), 0, 1e-12);
    const Gradient<double> g = db_gradient(s);
    EXPECT_NEAR(g.faces[0].center.z, row.by_z, 1e-8);
    EXPECT_NEAR(g.tx.z, row.by_tx_z, 1e-8);
    EXPECT_NEAR(g.rx.x, row.by_rx_x, 1e-8);
    EXPECT_NEAR(norm(g.faces[0].rotation), 0, 1e-9);
  }
}

TEST(PathField, ConcreteWallReflectsAndTransmits) {
  FieldScene<double> s = link({3, 0, 1.5}, {4, 1.5, 1.5});
  bounce(s, panel({0, 0, 1.5}, {1, 0, 0}, 1, 1), concrete(3.5e9));
  EXPECT_NEAR(gain_db(s), -67.851071, 1e-6);

  FieldScene<double> through = link({-3, 0, 1.5}, {4, 1.5, 1.5});
  bounce(through, panel({0, 0, 1.5}, {1, 0, 0}, 1, 1), concrete(3.5e9), HopKind::transmit);
  EXPECT_NEAR(gain_db(through), -70.873100, 1e-6);
  through.hops.clear();
  EXPECT_NEAR(gain_db(through), -70.873100 + 10.447017, 2e-6);
}

TEST(PathField, CornerReflector) {
  const Rectangled x_wall = panel({0, 1, 1.5}, {1, 0, 0}, 5, 5), y_wall = panel({1, 0, 1.5}, {0, 1, 0}, 5, 5);
  const FieldScene<double> direct = link({2, 1, 1.5}, {1, 2, 1.5});
  FieldScene<double> x_only = direct, y_only = direct, both = direct;
  bounce(x_only, x_wall, pec());
  bounce(y_only, y_wall, pec());
  bounce(both, y_wall, pec());
  bounce(both, x_wall, pec());
  EXPECT_NEAR(gain_db(direct), -46.339444, 1e-6);
  EXPECT_NEAR(gain_db(x_only), -53.329144, 1e-6);
  EXPECT_NEAR(gain_db(y_only), -53.329144, 1e-6);
  EXPECT_NEAR(gain_db(both), -55.881869, 1e-6);
  EXPECT_NEAR(trace_path(both.view(), both.path()).length, 4.242640687, 1e-9);
  Complexd sum{};
  double power = 0;
  for (const FieldScene<double>* s :
       std::initializer_list<const FieldScene<double>*>{&direct, &x_only, &y_only, &both}) {
    sum += coefficient(*s);
    power += norm2(coefficient(*s));
  }
  EXPECT_NEAR(to_db(power), -44.546480, 1e-6);
  EXPECT_NEAR(to_db(norm2(sum)), -39.784574, 1e-6);
  EXPECT_NEAR(sum.re, -0.010145573084, 1e-11);
  EXPECT_NEAR(sum.im, -0.001467244037, 1e-11);
}

TEST(PathField, PolarizationSumEqualsTwoCrossedPorts) {
  FieldScene<double> s = link({0.3, -0.2, 2}, {5, 1, 1.2});
  bounce(s, panel({3, 2, 1}, {0.2, -1, 0.1}, 1, 1), concrete(3.5e9));
  s.rx = make_device<double>(s.rx.position, {}, {Pattern::iso, {0, pi / 2}});
  const double two_ports = norm2(path_field(s.view(), s.path()));
  s.polarization_sum = false;
  EXPECT_NEAR(norm2(path_field(s.view(), s.path())), two_ports, 1e-15 * two_ports);
  s.polarization_sum = true;
  EXPECT_NEAR(norm2(path_field(s.view(), s.path())), two_ports, 1e-12 * two_ports);
}

TEST(PathField, DefaultExcitationIsThePortSumOfUnitPower) {
  FieldScene<double> s = link({0.3, -0.2, 2}, {5, 1, 1.2});
  s.polarization_sum = true;
  s.tx = make_device<double>(s.tx.position, {0.3, 0.1, -0.2}, {Pattern::tr38901, {-pi / 4, pi / 4}});
  const CVec3<double> f0 = path_field(s.view(), s.path(), 0), f1 = path_field(s.view(), s.path(), 1);
  const CVec3<double> sum = path_field(s.view(), s.path()), expected = std::sqrt(0.5) * (f0 + f1);
  EXPECT_NEAR(norm2(sum - expected), 0, 1e-30 * norm2(sum));
  EXPECT_GT(norm2(f0 - f1), 0.1 * norm2(f0));
}

TEST(PathField, ScreensAreTheComplementOfTheWeight) {
  FieldScene<double> s = link({0, 0, 1}, {7, 0, 1});
  s.visibility = {VisibilityKind::fresnel, 1, 3, 2, 1e9};
  const Complexd free = coefficient(s);
  Rectangled half_plane = panel({3, 1e5, 1}, {1, 0, 0}, 1e5, 1e5);  // edge on the line of sight
  bounce(s, half_plane, pec(), HopKind::screen);
  EXPECT_NEAR(to_db(norm2(free) / norm2(coefficient(s))), 6.0206, 0.005);

  // Far inside the shadow of a penetrable screen the slab remains, far outside nothing happens.
  s.visibility.support = 6;
  s.movers[0] = panel({3, 0, 1}, {1, 0, 0}, 100, 100);
  s.materials[0] = concrete(3.5e9);
  s.hops[0].kind = HopKind::screen_transmit;
  s.prepare();
  const Complexd behind = coefficient(s);
  s.hops[0].kind = HopKind::transmit;
  EXPECT_NEAR(abs(behind - coefficient(s)), 0, 1e-15);
  s.hops[0].kind = HopKind::screen_transmit;
  s.movers[0].center.y = 130;
  s.prepare();
  EXPECT_NEAR(abs(coefficient(s) - free), 0, 1e-15);
}

TEST(PathField, TilesAddUpToTheWholePanel) {
  FieldScene<double> s = link({1, 0.5, 2}, {4, 1.2, 1.1});
  bounce(s, panel({3.4, 3, 1.5}, {0.1, -1, 0.05}, 0.8, 0.6), concrete(3.5e9));
  bounce(s, panel({5, 2, 1.3}, {-1, -0.1, 0.02}, 0.7, 0.5), concrete(3.5e9));
  for (const VisibilityKind kind : {VisibilityKind::fresnel, VisibilityKind::atan, VisibilityKind::logistic}) {
    s.visibility.kind = kind;
    s.visibility.tiles = 3;
    s.tiles.clear();
    s.tile_tuples = 0;
    const Complexd whole = coefficient(s);
    const Gradient<double> whole_gradient = db_gradient(s);
    Complexd sum{};
    for (std::uint8_t a = 0; a < 9; ++a) {
      for (std::uint8_t b = 0; b < 9; ++b) {
        s.tiles = {a, b};
        s.tile_tuples = 1;
        sum += coefficient(s);
      }
    }
    EXPECT_NEAR(abs(sum - whole), 0, 1e-14 * abs(whole));
    s.tiles.clear();
    for (std::uint8_t a = 0; a < 9; ++a)
      for (std::uint8_t b = 0; b < 9; ++b) s.tiles.insert(s.tiles.end(), {a, b});
    s.tile_tuples = 81;
    EXPECT_NEAR(abs(coefficient(s) - whole), 0, 1e-14 * abs(whole));
    const Gradient<double> g = db_gradient(s);
    for (int i = 0; i < 2; ++i) {
      const auto &a = g.faces[std::size_t(i)], &b = whole_gradient.faces[std::size_t(i)];
      EXPECT_NEAR(norm(a.center - b.center), 0, 1e-11 * norm(b.center));
      EXPECT_NEAR(norm(a.rotation - b.rotation), 0, 1e-11 * norm(b.rotation));
      EXPECT_NEAR(a.half_u, b.half_u, 1e-11);
    }
  }
}

TEST(PathField, TileIndexRunsAlongVFirst) {
  // Only the +u half of the panel is seen: tiles 2 and 3 of 2 x 2. It must equal a panel of that half.
  FieldScene<double> s = link({1, 0.5, 2}, {4, 1.2, 1.1});
  const Rectangled whole = panel({3.0, 3, 1.5}, {0.1, -1, 0.05}, 0.8, 0.6);
  bounce(s, whole, concrete(3.5e9));
  s.visibility.kind = VisibilityKind::fresnel;
  s.tiles = {2, 3};
  s.tile_tuples = 2;
  const Complexd tiles = coefficient(s);
  s.tile_tuples = 0;
  s.movers[0].center = whole.point(0.4, 0);
  s.movers[0].half_u = 0.4;
  s.prepare();
  EXPECT_NEAR(abs(coefficient(s) - tiles), 0, 1e-14 * abs(tiles));
}
