/// Paths under soft visibility: against an enumeration that knows nothing of beams, trees, caches or legs, and against
/// their limits.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "manyworlds/core/units.hpp"
#include "manyworlds/paths/model.hpp"
#include "test_scene.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::paths;
using test::random_point;

using Hops = std::vector<std::pair<std::uint32_t, int>>;  ///< face, kind
using Tuple = std::vector<int>;                           ///< tile of each mover bounce
/// (transmitter, receiver, hops with screens) and the tile tuples that are seen.
using PathSet = std::map<std::tuple<std::uint32_t, std::uint32_t, Hops>, std::set<Tuple>>;

int tuples_of(int tiles, int bounces) { return int(std::lround(std::pow(tiles * tiles, bounces))); }
Tuple tuple_at(int index, int tiles, int bounces) {
  Tuple tuple;
  for (int b = 0; b < bounces; ++b, index /= tiles * tiles) tuple.push_back(index % (tiles * tiles));
  return tuple;
}

int mover_bounces(const Geometry& g, const Hop* hops, std::uint32_t n) {
  int bounces = 0;
  for (std::uint32_t h = 0; h < n; ++h) bounces += hops[h].kind == HopKind::reflect && g.is_mover(hops[h].face);
  return bounces;
}

/// What the model found, with "every tile" written out.
PathSet found_paths(const PathModel& model, const Workspace& w) {
  const Geometry g = model.geometry(w);
  PathSet set;
  for (const kernels::Path& p : w.table.paths) {
    const Hop* hops = w.table.hops.data() + p.first_hop;
    const int bounces = mover_bounces(g, hops, p.hops);
    Hops key;
    for (std::uint32_t h = 0; h < p.hops; ++h) key.push_back({hops[h].face, int(hops[h].kind)});
    std::set<Tuple>& tuples = set[{p.tx, p.rx, key}];
    EXPECT_TRUE(tuples.empty()) << "a path is listed twice";
    if (p.tile_tuples == 0)
      for (int i = 0; i < tuples_of(w.visibility.tiles, bounces); ++i)
        tuples.insert(tuple_at(i, w.visibility.tiles, bounces));
    for (std::uint32_t i = 0; i < p.tile_tuples; ++i) {
      const std::uint8_t* t = w.table.tiles.data() + p.first_tile + i * std::uint32_t(bounces);
      tuples.insert(Tuple(t, t + bounces));
    }
  }
  return set;
}

/// All soft paths by trying every chain of faces and every tuple of tiles, each wall against each segment.
class Naive {
 public:
  Naive(const PathModel& model, const Workspace& w)
      : g_(model.geometry(w)),
        view_(model.field_view(w)),
        depth_(model.world().options.max_depth),
        tiles_(w.visibility.tiles) {
    for (std::uint32_t f = 0; f < g_.fixed->size() + g_.moving->size(); ++f) faces_.push_back(f);
    for (std::uint32_t tx = 0; tx < model.transmitters(); ++tx)
      for (std::uint32_t rx = 0; rx < model.receivers(); ++rx) {
        tx_ = tx, rx_ = rx;
        from_ = w.transmitters[tx].position;
        to_ = model.world().receivers[rx].position;
        chain_.clear();
        descend();
      }
  }
  PathSet paths;

 private:
  void descend() {
    std::vector<std::size_t> movers;
    for (std::size_t i = 0; i < chain_.size(); ++i)
      if (g_.is_mover(chain_[i])) movers.push_back(i);
    if (movers.empty())
      static_path();
    else if (weights_reach())
      mover_path(movers);
    if (int(chain_.size()) == depth_) return;
    for (std::uint32_t f : faces_) {
      if (!chain_.empty() && chain_.back() == f) continue;
      chain_.push_back(f);
      descend();
      chain_.pop_back();
    }
  }

  static bool on_face(const SurfaceSet& set, const Surface& s, Vec3d q) {
    for (std::uint32_t i = s.first_triangle; i < s.first_triangle + s.triangles; ++i) {
      const BvhTriangle& t = set.triangles[i];
      const Vec3d n = cross(t.b - t.a, t.c - t.a);
      if (dot(cross(t.b - t.a, q - t.a), n) >= 0 && dot(cross(t.c - t.b, q - t.b), n) >= 0 &&
          dot(cross(t.a - t.c, q - t.c), n) >= 0)
        return true;
    }
    return false;
  }
  static double cut(const Surface& s, Vec3d a, Vec3d b) { return (s.offset - dot(s.normal, a)) / dot(s.normal, b - a); }

