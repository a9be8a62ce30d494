#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/io/mesh.hpp"
#include "manyworlds/io/mitsuba_transform.hpp"
#include "manyworlds/io/xml.hpp"

namespace manyworlds::io {

/// Mitsuba's unit rectangle: [-1, 1] x [-1, 1] in the plane z = 0, normal +z.
inline Mesh unit_rectangle() {
  Mesh mesh;
  mesh.vertices = {{-1, -1, 0}, {1, -1, 0}, {1, 1, 0}, {-1, 1, 0}};
  mesh.triangles = {{{0, 1, 2}}, {{0, 2, 3}}};
  return mesh;
}

/// Mitsuba's unit cube [-1, 1]^3, two triangles a side, the sides in its order: -y, +y, +x, +z, -x, -z.
inline Mesh unit_cube() {
  Mesh mesh;
  for (int corner = 0; corner < 8; ++corner)
    mesh.vertices.push_back({corner & 1 ? 1.0 : -1.0, corner & 2 ? 1.0 : -1.0, corner & 4 ? 1.0 : -1.0});
  constexpr std::uint32_t sides[6][4] = {{1, 5, 4, 0}, {3, 2, 6, 7}, {1, 3, 7, 5},
                                         {5, 7, 6, 4}, {4, 6, 2, 0}, {3, 1, 0, 2}};
  for (const auto& s : sides) {
    mesh.triangles.push_back({s[0], s[1], s[2]});
    mesh.triangles.push_back({s[3], s[0], s[2]});
  }
  return mesh;
}

inline bool is_known_shape(std::string_view type) {
  return type == "ply" || type == "obj" || type == "rectangle" || type == "cube";
}

/// Mesh of a <shape> of a known type in world coordinates; mesh files are looked for from the folder of the XML file.
/// Degenerate triangles are dropped and counted in a warning. Throws InputError for a mesh file that cannot be used,
/// and when no triangle is left.
inline Mesh read_shape_mesh(const XmlFile& xml, pugi::xml_node shape, const std::string& name,
                            std::vector<std::string>& warnings) {
  const std::string_view type = shape.attribute("type").value();
  Mesh mesh;
  if (type == "rectangle") {
    mesh = unit_rectangle();
  } else if (type == "cube") {
    mesh = unit_cube();
  } else {
    const pugi::xml_node filename = property(shape, "filename");
    if (!filename) throw InputError(xml.where(shape), "expected a string 'filename' in shape " + in_quotes(name));
    const std::filesystem::path path = attribute(xml, filename, "value");
    const std::string file = (std::filesystem::path(xml.file()).parent_path() / path).string();
    try {
      mesh = load_mesh(file);
    } catch (const InputError& error) {
      throw InputError(xml.where(filename), "object " + in_quotes(name) + ": " + error.what());
    }
  }
  for (const pugi::xml_node transform : shape.children("transform")) {
    if (std::string_view(transform.attribute("name").value()) != "to_world") continue;
    const Affine to_world = read_transform(xml, transform, warnings);
    for (Vec3d& v : mesh.vertices) {
      v = to_world(v);
      if (!std::isfinite(v.x) || !std::isfinite(v.y) || !std::isfinite(v.z))
        throw InputError(xml.where(transform), "to_world takes object " + in_quotes(name) + " to infinity");
    }
  }
  const std::size_t all = mesh.triangles.size(), dropped = drop_degenerate(mesh);
  if (mesh.triangles.empty())
    throw InputError(xml.where(shape), "object " + in_quotes(name) + " has no triangle with an area");
  if (dropped > 0)
    warnings.push_back(xml.where(shape) + ": object " + in_quotes(name) + ": dropped " + std::to_string(dropped) +
                       " of " + std::to_string(all) + " triangles, which have no area");
  return mesh;
}

}  // namespace manyworlds::io
