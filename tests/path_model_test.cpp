/// The path model as a function and its adjoint: against a full retrace, against finite differences, against symmetry;
/// and at the edges of what it takes.
#include <gtest/gtest.h>

#include "manyworlds/core/units.hpp"
#include "manyworlds/io/load.hpp"
#include "manyworlds/paths/model.hpp"
#include "manyworlds/scene/panel.hpp"
#include "test_scene.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using test::random_point;

const Visibility hard{.kind = VisibilityKind::hard};
struct Kind {
  const char* name;
  Visibility visibility;
};
const Kind kinds[] = {{"hard", hard},
                      {"fresnel", {.kind = VisibilityKind::fresnel, .smoothing_wavelengths = 2}},
                      {"atan", {.kind = VisibilityKind::atan, .smoothing_wavelengths = 4, .tiles = 3}},
                      {"logistic", {.kind = VisibilityKind::logistic, .alpha = 8}}};

Configuration at_home(const Scene& scene, std::size_t movers) {
  Configuration c;
  c.movers.resize(movers);
  for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
  return c;
}

Pose random_pose(Random& random, Vec3d lo, Vec3d hi) {
  return make_pose(random_point(random, lo, hi), random_point(random, {-3, -.5, -.5}, {3, .5, .5}));
}

Pose moved(Pose pose, Vec3d translation, Vec3d turn) {
  return {pose.position + translation, rotation_vector(turn) * pose.rotation};
}

/// The scene with an object set down at a pose, to be traced as a static one.
void set_down(Scene& scene, std::uint32_t object, const Pose& pose) {
  const Vec3d origin = make_mover_shape(scene.objects[object]).origin;
  for (Vec3d& v : scene.objects[object].mesh.vertices) v = pose.point(v - origin);
}

std::vector<double> gains_of(const PathModel& model, const Configuration& c, const Visibility& visibility) {
  Workspace w = model.make_workspace();
  model.gains(c, visibility, w);
  return w.gains;
}

/// Two rooms of concrete with a doorway in a partition of plasterboard; furniture for no symmetry.
Scene two_rooms() {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_room(scene, 0, {8, 5, 2.8});
  test::add_sheet(scene, "partition_south", 2, {4, 0, 0}, {0, 2, 0}, {0, 0, 2.8});
  test::add_sheet(scene, "partition_north", 2, {4, 3, 0}, {0, 2, 0}, {0, 0, 2.8});
  test::add_sheet(scene, "lintel", 2, {4, 2, 2.1}, {0, 1, 0}, {0, 0, 0.7});
  test::add_sheet(scene, "board", 1, {6, 4.1, 0.9}, {1.1, 0.3, 0}, {0, 0, 0.8});
  return scene;
}

enum class Movers { metal, plasterboard, two, box, box_and_panel };
const char* const mover_names[] = {"metal panel", "plasterboard panel", "two panels", "metal box",
                                   "plasterboard box and panel"};

std::vector<std::uint32_t> add_movers(Scene& scene, Movers which, std::uint32_t metal, std::uint32_t penetrable) {
  const auto first = std::uint32_t(scene.objects.size());
  const auto panel = [&](const char* name, double width, double height, std::uint32_t material) {
    scene.objects.push_back(make_panel(name, width, height, material));
  };
  if (which == Movers::metal || which == Movers::two) panel("panel", 1, 0.8, metal);
  if (which == Movers::plasterboard || which == Movers::two) panel("board2", 0.9, 1.2, penetrable);
  if (which == Movers::box) test::add_box(scene, "box", metal, {}, {0.6, 0.8, 0.5});
  if (which == Movers::box_and_panel) {
    test::add_box(scene, "box", penetrable, {}, {0.6, 0.8, 0.5});
    panel("panel", 1, 0.8, metal);
  }
  std::vector<std::uint32_t> movers;
  for (std::uint32_t i = first; i < scene.objects.size(); ++i) movers.push_back(i);
  return movers;
}

