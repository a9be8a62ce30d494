/// What pictures are made of: PNG files, shapes, letters, colours, ticks, labels; and the curves drawn with them.
#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <limits>

#include "error_of.hpp"
#include "folder.hpp"
#include "manyworlds/core/random.hpp"
#include "manyworlds/io/colormap.hpp"
#include "manyworlds/io/curves.hpp"
#include "manyworlds/io/marks.hpp"
#include "pixels.hpp"

namespace manyworlds::io {
namespace {

using test::at, test::error_of, test::Folder, test::rgb;

Image decode(const std::filesystem::path& path) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_file(&header, path.c_str())) return {};
  header.format = PNG_FORMAT_RGB;
  Image image(int(header.width), int(header.height));
  png_image_finish_read(&header, nullptr, image.rgb.data(), 0, nullptr);
  return image;
}

TEST(Png, RoundTripKeepsEveryPixel) {
  const Folder folder("png");
  Image image(37, 23);
  Random random(1, 0, 0, Purpose::test);
  for (std::uint8_t& value : image.rgb) value = std::uint8_t(random.below(256));
  write_png(folder.path / "a.png", image);
  const Image back = decode(folder.path / "a.png");
  EXPECT_EQ(back.width, 37);
  EXPECT_EQ(back.height, 23);
  EXPECT_EQ(back.rgb, image.rgb);
  EXPECT_FALSE(std::filesystem::exists(folder.path / "a.png.part"));
}

TEST(Png, RefusesWhatItCannotWriteAndNamesTheFile) {
  const Folder folder("png_errors");
  const Image image(2, 2);
  const std::filesystem::path missing = folder.path / "missing" / "a.png";
  const std::string text = error_of([&] { write_png(missing, image); });
  EXPECT_NE(text.find(missing.string()), std::string::npos) << text;
  EXPECT_NE(text.find("No such file or directory"), std::string::npos) << text;
  std::filesystem::create_directories(folder.path / "taken.png");
  EXPECT_NE(error_of([&] { write_png(folder.path / "taken.png", image); }).find("it is a folder"), std::string::npos);
  EXPECT_NE(error_of([&] { write_png(folder.path / "b.png", Image{}); }).find("at least one pixel"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder.path / "b.png"));
  Image torn(2, 2);
  torn.rgb.pop_back();
  EXPECT_THROW(encode_png(torn), InputError);
}

TEST(Canvas, CoversPartsOfPixels) {
  Canvas canvas(4, 3);
  canvas.fill_rectangle({{0.5, 0}, {2, 2}}, {0, 0, 0, 1});
  EXPECT_EQ(at(canvas.image(), {0, 0})[0], 128);
  EXPECT_EQ(at(canvas.image(), {1, 1})[0], 0);
  EXPECT_EQ(at(canvas.image(), {2, 1})[0], 255);
  EXPECT_EQ(at(canvas.image(), {1, 2})[0], 255);
}

TEST(Canvas, AreaOfACircleIsRight) {
  Canvas canvas(60, 60);
  canvas.fill_circle({30.3, 29.6}, 20, {0, 0, 0, 1});
  double area = 0;
  for (int i = 0; i < 60 * 60; ++i) area += 1 - canvas.image().rgb[std::size_t(3 * i)] / 255.0;
  EXPECT_NEAR(area, pi * 400, 0.005 * pi * 400);
}

TEST(Canvas, CrossingLinesOfOneCallDoNotDarkenTwice) {
  Canvas canvas(20, 20);
  const Polyline cross[] = {{{2, 10}, {18, 10}}, {{10, 2}, {10, 18}}};
  canvas.stroke_all(cross, 4, {0, 0, 0, 0.5});
  EXPECT_EQ(at(canvas.image(), {10, 10}), at(canvas.image(), {5, 10}));
  EXPECT_EQ(at(canvas.image(), {10, 10})[0], 128);
}

