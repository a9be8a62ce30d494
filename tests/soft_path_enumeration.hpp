#pragma once
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "path_model.hpp"

/// Soft paths as a set, and an enumeration of them that knows nothing of beams, trees, caches or legs.
namespace manyworlds::test {

using paths::Geometry, paths::Hop, paths::HopKind, paths::Surface, paths::SurfaceSet, paths::Workspace;

using Hops = std::vector<std::pair<std::uint32_t, int>>;  ///< face, kind
/// (transmitter, receiver, hops with screens) and the tile tuples that are seen.
using PathSet = std::map<std::tuple<std::uint32_t, std::uint32_t, Hops>, std::set<Tuple>>;

/// What the model found, with "every tile" written out.
inline PathSet found_paths(const PathModel& model, const Workspace& w) {
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

inline std::string text(const PathSet::value_type& path) {
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
inline std::string difference(const PathSet& found, const PathSet& expected) {
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

}  // namespace manyworlds::test