TEST(PathModel, SplitPowersEqualThoseOfAFullRetrace) {
  std::size_t touched = 0;
  for (std::uint32_t seed = 0; seed < 24; ++seed) {
    Random random(61, seed, 0, Purpose::test);
    Scene scene = seed % 3 == 0 ? two_rooms() : test::random_sheets(random, 8);
    const Vec3d hi = seed % 3 == 0 ? Vec3d{7.9, 4.9, 2.7} : Vec3d{10, 10, 10};
    const auto movers = add_movers(scene, Movers(seed % 5), 1, 2);
    for (int t = 0; t < 2; ++t)
      scene.add({"tx" + std::to_string(t), random_point(random, {.1, .1, .1}, hi), {}, 0, {}});
    for (int r = 0; r < 40; ++r) scene.receivers.positions.push_back(random_point(random, {.1, .1, .1}, hi));
    if (seed % 4 == 3) scene.receivers.antenna = Antenna{Pattern::dipole, {0, pi / 2}};
    const PathOptions options{.max_depth = 3, .transmission = seed % 2 == 0, .coherent = seed % 4 > 1};
    const PathModel split(scene, movers, options);
    const std::vector<double> without = gains_of(PathModel(
                                                     [&] {
                                                       Scene s = scene;
                                                       s.objects.resize(movers[0]);
                                                       return s;
                                                     }(),
                                                     {}, options),
                                                 at_home(scene, 0), hard);
    Workspace w = split.make_workspace();
    for (int step = 0; step < 3; ++step) {
      Configuration c = at_home(scene, movers.size());
      Scene placed = scene;
      for (std::size_t m = 0; m < movers.size(); ++m) {
        c.movers[m] = random_pose(random, {1, 1, 1}, hi - Vec3d{1, 1, 1});
        set_down(placed, movers[m], c.movers[m]);
      }
      c.transmitters[1] = random_point(random, {.1, .1, .1}, hi);
      placed.transmitters[1].position = c.transmitters[1];
      split.gains(c, hard, w);
      PathOptions powers = options;
      powers.coherent = false;
      const std::vector<double> full = gains_of(PathModel(placed, {}, options), at_home(placed, 0), hard);
      const std::vector<double> power = gains_of(PathModel(placed, {}, powers), at_home(placed, 0), hard);
      for (std::size_t i = 0; i < full.size(); ++i) {
        EXPECT_NEAR(w.gains[i], full[i], 1e-12 * power[i]) << "seed " << seed << " link " << i;
        touched += i < 40 && w.gains[i] != without[i];
      }
    }
  }
  EXPECT_GT(touched, 500u);
}

/// Everything an adjoint can tell, by device, mover and material.
struct FullSink {
  static constexpr bool wants_materials = true, wants_receivers = true, wants_static = true;
  const Workspace& w;
  std::vector<Vec3d> transmitters, receivers;
  std::vector<PoseGradient> movers;
  std::vector<std::array<double, 3>> materials;  ///< eps_r, sigma, thickness

  FullSink(const PathModel& model, const Workspace& workspace, std::size_t material_count)
      : w(workspace),
        transmitters(model.transmitters()),
        receivers(model.receivers()),
        movers(workspace.poses.size()),
        materials(material_count) {}
  void transmitter(std::uint32_t tx, Vec3d v) { transmitters[tx] += v; }
  void receiver(std::uint32_t rx, Vec3d v) { receivers[rx] += v; }
  void face(std::uint32_t face, Vec3d center, Vec3d rotation, double, double) {
    const std::uint32_t local = face - w.moving.first_id, mover = w.mover_of_face[local];
    movers[mover] += {center, rotation + cross(w.frames[local].rectangle.center - w.poses[mover].position, center)};
  }
  void material(std::uint32_t m, double eps_r, double sigma, double thickness) {
    materials[m][0] += eps_r, materials[m][1] += sigma, materials[m][2] += thickness;
  }
};

/// Weights that give every link that has a gain a similar say in the loss sum of gain_bar * gain.
std::vector<double> balanced(const std::vector<double>& gains, Random& random) {
  std::vector<double> bar;
  for (double g : gains) bar.push_back(g > 1e-15 ? random.uniform(0.5, 1.5) / g : 0);
  return bar;
}

double loss(const std::vector<double>& gain_bar, const std::vector<double>& gains) {
  double sum = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) sum += gain_bar[i] * gains[i];
  return sum;
}

