#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "field_random.hpp"

using namespace field_scene;

namespace {

using Extended = long double;
constexpr std::uint64_t seed = 20240;

/// One scalar parameter of a scene: what to do with it, and how large a step it takes.
struct Parameter {
  enum class Of { tx, rx, center, rotation, half_u, half_v, eps_r, sigma, thickness } of;
  std::size_t index = 0;  ///< mover, or material
  int axis = 0;
  Extended step = 0;
};

Vec3<Extended> along(int axis, Extended h) {
  Vec3<Extended> v;
  v[axis] = h;
  return v;
}

void shift(FieldScene<Extended>& s, const Parameter& p, Extended h) {
  using Of = Parameter::Of;
  const Extended omega_eps0 = Extended(2 * pi * speed_of_light / wavelength(s.frequency) * vacuum_permittivity);
  switch (p.of) {
    case Of::tx:
      s.tx.position += along(p.axis, h);
      return;
    case Of::rx:
      s.rx.position += along(p.axis, h);
      return;
    case Of::center:
      s.mover_frames[p.index].rectangle.center += along(p.axis, h);
      return;
    case Of::rotation: {
      Rectangle<Extended>& r = s.mover_frames[p.index].rectangle;
      const Mat3<Extended> m = rotation_vector(along(p.axis, h));
      r.u = m * r.u;
      r.v = m * r.v;
      r.normal = m * r.normal;
      return;
    }
    case Of::half_u:
      s.mover_frames[p.index].rectangle.half_u += h;
      return;
    case Of::half_v:
      s.mover_frames[p.index].rectangle.half_v += h;
      return;
    case Of::eps_r:
      s.slabs[p.index].eta.re += h;
      return;
    case Of::sigma:
      s.slabs[p.index].eta.im -= h / omega_eps0;
      return;
    case Of::thickness:
      s.slabs[p.index].thickness += h;
      return;
  }
}

CVec3<Extended> field_at(const FieldScene<Extended>& s, const std::vector<Parameter>& parameters, Extended times) {
  FieldScene<Extended> moved = s;
  for (const Parameter& p : parameters) shift(moved, p, times * p.step);
  return path_field(moved.view(), moved.path());
}

/// dF per unit of the common step: central differences of fourth order in extended precision.
CVec3<Extended> field_derivative(const FieldScene<Extended>& s, const std::vector<Parameter>& p) {
  const CVec3<Extended> near = field_at(s, p, 1) - field_at(s, p, -1), far = field_at(s, p, 2) - field_at(s, p, -2);
  return Extended(1) / 12 * (Extended(8) * near - far);
}

Extended inner(const CVec3<Extended>& a, const CVec3<Extended>& b) { return hermitian(a, b).re; }

double part(const Gradient<double>& g, const Parameter& p, std::size_t statics) {
  using Of = Parameter::Of;
  switch (p.of) {
    case Of::tx:
      return g.tx[p.axis];
    case Of::rx:
      return g.rx[p.axis];
    case Of::center:
      return g.faces[statics + p.index].center[p.axis];
    case Of::rotation:
      return g.faces[statics + p.index].rotation[p.axis];
    case Of::half_u:
      return g.faces[statics + p.index].half_u;
    case Of::half_v:
      return g.faces[statics + p.index].half_v;
    case Of::eps_r:
      return g.media[p.index].eps_r;
    case Of::sigma:
      return g.media[p.index].sigma;
    case Of::thickness:
      return g.media[p.index].thickness;
  }
  return 0;
}

/// Parameters by gradient vector: positions, then per mover centre, rotation and sizes, then per material its three.
std::vector<std::vector<Parameter>> parameter_groups(const FieldScene<double>& s) {
  using Of = Parameter::Of;
  const Extended h = Extended(1e-3) * Extended(wavelength(s.frequency)) / Extended(2 * pi);
  std::vector<std::vector<Parameter>> groups;
  const auto vector3 = [&](Of of, std::size_t index) {
    groups.push_back({{of, index, 0, h}, {of, index, 1, h}, {of, index, 2, h}});
  };
  vector3(Of::tx, 0);
  vector3(Of::rx, 0);
  for (std::size_t i = 0; i < s.movers.size(); ++i) {
    vector3(Of::center, i);
    vector3(Of::rotation, i);
    if (s.visibility.kind != VisibilityKind::hard) groups.push_back({{Of::half_u, i, 0, h}, {Of::half_v, i, 0, h}});
  }
  for (std::size_t i = 0; i < s.materials.size(); ++i) {
    const Material& m = s.materials[i];
    if (m.pec) continue;
    // Metal hardly depends on eta: a larger step keeps the difference above the rounding.
    const Extended relative = Extended(m.sigma > 1 ? 1e-3 : 1e-5);
    groups.push_back({{Of::eps_r, i, 0, relative * abs(s.slabs[i].eta)}});
    groups.push_back({{Of::sigma, i, 0, relative * (Extended(m.sigma) + Extended(0.1))}});
    if (!s.slabs[i].opaque) groups.push_back({{Of::thickness, i, 0, h / 10}});
  }
  return groups;
}

CVec3<double> random_cotangent(std::uint32_t number) {
  Random r(seed, number, 99, Purpose::noise);
  return {{r.normal(), r.normal()}, {r.normal(), r.normal()}, {r.normal(), r.normal()}};
}

CVec3<Extended> widened(const CVec3<double>& e) {
  return {
      {Extended(e.x.re), Extended(e.x.im)}, {Extended(e.y.re), Extended(e.y.im)}, {Extended(e.z.re), Extended(e.z.im)}};
}

}  // namespace

