#pragma once
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "manyworlds/io/ply_header.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds::io {
namespace detail {

/// Takes the values of a PLY body one after the other; every value consumes at least one byte of the file.
class PlyReader {
 public:
  PlyReader(std::string_view body, PlyFormat format) : rest_(body), format_(format) {}

  std::size_t bytes_left() const { return rest_.size(); }
  bool ascii() const { return format_ == PlyFormat::ascii; }

  /// Next value of a type; exact, since a double holds them all. `where` names the item for messages.
  template <class Where>
  double next(PlyType type, const Where& where) {
    return ascii() ? next_ascii(where) : next_binary(type, where);
  }

 private:
  template <class Where>
  double next_ascii(const Where& where) {
    const std::string_view word = next_word(rest_);
    if (word.empty()) throw where("truncated: the file ends here");
    const auto number = to_number(word);
    if (!number) throw where("expected a number, found " + in_quotes(word));
    return *number;
  }

  template <class Where>
  double next_binary(PlyType type, const Where& where) {
    const std::size_t size = size_of(type);
    if (rest_.size() < size) throw where("truncated: the file ends here");
    char bytes[8];
    const bool swap = (format_ == PlyFormat::big_endian) == (std::endian::native == std::endian::little);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = rest_[swap ? size - 1 - i : i];
    rest_.remove_prefix(size);
    switch (type) {
      case PlyType::int8:
        return as<std::int8_t>(bytes);
      case PlyType::uint8:
        return as<std::uint8_t>(bytes);
      case PlyType::int16:
        return as<std::int16_t>(bytes);
      case PlyType::uint16:
        return as<std::uint16_t>(bytes);
      case PlyType::int32:
        return as<std::int32_t>(bytes);
      case PlyType::uint32:
        return as<std::uint32_t>(bytes);
      case PlyType::float32:
        return as<float>(bytes);
      case PlyType::float64:
        return as<double>(bytes);
    }
    return 0;
  }

  template <class T>
  static double as(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return static_cast<double>(value);
  }

  std::string_view rest_;
  PlyFormat format_;
};

/// Which properties of an element hold what we read, -1 for none.
struct PlyLayout {
  int axes[3] = {-1, -1, -1}, indices = -1;
};

inline PlyLayout layout_of(const PlyElement& element, const std::string& file) {
  PlyLayout layout;
  for (int k = 0; k < static_cast<int>(element.properties.size()); ++k) {
    const PlyProperty& p = element.properties[static_cast<std::size_t>(k)];
    if (!p.list && (p.name == "x" || p.name == "y" || p.name == "z")) layout.axes[p.name[0] - 'x'] = k;
    if (p.list && (p.name == "vertex_indices" || p.name == "vertex_index")) layout.indices = k;
  }
  if (element.name == "vertex" && (layout.axes[0] < 0 || layout.axes[1] < 0 || layout.axes[2] < 0))
    throw InputError(file, "element vertex: expected the properties x, y and z");
  if (element.name == "face" && layout.indices < 0)
    throw InputError(file, "element face: expected a list vertex_indices");
  return layout;
}

/// Reads a list and gives each of its values to take(i, value); returns their number.
template <class Where, class Take>
std::uint64_t read_list(PlyReader& reader, const PlyProperty& property, const Where& fail, const Take& take) {
  const double length = reader.next(property.count, fail);
  if (!(length >= 0 && length <= static_cast<double>(reader.bytes_left())))
    throw fail("a list of " + to_text(length) + " values does not fit into the file");
  const auto n = static_cast<std::uint64_t>(length);
  for (std::uint64_t i = 0; i < n; ++i) take(i, reader.next(property.value, fail));
  return n;
}

/// Reads the indices of a face and adds its fan of triangles.
template <class Where>
void read_face(PlyReader& reader, const PlyProperty& property, std::uint64_t vertices, Mesh& mesh, const Where& fail) {
  std::uint32_t corners[3]{};
  const std::uint64_t n = read_list(reader, property, fail, [&](std::uint64_t i, double value) {
    if (!(value >= 0 && value < static_cast<double>(vertices) && value <= 4294967295.0 && value == std::floor(value)))
      throw fail("expected an index of the " + std::to_string(vertices) + " vertices, found " + to_text(value));
    corners[i < 3 ? i : 2] = static_cast<std::uint32_t>(value);
    if (i < 2) return;
    mesh.triangles.push_back({corners[0], corners[1], corners[2]});
    corners[1] = corners[2];
  });
  if (n < 3) throw fail("expected at least 3 vertices, found " + std::to_string(n));
}

}  // namespace detail

/// Triangles of a PLY text (ascii, or binary of either byte order) in the order of the file; polygons become fans.
/// Elements and properties other than the vertices' x, y, z and the faces' vertex indices are read over. Memory is
/// bounded by the file: counts in the header reserve nothing. Throws InputError with the element for what is not as
/// it should be.
inline Mesh parse_ply(std::string_view text, const std::string& file) {
  const PlyHeader header = read_ply_header(text, file);
  detail::PlyReader reader(text, header.format);
  Mesh mesh;
  std::uint64_t vertex_count = 0;
  for (const PlyElement& element : header.elements)
    if (element.name == "vertex") vertex_count += element.count;

  for (const PlyElement& element : header.elements) {
    const detail::PlyLayout layout = detail::layout_of(element, file);
    if (element.properties.empty()) continue;
    for (std::uint64_t item = 0; item < element.count; ++item) {
      const auto fail = [&](const std::string& what) {
        return InputError(
            file, element.name + " " + std::to_string(item) + " of " + std::to_string(element.count) + ": " + what);
      };
      Vec3d point;
      for (int k = 0; k < static_cast<int>(element.properties.size()); ++k) {
        const PlyProperty& property = element.properties[static_cast<std::size_t>(k)];
        if (property.list && element.name == "face" && k == layout.indices) {
          detail::read_face(reader, property, vertex_count, mesh, fail);
        } else if (property.list) {
          detail::read_list(reader, property, fail, [](std::uint64_t, double) {});
        } else {
          const double value = reader.next(property.value, fail);
          for (int axis = 0; axis < 3; ++axis)
            if (k == layout.axes[axis]) point[axis] = value;
        }
      }
      if (element.name != "vertex") continue;
      if (!std::isfinite(point.x) || !std::isfinite(point.y) || !std::isfinite(point.z))
        throw fail("expected finite coordinates");
      mesh.vertices.push_back(point);
    }
  }
  return mesh;
}

}  // namespace manyworlds::io