/// Which paths there are and through which tiles: what central differences must not cross a change of.
struct Signature {
  std::vector<std::uint32_t> numbers;
  Signature(const PathModel& model, const Workspace& w) {
    for (const kernels::Path& p : w.table.paths) numbers.insert(numbers.end(), {p.tx, p.rx, p.hops, p.tile_tuples});
    for (const Hop& h : w.table.hops) numbers.insert(numbers.end(), {h.face, std::uint32_t(h.kind)});
    numbers.insert(numbers.end(), w.table.tiles.begin(), w.table.tiles.end());
    for (std::size_t t = 0; t < model.transmitters(); ++t) {
      for (const auto& p : model.paths_of(w, t).cache.paths) numbers.insert(numbers.end(), {p.rx, p.hops});
      for (const Hop& h : model.paths_of(w, t).cache.hops) numbers.push_back(h.face);
    }
  }
  bool operator==(const Signature&) const = default;
};

/// Derivative of f along the three axes by central differences, extrapolated (Richardson) at two step sizes.
struct Difference {
  Vec3d value{};
  double spread = 0;   ///< between the two extrapolations: how far to trust them
  bool smooth = true;  ///< f said so everywhere
};
template <class F>
Difference differentiate(F&& f, double h) {
  Difference result;
  Vec3d coarse{};
  for (int axis = 0; axis < 3; ++axis) {
    double slope[3];
    for (int level = 0; level < 3; ++level) {
      Vec3d step{};
      step[axis] = h / (1 << level);
      double above = 0, below = 0;
      result.smooth = f(step, above) && f(-step, below) && result.smooth;
      slope[level] = (above - below) / (2 * step[axis]);
    }
    coarse[axis] = (4 * slope[1] - slope[0]) / 3;
    result.value[axis] = (4 * slope[2] - slope[1]) / 3;
  }
  result.spread = norm(coarse - result.value);
  return result;
}

/// How gradient checks went.
struct Tally {
  int checked = 0, rough = 0;  ///< rough: visibility changes nearby, or differences that do not converge

  void check(const Vec3d& gradient, const Difference& d, double tolerance, const std::string& what) {
    if (!d.smooth || d.spread > 0.3 * tolerance * norm(gradient)) {
      ++rough;
      return;
    }
    ++checked;
    EXPECT_LE(norm(gradient - d.value), tolerance * norm(gradient)) << what;
  }
};

/// Checks the gradient by every pose and transmitter of a configuration.
void check_gradients(const PathModel& model, const Configuration& c, const Visibility& visibility, Random& random,
                     Tally& tally, const std::string& what) {
  Workspace w = model.make_workspace(), near = model.make_workspace();
  model.gains(c, visibility, w);
  const std::vector<double> gain_bar = balanced(w.gains, random);
  ConfigurationGradient gradient;
  model.pullback(gain_bar, w, gradient);
  const Signature here(model, w);
  const auto at = [&](const Configuration& other, double& value) {
    model.gains(other, visibility, near);
    value = loss(gain_bar, near.gains);
    return Signature(model, near) == here;
  };
  const double h = 2e-4;
  for (std::size_t m = 0; m < c.movers.size(); ++m) {
    if (norm(gradient.movers[m].translation) == 0) continue;  // nothing meets it
    for (const bool turn : {false, true}) {
      const Difference d = differentiate(
          [&](Vec3d step, double& value) {
            Configuration other = c;
            other.movers[m] = turn ? moved(c.movers[m], {}, step) : moved(c.movers[m], step, {});
            return at(other, value);
          },
          h);
      tally.check(turn ? gradient.movers[m].rotation : gradient.movers[m].translation, d, 1e-6,
                  what + (turn ? " rotation" : " translation"));
    }
  }
  for (std::size_t t = 0; t < c.transmitters.size(); ++t) {
    const Difference d = differentiate(
        [&](Vec3d step, double& value) {
          Configuration other = c;
          other.transmitters[t] += step;
          return at(other, value);
        },
        h);
    tally.check(gradient.transmitters[t], d, 1e-6, what + " transmitter");
  }
}

