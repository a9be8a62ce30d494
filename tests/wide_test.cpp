/// Eight paths side by side: each lane is what the path alone is, and their gradients add up.
#include <gtest/gtest.h>

#include <array>

#include "field_random.hpp"
#include "manyworlds/paths/wide_path.hpp"
#include "manyworlds/paths/wide_sums.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::kernels;
using namespace field_scene;

constexpr int lanes = Wide::lanes;

std::array<double, lanes> values(Wide w) {
  std::array<double, lanes> v;
  w.store(v.data());
  return v;
}

TEST(Wide, ComputesLaneByLane) {
  Random random(83, 0, 0, Purpose::test);
  for (int trial = 0; trial < 200; ++trial) {
    std::array<double, lanes> a, b;
    for (int i = 0; i < lanes; ++i)
      a[i] = 3 * random.normal(), b[i] = trial % 4 == 0 && i % 2 == 0 ? a[i] : 3 * random.normal();
    const Wide x = Wide::load(a.data()), y = Wide::load(b.data());
    const auto expect = [&](Wide w, auto&& of) {
      const auto v = values(w);
      for (int i = 0; i < lanes; ++i) EXPECT_EQ(v[i], of(a[i], b[i]));
    };
    expect(x + y, [](double p, double q) { return p + q; });
    expect(x - y, [](double p, double q) { return p - q; });
    expect(x * y, [](double p, double q) { return p * q; });
    expect(x / y, [](double p, double q) { return p / q; });
    expect(-x, [](double p, double) { return -p; });
    expect(min(x, y), [](double p, double q) { return std::min(p, q); });
    expect(max(x, y), [](double p, double q) { return std::max(p, q); });
    expect(abs(x), [](double p, double) { return std::fabs(p); });
    expect(sqrt(abs(x)), [](double p, double) { return std::sqrt(std::fabs(p)); });
    expect(floor(x), [](double p, double) { return std::floor(p); });
    expect(exp(x), [](double p, double) { return std::exp(p); });
    expect(atan2(x, y), [](double p, double q) { return std::atan2(p, q); });
    expect(select(x < y, x, Wide(7)), [](double p, double q) { return p < q ? p : 7; });
    expect(select((x <= y) & (x > 0), x, y), [](double p, double q) { return p <= q && p > 0 ? p : q; });
    expect(select((x >= y) | (x > 1), x, y), [](double p, double q) { return p >= q || p > 1 ? p : q; });
    int below = 0;
    for (int i = 0; i < lanes; ++i) below += a[i] < b[i];
    EXPECT_EQ(any(x < y), below > 0);
  }
  EXPECT_TRUE(is_zero(Wide(0)));
  std::array<double, lanes> one{};
  one[5] = 1e-300;
  EXPECT_FALSE(is_zero(Wide::load(one.data())));
  EXPECT_TRUE(any(Wide::load(one.data()) > 0));
}

TEST(Wide, TurnsAreThoseOfSineAndCosine) {
  Random random(89, 0, 0, Purpose::test);
  for (int trial = 0; trial < 20000; ++trial) {
    const double turns = trial < 100 ? 0.125 * (trial - 50) : random.uniform(-1, 1) * (trial % 2 == 0 ? 1 : 1e4);
    const Complexd z = polar_turns(turns);
    const long double phase =
        2 * pi_v<long double> * (static_cast<long double>(turns) - std::floor(static_cast<long double>(turns)));
    EXPECT_NEAR(z.re, double(std::cos(phase)), 3e-16) << turns;
    EXPECT_NEAR(z.im, double(std::sin(phase)), 3e-16) << turns;
    EXPECT_EQ(values(polar_turns(Wide(turns)).re)[3], z.re);
    EXPECT_EQ(values(polar_turns(Wide(turns)).im)[4], z.im);
  }
  EXPECT_NEAR(polar_turns(0.3f).im, std::sin(0.6 * pi), 1e-6);
}

/// The scene with receivers around its own, turned in different ways.
struct Around {
  FieldScene<double> scene;
  std::vector<Device<double>> receivers;

  explicit Around(std::uint32_t number) : scene(random_scene<double>(20, number)) {
    Random random(97, number, 0, Purpose::test);
    for (int i = 0; i < lanes; ++i) {
      receivers.push_back(scene.rx);
      receivers[std::size_t(i)].position += 0.3 * random_direction(random);
      const Mat3d turn = rotation(random.uniform(-1, 1), 0.2, 0.1);
      receivers[std::size_t(i)].axes = turn * scene.rx.axes;
    }
  }
  FieldView<double> view() const {
    FieldView<double> v = scene.view();
    v.receivers = receivers.data();
    return v;
  }
  Path path_to(std::uint32_t rx) const {
    Path p = scene.path();
    p.rx = rx;
    return p;
  }
};
constexpr std::array<std::uint32_t, lanes> order{3, 1, 4, 1, 5, 7, 2, 6};  // of receivers; one stands twice