TEST(PathFieldAdjoint, MatchesCentralDifferences) {
  double worst = 0;
  int vectors = 0, kinds[4] = {};
  for (std::uint32_t number = 0; number < 1200; ++number) {
    const FieldScene<double> s = random_scene<double>(seed, number);
    const FieldScene<Extended> wide = random_scene<Extended>(seed, number);
    for (const Hop& hop : s.hops) ++kinds[int(hop.kind)];
    const CVec3<double> f_bar = random_cotangent(number);
    const Gradient<double> g = adjoint(s, f_bar);
    for (const std::vector<Parameter>& group : parameter_groups(s)) {
      double error = 0, size = 0;
      for (const Parameter& p : group) {
        const double expected = double(inner(widened(f_bar), field_derivative(wide, {p})) / p.step);
        error += square(part(g, p, s.static_faces.size()) - expected);
        size += square(expected);
      }
      if (size == 0 && error == 0) continue;
      ++vectors;
      worst = std::max(worst, std::sqrt(error / size));
    }
  }
  RecordProperty("worst_relative_error", testing::PrintToString(worst));
  EXPECT_LT(worst, 1e-8);
  EXPECT_GT(vectors, 5000);
  for (const int count : kinds) EXPECT_GT(count, 100);
}

TEST(PathFieldAdjoint, DotProductIdentity) {
  // <f_bar, J x> = <J^T f_bar, x> for random directions x in all parameters at once.
  for (std::uint32_t number = 0; number < 300; ++number) {
    const FieldScene<double> s = random_scene<double>(seed + 1, number);
    const FieldScene<Extended> wide = random_scene<Extended>(seed + 1, number);
    const CVec3<double> f_bar = random_cotangent(number);
    const Gradient<double> g = adjoint(s, f_bar);
    Random r(seed, number, 0, Purpose::noise);
    std::vector<Parameter> direction;
    double expected = 0, size = 0;
    for (const std::vector<Parameter>& group : parameter_groups(s)) {
      for (Parameter p : group) {
        p.step *= Extended(r.normal()) / 4;
        direction.push_back(p);
        const double term = part(g, p, s.static_faces.size()) * double(p.step);
        expected += term;
        size += std::abs(term);
      }
    }
    const double forward = double(inner(widened(f_bar), field_derivative(wide, direction)));
    EXPECT_NEAR(forward, expected, 1e-10 * size) << "scene " << number;
  }
}