TEST(PathModel, GradientsEqualDifferencesInTwoRooms) {
  Tally tally;
  for (const Kind& kind : kinds)
    for (int which = 0; which < 5; ++which)
      for (const bool coherent : {false, true}) {
        const auto seed = std::uint32_t(which * 8 + int(kind.visibility.kind) * 2 + coherent);
        Random random(67, seed, 0, Purpose::test);
        Scene scene = two_rooms();
        const auto movers = add_movers(scene, Movers(which), 1, 2);
        scene.add({"tx0", random_point(random, {.5, .5, .5}, {3.5, 4.5, 2.3}), {}, 0, {}});
        scene.add(
            {"tx1", random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}), {0.3, 0.1, 0}, 0, {Pattern::tr38901, {0.4}}});
        for (int r = 0; r < 4; ++r)
          scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
        if (seed % 3 == 0) scene.receivers.antenna = Antenna{Pattern::hw_dipole, {pi / 4}};
        const int depth = which < 2 ? 3 : 2;
        const PathModel model(
            scene, movers,
            {.max_depth = depth, .transmission = seed % 4 != 1, .coherent = coherent, .moving_transmitters = true});
        Configuration c = at_home(scene, movers.size());
        for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6.5, 3.5, 1.8});
        c.transmitters[1] += random_point(random, {-.2, -.2, -.2}, {.2, .2, .2});  // has left its place; tx0 has not
        check_gradients(model, c, kind.visibility, random, tally,
                        std::string(kind.name) + ", " + mover_names[which] + (coherent ? ", coherent" : ""));
      }
  EXPECT_GT(tally.checked, 120);
  EXPECT_LT(tally.rough, tally.checked / 3);
}

TEST(PathModel, GradientsEqualDifferencesInTheReferenceScene) {
  Tally tally;
  const Scene rooms = io::load(std::string(MANYWORLDS_SOURCE_DIR) + "/tests/data/sionna/two_rooms/two_rooms.xml",
                               {.frequency_hz = 2.4e9});
  for (const Kind& kind : kinds)
    for (std::uint32_t seed = 0; seed < 3; ++seed) {
      Random random(71, seed, std::uint32_t(kind.visibility.kind), Purpose::test);
      Scene scene = rooms;
      Material metal;
      metal.name = "panel metal";
      metal.pec = true;
      scene.materials.push_back(metal);
      const auto movers = add_movers(scene,
                                     seed == 1   ? Movers::plasterboard
                                     : seed == 2 ? Movers::two
                                                 : Movers::metal,
                                     std::uint32_t(scene.materials.size() - 1), 2);
      scene.add({"tx", {1.2, 1.1, 2.1}, {}, 0, {}});
      for (int r = 0; r < 5; ++r)
        scene.receivers.positions.push_back(random_point(random, {4.5, .5, .5}, {8.5, 4.5, 2}));
      const PathModel model(scene, movers, {.max_depth = 3, .coherent = seed == 2, .moving_transmitters = true});
      Configuration c = at_home(scene, movers.size());
      for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6, 3.5, 1.8});
      check_gradients(model, c, kind.visibility, random, tally, kind.name);
    }
  EXPECT_GT(tally.checked, 30);
  EXPECT_LT(tally.rough, tally.checked / 4);
}

TEST(PathModel, HardGradientsEqualDifferencesOfAFullRetrace) {
  Tally tally;
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    Random random(73, seed, 0, Purpose::test);
    Scene scene = two_rooms();
    const auto movers = add_movers(scene, Movers(seed % 5), 1, 2);
    scene.add({"tx", random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}), {}, 0, {}});
    for (int r = 0; r < 12; ++r)
      scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
    const PathOptions options{.max_depth = 2, .coherent = seed % 2 == 1, .moving_transmitters = true};
    const PathModel model(scene, movers, options);
    Configuration c = at_home(scene, movers.size());
    for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6.5, 3.5, 1.8});
    Workspace w = model.make_workspace();
    model.gains(c, hard, w);
    const std::vector<double> gain_bar = balanced(w.gains, random);
    ConfigurationGradient gradient;
    model.pullback(gain_bar, w, gradient);
    const auto retrace = [&](const Configuration& other, double& value) {
      Scene placed = scene;
      for (std::size_t m = 0; m < movers.size(); ++m) set_down(placed, movers[m], other.movers[m]);
      placed.transmitters[0].position = other.transmitters[0];
      const PathModel full(placed, {}, options);
      Workspace all = full.make_workspace();
      full.gains(at_home(placed, 0), hard, all);
      value = loss(gain_bar, all.gains);
      Workspace split = model.make_workspace();
      model.gains(other, hard, split);
      return Signature(model, split) == Signature(model, w);
    };
    for (std::size_t m = 0; m < movers.size(); ++m) {
      if (norm(gradient.movers[m].translation) == 0) continue;
      for (const bool turn : {false, true})
        tally.check(turn ? gradient.movers[m].rotation : gradient.movers[m].translation,
                    differentiate(
                        [&](Vec3d step, double& value) {
                          Configuration other = c;
                          other.movers[m] = turn ? moved(c.movers[m], {}, step) : moved(c.movers[m], step, {});
                          return retrace(other, value);
                        },
                        1e-4),
                    1e-6, "seed " + std::to_string(seed) + (turn ? " rotation" : " translation"));
    }
    tally.check(gradient.transmitters[0],
                differentiate(
                    [&](Vec3d step, double& value) {
                      Configuration other = c;
                      other.transmitters[0] += step;
                      return retrace(other, value);
                    },
                    1e-4),
                1e-6, "seed " + std::to_string(seed) + " transmitter");
  }
  EXPECT_GT(tally.checked, 20);
  EXPECT_LT(tally.rough, tally.checked / 4);
}

