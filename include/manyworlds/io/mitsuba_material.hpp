#pragma once
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/io/xml.hpp"
#include "manyworlds/scene/itu.hpp"
#include "manyworlds/scene/slab.hpp"

namespace manyworlds::io {
namespace detail {

inline std::string without_prefix(std::string_view name, std::string_view prefix) {
  return std::string(name.substr(0, prefix.size()) == prefix ? name.substr(prefix.size()) : name);
}

/// A property of a bsdf or of the bsdfs nested in it (twosided around diffuse); the outermost wins.
inline std::optional<double> nested_number(const XmlFile& xml, pugi::xml_node bsdf, const char* name) {
  for (; bsdf; bsdf = bsdf.child("bsdf"))
    if (const auto value = number_property(xml, bsdf, name)) return value;
  return {};
}

/// Properties of a radio material that mean nothing to us draw no warning: colours, and how diffuse scattering goes.
inline void warn_unknown_properties(const XmlFile& xml, pugi::xml_node bsdf, std::vector<std::string>& warnings) {
  constexpr std::string_view known[] = {"type",
                                        "thickness",
                                        "relative_permittivity",
                                        "conductivity",
                                        "pec",
                                        "scattering_coefficient",
                                        "xpd_coefficient",
                                        "scattering_pattern",
                                        "alpha_r",
                                        "alpha_i",
                                        "lambda_",
                                        "color",
                                        "reflectance",
                                        "base_color"};
  for (const pugi::xml_node child : bsdf.children()) {
    const std::string_view name = child.attribute("name").value();
    if (std::find(std::begin(known), std::end(known), name) == std::end(known))
      warnings.push_back(xml.where(child) + ": unknown property " + in_quotes(name) + " of a radio material ignored");
  }
}

}  // namespace detail

/// The radio material of a <bsdf>, named by its id without "mat-"; nothing when it is none. Radio materials are the
/// types itu-radio-material and radio-material, and whatever has an id that begins with itu_, itu-, mat-itu_ or
/// mat-itu- (the rest of it is then the ITU name, unless a property type gives one), as in Sionna RT. Without a
/// property thickness it is 0.1 m thick. A radio-material with <boolean name="pec" value="true"/> conducts perfectly.
/// Throws InputError with the line for unknown ITU materials, frequencies outside their range and impossible values.
inline std::optional<Material> read_material(const XmlFile& xml, pugi::xml_node bsdf, const std::string& id,
                                             double frequency_hz, std::vector<std::string>& warnings) {
  const std::string where = xml.where(bsdf);
  const std::string_view type = bsdf.attribute("type").value();
  Material material{.name = detail::without_prefix(id, "mat-"), .itu = {}};
  const bool named_itu = material.name.starts_with("itu_") || material.name.starts_with("itu-");
  const bool itu = named_itu || type == "itu-radio-material";
  if (!itu && type != "radio-material") return {};

  if (itu) {
    const pugi::xml_node itu_type = property(bsdf, "type");
    if (!itu_type && !named_itu) throw InputError(where, "expected a string 'type' with the name of an ITU material");
    material.itu = itu_type ? attribute(xml, itu_type, "value") : material.name.substr(4);
    const ItuParameters p = itu_parameters(material.itu, frequency_hz, where);
    material.eps_r = p.eps_r;
    material.sigma = p.sigma;
  } else {
    material.eps_r = number_property(xml, bsdf, "relative_permittivity").value_or(1);
    material.sigma = number_property(xml, bsdf, "conductivity").value_or(0);
    material.pec = property(bsdf, "pec").attribute("value").as_bool();
  }
  material.thickness = detail::nested_number(xml, bsdf, "thickness").value_or(material.thickness);
  material.scattering = detail::nested_number(xml, bsdf, "scattering_coefficient").value_or(0);
  check_material(material, where);
  if (!named_itu) detail::warn_unknown_properties(xml, bsdf, warnings);
  return material;
}

}  // namespace manyworlds::io