  /// Unfolded path of the whole chain: images of the transmitter, points on the planes.
  void unfold() {
    images_.assign(1, from_);
    for (std::uint32_t f : chain_) images_.push_back(mirror(g_.surface(f), images_.back()));
    points_.assign(chain_.size() + 2, to_);
    points_[0] = from_;
    for (std::size_t i = chain_.size(); i > 0; --i)
      points_[i] =
          images_[i] + cut(g_.surface(chain_[i - 1]), images_[i], points_[i + 1]) * (points_[i + 1] - images_[i]);
    length_ = norm(to_ - images_.back());
  }
  Vec3d direction(std::size_t i) const {  // of segment i, by mirroring that of arrival
    Vec3d k = (to_ - images_.back()) / length_;
    for (std::size_t j = chain_.size(); j > i; --j) k = kernels::mirrored(k, g_.surface(chain_[j - 1]).normal);
    return k;
  }
  bool has_weight(const Surface& s, std::size_t segment) const {
    const kernels::EdgeModel<double> model(view_.visibility, view_.wavelength);
    const Complexd w = kernels::panel_weight(
        model, kernels::panel_hit(s.rectangle, images_[segment], direction(segment), length_), s.rectangle);
    return norm2(w) > 0;
  }
  /// Unfolded distance at which the path meets a plane on the way from images_[segment].
  double distance(const Surface& s, std::size_t segment) const {
    return (s.offset - dot(s.normal, images_[segment])) / dot(s.normal, direction(segment));
  }
  bool weights_reach() {
    unfold();
    double before = 0;
    for (std::size_t i = 0; i < chain_.size(); ++i) {
      if (!g_.is_mover(chain_[i])) continue;
      const Surface& s = g_.surface(chain_[i]);
      const double at = distance(s, i);
      if (!(at > before && at < length_) || !has_weight(s, i)) return false;
      before = at;
    }
    return true;
  }