TEST(PathModel, NothingChangesWhenEverythingMovesTogether) {
  for (const Kind& kind : kinds)
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
      Random random(79, seed, std::uint32_t(kind.visibility.kind), Purpose::test);
      Scene scene;
      scene.materials = test::test_materials();
      const auto movers = add_movers(scene, Movers(seed % 5), 1, 2);
      for (int t = 0; t < 2; ++t)
        scene.add({"tx" + std::to_string(t), random_point(random, {0, 0, 0}, {6, 4, 2}), {}, 0, {}});
      for (int r = 0; r < 8; ++r) scene.receivers.positions.push_back(random_point(random, {0, 0, 0}, {6, 4, 2}));
      const PathModel model(scene, movers, {.max_depth = 3, .coherent = seed >= 5, .moving_transmitters = true});
      Configuration c = at_home(scene, movers.size());
      for (Pose& pose : c.movers) pose = random_pose(random, {1, 1, .5}, {5, 3, 1.5});
      Workspace w = model.make_workspace();
      model.gains(c, kind.visibility, w);
      const std::vector<double> gain_bar = balanced(w.gains, random);
      FullSink sink(model, w, scene.materials.size());
      model.pullback(gain_bar, w, sink);
      ConfigurationGradient gradient;
      model.pullback(gain_bar, w, gradient);
      Vec3d sum{};
      double size = 0;
      for (const auto* list : {&sink.transmitters, &sink.receivers})
        for (Vec3d v : *list) sum += v, size += norm(v);
      for (const PoseGradient& g : sink.movers) sum += g.translation, size += norm(g.translation);
      EXPECT_LT(norm(sum), 1e-12 * size) << kind.name << " seed " << seed;
      // The model's own sink tells the same.
      for (std::size_t t = 0; t < 2; ++t) EXPECT_EQ(gradient.transmitters[t], sink.transmitters[t]);
      for (std::size_t m = 0; m < movers.size(); ++m)
        EXPECT_LT(norm(gradient.movers[m].rotation - sink.movers[m].rotation), 1e-9 * size);
    }
}

TEST(PathModel, GradientsByMaterialsAndReceiversEqualDifferences) {
  Tally tally;
  for (const Kind& kind : kinds) {
    Random random(83, 0, std::uint32_t(kind.visibility.kind), Purpose::test);
    Scene scene = two_rooms();
    const auto movers = add_movers(scene, Movers::two, 1, 2);
    scene.add({"tx", {1.3, 1.2, 1.9}, {}, 0, {}});
    for (int r = 0; r < 4; ++r)
      scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
    scene.receivers.antenna = Antenna{Pattern::dipole, {0, pi / 2}};
    const PathOptions options{.max_depth = 3};
    const PathModel model(scene, movers, options);
    Configuration c = at_home(scene, movers.size());
    c.movers = {make_pose({2.6, 3.6, 1.3}, {-1.1, 0.1, 0}), make_pose({5.3, 1.4, 1.2}, {2.2, 0.1, 0.1})};
    Workspace w = model.make_workspace();
    model.gains(c, kind.visibility, w);
    const std::vector<double> gain_bar = balanced(w.gains, random);
    FullSink sink(model, w, scene.materials.size());
    model.pullback(gain_bar, w, sink);
    for (std::size_t m : {0, 2}) {  // the others are perfect conductors
      double Material::*const parameters[] = {&Material::eps_r, &Material::sigma, &Material::thickness};
      for (std::size_t p = 0; p < 3; ++p) {
        const double h = p == 2 ? 1e-6 : 1e-4;
        const auto at = [&](double step) {
          Scene other = scene;
          other.materials[m].*parameters[p] += step;
          return loss(gain_bar, gains_of(PathModel(other, movers, options), c, kind.visibility));
        };
        const double wide = (at(h) - at(-h)) / (2 * h), narrow = (at(h / 2) - at(-h / 2)) / h;
        EXPECT_NEAR(sink.materials[m][p], (4 * narrow - wide) / 3, 1e-6 * std::abs(sink.materials[m][p]))
            << kind.name << " material " << m << " parameter " << p;
      }
    }
    for (std::size_t r = 0; r < 4; ++r) {
      const Difference d = differentiate(
          [&](Vec3d step, double& value) {
            Scene other = scene;
            other.receivers.positions[r] += step;
            const PathModel there(other, movers, options);
            Workspace near = there.make_workspace();
            there.gains(c, kind.visibility, near);
            value = loss(gain_bar, near.gains);
            return Signature(there, near) == Signature(model, w);
          },
          1e-4);
      tally.check(sink.receivers[r], d, 1e-6, std::string(kind.name) + " receiver " + std::to_string(r));
    }
  }
  EXPECT_GE(tally.checked, 12);
}

