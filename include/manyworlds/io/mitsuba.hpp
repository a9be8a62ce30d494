#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/io/mitsuba_material.hpp"
#include "manyworlds/io/mitsuba_shape.hpp"
#include "manyworlds/io/xml.hpp"
#include "manyworlds/scene/itu.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds::io {
namespace detail {

/// Reads one scene: first all materials, since a <ref> may stand before what it refers to, then the shapes.
class MitsubaReader {
 public:
  MitsubaReader(const XmlFile& xml, double frequency_hz) : xml_(xml) {
    if (std::string_view(xml.root().name()) != "scene")
      throw InputError(xml.file(), "expected a Mitsuba scene, which has the root <scene>");
    set_frequency(scene_, frequency_hz);
  }

  Scene read() {
    std::size_t shapes = 0;
    for (const pugi::xml_node node : xml_.root().children()) {
      const std::string_view kind = node.name();
      if (kind == "bsdf") add_material(node, id_of(node));
      if (kind == "shape") add_materials_inside(node, object_name(node, shapes++));
    }
    shapes = 0;
    for (const pugi::xml_node node : xml_.root().children()) {
      const std::string_view kind = node.name();
      if (kind == "shape")
        add_object(node, object_name(node, shapes++));
      else if (kind != "bsdf" && !is_of_pictures_only(kind))
        warn(node, "unknown element <" + std::string(kind) + ">");
    }
    if (scene_.objects.empty()) throw InputError(xml_.file(), "the scene has no triangles");
    return std::move(scene_);
  }

 private:
  static bool is_of_pictures_only(std::string_view kind) {
    return kind == "default" || kind == "sensor" || kind == "emitter" || kind == "integrator";
  }

  static std::string id_of(pugi::xml_node node) {
    const pugi::xml_attribute id = node.attribute("id");
    return (id ? id : node.attribute("name")).value();
  }

  /// Id of the shape without "mesh-"; shapes without an id are numbered in the order of the file.
  static std::string object_name(pugi::xml_node shape, std::size_t number) {
    const std::string name = without_prefix(id_of(shape), "mesh-");
    return name.empty() ? "shape-" + std::to_string(number) : name;
  }

  void warn(pugi::xml_node node, const std::string& what) {
    scene_.warnings.push_back(xml_.where(node) + ": " + what + " ignored");
  }

  void add_material(pugi::xml_node bsdf, const std::string& id) {
    if (id.empty()) throw InputError(xml_.where(bsdf), "expected an id of <bsdf>");
    if (materials_.contains(id) || others_.contains(id))
      throw InputError(xml_.where(bsdf), "two bsdfs have the id " + in_quotes(id));
    const auto material = read_material(xml_, bsdf, id, scene_.frequency_hz, scene_.warnings);
    if (!material) {
      warn(bsdf, "bsdf " + in_quotes(id) + " of type " + in_quotes(bsdf.attribute("type").value()) +
                     " is no radio material and");
      others_.insert(id);
      return;
    }
    if (!material_names_.insert(material->name).second)
      throw InputError(xml_.where(bsdf), "two materials have the name " + in_quotes(material->name));
    materials_[id] = static_cast<std::uint32_t>(scene_.materials.size());
    scene_.materials.push_back(*material);
  }

  std::uint32_t material_index(pugi::xml_node node, const std::string& id) const {
    const auto found = materials_.find(id);
    if (found != materials_.end()) return found->second;
    if (others_.contains(id))
      throw InputError(xml_.where(node), "bsdf " + in_quotes(id) +
                                             " is no radio material; expected the type itu-radio-material or "
                                             "radio-material, or an id that begins with itu_ or mat-itu_");
    std::vector<std::string> known;
    for (const auto& [name, index] : materials_) known.push_back(name);
    throw unknown_name(xml_.where(node), "material", id, std::move(known));
  }

  /// A material inside a shape has the name of the object when it has no id.
  void add_materials_inside(pugi::xml_node shape, const std::string& object) {
    for (const pugi::xml_node bsdf : shape.children("bsdf"))
      add_material(bsdf, id_of(bsdf).empty() ? object : id_of(bsdf));
  }

  void add_object(pugi::xml_node shape, const std::string& name) {
    const std::string_view type = shape.attribute("type").value();
    if (!is_known_shape(type))
      return warn(shape, "shape " + in_quotes(name) + " of the unknown type " + in_quotes(type));
    if (!object_names_.insert(name).second)
      throw InputError(xml_.where(shape), "two objects have the name " + in_quotes(name));

    std::vector<std::uint32_t> materials;
    for (const pugi::xml_node child : shape.children()) {
      const std::string_view kind = child.name(), child_name = child.attribute("name").value();
      if (kind == "bsdf")
        materials.push_back(material_index(child, id_of(child).empty() ? name : id_of(child)));
      else if (kind == "ref")
        materials.push_back(material_index(child, id_of(child)));
      else if (kind == "transform" ? child_name != "to_world" : !is_shape_property(kind, child_name))
        warn(child, "<" + std::string(kind) + "> " + in_quotes(child_name) + " of object " + in_quotes(name));
    }
    if (materials.size() != 1)
      throw InputError(xml_.where(shape), "object " + in_quotes(name) + ": expected one material, found " +
                                              std::to_string(materials.size()));
    scene_.objects.push_back(
        {.name = name, .mesh = read_shape_mesh(xml_, shape, name, scene_.warnings), .material = materials[0]});
  }

  /// What we read, or what only matters for pictures, since a surface acts alike on both sides.
  static bool is_shape_property(std::string_view kind, std::string_view name) {
    return kind == "emitter" || name == "filename" || name == "face_normals" || name == "flip_normals" ||
           name == "flip_tex_coords";
  }

  const XmlFile& xml_;
  Scene scene_;
  std::map<std::string, std::uint32_t> materials_;       // by id
  std::set<std::string> others_;                         // ids of bsdfs that are no radio materials
  std::set<std::string> object_names_, material_names_;  // taken
};

}  // namespace detail

/// Scene from the text of a Mitsuba 3 XML file as Sionna RT uses it; `file` gives the folder of the meshes and the
/// name for messages. Objects are named by the id of their shape without "mesh-". What we do not know becomes a line
/// of Scene::warnings. Throws InputError with file and line for everything that is wrong.
inline Scene parse_mitsuba(const std::string& text, const std::string& file, double frequency_hz,
                           const Parameters& parameters = {}) {
  return detail::MitsubaReader(XmlFile(text, file, parameters), frequency_hz).read();
}

}  // namespace manyworlds::io