  /// Static part of a path from a to b over the walls chain_[first..last): its points, and its hops appended.
  bool leg(Vec3d a, Vec3d b, std::size_t first, std::size_t last, std::vector<Vec3d>& p, Hops& hops) const {
    std::vector<Vec3d> image{a};
    for (std::size_t i = first; i < last; ++i) image.push_back(mirror(g_.surface(chain_[i]), image.back()));
    p.assign(last - first + 2, b);
    p[0] = a;
    for (std::size_t i = last - first; i > 0; --i) {
      const Surface& s = g_.surface(chain_[first + i - 1]);
      const double t = cut(s, image[i], p[i + 1]);
      p[i] = image[i] + t * (p[i + 1] - image[i]);
      if (!(t > 0 && t < 1) || !on_face(*g_.fixed, s, p[i])) return false;
    }
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
      std::vector<std::pair<double, std::uint32_t>> crossed;
      for (std::uint32_t f = 0; f < g_.fixed->size(); ++f) {
        if ((i > 0 && f == chain_[first + i - 1]) || (i < last - first && f == chain_[first + i])) continue;
        const Surface& s = g_.fixed->surfaces[f];
        const double t = cut(s, p[i], p[i + 1]);
        if (!(t > 0 && t < 1) || !on_face(*g_.fixed, s, p[i] + t * (p[i + 1] - p[i]))) continue;
        if (!g_.transmission || g_.slabs[s.material].opaque) return false;
        crossed.push_back({t, f});
      }
      std::sort(crossed.begin(), crossed.end());
      for (const auto& c : crossed) hops.push_back({c.second, int(HopKind::transmit)});
      if (i < last - first) hops.push_back({chain_[first + i], int(HopKind::reflect)});
    }
    return true;
  }

  /// Opaque faces of the same object hide a face from p.
  bool hidden(std::uint32_t face, Vec3d on_face_point, Vec3d p) const {
    for (std::uint32_t m = 0; m < g_.moving->size(); ++m) {
      const Surface& s = g_.moving->surfaces[m];
      const std::uint32_t other = g_.moving->first_id + m;
      if (other == face || s.object != g_.surface(face).object || !g_.opaque(other)) continue;
      const double t = cut(s, p, on_face_point);
      if (t > 0 && t < 1 && on_face(*g_.moving, s, p + t * (on_face_point - p))) return true;
    }
    return false;
  }

  void static_path() {
    Hops hops;
    std::vector<Vec3d> p;
    if (!leg(from_, to_, 0, chain_.size(), p, hops) || int(hops.size()) > depth_) return;
    unfold();
    const std::size_t before = hops.size();
    hops = with_screens(hops);
    if (hops.size() > before) paths[{tx_, rx_, hops}].insert(Tuple{});
  }

  void mover_path(const std::vector<std::size_t>& movers) {
    std::map<Hops, std::set<Tuple>> seen;
    for (int index = 0; index < tuples_of(tiles_, int(movers.size())); ++index) {
      const Tuple tuple = tuple_at(index, tiles_, int(movers.size()));
      Hops hops;
      Vec3d at = from_, previous{};
      std::vector<Vec3d> p;
      bool free = true;
      for (std::size_t b = 0; b <= movers.size() && free; ++b) {
        const bool end = b == movers.size();
        Vec3d target = to_;
        if (!end) {
          const Rectangled& r = g_.surface(chain_[movers[b]]).rectangle;
          target = r.point(r.half_u * ((tuple[b] / tiles_ + 0.5) * 2 / tiles_ - 1),
                           r.half_v * ((tuple[b] % tiles_ + 0.5) * 2 / tiles_ - 1));
        }
        free = leg(at, target, b == 0 ? 0 : movers[b - 1] + 1, end ? chain_.size() : movers[b], p, hops);
        if (free && b > 0) {  // the bounce behind us: both legs where the image of the transmitter is
          const Surface& s = g_.surface(chain_[movers[b - 1]]);
          const auto above = [&](Vec3d q) { return dot(s.normal, q) > s.offset; };
          const bool side = above(images_[movers[b - 1]]);
          free = above(previous) == side && above(p[1]) == side && !hidden(chain_[movers[b - 1]], at, previous) &&
                 !hidden(chain_[movers[b - 1]], at, p[1]);
        }
        if (!end) hops.push_back({chain_[movers[b]], int(HopKind::reflect)});
        previous = p[p.size() - 2];
        at = target;
      }
      if (free && int(hops.size()) <= depth_) seen[hops].insert(tuple);
    }
    for (const auto& [hops, tuples] : seen) paths[{tx_, rx_, with_screens(hops)}] = tuples;
  }

  /// Movers whose edge weight is not 0 on a segment of the unfolded path, where the path runs forwards; in the order of
  /// passage among the walls.
  Hops with_screens(const Hops& base) const {
    int budget = depth_ - int(base.size());
    Hops hops;
    std::size_t h = 0;
    for (std::size_t i = 0; i <= chain_.size(); ++i) {
      std::vector<std::tuple<double, std::uint32_t, int>> on_segment;
      for (; h < base.size() && base[h].second != int(HopKind::reflect); ++h)
        on_segment.push_back({distance(g_.surface(base[h].first), i), base[h].first, base[h].second});
      const double start = i == 0 ? 0 : distance(g_.surface(chain_[i - 1]), i - 1);
      const double end = i == chain_.size() ? length_ : distance(g_.surface(chain_[i]), i);
      for (std::uint32_t m = 0; m < g_.moving->size(); ++m) {
        const std::uint32_t f = g_.moving->first_id + m;
        const Surface& s = g_.moving->surfaces[m];
        if ((i > 0 && chain_[i - 1] == f) || (i < chain_.size() && chain_[i] == f)) continue;
        const double at = distance(s, i);
        if (!(at > max(start, 0.0) && at < min(end, length_)) || !has_weight(s, i)) continue;
        const bool through = budget > 0 && !g_.opaque(f);
        if (through && on_face(*g_.moving, s, images_[i] + at * direction(i))) --budget;
        auto place = on_segment.end();
        while (place != on_segment.begin() && std::get<0>(place[-1]) > at) --place;
        on_segment.insert(place, {at, f, int(through ? HopKind::screen_transmit : HopKind::screen)});
      }
      for (const auto& [at, f, kind] : on_segment) hops.push_back({f, kind});
      if (h < base.size()) hops.push_back(base[h++]);
    }
    return hops;
  }

  Geometry g_;
  kernels::FieldView<double> view_;
  int depth_, tiles_;
  std::vector<std::uint32_t> faces_, chain_;
  std::uint32_t tx_ = 0, rx_ = 0;
  Vec3d from_{}, to_{};
  std::vector<Vec3d> images_, points_;
  double length_ = 0;
};