TEST(PathModel, ResultsAreBitEqualInAnyOrderOfUse) {
  Scene scene = two_rooms();
  const auto movers = add_movers(scene, Movers::two, 1, 2);
  scene.add({"tx0", {1, 1, 2}, {}, 0, {}});
  scene.add({"tx1", {6.5, 1, 2}, {}, 0, {}});
  Random random(89, 0, 0, Purpose::test);
  for (int r = 0; r < 10; ++r) scene.receivers.positions.push_back(random_point(random, {.5, .5, .5}, {7.5, 4.5, 2.3}));
  const PathModel model(scene, movers, {.max_depth = 3});
  std::vector<Configuration> configurations;
  for (int i = 0; i < 5; ++i) {
    Configuration c = at_home(scene, 2);
    for (Pose& pose : c.movers) pose = random_pose(random, {1.5, 1.5, 1}, {6.5, 3.5, 1.8});
    if (i % 2) c.transmitters[std::size_t(i / 2)] += Vec3d{0.3, 0.2, -0.1};
    if (i == 4) c.absent = {1, 0};
    configurations.push_back(c);
  }
  Workspace reused = model.make_workspace();
  for (int use = 0; use < 40; ++use) {
    const Configuration& c = configurations[random.below(5)];
    const Visibility& visibility = kinds[random.below(4)].visibility;
    model.gains(c, visibility, reused);
    Workspace fresh = model.make_workspace();
    model.gains(c, visibility, fresh);
    EXPECT_EQ(reused.gains, fresh.gains);
    ConfigurationGradient a, b;
    model.pullback(fresh.gains, reused, a);
    model.pullback(fresh.gains, fresh, b);
    for (std::size_t m = 0; m < 2; ++m) {
      EXPECT_EQ(a.movers[m].translation, b.movers[m].translation);
      EXPECT_EQ(a.movers[m].rotation, b.movers[m].rotation);
    }
    for (std::size_t t = 0; t < 2; ++t) EXPECT_EQ(a.transmitters[t], b.transmitters[t]);
  }
}

Scene small_scene() {
  Scene scene = two_rooms();
  scene.add({"tx", {1, 1, 2}, {}, 0, {}});
  scene.receivers.positions = {{2, 3, 1}, {6, 2, 1}};
  return scene;
}

