#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/io/xml.hpp"
#include "manyworlds/math/mat3.hpp"

namespace manyworlds::io {

/// p -> linear p + offset
struct Affine {
  Mat3d linear{};
  Vec3d offset{};

  Vec3d operator()(Vec3d p) const { return linear * p + offset; }
  /// b first, then a.
  friend Affine operator*(const Affine& a, const Affine& b) { return {a.linear * b.linear, a(b.offset)}; }
};

namespace detail {

/// A vector from value="x y z" or value="s" (all three), or else from the attributes x, y, z that are there.
inline Vec3d vector_of(const XmlFile& xml, pugi::xml_node node, double absent) {
  const auto numbers = [&](const char* name) {
    const auto list = to_numbers(node.attribute(name).value());
    if (!list || (list->size() != 1 && list->size() != 3))
      throw InputError(xml.where(node), "expected 1 or 3 numbers as " + std::string(name) + " of <" + node.name() +
                                            ">, found " + in_quotes(node.attribute(name).value()));
    return list->size() == 3 ? Vec3d{(*list)[0], (*list)[1], (*list)[2]} : Vec3d{(*list)[0], (*list)[0], (*list)[0]};
  };
  if (node.attribute("value")) return numbers("value");
  Vec3d v{absent, absent, absent};
  constexpr std::array<const char*, 3> axes = {"x", "y", "z"};
  for (int axis = 0; axis < 3; ++axis)
    if (node.attribute(axes[std::size_t(axis)])) v[axis] = numbers(axes[std::size_t(axis)]).x;
  return v;
}

/// angle degrees about the axis x, y, z. An axis that is not of length one gives its direction, with a warning, since
/// Mitsuba takes it as it is and makes something else than a rotation of it.
inline Affine rotate(const XmlFile& xml, pugi::xml_node node, std::vector<std::string>& warnings) {
  const Vec3d axis = vector_of(xml, node, 0);
  const auto angle = to_numbers(attribute(xml, node, "angle"));
  if (!angle || angle->size() != 1) throw InputError(xml.where(node), "expected one number as angle, in degrees");
  if (!(norm(axis) > 0)) throw InputError(xml.where(node), "expected an axis of rotation that is not zero");
  if (std::abs(norm(axis) - 1) > 1e-6)
    warnings.push_back(xml.where(node) + ": the axis of rotation has length " + to_text(norm(axis)) +
                       " and is scaled to 1; Mitsuba would distort the shape");
  return {rotation_vector((*angle)[0] * pi / 180 * normalized(axis)), {}};
}

/// Sixteen numbers row by row, or nine for a linear map.
inline Affine matrix(const XmlFile& xml, pugi::xml_node node) {
  const auto m = to_numbers(attribute(xml, node, "value"));
  if (!m || (m->size() != 9 && m->size() != 16))
    throw InputError(xml.where(node), "expected a matrix of 9 or 16 numbers");
  const std::size_t width = m->size() == 9 ? 3 : 4;
  const auto column = [&](std::size_t c) { return Vec3d{(*m)[c], (*m)[width + c], (*m)[2 * width + c]}; };
  if (width == 3) return {{column(0), column(1), column(2)}, {}};
  if ((*m)[12] != 0 || (*m)[13] != 0 || (*m)[14] != 0 || (*m)[15] != 1)
    throw InputError(xml.where(node), "expected an affine matrix with the last row 0 0 0 1");
  return {{column(0), column(1), column(2)}, column(3)};
}

/// Puts +z on the way from origin to target, and +y on the side of up.
inline Affine look_at(const XmlFile& xml, pugi::xml_node node) {
  const auto point = [&](const char* name) {
    const auto list = to_numbers(attribute(xml, node, name));
    if (!list || list->size() != 3) throw InputError(xml.where(node), "expected 3 numbers as " + std::string(name));
    return Vec3d{(*list)[0], (*list)[1], (*list)[2]};
  };
  const Vec3d origin = point("origin"), forward = point("target") - origin;
  if (!(norm(forward) > 0)) throw InputError(xml.where(node), "expected a target away from the origin");
  const Vec3d z = normalized(forward);
  Vec3d up = node.attribute("up") ? point("up") : Vec3d{};
  if (norm(up) == 0) {
    // Mitsuba's choice: the frame of Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 6(1), 2017.
    const double sign = std::copysign(1.0, z.z), a = -1 / (sign + z.z);
    up = {1 + sign * z.x * z.x * a, sign * z.x * z.y * a, -sign * z.x};
  }
  const Vec3d x = cross(up, z);
  if (!(norm(x) > 1e-12 * norm(up))) throw InputError(xml.where(node), "expected an up that is not along the view");
  return {{normalized(x), cross(z, normalized(x)), z}, origin};
}

}  // namespace detail

/// The map of a <transform>: its children translate, rotate, scale, matrix and lookat, the first applied first.
/// An unknown child is a warning. Throws InputError with the line for one that is not as it should be.
inline Affine read_transform(const XmlFile& xml, pugi::xml_node transform, std::vector<std::string>& warnings) {
  Affine total;
  for (const pugi::xml_node node : transform.children()) {
    const std::string_view kind = node.name();
    if (kind == "translate") {
      total = Affine{{}, detail::vector_of(xml, node, 0)} * total;
    } else if (kind == "scale") {
      const Vec3d s = detail::vector_of(xml, node, 1);
      total = Affine{{{s.x, 0, 0}, {0, s.y, 0}, {0, 0, s.z}}, {}} * total;
    } else if (kind == "rotate") {
      total = detail::rotate(xml, node, warnings) * total;
    } else if (kind == "matrix") {
      total = detail::matrix(xml, node) * total;
    } else if (kind == "lookat") {
      total = detail::look_at(xml, node) * total;
    } else {
      warnings.push_back(xml.where(node) + ": unknown transform <" + node.name() + "> ignored");
    }
  }
  return total;
}

}  // namespace manyworlds::io