TEST(Canvas, DashesLeaveGapsAndClipHolds) {
  Canvas canvas(40, 10);
  canvas.stroke(Polyline{{0, 5}, {40, 5}}, 2, {0, 0, 0, 1}, {6, 6});
  EXPECT_EQ(at(canvas.image(), {3, 5})[0], 0);
  EXPECT_EQ(at(canvas.image(), {9, 5})[0], 255);
  EXPECT_EQ(at(canvas.image(), {15, 5})[0], 0);
  canvas.clip({{20, 0}, {40, 10}});
  canvas.fill_rectangle({{0, 0}, {40, 3}}, {9, 9, 9, 1});
  EXPECT_EQ(at(canvas.image(), {19, 1})[0], 255);
  EXPECT_EQ(at(canvas.image(), {20, 1})[0], 9);
}

TEST(Font, EveryPrintableCharacterIsDrawnInItsBoxAndDiffers) {
  std::vector<std::string> seen;
  for (int code = 33; code < 127; ++code) {
    const char character = char(code);
    EXPECT_FALSE(glyph_lines(character).empty()) << character;
    for (const Polyline& line : glyph_lines(character))
      for (const Point2 p : line) {
        EXPECT_TRUE(p.x >= -2.1 && p.x <= glyph(character).width + 0.7) << character << ' ' << p.x;
        EXPECT_TRUE(p.y >= -4.2 && p.y <= 16.1) << character << ' ' << p.y;
      }
    seen.emplace_back(glyph(character).strokes);
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(seen.size(), 94u);
}

TEST(Font, WidthGrowsWithTextAndUnknownLettersCountOnce) {
  EXPECT_EQ(text_width("", 11), 0);
  EXPECT_GT(text_width("World 17", 11), text_width("World 7", 11));
  EXPECT_DOUBLE_EQ(text_width("0", 22), 2 * text_width("8", 11));
  EXPECT_DOUBLE_EQ(text_width("\xC3\xA4", 11), text_width("\xC3", 11));
  EXPECT_LE(text_width("a long title", fitted_height("a long title", 17, 50)), 50 + 1e-9);
}

TEST(Colormap, StepsAreEvenToTheEyeAndLightnessRises) {
  for (const ColormapKind kind : {ColormapKind::sequential, ColormapKind::diverging}) {
    double least = 1, most = 0;
    for (int i = 0; i < 64; ++i) {
      const OkLab a = colormap_lab(kind, i / 64.0), b = colormap_lab(kind, (i + 1) / 64.0);
      const double step = std::hypot(std::hypot(a.lightness - b.lightness, a.a - b.a), a.b - b.b);
      least = std::min(least, step), most = std::max(most, step);
      if (kind == ColormapKind::sequential) {
        EXPECT_GT(b.lightness, a.lightness);
      }
    }
    EXPECT_LT(most / least, 1.35);
  }
}

TEST(Colormap, EndsMiddleAndDead) {
  const Colormap map(ColormapKind::diverging, {-10, 10}, {1, 2, 3, 1});
  EXPECT_EQ(rgb(map(-99)), rgb(map(-10)));
  EXPECT_EQ(rgb(map(99)), rgb(map(10)));
  EXPECT_GT(map(-10).b, map(-10).r + 100);
  EXPECT_GT(map(10).r, map(10).b + 100);
  EXPECT_GT(std::min({map(0).r, map(0).g, map(0).b}), 240);
  EXPECT_EQ(rgb(map(std::nan(""))), (std::array<int, 3>{1, 2, 3}));
}

TEST(Ticks, AreRoundAndInside) {
  const Ticks ticks = nice_ticks({-0.3, 1.01}, 7);
  EXPECT_DOUBLE_EQ(ticks.step, 0.2);
  EXPECT_EQ(ticks.values.size(), 7u);
  EXPECT_EQ(ticks.label(ticks.values[1]), "0.0");
  EXPECT_EQ(ticks.label(ticks.values[0]), "-0.2");
  const Range range = nice_range({-91.3, -42.2}, 12);
  EXPECT_DOUBLE_EQ(range.lo, -95);
  EXPECT_DOUBLE_EQ(range.hi, -40);
}

TEST(Labels, DoNotOverlapWhileThereIsRoom) {
  Canvas apart(200, 100), once(200, 100);
  Labels labels({{0, 0}, {200, 100}});
  labels.place(apart, {100, 50}, 10, "HHH");
  const Image first = apart.image();
  labels.place(apart, {100, 50}, 10, "HHH");
  Labels alone({{0, 0}, {200, 100}});
  alone.place(once, {100, 50}, 10, "HHH");
  EXPECT_EQ(first.rgb, once.image().rgb);
  const auto dark = [](const Image& image, int from, int to) {
    int count = 0;
    for (int y = 0; y < image.height; ++y)
      for (int x = from; x < to; ++x) count += image.pixel(x, y)[0] < 128;
    return count;
  };
  EXPECT_EQ(dark(first, 0, 100), 0);
  EXPECT_GT(dark(apart.image(), 0, 100), 0) << "the second label goes to the other side";
}

TEST(Labels, LongTextsStayInTheRoom) {
  Canvas canvas(400, 100);
  Labels labels({{100, 0}, {300, 100}});
  labels.place(canvas, {120, 50}, 10, "a transmitter whose name is longer than the room is wide");
  for (int y = 0; y < 100; ++y)
    for (const int x : {98, 302}) EXPECT_EQ(at(canvas.image(), {double(x), double(y)})[0], 255);
  EXPECT_NE(canvas.image().rgb, Image(400, 100).rgb);
}

TEST(Curves, WinnerIsOnTopAndPrunedWorldsEnd) {
  Curve winner, pruned;
  winner.values.assign(11, -70), winner.fate = Fate::winner, winner.name = "World 1";
  pruned.values.assign(6, -90), pruned.fate = Fate::pruned;
  CurvesOptions options;
  options.range = Range{-100, -60};
  const std::vector<Curve> curves = {winner, pruned};
  const Image image = draw_curves(curves, options);
  // The plot spans 96..1168 and 92..650 pixels.
  EXPECT_EQ(at(image, {700, 92 + 558 * 0.25}), (std::array<int, 3>{225, 29, 72}));
  const int y = int(92 + 558 * 0.75);
  const auto greys = [&](int from, int to) {
    int count = 0;
    for (int x = from; x < to; ++x) count += image.pixel(x, y)[0] < 215;
    return count;
  };
  EXPECT_GT(greys(120, 600), 200);
  EXPECT_LT(greys(120, 600), 420) << "dashed";
  EXPECT_EQ(greys(660, 1160), 0) << "ends at iteration 5";
}

TEST(Curves, ATraceIsFaintAndBehind) {
  Curve winner;
  winner.values.assign(11, -70), winner.trace.assign(11, -80), winner.fate = Fate::winner;
  CurvesOptions options;
  options.range = Range{-100, -60};
  const std::vector<Curve> curves = {winner};
  const Image image = draw_curves(curves, options);
  EXPECT_EQ(at(image, {700, 92 + 558 * 0.25}), (std::array<int, 3>{225, 29, 72}));
  const std::array<int, 3> faint = at(image, {700, 92 + 558 * 0.5});
  EXPECT_LT(faint[1], 245) << "there is a line";
  EXPECT_GT(faint[1], 120) << "that hardly shows";
}

TEST(Curves, RefusesNothingToDrawAndStandsNaN) {
  EXPECT_THROW(draw_curves({}), InputError);
  Curve broken;
  broken.values = {std::nan(""), 1, std::nan(""), std::numeric_limits<double>::infinity()};
  const std::vector<Curve> curves = {broken};
  EXPECT_EQ(draw_curves(curves).width, 1200);
}

}  // namespace
}  // namespace manyworlds::io
