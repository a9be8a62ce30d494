#pragma once
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/math/box.hpp"
#include "manyworlds/scene/inside.hpp"
#include "manyworlds/scene/on_surface.hpp"
#include "manyworlds/scene/scene.hpp"
#include "manyworlds/scene/slab.hpp"

namespace manyworlds {
namespace detail {

inline bool finite(Vec3d v) { return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z); }

template <class Item>
void check_unique(const std::vector<Item>& items, const std::string& kind) {
  std::set<std::string> names;
  for (const Item& item : items)
    if (!names.insert(item.name).second)
      throw InputError("scene", "two " + kind + "s have the name " + in_quotes(item.name));
}

inline void check_object(const Object& o, std::size_t materials) {
  const std::string where = "object " + in_quotes(o.name);
  const Mesh& mesh = o.mesh;
  if (o.material >= materials)
    throw InputError(where, "material " + std::to_string(o.material) + " of only " + std::to_string(materials));
  if (mesh.triangles.empty()) throw InputError(where, "no triangles");
  for (const Vec3d& v : mesh.vertices)
    if (!finite(v)) throw InputError(where, "a vertex is not finite");
  for (const auto& t : mesh.triangles)
    for (const std::uint32_t i : t)
      if (i >= mesh.vertices.size())
        throw InputError(
            where, "index " + std::to_string(i) + " of only " + std::to_string(mesh.vertices.size()) + " vertices");
  if (!mesh.source_index.empty() && mesh.source_index.size() != mesh.triangles.size())
    throw InputError(where, "expected as many source indices as triangles");
}

inline void check_antenna(const Antenna& a, const std::string& where) {
  if (a.slants.empty() || a.slants.size() > 2) throw InputError(where, "expected one or two polarisations");
  for (const double slant : a.slants)
    if (!std::isfinite(slant)) throw InputError(where, "a slant angle is not finite");
}

}  // namespace detail

/// Checks what a scene is made of: frequency, materials, objects. Throws InputError for the first mistake: no
/// triangles, two things of one name, values that are not finite or impossible, indices out of range.
inline void validate_geometry(const Scene& scene) {
  if (!(scene.frequency_hz >= 0.1e9 && scene.frequency_hz <= 100e9))
    throw InputError("frequency", "expected 0.1 to 100 GHz, found " + to_text(scene.frequency_hz / 1e9) + " GHz");
  if (scene.objects.empty()) throw InputError("scene", "no triangles");
  detail::check_unique(scene.objects, "object");
  detail::check_unique(scene.materials, "material");
  for (const Material& m : scene.materials) check_material(m, "material " + in_quotes(m.name));
  for (const Object& o : scene.objects) detail::check_object(o, scene.materials.size());
}

/// Checks the transmitters and receivers of a scene; needs at least one of each. Throws InputError.
inline void validate_devices(const Scene& scene) {
  if (scene.transmitters.empty()) throw InputError("scene", "no transmitters");
  detail::check_unique(scene.transmitters, "transmitter");
  for (const Transmitter& t : scene.transmitters) {
    const std::string where = "transmitter " + in_quotes(t.name);
    if (!detail::finite(t.position)) throw InputError(where, "the position is not finite");
    if (!detail::finite(t.orientation)) throw InputError(where, "the orientation is not finite");
    if (!std::isfinite(t.power_dbm)) throw InputError(where, "the power is not finite");
    detail::check_antenna(t.antenna, where);
  }

  const ReceiverSet& r = scene.receivers;
  const std::size_t n = r.positions.size();
  const auto check_size = [&](std::size_t found, const char* what) {
    if (found != 0 && found != n)
      throw InputError("receivers",
                       "expected none or " + std::to_string(n) + " " + what + ", found " + std::to_string(found));
  };
  if (n == 0) throw InputError("receivers", "the set is empty");
  check_size(r.weights.size(), "weights");
  check_size(r.orientations.size(), "orientations");
  if (r.rows != 0 || r.columns != 0) check_size(std::size_t(r.rows) * r.columns, "grid cells");
  if (r.antenna) detail::check_antenna(*r.antenna, "receivers");
  for (std::size_t i = 0; i < n; ++i)
    if (!detail::finite(r.positions[i]) || (!r.orientations.empty() && !detail::finite(r.orientations[i])))
      throw InputError("receiver " + std::to_string(i), "the position or orientation is not finite");
  double sum = r.weights.empty() ? 1 : 0;
  for (std::size_t i = 0; i < r.weights.size(); ++i) {
    if (!(r.weights[i] >= 0) || !std::isfinite(r.weights[i]))
      throw InputError("receiver " + std::to_string(i), "expected a weight >= 0, found " + to_text(r.weights[i]));
    sum += r.weights[i];
  }
  if (!(sum > 0)) throw InputError("receivers", "all weights are zero");
}

