#pragma once
#include <cctype>
#include <string>

#include "manyworlds/io/obj.hpp"
#include "manyworlds/io/ply.hpp"
#include "manyworlds/scene/scene.hpp"

/// Mesh files. We parse PLY and OBJ ourselves: the index of a triangle in its file names it in path tables, general
/// importers split meshes by group or material and merge or drop faces without saying so, and what reads files that
/// anyone may have written should be small enough to fuzz.
namespace manyworlds::io {

/// Mesh of a .ply or .obj file, triangles in the order of the file, every index and coordinate checked. Throws
/// InputError naming file and element for anything wrong, and when there is no triangle.
inline Mesh load_mesh(const std::string& file) {
  std::string extension = std::filesystem::path(file).extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (extension != ".ply" && extension != ".obj") throw InputError(file, "expected a .ply or .obj mesh");
  const std::string text = read_file(file);
  Mesh mesh = extension == ".ply" ? parse_ply(text, file) : parse_obj(text, file);
  if (mesh.triangles.empty()) throw InputError(file, "the mesh has no triangles");
  return mesh;
}

/// Drops the triangles without area (two corners in one place, or the three on one line up to 1e-10 of the longest
/// edge) and returns how many they were; source_index then says where the others stood.
inline std::size_t drop_degenerate(Mesh& mesh) {
  const auto degenerate = [&](const std::array<std::uint32_t, 3>& t) {
    const Vec3d a = mesh.vertices[t[0]], u = mesh.vertices[t[1]] - a, v = mesh.vertices[t[2]] - a;
    return !(norm(cross(u, v)) > 1e-10 * max(max(norm2(u), norm2(v)), norm2(u - v)));
  };
  Mesh kept;
  for (std::size_t i = 0; i < mesh.triangles.size(); ++i) {
    if (degenerate(mesh.triangles[i])) continue;
    kept.triangles.push_back(mesh.triangles[i]);
    kept.source_index.push_back(mesh.source_index.empty() ? static_cast<std::uint32_t>(i) : mesh.source_index[i]);
  }
  const std::size_t dropped = mesh.triangles.size() - kept.triangles.size();
  if (dropped == 0) return 0;
  mesh.triangles = std::move(kept.triangles);
  mesh.source_index = std::move(kept.source_index);
  return dropped;
}

}  // namespace manyworlds::io