TEST(PathFieldAdjoint, TranslationInvariance) {
  // Without static faces nothing but the relative position of transmitter, receiver and movers counts.
  int scenes = 0;
  for (std::uint32_t number = 0; number < 2000; ++number) {
    const FieldScene<double> s = random_scene<double>(seed + 2, number);
    if (!s.static_faces.empty()) continue;
    ++scenes;
    const Gradient<double> g = adjoint(s, random_cotangent(number));
    Vec3d sum = g.tx + g.rx;
    double size = norm(g.tx) + norm(g.rx);
    for (const auto& face : g.faces) {
      sum += face.center;
      size += norm(face.center);
    }
    EXPECT_LE(norm(sum), 1e-12 * size) << "scene " << number;
  }
  EXPECT_GT(scenes, 300);
}

TEST(PathFieldAdjoint, PowerAdjointIsTheAdjointForTwiceTheField) {
  for (std::uint32_t number = 0; number < 50; ++number) {
    const FieldScene<double> s = random_scene<double>(seed + 3, number);
    const std::size_t faces = s.static_faces.size() + s.movers.size();
    const CVec3<double> f = path_field(s.view(), s.path());
    Gradient<double> power(faces);
    const CVec3<double> again = path_power_adjoint(s.view(), s.path(), 3.0, power);
    EXPECT_EQ(norm2(f - again), 0);
    const Gradient<double> field = adjoint(s, 6.0 * f);
    EXPECT_EQ(power.tx, field.tx);
    for (std::size_t i = 0; i < faces; ++i) EXPECT_EQ(power.faces[i].rotation, field.faces[i].rotation);
  }
}

namespace {

struct LeanSink {
  static constexpr bool wants_materials = false, wants_receivers = false;
  Gradient<double>& g;
  void transmitter(std::uint32_t i, Vec3d v) { g.transmitter(i, v); }
  void face(std::uint32_t f, Vec3d c, Vec3d r, double u, double v) { g.face(f, c, r, u, v); }
};

}  // namespace

TEST(PathFieldAdjoint, LeanSinkGetsTheSameGradient) {
  for (std::uint32_t number = 0; number < 100; ++number) {
    const FieldScene<double> s = random_scene<double>(seed + 4, number);
    const CVec3<double> f_bar = random_cotangent(number);
    const Gradient<double> full = adjoint(s, f_bar);
    Gradient<double> g(full.faces.size());
    LeanSink lean{g};
    path_field_adjoint(s.view(), s.path(), f_bar, lean);
    EXPECT_LE(norm(g.tx - full.tx), 1e-13 * norm(full.tx));
    for (std::size_t i = 0; i < g.faces.size(); ++i) {
      EXPECT_LE(norm(g.faces[i].center - full.faces[i].center), 1e-13 * norm(full.faces[i].center));
      EXPECT_LE(norm(g.faces[i].rotation - full.faces[i].rotation), 1e-12 * norm(full.faces[i].rotation));
      EXPECT_DOUBLE_EQ(g.faces[i].half_u, full.faces[i].half_u);
    }
  }
}

TEST(PathFieldAdjoint, FloatFollowsDouble) {
  std::vector<double> errors;
  for (std::uint32_t number = 0; number < 1000; ++number) {
    FieldScene<double> s = random_scene<double>(seed + 5, number);
    FieldScene<float> narrow = random_scene<float>(seed + 5, number);
    s.phase = narrow.phase = false;  // incoherent losses
    const double gain = gain_db(s);
    if (gain < -150) continue;
    EXPECT_NEAR(double(gain_db(narrow)), gain, 2e-2) << number;
    const Gradient<double> g = db_gradient(s);
    const Gradient<float> f = db_gradient(narrow);
    double error = norm2(f.tx.as<double>() - g.tx), size = norm2(g.tx);
    for (std::size_t i = 0; i < g.faces.size(); ++i) {
      error += norm2(f.faces[i].center.as<double>() - g.faces[i].center);
      error += norm2(f.faces[i].rotation.as<double>() - g.faces[i].rotation);
      size += norm2(g.faces[i].center) + norm2(g.faces[i].rotation);
    }
    errors.push_back(std::sqrt(error / size));
  }
  std::sort(errors.begin(), errors.end());
  // The worst are gradients at 28 GHz far out in the tails of the edge function, 100 times smaller than at the edge.
  EXPECT_LT(errors[errors.size() / 2], 4e-6);
  EXPECT_LT(errors[errors.size() * 99 / 100], 5e-4);
  EXPECT_LT(errors.back(), 5e-3);
}
