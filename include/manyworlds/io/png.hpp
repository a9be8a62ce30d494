#pragma once
#include <png.h>

#include <cstdint>
#include <vector>

#include "manyworlds/core/file.hpp"

namespace manyworlds::io {

/// Picture of 8-bit red, green and blue, rows from the top, sRGB.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  ///< 3 width height values

  Image() = default;
  /// Filled with white. Sizes in pixels.
  Image(int w, int h) : width(w), height(h), rgb(std::size_t(w) * std::size_t(h) * 3, 255) {}

  std::uint8_t* pixel(int x, int y) { return rgb.data() + 3 * (std::size_t(y) * std::size_t(width) + std::size_t(x)); }
  const std::uint8_t* pixel(int x, int y) const {
    return rgb.data() + 3 * (std::size_t(y) * std::size_t(width) + std::size_t(x));
  }
};

/// The image as the bytes of a PNG file. `where` names the picture in errors. Errors: InputError for an empty image or
/// one whose data does not fit its size.
inline std::string encode_png(const Image& image, const std::string& where = "picture") {
  if (image.width <= 0 || image.height <= 0) throw InputError(where, "a picture needs at least one pixel");
  if (image.rgb.size() != std::size_t(image.width) * std::size_t(image.height) * 3)
    throw InputError(where, "expected 3 x width x height bytes, found " + std::to_string(image.rgb.size()));
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = png_uint_32(image.width);
  header.height = png_uint_32(image.height);
  header.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&header, bytes.data(), &size, 0, image.rgb.data(), 0, nullptr))
    throw InputError(where, std::string("cannot encode as PNG: ") + header.message);
  bytes.resize(size);
  return bytes;
}

/// Writes the image as PNG, whole or not at all. Errors: InputError naming the file.
inline void write_png(const std::filesystem::path& path, const Image& image) {
  write_file_atomically(path, encode_png(image, path.string()));
}

}  // namespace manyworlds::io