TEST(PathModel, SaysWhatIsWrong) {
  Scene scene = small_scene();
  const auto movers = add_movers(scene, Movers::metal, 1, 2);
  EXPECT_THROW(PathModel(scene, movers, {.max_depth = -1}), InputError);
  EXPECT_THROW(PathModel(scene, movers, {.max_depth = 6}), InputError);
  EXPECT_THROW(PathModel(scene, {99}), InputError);
  EXPECT_THROW(PathModel(scene, {movers[0], movers[0]}), InputError);

  const PathModel model(scene, movers);
  const Configuration good = at_home(scene, 1);
  Workspace w = model.make_workspace();
  ConfigurationGradient gradient;
  EXPECT_THROW(model.pullback({0, 0}, w, gradient), InputError);  // before gains
  Configuration c = good;
  c.movers.clear();
  EXPECT_THROW(model.gains(c, {}, w), InputError);
  c = good;
  c.transmitters.push_back({});
  EXPECT_THROW(model.gains(c, {}, w), InputError);
  for (const Visibility& visibility :
       {Visibility{.tiles = 0}, Visibility{.tiles = 9}, Visibility{.smoothing_wavelengths = 0}, Visibility{.alpha = -1},
        Visibility{.support = std::nan("")}})
    EXPECT_THROW(model.gains(good, visibility, w), InputError);
  EXPECT_NO_THROW(model.gains(good, {}, w));
  EXPECT_THROW(model.pullback({0}, w, gradient), InputError);
  EXPECT_NO_THROW(model.pullback({0, 0}, w, gradient));
}

TEST(PathModel, SixtyFourFacesMayMove) {
  for (std::uint32_t count : {64u, 65u}) {
    Scene scene = small_scene();
    std::vector<std::uint32_t> movers;
    for (std::uint32_t i = 0; i < count; ++i) {
      movers.push_back(std::uint32_t(scene.objects.size()));
      scene.objects.push_back(make_panel("panel" + std::to_string(i), 0.1, 0.1, 1));
    }
    if (count == 65) {
      EXPECT_THROW(PathModel(scene, movers), InputError);
      continue;
    }
    const PathModel model(scene, movers, {.max_depth = 1});
    Configuration c = at_home(scene, count);
    for (std::uint32_t i = 0; i < count; ++i) c.movers[i] = make_pose({1 + 0.1 * i, 2.5, 1.2}, {0.1 * i, 0, 0});
    Workspace w = model.make_workspace();
    model.gains(c, {}, w);
    ConfigurationGradient gradient;
    model.pullback(w.gains, w, gradient);
    double size = 0;
    for (const PoseGradient& g : gradient.movers) size += norm(g.translation);
    EXPECT_TRUE(std::isfinite(size) && size > 0);
  }
}

TEST(PathModel, TriangleMovesUnderHardVisibilityOnly) {
  Scene scene = small_scene();
  const auto triangle = std::uint32_t(scene.objects.size());
  scene.objects.push_back({"triangle", {{{0, -1, -1}, {0, 1, -1}, {0, 0, 1}}, {{0, 1, 2}}, {}}, 1});
  const PathModel model(scene, {triangle});
  Configuration c = at_home(scene, 1);
  c.movers[0] = make_pose({1.5, 4, 1.3}, {pi / 2, 0, 0});
  Workspace w = model.make_workspace();
  EXPECT_NO_THROW(model.gains(c, hard, w));
  EXPECT_GT(w.table.paths.size(), 0u);
  EXPECT_THROW(model.gains(c, {}, w), InputError);
}

TEST(PathModel, WithoutMoversVisibilityDoesNotMatter) {
  const Scene scene = small_scene();
  const PathModel model(scene, {});
  const std::vector<double> expected = gains_of(model, at_home(scene, 0), hard);
  EXPECT_GT(expected[0], 0);
  for (const Kind& kind : kinds) EXPECT_EQ(gains_of(model, at_home(scene, 0), kind.visibility), expected);
}

TEST(PathModel, AbsentMoverIsNotThere) {
  Scene scene = small_scene();
  const std::vector<double> expected = gains_of(PathModel(scene, {}), at_home(scene, 0), hard);
  const auto movers = add_movers(scene, Movers::two, 1, 2);
  const PathModel model(scene, movers);
  Configuration c = at_home(scene, 2);
  for (Pose& pose : c.movers) pose = make_pose({1.5, 2, 1.5}, {0.7, 0, 0});
  EXPECT_NE(gains_of(model, c, {}), expected);
  c.absent = {1, 1};
  for (const Kind& kind : kinds) EXPECT_EQ(gains_of(model, c, kind.visibility), expected);
}