std::string text(const PathSet::value_type& path) {
  const auto& [tx, rx, hops] = path.first;
  std::string s = "tx " + std::to_string(tx) + " rx " + std::to_string(rx) + ":";
  for (const auto& [face, kind] : hops) s += " " + std::to_string(face) + "RTsS"[kind];
  s += " |";
  for (const Tuple& t : path.second) {
    s += " ";
    for (int tile : t) s += std::to_string(tile) + ".";
  }
  return s;
}

/// One line for each difference, at most five.
std::string difference(const PathSet& found, const PathSet& expected) {
  std::string s;
  int lines = 0;
  for (const auto& p : expected) {
    const auto f = found.find(p.first);
    if ((f == found.end() || f->second != p.second) && ++lines <= 5)
      s += "expected " + text(p) + (f == found.end() ? "; missing\n" : "; found" + text(*f) + "\n");
  }
  for (const auto& p : found)
    if (!expected.contains(p.first) && ++lines <= 5) s += "not expected " + text(p) + "\n";
  return s;
}

void place_devices(Scene& scene, Random& random, int transmitters, int receivers, Vec3d lo = {0, 0, 0},
                   Vec3d hi = {10, 10, 10}) {
  for (int i = 0; i < transmitters; ++i) scene.add({"tx" + std::to_string(i), random_point(random, lo, hi), {}, 0, {}});
  for (int i = 0; i < receivers; ++i) scene.receivers.positions.push_back(random_point(random, lo, hi));
}

Configuration at_home(const Scene& scene, std::size_t movers) {
  Configuration c;
  c.movers.resize(movers);
  for (const Transmitter& t : scene.transmitters) c.transmitters.push_back(t.position);
  return c;
}

Pose random_pose(Random& random, Vec3d lo, Vec3d hi) {
  return make_pose(random_point(random, lo, hi), random_point(random, {-3, -1, -1}, {3, 1, 1}));
}

struct Kind {
  Visibility visibility;
  const char* name;
};
const Kind kinds[] = {{{.kind = VisibilityKind::fresnel}, "fresnel"},
                      {{.kind = VisibilityKind::atan, .smoothing_wavelengths = 4}, "atan"},
                      {{.kind = VisibilityKind::logistic, .alpha = 8}, "logistic"}};

