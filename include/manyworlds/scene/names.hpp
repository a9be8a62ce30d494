#pragma once
#include <string>
#include <vector>

#include "manyworlds/core/error.hpp"
#include "manyworlds/scene/scene.hpp"

/// Finding things of a scene by name.
namespace manyworlds {

namespace detail {

/// Index of the item of this name; size of the vector when there is none.
template <class Item>
std::size_t index_of(const std::vector<Item>& items, const std::string& name) {
  std::size_t i = 0;
  while (i < items.size() && items[i].name != name) ++i;
  return i;
}

template <class Item>
std::size_t find_named(const std::vector<Item>& items, const std::string& name, const char* kind,
                       const std::string& where) {
  const std::size_t i = index_of(items, name);
  if (i < items.size()) return i;
  std::vector<std::string> known;
  known.reserve(items.size());
  for (const Item& item : items) known.push_back(item.name);
  throw unknown_name(where, kind, name, std::move(known));
}

}  // namespace detail

/// Index into Scene::objects, Scene::materials or Scene::transmitters of the one with this name. Throws InputError,
/// located at `where` (the option or line that gave the name), with the nearest names when there is none. `kind`: what
/// the message calls the object.
inline std::size_t find_object(const Scene& scene, const std::string& name, const std::string& where = "scene",
                               const char* kind = "object") {
  return detail::find_named(scene.objects, name, kind, where);
}
inline std::size_t find_material(const Scene& scene, const std::string& name, const std::string& where = "scene") {
  return detail::find_named(scene.materials, name, "material", where);
}
inline std::size_t find_transmitter(const Scene& scene, const std::string& name, const std::string& where = "scene") {
  return detail::find_named(scene.transmitters, name, "transmitter", where);
}

inline bool has_material(const Scene& scene, const std::string& name) {
  return detail::index_of(scene.materials, name) < scene.materials.size();
}

}  // namespace manyworlds
