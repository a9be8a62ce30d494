#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <limits>

#include "manyworlds/core/random.hpp"
#include "manyworlds/io/curves.hpp"
#include "manyworlds/io/heatmap.hpp"

namespace manyworlds::io {
namespace {

/// A fresh folder that goes away with the test.
struct Folder {
  std::filesystem::path path;

  explicit Folder(const std::string& name) : path(std::filesystem::temp_directory_path() / ("manyworlds_" + name)) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

Image decode(const std::filesystem::path& path) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_file(&header, path.c_str())) return {};
  header.format = PNG_FORMAT_RGB;
  Image image(int(header.width), int(header.height));
  png_image_finish_read(&header, nullptr, image.rgb.data(), 0, nullptr);
  return image;
}

std::array<int, 3> at(const Image& image, Point2 p) {
  const std::uint8_t* c = image.pixel(int(std::floor(p.x)), int(std::floor(p.y)));
  return {c[0], c[1], c[2]};
}
std::array<int, 3> rgb(Color c) { return {c.r, c.g, c.b}; }

template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

Object vertical_wall(const std::string& name, Point2 a, Point2 b, double low, double high) {
  return {
      name, {{{a.x, a.y, low}, {b.x, b.y, low}, {b.x, b.y, high}, {a.x, a.y, high}}, {{0, 1, 2}, {0, 2, 3}}, {}}, 0};
}
Object plate(const std::string& name, Point2 a, Point2 b, double z) {
  return {name, {{{a.x, a.y, z}, {b.x, a.y, z}, {b.x, b.y, z}, {a.x, b.y, z}}, {{0, 1, 2}, {0, 2, 3}}, {}}, 0};
}

/// 30 x 20 m, one inner wall with a doorway whose lintel starts at 2.1 m, a desk, one transmitter.
Scene plan_scene() {
  Scene scene;
  scene.objects = {vertical_wall("south", {0, 0}, {30, 0}, 0, 3),
                   vertical_wall("east", {30, 0}, {30, 20}, 0, 3),
                   vertical_wall("north", {30, 20}, {0, 20}, 0, 3),
                   vertical_wall("west", {0, 20}, {0, 0}, 0, 3),
                   vertical_wall("inner", {15, 0}, {15, 12}, 0, 3),
                   vertical_wall("lintel", {15, 12}, {15, 13}, 2.1, 3),
                   plate("floor", {0, 0}, {30, 20}, 0),
                   plate("ceiling", {0, 0}, {30, 20}, 3),
                   plate("desk", {20, 4}, {22, 5}, 0.74)};
  Transmitter transmitter;
  transmitter.name = "ap1";
  transmitter.position = {5, 5, 2.5};
  scene.add(transmitter);
  return scene;
}

ReceiverSet grid(Point2 lo, std::uint32_t columns, std::uint32_t rows, double spacing) {
  ReceiverSet set;
  set.rows = rows, set.columns = columns, set.spacing = spacing;
  for (std::uint32_t j = 0; j < rows; ++j)
    for (std::uint32_t i = 0; i < columns; ++i)
      set.positions.push_back({lo.x + (i + 0.5) * spacing, lo.y + (j + 0.5) * spacing, 1.5});
  return set;
}

/// The view that draw_heatmap takes: it does not depend on the legend.
PlanView view_of(const Scene& scene, const ReceiverSet& receivers, const PlanOptions& options = {}) {
  const FloorPlan plan = floor_plan(scene, heights_around(1.5, bounds_of(scene)));
  return begin_plan_picture(plan_extent(plan, scene, receivers, options), options, {}, 130).view;
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
  const std::string text = message_of([&] { write_png(missing, image); });
  EXPECT_NE(text.find(missing.string()), std::string::npos) << text;
  EXPECT_NE(text.find("No such file or directory"), std::string::npos) << text;
  std::filesystem::create_directories(folder.path / "taken.png");
  EXPECT_NE(message_of([&] { write_png(folder.path / "taken.png", image); }).find("it is a folder"), std::string::npos);
  EXPECT_NE(message_of([&] { write_png(folder.path / "b.png", Image{}); }).find("at least one pixel"),
            std::string::npos);
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

TEST(FloorPlan, CutGivesWallsDoorwaysAndFurniture) {
  const Scene scene = plan_scene();
  const FloorPlan plan = floor_plan(scene, {1.5, 0.5});
  double total = 0;
  for (const Segment2& wall : plan.walls) {
    total += length(wall.b - wall.a);
    const double middle = (wall.a.y + wall.b.y) / 2;
    EXPECT_FALSE(wall.a.x == 15 && wall.b.x == 15 && middle > 12) << "the doorway is open at 1.5 m";
  }
  EXPECT_NEAR(total, 100 + 12, 1e-9);
  double furniture = 0;
  for (const Segment2& edge : plan.furniture) furniture += length(edge.b - edge.a);
  EXPECT_NEAR(furniture, 6, 1e-9) << "the desk's outline, without its diagonal, the floor or the ceiling";
  EXPECT_EQ(floor_plan(scene, {1.5, 0.5}, {"inner"}).walls.size(), plan.walls.size() - 2);
  EXPECT_DOUBLE_EQ(plan.extent.lo.x, 0);
  EXPECT_DOUBLE_EQ(plan.extent.hi.y, 20);
}

TEST(Heatmap, ShowsCellsWallsAndDeadReceiversWhereTheyAre) {
  const Scene scene = plan_scene();
  const ReceiverSet receivers = grid({0, 0}, 60, 40, 0.5);
  std::vector<double> values(receivers.positions.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = -100 + 2 * receivers.positions[i].x;
  const std::size_t dead = 35 * 60 + 50;  // x = 25.25 m, y = 17.75 m
  values[dead] = std::nan("");
  values[dead + 1] = -200;
  HeatmapOptions options;
  options.range = Range{-100, -40};
  options.floor = -180;
  const Image image = draw_heatmap(scene, receivers, values, options);
  const PlanView view = view_of(scene, receivers);
  EXPECT_GE(image.width, 1100);
  const Colormap color(ColormapKind::sequential, {-100, -40});
  for (const std::size_t i : {std::size_t(10 * 60 + 20), std::size_t(30 * 60 + 50)}) {
    const Vec3d p = receivers.positions[i];
    EXPECT_EQ(at(image, view.to_pixel({p.x, p.y})), rgb(color(values[i])));
  }
  for (const std::size_t i : {dead, dead + 1}) {
    const auto c = at(image, view.to_pixel({receivers.positions[i].x, receivers.positions[i].y}));
    EXPECT_LT(std::abs(c[0] - c[2]), 20) << "grey";
    EXPECT_GT(c[0], 150);
  }
  EXPECT_LT(at(image, view.to_pixel({15, 9.25}))[0], 60) << "the wall";
  const auto door = at(image, view.to_pixel({15.01, 12.5}));
  EXPECT_GT(door[1], 60) << "the doorway shows the map";
  EXPECT_LT(at(image, view.to_pixel({5, 5}) + Point2{7, 0})[0], 60) << "the transmitter's disc";
}

TEST(Heatmap, ColoursOnlyTheCellsOfAPartialGridAndKeepsTheAspect) {
  const Scene scene = plan_scene();
  const ReceiverSet receivers = grid({21, 12}, 16, 8, 0.5);
  const std::vector<double> values(receivers.positions.size(), -70);
  const Image image = draw_heatmap(scene, receivers, values);
  const PlanView view = view_of(scene, receivers);
  EXPECT_EQ(at(image, view.to_pixel({18, 14})), rgb(palette::ground));
  EXPECT_NE(at(image, view.to_pixel({25, 14})), rgb(palette::ground));
  const Point2 a = view.to_pixel({0, 0}), b = view.to_pixel({1, 1});
  EXPECT_NEAR(b.x - a.x, a.y - b.y, 1e-9);
  EXPECT_NEAR(length(view.to_world(view.to_pixel({3, 4})) - Point2{3, 4}), 0, 1e-9);
}

TEST(Heatmap, DrawsPanelsAtTheirPlaceWithTheNormalOnTheRightSide) {
  const Scene scene = plan_scene();
  const ReceiverSet receivers = grid({0, 0}, 30, 20, 1);
  const std::vector<double> values(receivers.positions.size(), -70);
  PanelMark mark;
  mark.rectangle = {{25, 10, 1.5}, {1, 0, 0}, {0, 0, 1}, {0, -1, 0}, 0.5, 0.5};
  HeatmapOptions options;
  options.plan.panels = {mark};
  const Image image = draw_heatmap(scene, receivers, values, options);
  const PlanView view = view_of(scene, receivers, options.plan);
  EXPECT_EQ(at(image, view.to_pixel({25.4, 10})), rgb(palette::accent));
  EXPECT_EQ(at(image, view.to_pixel({25, 10}) + Point2{0, 8}), rgb(palette::accent)) << "south is down";
  EXPECT_NE(at(image, view.to_pixel({25, 10}) - Point2{0, 8}), rgb(palette::accent));
}

TEST(Heatmap, DrawsScatteredReceiversAndSinglePoints) {
  const Scene scene = plan_scene();
  ReceiverSet receivers;
  receivers.positions = {{20, 15, 1.5}};
  HeatmapOptions options;
  options.range = Range{-100, -50};
  const std::vector<double> values = {-80};
  const Image image = draw_heatmap(scene, receivers, values, options);
  const Colormap color(ColormapKind::sequential, {-100, -50});
  EXPECT_EQ(at(image, view_of(scene, receivers).to_pixel({20, 15})), rgb(color(-80)));
  EXPECT_GT(draw_heatmap(Scene{}, receivers, values).width, 700) << "a scene without objects";
}

TEST(Heatmap, RangesAreRobustAndRound) {
  std::vector<double> values;
  for (int i = 0; i <= 1000; ++i) values.push_back(-90 + 0.05 * i);
  values.push_back(1e6), values.push_back(std::nan("")), values.push_back(-300);
  const Range range = robust_range(values, -200);
  EXPECT_DOUBLE_EQ(range.lo, -90);
  EXPECT_DOUBLE_EQ(range.hi, -40);
  const Range gain = symmetric_range(std::vector<double>{-0.5, 7.2, 0});
  EXPECT_DOUBLE_EQ(gain.lo, -gain.hi);
  EXPECT_GE(gain.hi, 7.2);
  EXPECT_GT(robust_range(std::vector<double>{-70, -70}).size(), 0);
  EXPECT_GT(robust_range({}).size(), 0);
}

TEST(Heatmap, RefusesSizesThatDoNotFit) {
  const Scene scene = plan_scene();
  ReceiverSet receivers = grid({0, 0}, 4, 3, 1);
  const std::vector<double> values(12, -70), few(11, -70);
  EXPECT_NE(message_of([&] { draw_heatmap(scene, receivers, few); }).find("expected 12 values"), std::string::npos);
  EXPECT_THROW(draw_heatmap(scene, {}, {}), InputError);
  HeatmapOptions reversed;
  reversed.range = Range{-40, -90};
  EXPECT_THROW(draw_heatmap(scene, receivers, values, reversed), InputError);
  HeatmapOptions nowhere;
  nowhere.plan.view = Box2{{5, 5}, {5, 9}};
  EXPECT_THROW(draw_heatmap(scene, receivers, values, nowhere), InputError);
  ReceiverSet pointlike;
  pointlike.rows = pointlike.columns = 1;
  pointlike.positions = {{1, 1, 1.5}};
  EXPECT_NE(message_of([&] { draw_heatmap(scene, pointlike, std::vector<double>{-70}); }).find("spacing"),
            std::string::npos);
  receivers.rows = 5;
  EXPECT_NE(message_of([&] { draw_heatmap(scene, receivers, values); }).find("5 x 4"), std::string::npos);
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

TEST(Curves, RefusesNothingToDrawAndStandsNaN) {
  EXPECT_THROW(draw_curves({}), InputError);
  Curve broken;
  broken.values = {std::nan(""), 1, std::nan(""), std::numeric_limits<double>::infinity()};
  const std::vector<Curve> curves = {broken};
  EXPECT_EQ(draw_curves(curves).width, 1200);
}

}  // namespace
}  // namespace manyworlds::io