TEST(SoftPaths, SetEqualsNaiveEnumeration) {
  std::size_t total = 0, partial = 0, double_bounces = 0, returns = 0;
  for (std::uint32_t seed = 0; seed < 36; ++seed) {
    Random random(31, seed, 0, Purpose::test);
    Scene scene = test::random_sheets(random, 3 + int(random.below(5)));
    const std::uint32_t first = std::uint32_t(scene.objects.size());
    std::vector<std::uint32_t> movers;
    for (std::uint32_t m = 0; m < 1 + seed % 2; ++m) {
      movers.push_back(first + m);
      const std::uint32_t material = (seed / 2) % 3;
      if (seed % 7 == 6)
        test::add_box(scene, "box" + std::to_string(m), material, {}, {1, 2, 1.5});
      else
        test::add_sheet(scene, "panel" + std::to_string(m), material, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    }
    place_devices(scene, random, 2, seed % 7 == 6 ? 4 : 8);
    const PathModel model(scene, movers, {.max_depth = 3, .transmission = seed % 4 < 2});
    Workspace w = model.make_workspace();
    Visibility visibility = kinds[seed % 3].visibility;
    visibility.tiles = seed % 5 == 4 ? 3 : 2;
    for (int step = 0; step < 3; ++step) {
      Configuration c = at_home(scene, movers.size());
      for (Pose& pose : c.movers) pose = random_pose(random, {2, 2, 2}, {8, 8, 8});
      model.gains(c, visibility, w);
      const PathSet found = found_paths(model, w), expected = Naive(model, w).paths;
      const std::string wrong = difference(found, expected);
      EXPECT_TRUE(wrong.empty()) << "seed " << seed << " step " << step << ":\n" << wrong;
      for (const auto& [key, tuples] : expected) {
        std::vector<std::uint32_t> bounces;
        for (const auto& [face, kind] : std::get<2>(key))
          if (kind == int(HopKind::reflect) && face >= model.world().fixed.size()) bounces.push_back(face);
        ++total;
        partial += int(tuples.size()) < tuples_of(visibility.tiles, int(bounces.size()));
        double_bounces += bounces.size() > 1;
        returns += bounces.size() > 1 && bounces.front() == bounces.back();
      }
    }
  }
  EXPECT_GT(total, 3000u);
  EXPECT_GT(partial, 300u);
  EXPECT_GT(double_bounces, 100u);
  EXPECT_GT(returns, 10u);
}

/// Poses of a walk that leaves the suffix trees' balls now and then.
std::vector<Configuration> walk(const Scene& scene, std::size_t movers, Random& random, int steps, double step) {
  std::vector<Configuration> configurations;
  Configuration c = at_home(scene, movers);
  for (Pose& pose : c.movers) pose = random_pose(random, {4, 4, 4}, {6, 6, 6});
  for (int i = 0; i < steps; ++i) {
    configurations.push_back(c);
    for (Pose& pose : c.movers)
      pose = {pose.position + step * test::random_direction(random),
              rotation_vector(0.2 * test::random_direction(random)) * pose.rotation};
  }
  return configurations;
}

TEST(SoftPaths, WalkWithOneWorkspaceEqualsFreshWorkspacesBitForBit) {
  std::size_t kept = 0;
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    Random random(37, seed, 0, Purpose::test);
    Scene scene = test::random_sheets(random, 8);
    const std::uint32_t first = std::uint32_t(scene.objects.size());
    test::add_sheet(scene, "panel0", 1, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    test::add_sheet(scene, "panel1", 0, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    place_devices(scene, random, 2, 20);
    const PathModel model(scene, {first, first + 1}, {.max_depth = 3, .transmission = true, .coherent = seed % 2 == 1});
    Workspace w = model.make_workspace();
    const std::vector<double> gain_bar(2 * 20, 1.0);
    for (const Configuration& c : walk(scene, 2, random, 15, 0.07)) {
      const std::vector<SuffixTree> before = w.trees;
      model.gains(c, kinds[seed % 3].visibility, w);
      for (std::size_t m = 0; m < before.size(); ++m)
        kept += before[m].receivers().size() == w.trees[m].receivers().size();
      Workspace fresh = model.make_workspace();
      model.gains(c, kinds[seed % 3].visibility, fresh);
      EXPECT_EQ(w.gains, fresh.gains) << "seed " << seed;
      EXPECT_EQ(difference(found_paths(model, w), found_paths(model, fresh)), "");
      ConfigurationGradient a, b;
      model.pullback(gain_bar, w, a);
      model.pullback(gain_bar, fresh, b);
      for (std::size_t m = 0; m < 2; ++m) {
        EXPECT_EQ(a.movers[m].translation, b.movers[m].translation);
        EXPECT_EQ(a.movers[m].rotation, b.movers[m].rotation);
      }
    }
  }
  EXPECT_GT(kept, 60u);  // the trees were in use from step to step
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double scale = max(std::abs(a[i]), std::abs(b[i]));
    if (scale > 0) worst = max(worst, std::abs(a[i] - b[i]) / scale);
  }
  return worst;
}

/// Two large parallel walls, through which every tile sees all that the mirror point sees.
Scene canyon(Random& random, int transmitters, int receivers) {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_sheet(scene, "left", 0, {-300, 0, -300}, {600, 0, 0}, {0, 0, 600});
  test::add_sheet(scene, "right", 0, {-300, 10, -300}, {600, 0, 0}, {0, 0, 600});
  place_devices(scene, random, transmitters, receivers, {-4, 1, -4}, {4, 9, 4});
  return scene;
}

TEST(SoftPaths, TilesAddUpToTheUntiledWeight) {
  std::size_t bounces_of_two = 0;
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    Random random(41, seed, 0, Purpose::test);
    Scene scene = canyon(random, 1, 12);
    const std::uint32_t first = std::uint32_t(scene.objects.size());
    // Two panels that look at each other over the whole canyon: no tile is behind the other panel's plane.
    test::add_sheet(scene, "west", 1, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    test::add_sheet(scene, "east", 0, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
    const PathModel model(scene, {first, first + 1}, {.max_depth = 2, .transmission = false});
    Configuration c = at_home(scene, 2);
    c.movers[0] = make_pose({-6, random.uniform(4, 6), 0}, {random.uniform(-.2, .2), random.uniform(-.2, .2), 0.3});
    c.movers[1] = make_pose({6, random.uniform(4, 6), 0}, {pi + random.uniform(-.2, .2), random.uniform(-.2, .2), 0.7});
    Visibility visibility = kinds[seed % 3].visibility;
    std::vector<double> untiled;
    Workspace w = model.make_workspace();
    for (int tiles : {1, 2, 3, 8}) {
      visibility.tiles = tiles;
      model.gains(c, visibility, w);
      if (tiles == 1) untiled = w.gains;
      EXPECT_LT(largest_difference(w.gains, untiled), 1e-12) << seed << " tiles " << tiles;
      // The same with every tuple of tiles written out.
      kernels::FieldView<double> view = model.field_view(w);
      for (kernels::Path path : w.table.paths) {
        const int bounces = mover_bounces(model.geometry(w), view.hops + path.first_hop, path.hops);
        if (bounces == 0) continue;
        if (bounces > 1 && tiles > 3) continue;
        bounces_of_two += bounces == 2;
        EXPECT_EQ(path.tile_tuples, 0u);
        std::vector<std::uint8_t> listed;
        for (int i = 0; i < tuples_of(tiles, bounces); ++i)
          for (int tile : tuple_at(i, tiles, bounces)) listed.push_back(std::uint8_t(tile));
        const CVec3<double> whole = kernels::path_field(view, path);
        kernels::FieldView<double> tiled = view;
        tiled.tiles = listed.data();
        path.first_tile = 0;
        path.tile_tuples = std::uint32_t(tuples_of(tiles, bounces));
        EXPECT_LT(norm2(kernels::path_field(tiled, path) - whole), 1e-22 * norm2(whole));
      }
    }
  }
  EXPECT_GT(bounces_of_two, 50u);
}

struct MoverSort {
  const char* name;
  std::uint32_t material;
  bool box;
};
const Visibility sharp[] = {{.kind = VisibilityKind::fresnel, .smoothing_wavelengths = 1e-12},
                            {.kind = VisibilityKind::atan, .smoothing_wavelengths = 1e-12},
                            {.kind = VisibilityKind::logistic, .alpha = 1e7}};

TEST(SoftPaths, ShortSmoothingTendsToHard) {
  const MoverSort sorts[] = {
      {"metal panel", 1, false}, {"penetrable panel", 2, false}, {"metal box", 1, true}, {"penetrable box", 2, true}};
  std::size_t bounces[4] = {};
  for (const MoverSort& sort : sorts)
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
      Random random(43, seed, std::uint32_t(&sort - sorts), Purpose::test);
      Scene scene = canyon(random, 2, 25);
      std::vector<std::uint32_t> movers;
      for (std::uint32_t m = 0; m < 1 + seed % 2; ++m) {
        movers.push_back(std::uint32_t(scene.objects.size()));
        const std::string name = sort.name + std::to_string(m);
        if (sort.box)
          test::add_box(scene, name, sort.material, {}, {1, 2, 1.5});
        else
          test::add_sheet(scene, name, sort.material, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
      }
      const PathModel model(scene, movers, {.max_depth = 3, .transmission = true});
      for (int pose = 0; pose < 2; ++pose) {
        Configuration c = at_home(scene, movers.size());
        for (Pose& p : c.movers) p = random_pose(random, {-2, 2, -2}, {2, 8, 2});
        Workspace hard = model.make_workspace();
        model.gains(c, {.kind = VisibilityKind::hard}, hard);
        for (const kernels::Path& p : hard.table.paths)
          ++bounces[mover_bounces(model.geometry(hard), hard.table.hops.data() + p.first_hop, p.hops)];
        for (const Visibility& visibility : sharp) {
          Workspace soft = model.make_workspace();
          model.gains(c, visibility, soft);
          EXPECT_LT(largest_difference(soft.gains, hard.gains), 1e-11)
              << sort.name << " seed " << seed << " pose " << pose << " kind " << int(visibility.kind);
        }
      }
    }
  EXPECT_GT(bounces[1], 1000u);
  EXPECT_GT(bounces[2], 30u);
}

TEST(SoftPaths, CornerReflectorBouncesTwice) {
  Random random(59, 0, 0, Purpose::test);
  Scene scene;
  scene.materials = test::test_materials();
  Object corner{"corner", {}, 1};  // two sheets at a right angle, open towards +x and +y
  corner.mesh.vertices = {{0, 0, -1}, {0, 2, -1}, {0, 2, 1}, {0, 0, 1}, {2, 0, -1}, {2, 0, 1}};
  corner.mesh.triangles = {{0, 1, 2}, {0, 2, 3}, {0, 4, 5}, {0, 5, 3}};
  scene.objects.push_back(corner);
  place_devices(scene, random, 2, 40, {2, 2, -1}, {6, 6, 1});
  const PathModel model(scene, {0}, {.max_depth = 3});
  Configuration c = at_home(scene, 1);
  c.movers[0].position = {1, 1, 0};  // where it is
  Workspace hard = model.make_workspace(), soft = model.make_workspace();
  model.gains(c, {.kind = VisibilityKind::hard}, hard);
  std::size_t twice = 0;
  for (const kernels::Path& p : hard.table.paths) twice += p.hops == 2;
  EXPECT_GT(twice, 20u);
  for (const Visibility& visibility : sharp) {
    model.gains(c, visibility, soft);
    EXPECT_LT(largest_difference(soft.gains, hard.gains), 1e-11) << int(visibility.kind);
  }
}

TEST(SoftPaths, HugePanelIsAMirrorAndAWall) {
  std::size_t bounces = 0;
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    Random random(47, seed, 0, Purpose::test);
    Scene scene;
    scene.materials = test::test_materials();
    test::add_sheet(scene, "panel", seed % 2 ? 1 : 2, {0, -500, -500}, {0, 1000, 0}, {0, 0, 1000});
    place_devices(scene, random, 2, 30);
    const PathModel model(scene, {0}, {.max_depth = 2});
    Configuration c = at_home(scene, 1);
    c.movers[0] = random_pose(random, {4, 4, 4}, {6, 6, 6});
    Workspace hard = model.make_workspace(), soft = model.make_workspace();
    model.gains(c, {.kind = VisibilityKind::hard}, hard);
    bounces += hard.table.paths.size();
    for (const VisibilityKind kind : {VisibilityKind::fresnel, VisibilityKind::atan, VisibilityKind::logistic}) {
      model.gains(c, {.kind = kind, .tiles = 3}, soft);
      EXPECT_LT(largest_difference(soft.gains, hard.gains), 1e-12) << "seed " << seed << " kind " << int(kind);
    }
  }
  EXPECT_GT(bounces, 100u);
}

/// Gain at the receiver behind or beside a wide screen, over the gain without it, in dB; the screen's edge stands
/// `height` above the middle of the line of 2 x 5 m.
double knife_edge_loss(const Visibility& visibility, double d1, double d2, double height, double frequency) {
  Scene scene;
  scene.frequency_hz = frequency;
  scene.materials = test::test_materials();
  test::add_sheet(scene, "screen", 1, {0, -400, -400}, {0, 800, 0}, {0, 0, 400});  // its upper edge is at z = 0
  scene.add({"tx", {-d1, 0, 0}, {}, 0, {}});
  scene.receivers.positions = {{d2, 0, 0}};
  const PathModel model(scene, {0}, {.max_depth = 1, .transmission = false});
  Configuration c = at_home(scene, 1);
  c.movers[0].position = {0, 0, height - 200};
  Workspace w = model.make_workspace();
  model.gains(c, visibility, w);
  return to_db(square(wavelength(frequency) / (4 * pi * (d1 + d2)))) - to_db(w.gains[0]);
}

TEST(SoftPaths, ScreenIsAKnifeEdge) {
  // J(nu) in dB: exact, and the arctangent surrogate (ITU-R P.526).
  const double table[][3] = {{-1, -1.001046, 1.919613}, {0, 6.020600, 6.020600},   {0.5, 10.233830, 10.272886},
                             {1, 13.864105, 14.054149}, {2, 19.090962, 19.191038}, {2.4, 20.618195, 20.670352},
                             {5, 26.936198, 26.854928}};
  const double lambda = wavelength(3.5e9), d = 5;
  for (const auto& [nu, fresnel, atan] : table) {
    // The detour over the edge is nu^2 lambda / 4.
    const double height = (nu < 0 ? -1 : 1) * std::sqrt(square(d + nu * nu * lambda / 8) - d * d);
    EXPECT_NEAR(knife_edge_loss({.kind = VisibilityKind::fresnel, .support = 20}, d, d, height, 3.5e9), fresnel, 2e-6)
        << nu;
    EXPECT_NEAR(knife_edge_loss({.kind = VisibilityKind::atan, .support = 20}, d, d, height, 3.5e9), atan, 2e-6) << nu;
  }
  // Heights in metres; there nu is the paraxial one.
  EXPECT_NEAR(knife_edge_loss({}, 3, 5, 0.2, 3.5e9), 11.815117, 0.01);
  EXPECT_NEAR(knife_edge_loss({}, 3, 5, -0.2, 3.5e9), 0.429680, 0.01);
  EXPECT_NEAR(knife_edge_loss({}, 3, 5, 0.2, 28e9), 19.075396, 0.01);
  EXPECT_NEAR(knife_edge_loss({}, 10, 10, 1, 2.4e9), 18.179193, 0.02);
}

TEST(SoftPaths, PathPastAnEdgeHasOneMinusTheWeight) {
  Random random(53, 0, 0, Purpose::test);
  Scene scene;
  scene.materials = test::test_materials();
  test::add_sheet(scene, "panel", 1, {0, -1, -1}, {0, 2, 0}, {0, 0, 2});
  scene.add({"tx", {-3, 0.3, 0.1}, {}, 0, {}});
  for (int i = 0; i < 300; ++i) scene.receivers.positions.push_back(random_point(random, {1, -9, -9}, {6, 9, 9}));
  const PathModel model(scene, {0}, {.max_depth = 1});
  Configuration c = at_home(scene, 1);
  c.movers[0] = make_pose({0, 0, 0}, {0.3, -0.2, 0.5});
  int inside = 0, beside = 0, free = 0;
  for (const Kind& kind : kinds) {
    Workspace w = model.make_workspace();
    model.gains(c, kind.visibility, w);
    const Rectangled& panel = w.frames[0].rectangle;
    const kernels::EdgeModel<double> edge(kind.visibility, wavelength(scene.frequency_hz));
    for (std::size_t r = 0; r < model.receivers(); ++r) {
      const Vec3d tx = scene.transmitters[0].position, line = scene.receivers.positions[r] - tx;
      const double length = norm(line), t = dot(panel.normal, panel.center - tx) / dot(panel.normal, line);
      const Vec3d q = tx + t * line - panel.center, k = line / length;
      double weight = 1;
      if (t > 0 && t < 1) {
        const kernels::PanelHit<double> hit{dot(q, panel.u), dot(q, panel.v), dot(k, panel.u),
                                            dot(k, panel.v), t * length,      (1 - t) * length};
        weight = norm2(Complexd{1, 0} - kernels::panel_weight(edge, hit, panel));
        const bool within = std::abs(hit.u) < panel.half_u && std::abs(hit.v) < panel.half_v;
        ++(within ? inside : weight != 1 ? beside : free);
      }
      const double expected = weight * square(wavelength(scene.frequency_hz) / (4 * pi * length));
      double gain = w.gains[r];
      for (const kernels::Path& p : w.table.paths)  // without what the panel reflects
        if (p.rx == r && mover_bounces(model.geometry(w), w.table.hops.data() + p.first_hop, p.hops) > 0)
          gain -= norm2(kernels::path_field(model.field_view(w), p));
      EXPECT_NEAR(gain, expected, 1e-12 * max(expected, w.gains[r])) << kind.name << " receiver " << r;
    }
  }
  EXPECT_GT(inside, 5);
  EXPECT_GT(beside, 20);
  EXPECT_GT(free, 5);
}

TEST(SoftPaths, NoPathHasMoreHopsThanTheKernelsTake) {
  Scene scene;
  scene.materials = test::test_materials();
  std::vector<std::uint32_t> movers;
  Configuration c;
  for (std::uint32_t m = 0; m < 40; ++m) {
    movers.push_back(m);
    test::add_sheet(scene, "slat" + std::to_string(m), m % 2 ? 1 : 2, {0, -.5, -.5}, {0, 1, 0}, {0, 0, 1});
    c.movers.push_back({{0.15 * (m + 1), 0.56 + 0.002 * m, 0}, {}});  // beside the line from tx to rx
  }
  scene.add({"tx", {0, 0, 0}, {}, 0, {}});
  scene.receivers.positions = {{6.2, 0, 0}, {6.2, 0.6, 0}, {6.2, -0.2, 0.1}};
  c.transmitters = {scene.transmitters[0].position};
  const PathModel model(scene, movers, {.max_depth = 2});
  for (const Kind& kind : kinds) {
    Workspace w = model.make_workspace();
    model.gains(c, kind.visibility, w);
    std::uint32_t most = 0;
    for (const kernels::Path& p : w.table.paths) most = max(most, p.hops);
    EXPECT_EQ(most, std::uint32_t(kernels::max_hops));
    ConfigurationGradient gradient;
    model.pullback(std::vector<double>(w.gains.size(), 1.0), w, gradient);
    for (const PoseGradient& g : gradient.movers)
      EXPECT_TRUE(std::isfinite(norm(g.translation)) && std::isfinite(norm(g.rotation)));
  }
}

}  // namespace