TEST(PathModel, MoverShutInAMetalBoxDoesNothing) {
  Scene scene = small_scene();
  test::add_box(scene, "safe", 1, {6.5, 3.5, 0.5}, {0.9, 0.9, 0.9});
  const std::vector<double> expected = gains_of(PathModel(scene, {}), at_home(scene, 0), hard);
  const auto movers = std::vector{std::uint32_t(scene.objects.size())};
  scene.objects.push_back(make_panel("panel", 0.4, 0.4, 1));
  const PathModel model(scene, movers);
  Configuration c = at_home(scene, 1);
  c.movers[0] = make_pose({6.5, 3.5, 0.5}, {0.4, 0.2, 0});
  // Nearly sharp edges: the box hides what would be seen through a hole.
  for (const Visibility& visibility : {hard, Visibility{.smoothing_wavelengths = 1e-6}}) {
    Workspace w = model.make_workspace();
    model.gains(c, visibility, w);
    EXPECT_EQ(w.gains, expected);
    ConfigurationGradient gradient;
    model.pullback({1, 1}, w, gradient);
    EXPECT_EQ(norm(gradient.movers[0].translation) + norm(gradient.movers[0].rotation), 0);
  }
}

TEST(PathModel, TransmitterInThePlaneOfThePanelSeesNoReflection) {
  Scene scene;
  scene.materials = test::test_materials();
  scene.objects.push_back(make_panel("panel", 1, 1, 1));
  scene.add({"tx", {0, 3, 0}, {}, 0, {}});
  scene.receivers.positions = {{2, 1, 0.3}, {-2, 1, 0.3}, {0, 5, 0}, {0, -3, 0}};
  const PathModel model(scene, {0}, {.max_depth = 2, .moving_transmitters = true});
  for (const Kind& kind : kinds) {
    Workspace w = model.make_workspace();
    model.gains(at_home(scene, 1), kind.visibility, w);
    for (std::size_t r = 0; r < 4; ++r) {
      const double length = norm(scene.receivers.positions[r] - scene.transmitters[0].position);
      EXPECT_NEAR(w.gains[r], square(wavelength(scene.frequency_hz) / (4 * pi * length)), 1e-12 * w.gains[r])
          << kind.name << r;
    }
    ConfigurationGradient gradient;
    model.pullback({1, 1, 1, 1}, w, gradient);
    EXPECT_TRUE(std::isfinite(norm(gradient.movers[0].translation) + norm(gradient.transmitters[0])));
  }
}

TEST(PathModel, DepthZeroIsTheLineOfSight) {
  Scene scene = small_scene();
  const auto movers = add_movers(scene, Movers::metal, 1, 2);
  const PathModel model(scene, movers, {.max_depth = 0});
  Configuration c = at_home(scene, 1);
  const double free = square(wavelength(scene.frequency_hz) / (4 * pi * norm(Vec3d{1, 2, -1})));
  c.movers[0] = make_pose({1.5, 2, 1.5}, {1.2, 0, 0});  // on the line to the first receiver
  for (const Kind& kind : kinds) {
    const std::vector<double> gains = gains_of(model, c, kind.visibility);
    EXPECT_LT(gains[0], kind.visibility.kind == VisibilityKind::hard ? 1e-300 : 0.3 * free) << kind.name;
    EXPECT_EQ(gains[1], 0);  // behind the partition
  }
  c.movers[0].position = {6, 4, 1};
  for (const Kind& kind : kinds) EXPECT_NEAR(gains_of(model, c, kind.visibility)[0], free, 1e-12 * free) << kind.name;
}

TEST(PathModel, SceneOfMoversAloneAndNoReceivers) {
  Scene scene;
  scene.materials = test::test_materials();
  const auto movers = add_movers(scene, Movers::two, 1, 2);
  scene.add({"tx", {1, 1, 2}, {}, 0, {}});
  for (int receivers : {0, 1}) {
    if (receivers == 1) scene.receivers.positions = {{3, 1, 2}};
    const PathModel model(scene, movers, {.max_depth = 3});
    Configuration c = at_home(scene, 2);
    c.movers = {make_pose({2, 3, 2}, {-pi / 2, 0, 0}), make_pose({2, -1, 2}, {pi / 2, 0, 0})};
    for (const Kind& kind : kinds) {
      Workspace w = model.make_workspace();
      model.gains(c, kind.visibility, w);
      ASSERT_EQ(w.gains.size(), std::size_t(receivers));
      ConfigurationGradient gradient;
      model.pullback(w.gains, w, gradient);
      if (receivers == 0)
        EXPECT_EQ(norm(gradient.movers[0].translation), 0);
      else
        EXPECT_GT(norm(gradient.movers[0].translation), 0);
    }
  }
}

}  // namespace