namespace detail {

/// "17 of 99 receivers <what>: 3 ('Wall'), 5 ('Desk'), 8 ('Desk'), 9 ('Wall'), 21 ('Wall') and 12 more", or of each
/// transmitter "transmitter 'ap1' <what> 'Wall'". `objects` by device, -1 for none; transmitters come first.
inline void add_warnings(const Scene& scene, const std::vector<std::int64_t>& objects, const std::string& one,
                         const std::string& many, std::vector<std::string>& warnings) {
  constexpr std::size_t most = 5;
  const auto object = [&](std::size_t i) { return in_quotes(scene.objects[std::size_t(objects[i])].name); };
  const std::size_t transmitters = scene.transmitters.size();
  for (std::size_t t = 0; t < transmitters; ++t)
    if (objects[t] >= 0)
      warnings.push_back("transmitter " + in_quotes(scene.transmitters[t].name) + " lies " + one + " " + object(t));
  std::size_t count = 0;
  std::string names;
  for (std::size_t i = transmitters; i < objects.size(); ++i)
    if (objects[i] >= 0 && count++ < most)
      names += (count > 1 ? ", " : "") + std::to_string(i - transmitters) + " (" + object(i) + ")";
  if (count == 0) return;
  if (count > most) names += " and " + std::to_string(count - most) + " more";
  warnings.push_back(std::to_string(count) + " of " + std::to_string(objects.size() - transmitters) +
                     " receivers lie " + many + ": " + names);
}

/// Devices farther from the scene than 50 m and half its diagonal, which is rarely meant: a wrong unit, or the numbers
/// of another scene.
inline void add_far_devices(const Scene& scene, const std::vector<Vec3d>& points, std::vector<std::string>& warnings) {
  const Boxd box = bounds_of(scene);
  const double far = std::max(50.0, norm(box.size()) / 2);
  const auto metres = [](double m) { return to_text(std::round(m)) + " m from everything in the scene"; };
  std::size_t count = 0;
  double most = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Vec3d p = points[i], within{std::clamp(p.x, box.lo.x, box.hi.x), std::clamp(p.y, box.lo.y, box.hi.y),
                                      std::clamp(p.z, box.lo.z, box.hi.z)};
    const double distance = norm(p - within);
    if (distance <= far) continue;
    if (i < scene.transmitters.size())
      warnings.push_back("transmitter " + in_quotes(scene.transmitters[i].name) + " is " + metres(distance));
    else
      ++count, most = std::max(most, distance);
  }
  if (count == 0) return;
  warnings.push_back(std::to_string(count) + " of " + std::to_string(scene.receivers.positions.size()) +
                     " receivers are up to " + metres(most));
}

}  // namespace detail

/// Checks a scene before work starts: throws InputError for what cannot be used (see validate_geometry and
/// validate_devices) and returns warnings of devices closer than 1 mm to a surface, of those inside a solid object, and
/// of those far from all objects: one for each transmitter, and one for all receivers with the first of them.
inline std::vector<std::string> validate(const Scene& scene) {
  validate_geometry(scene);
  validate_devices(scene);
  constexpr double touching = 1e-3;
  std::vector<Vec3d> points;
  for (const Transmitter& t : scene.transmitters) points.push_back(t.position);
  points.insert(points.end(), scene.receivers.positions.begin(), scene.receivers.positions.end());
  const std::vector<std::int64_t> touched = touched_objects(scene.objects, points, touching);
  std::vector<std::int64_t> enclosing = enclosing_objects(scene.objects, points);
  for (std::size_t i = 0; i < points.size(); ++i)
    if (touched[i] >= 0) enclosing[i] = -1;  // one warning is enough

  std::vector<std::string> warnings;
  detail::add_warnings(scene, touched, "on the surface of", "on a surface", warnings);
  detail::add_warnings(scene, enclosing, "inside", "inside an object", warnings);
  detail::add_far_devices(scene, points, warnings);
  return warnings;
}

}  // namespace manyworlds