std::array<CVec3<double>, lanes> fields(const CVec3<Wide>& f) {
  const auto xr = values(f.x.re), xi = values(f.x.im), yr = values(f.y.re), yi = values(f.y.im), zr = values(f.z.re),
             zi = values(f.z.im);
  std::array<CVec3<double>, lanes> all;
  for (std::size_t i = 0; i < lanes; ++i) all[i] = {{xr[i], xi[i]}, {yr[i], yi[i]}, {zr[i], zi[i]}};
  return all;
}

TEST(WidePath, FieldOfALaneIsThatOfItsPath) {
  paths::WidePath wide;
  for (std::uint32_t number = 0; number < 600; ++number) {
    const Around s(number);
    const FieldView<double> view = s.view();
    wide.take(view, s.scene.path());
    const auto all = fields(wide.field(order.data()));
    for (std::size_t i = 0; i < lanes; ++i) {
      const CVec3<double> alone = path_field(view, s.path_to(order[i]));
      // Bit for bit, but for GCC 12: it contracts complex products in vectors even with -ffp-contract=off.
      EXPECT_LE(norm2(all[i] - alone), square(1e-13) * norm2(alone)) << "scene " << number << ", lane " << i;
      EXPECT_GE(norm2(alone), 0);
    }
  }
}

/// Adds up poses and transmitters; no more is asked of lanes.
struct Sum {
  static constexpr bool wants_materials = false, wants_receivers = false;
  Vec3d tx{};
  std::vector<Vec3d> center, rotation;
  std::vector<double> half_u, half_v;
  explicit Sum(std::size_t faces) : center(faces), rotation(faces), half_u(faces), half_v(faces) {}
  void transmitter(std::uint32_t, Vec3d g) { tx += g; }
  void receiver(std::uint32_t, Vec3d) {}
  void material(std::uint32_t, double, double, double) {}
  void face(std::uint32_t f, Vec3d c, Vec3d r, double u, double v) {
    center[f] += c;
    rotation[f] += r;
    half_u[f] += u;
    half_v[f] += v;
  }
};

TEST(WidePath, AdjointIsTheSumOfTheLanes) {
  paths::WidePath wide;
  int told = 0;
  for (std::uint32_t number = 0; number < 600; ++number) {
    const Around s(number);
    const FieldView<double> view = s.view();
    const auto statics = std::uint32_t(s.scene.static_faces.size()), movers = std::uint32_t(s.scene.movers.size());
    Random random(101, number, 0, Purpose::test);
    double part[6][lanes];
    for (auto& p : part)
      for (double& x : p) x = random.normal();
    const auto bar = [&](std::size_t i) {
      return CVec3<double>{{part[0][i], part[1][i]}, {part[2][i], part[3][i]}, {part[4][i], part[5][i]}};
    };
    Sum expected(statics + movers), size(statics + movers);
    for (std::size_t i = 0; i < lanes; ++i) {
      Sum one(statics + movers);
      path_field_adjoint(view, s.path_to(order[i]), bar(i), one);
      expected.tx += one.tx;
      size.tx.x += norm(one.tx);
      for (std::uint32_t f = statics; f < statics + movers; ++f) {
        expected.face(f, one.center[f], one.rotation[f], one.half_u[f], one.half_v[f]);
        size.half_u[f] +=
            norm(one.center[f]) + norm(one.rotation[f]) + std::abs(one.half_u[f]) + std::abs(one.half_v[f]);
      }
    }
    paths::WideSums sums(1, statics, movers);
    wide.take(view, s.scene.path());
    const auto load = [&](int p) { return Complex<Wide>{Wide::load(part[p]), Wide::load(part[p + 1])}; };
    wide.adjoint(order.data(), {load(0), load(2), load(4)}, sums);
    Sum found(statics + movers);
    sums.tell(found);
    EXPECT_LE(norm(found.tx - expected.tx), 1e-11 * size.tx.x) << "scene " << number;
    for (std::uint32_t f = statics; f < statics + movers; ++f) {
      const double tolerance = 1e-11 * size.half_u[f];
      EXPECT_LE(norm(found.center[f] - expected.center[f]), tolerance) << "scene " << number << ", face " << f;
      EXPECT_LE(norm(found.rotation[f] - expected.rotation[f]), tolerance) << "scene " << number << ", face " << f;
      EXPECT_LE(std::abs(found.half_u[f] - expected.half_u[f]), tolerance) << "scene " << number << ", face " << f;
      EXPECT_LE(std::abs(found.half_v[f] - expected.half_v[f]), tolerance) << "scene " << number << ", face " << f;
      told += size.half_u[f] > 0;
    }
  }
  EXPECT_GT(told, 500);
}

}  // namespace
