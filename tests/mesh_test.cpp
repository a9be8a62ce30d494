#include "manyworlds/io/mesh.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "error_of.hpp"
#include "folder.hpp"

namespace {

using namespace manyworlds;
using test::error_of;
using Triangle = std::array<std::uint32_t, 3>;

constexpr const char* vertex_lines = "element vertex 4\nproperty float x\nproperty float y\nproperty float z\n";
constexpr const char* face_lines = "element face 2\nproperty list uchar int vertex_indices\nend_header\n";
const std::string ascii_head = std::string("ply\nformat ascii 1.0\n") + vertex_lines + face_lines;
constexpr const char* square = "0 0 0\n1 0 0\n1 1 0\n0 1 0\n";

template <class T>
void put(std::string& text, T value, bool big) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  if (big == (std::endian::native == std::endian::little)) std::reverse(bytes, bytes + sizeof(T));
  text.append(bytes, sizeof(T));
}

/// A square of a quad and a triangle, with a colour before x, a double z, a list on each vertex and shorts as indices.
std::string binary_ply(bool big) {
  std::string text = std::string("ply\r\nformat ") + (big ? "binary_big_endian" : "binary_little_endian") +
                     " 1.0\r\ncomment property float nothing\r\nobj_info none\r\nelement vertex 4\r\n"
                     "property uchar red\r\nproperty float x\r\nproperty float y\r\nproperty float64 z\r\n"
                     "property list uint8 int16 tags\r\nelement edge 1\r\nproperty int a\r\nelement face 2\r\n"
                     "property float quality\r\nproperty list ushort short vertex_index\r\nend_header\r\n";
  const float corners[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
  for (const auto& c : corners) {
    put<std::uint8_t>(text, 255, big);
    put(text, c[0], big);
    put(text, c[1], big);
    put(text, 0.125, big);
    put<std::uint8_t>(text, 1, big);
    put<std::int16_t>(text, -9, big);
  }
  put<std::int32_t>(text, 77, big);
  put(text, 0.5f, big);
  put<std::uint16_t>(text, 4, big);
  for (const int i : {0, 1, 2, 3}) put(text, static_cast<std::int16_t>(i), big);
  put(text, 0.5f, big);
  put<std::uint16_t>(text, 3, big);
  for (const int i : {3, 1, 2}) put(text, static_cast<std::int16_t>(i), big);
  return text;
}

TEST(Ply, ReadsBinaryOfBothByteOrders) {
  for (const bool big : {false, true}) {
    const Mesh mesh = io::parse_ply(binary_ply(big), "m.ply");
    ASSERT_EQ(mesh.vertices.size(), 4u);
    EXPECT_EQ(mesh.vertices[2], (Vec3d{1, 1, 0.125}));
    EXPECT_EQ(mesh.triangles, (std::vector<Triangle>{{0, 1, 2}, {0, 2, 3}, {3, 1, 2}}));
  }
}

TEST(Ply, EveryTruncationOfABinaryFileIsAnError) {
  const std::string whole = binary_ply(false);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(io::parse_ply(std::string_view(whole).substr(0, size), "m.ply"), InputError) << size;
}

TEST(Ply, FansPolygonsInTheOrderOfTheFile) {
  const Mesh mesh = io::parse_ply(ascii_head + square + "4 3 2 1 0\n3 0 1 2", "m.ply");
  EXPECT_EQ(mesh.triangles, (std::vector<Triangle>{{3, 2, 1}, {3, 1, 0}, {0, 1, 2}}));
}

TEST(Ply, SaysWhatIsWrongAndWhere) {
  const std::string head = "ply\nformat ascii 1.0\n";
  const struct {
    std::string text;
    const char* expected;
  } cases[] = {
      {"", "m.ply:0: truncated: expected end_header"},
      {"solid\n", "m.ply:1: expected a PLY file"},
      {"ply\nformat ascii 1.0\n", "m.ply:2: truncated: expected end_header"},
      {"ply\nend_header\n", "m.ply:2: expected a format line"},
      {"ply\nformat utf8 1.0\n", "m.ply:2: unknown PLY format 'utf8'"},
      {head + "element vertex -4\n", "m.ply:3: expected 'element NAME COUNT', found the count '-4'"},
      {head + "element vertex many\n", "found the count 'many'"},
      {head + "property float x\n", "m.ply:3: a property before the first element"},
      {head + "element vertex 1\nproperty half x\n", "m.ply:4: unknown PLY type 'half'"},
      {head + "texture a.png\n", "m.ply:3: unknown PLY keyword 'texture'"},
      {head + "element vertex 1\nproperty float x\nend_header\n1\n", "expected the properties x, y and z"},
      {head + vertex_lines + "element face 1\nproperty int a\nend_header\n" + square, "expected a list vertex_indices"},
      {ascii_head + "0 0 0\n1 0 0\n", "m.ply: vertex 2 of 4: truncated"},
      {ascii_head + square + "3 0 1 2\n", "m.ply: face 1 of 2: truncated"},
      {ascii_head + "0 0 0\n1 0 abc\n", "m.ply: vertex 1 of 4: expected a number, found 'abc'"},
      {ascii_head + "0 0 0\n1 nan 0\n1 1 0\n0 1 0\n", "m.ply: vertex 1 of 4: expected finite coordinates"},
      {ascii_head + "0 0 0\n1 inf 0\n1 1 0\n0 1 0\n", "m.ply: vertex 1 of 4: expected finite coordinates"},
      {ascii_head + square + "3 0 1 4\n3 0 1 2\n", "m.ply: face 0 of 2: expected an index of the 4 vertices, found 4"},
      {ascii_head + square + "3 0 1 -1\n3 0 1 2\n", "expected an index of the 4 vertices, found -1"},
      {ascii_head + square + "3 0 1 1.5\n3 0 1 2\n", "expected an index of the 4 vertices, found 1.5"},
      {ascii_head + square + "2 0 1\n3 0 1 2\n", "m.ply: face 0 of 2: expected at least 3 vertices, found 2"},
      {ascii_head + square + "-3 0 1 2\n", "a list of -3 values does not fit"},
      {ascii_head + square + "nan 0 1 2\n", "a list of nan values does not fit"},
      {ascii_head + square + "4000000000 0 1 2\n", "a list of 4e+09 values does not fit"},
      {head + "element vertex 18446744073709551615\nproperty float x\nproperty float y\nproperty float "
              "z\nend_header\n1 2 3",
       "vertex 1 of 18446744073709551615: truncated"},
      {head + "element vertex 18446744073709551615\nend_header\n", "expected the properties x, y and z"},
  };
  for (const auto& c : cases) {
    const std::string error = error_of([&] { io::parse_ply(c.text, "m.ply"); });
    EXPECT_NE(error.find(c.expected), std::string::npos) << c.expected << "\nfound: " << error;
  }
}

TEST(Ply, ReadsOverElementsWithoutProperties) {
  const std::string text = "ply\nformat ascii 1.0\nelement nothing 18446744073709551615\n";
  EXPECT_EQ(io::parse_ply(text + vertex_lines + face_lines + square + "3 0 1 2 3 0 2 3", "m.ply").triangles.size(), 2u);
}

TEST(Obj, ReadsEveryWayToWriteAFace) {
  const Mesh mesh = io::parse_obj(
      "# a\nmtllib a.mtl\no b\nv 0 0 0\nv 1 0 0 1.0\nv\t1 1 0\r\nv 0 1 0\nvt 0 0\nvn 0 0 1\n"
      "g c\nusemtl d\ns off\nf 1 2 3\nf 1/1 2/1 3/1 4/1\nf 4//1 3//1 2//1\nf -4/1/1 -3/1/1 -1/1/1\nl 1 2",
      "m.obj");
  EXPECT_EQ(mesh.vertices.size(), 4u);
  EXPECT_EQ(mesh.triangles, (std::vector<Triangle>{{0, 1, 2}, {0, 1, 2}, {0, 2, 3}, {3, 2, 1}, {0, 1, 3}}));
}

TEST(Obj, SaysWhatIsWrongInWhichLine) {
  const std::string three = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
  const struct {
    std::string text;
    const char* expected;
  } cases[] = {
      {"v 0 0\n", "m.obj:1: expected a finite coordinate, found ''"},
      {"v 0 0 1\nv 0 nan 0\n", "m.obj:2: expected a finite coordinate, found 'nan'"},
      {"v 0 0 1e999\n", "m.obj:1: expected a finite coordinate, found '1e999'"},
      {three + "f 1 2 4\n", "m.obj:4: expected an index of the 3 vertices so far, found '4'"},
      {three + "f 0 1 2\n", "found '0'"},
      {three + "f -4 1 2\n", "found '-4'"},
      {three + "f 1 2 x/1\n", "found 'x/1'"},
      {three + "f 1 2\n", "m.obj:4: expected a face of at least 3 vertices, found 2"},
      {three + "f 1 2 99999999999999999999\n", "found '99999999999999999999'"},
  };
  for (const auto& c : cases) {
    const std::string error = error_of([&] { io::parse_obj(c.text, "m.obj"); });
    EXPECT_NE(error.find(c.expected), std::string::npos) << c.expected << "\nfound: " << error;
  }
}

TEST(Mesh, DroppingDegenerateTrianglesKeepsTheirPlacesInTheFile) {
  Mesh mesh;
  mesh.vertices = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {2, 0, 0}, {0, 0, 0}, {1, 1e-6, 0}};
  mesh.triangles = {{0, 1, 1}, {0, 1, 2}, {0, 1, 3}, {0, 4, 2}, {0, 5, 3}};
  EXPECT_EQ(io::drop_degenerate(mesh), 3u);
  EXPECT_EQ(mesh.triangles, (std::vector<Triangle>{{0, 1, 2}, {0, 5, 3}}));
  EXPECT_EQ(mesh.source_index, (std::vector<std::uint32_t>{1, 4}));
  EXPECT_EQ(io::drop_degenerate(mesh), 0u);
  EXPECT_EQ(mesh.source_index, (std::vector<std::uint32_t>{1, 4}));
}

TEST(Mesh, FilesThatAreNoMeshAreErrors) {
  const test::Folder place("mesh");
  const std::string folder = place.path.string() + "/";
  const auto error_for = [&](const std::string& name) { return error_of([&] { io::load_mesh(folder + name); }); };
  std::ofstream(folder + "empty.obj") << "v 0 0 0\n";
  std::ofstream(folder + "Capital.PLY") << ascii_head << square << "3 0 1 2 3 0 2 3";
  std::filesystem::create_directories(folder + "folder.ply");
  EXPECT_EQ(error_for("missing.ply"), folder + "missing.ply: no such file");
  EXPECT_EQ(error_for("folder.ply"), folder + "folder.ply: expected a regular file");
  EXPECT_EQ(error_for("a.stl"), folder + "a.stl: expected a .ply or .obj mesh");
  EXPECT_EQ(error_for("empty.obj"), folder + "empty.obj: the mesh has no triangles");
  EXPECT_EQ(io::load_mesh(folder + "Capital.PLY").triangles.size(), 2u);
}

}  // namespace
