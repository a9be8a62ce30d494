/// Plans of scenes and maps of values over them show everything where it is.
#include "manyworlds/io/heatmap.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "pixels.hpp"

namespace manyworlds::io {
namespace {

using test::at, test::error_of, test::rgb;

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
  EXPECT_NE(error_of([&] { draw_heatmap(scene, receivers, few); }).find("expected 12 values"), std::string::npos);
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
  EXPECT_NE(error_of([&] { draw_heatmap(scene, pointlike, std::vector<double>{-70}); }).find("spacing"),
            std::string::npos);
  receivers.rows = 5;
  EXPECT_NE(error_of([&] { draw_heatmap(scene, receivers, values); }).find("5 x 4"), std::string::npos);
}

}  // namespace
}  // namespace manyworlds::io
