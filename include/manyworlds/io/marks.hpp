#pragma once
#include "manyworlds/io/plan_picture.hpp"
#include "manyworlds/scene/mover.hpp"

/// Transmitters and panels on a plan, with labels that keep out of each other's way.
namespace manyworlds::io {

/// Remembers what is taken and finds a free place for the next label.
class Labels {
 public:
  explicit Labels(Box2 room) : room_(room) {}

  void occupy(Box2 box) { taken_.push_back(box); }

  /// Draws the text near an anchor, at least `away` pixels from it: right, left, above, below or at a corner, where it
  /// hides the least; the first of equals.
  void place(Canvas& canvas, Point2 anchor, double away, const std::string& text) {
    if (text.empty()) return;
    const double height = fitted_height(text, 11, room_.hi.x - room_.lo.x - 8);
    const double half = height / 2, side = text_width(text, height) / 2, x = away + side, y = away + half;
    // Above and below, the text slides along the border of the room.
    const double slide = clamp(anchor.x, room_.lo.x + side + 3.5, room_.hi.x - side - 3.5) - anchor.x;
    const Point2 centres[] = {{x, 0}, {-x, 0}, {slide, -y}, {slide, y}, {x, -y}, {x, y}, {-x, -y}, {-x, y}};
    const auto box = [&](Point2 offset) {
      const Point2 c = anchor + offset, margin{side + 3, half + 3};
      return Box2{c - margin, c + margin};
    };
    const auto cost = [&](Point2 offset) {
      const Box2 b = box(offset);
      const auto hidden = std::count_if(taken_.begin(), taken_.end(), [&](const Box2& t) { return t.overlaps(b); });
      return hidden + (room_.contains(b.lo) && room_.contains(b.hi) ? 0 : 100);
    };
    const Point2 offset = *std::min_element(std::begin(centres), std::end(centres),
                                            [&](Point2 a, Point2 b) { return cost(a) < cost(b); });
    occupy(box(offset));
    draw_text(canvas, anchor + offset, text,
              {.height = height, .weight = 1.5, .align = 0.5, .raise = 0.5, .halo = {255, 255, 255, 0.9}});
  }

 private:
  Box2 room_;
  std::vector<Box2> taken_;
};

/// White disc with a dark ring and a mast inside.
inline void draw_transmitter_symbol(Canvas& canvas, Point2 at) {
  canvas.fill_circle(at, 10.5, {255, 255, 255, 0.9});
  canvas.fill_circle(at, 9, palette::ink);
  const Polyline mast[] = {{at + Point2{0, 5}, at + Point2{0, -4.5}},
                           {at + Point2{-4, -4.5}, at + Point2{0, 0}, at + Point2{4, -4.5}}};
  canvas.stroke_all(mast, 1.7, palette::paper);
}

/// Where the arrow of a panel ends: 16 pixels beyond its outline along the unit direction.
inline Point2 panel_tip(std::span<const Point2> outline, Point2 center, Point2 direction) {
  double reach = 0;
  for (const Point2& p : outline)
    reach = std::max(reach, (p.x - center.x) * direction.x + (p.y - center.y) * direction.y);
  return center + (reach + 16) * direction;
}

/// Thick outline with a short arrow along a unit direction (pixels); a zero direction (a panel lying flat) has none.
inline void draw_panel_symbol(Canvas& canvas, std::span<const Point2> outline, Point2 center, Point2 normal) {
  const bool flat = length(normal) == 0;
  const Point2 tip = panel_tip(outline, center, normal), side{-normal.y, normal.x};
  const Polyline arrow[] = {{center, tip}, {tip - 5.0 * normal + 4.0 * side, tip, tip - 5.0 * normal - 4.0 * side}};
  if (!flat) canvas.stroke_all(arrow, 4.5, {255, 255, 255, 0.9});
  canvas.stroke(outline, 8.5, {255, 255, 255, 0.9});
  if (!flat) canvas.stroke_all(arrow, 2, palette::accent);
  canvas.stroke(outline, 5, palette::accent);
}

inline LegendEntry transmitter_key() {
  return {"transmitter", [](Canvas& canvas, Box2 box) { draw_transmitter_symbol(canvas, 0.5 * (box.lo + box.hi)); }};
}
inline LegendEntry panel_key() {
  return {"panel and its normal", [](Canvas& canvas, Box2 box) {
            const double x = (box.lo.x + box.hi.x) / 2 - 6;
            const Polyline line{{x, box.lo.y + 1}, {x, box.hi.y - 1}};
            draw_panel_symbol(canvas, line, {x, (box.lo.y + box.hi.y) / 2}, {1, 0});
          }};
}

/// Marks an object with a single face as a panel at a pose, and hides it from the plan; others stay part of the plan.
inline void mark_panel(const Object& object, const Pose& pose, PlanOptions& plan) {
  const MoverShape shape = make_mover_shape(object);
  if (shape.faces.size() > 1) return;
  plan.panels.push_back({pose.rectangle(shape.faces[0].rectangle), object.name});
  plan.hidden.push_back(object.name);
}

/// Legend entries for the marks that lie in a part of the world.
inline std::vector<LegendEntry> mark_keys(Box2 world, const std::vector<PanelMark>& panels,
                                          const std::vector<Transmitter>& transmitters) {
  const auto visible = [&](Vec3d p) { return world.contains({p.x, p.y}); };
  std::vector<LegendEntry> keys;
  if (std::any_of(transmitters.begin(), transmitters.end(),
                  [&](const Transmitter& tx) { return visible(tx.position); }))
    keys.push_back(transmitter_key());
  if (std::any_of(panels.begin(), panels.end(),
                  [&](const PanelMark& panel) { return visible(panel.rectangle.center); }))
    keys.push_back(panel_key());
  return keys;
}

/// Draws areas, panels and transmitters that lie in the view, and their labels.
inline void draw_marks(PlanPicture& picture, const PlanOptions& options, const std::vector<Transmitter>& transmitters) {
  const std::vector<PanelMark>& panels = options.panels;
  const PlanView& view = picture.view;
  Labels labels(view.map);
  const auto pixel = [&](Vec3d p) { return view.to_pixel({p.x, p.y}); };
  const auto visible = [&](Vec3d p) { return view.world.contains({p.x, p.y}); };
  picture.canvas.clip({view.map.lo - Point2{12, 12}, view.map.hi + Point2{12, 12}});
  for (const AreaMark& area : options.areas) {
    const Point2 a = view.to_pixel(area.box.lo), b = view.to_pixel(area.box.hi);
    const Polyline outline{a, {b.x, a.y}, b, {a.x, b.y}, a};
    picture.canvas.stroke(outline, 4.5, {255, 255, 255, 0.8});
    picture.canvas.stroke(outline, 2, palette::accent, {7, 4});
  }
  for (const PanelMark& panel : panels) {
    const Rectangled& r = panel.rectangle;
    if (!visible(r.center)) continue;
    const Polyline outline{pixel(r.point(-r.half_u, -r.half_v)), pixel(r.point(r.half_u, -r.half_v)),
                           pixel(r.point(r.half_u, r.half_v)), pixel(r.point(-r.half_u, r.half_v)),
                           pixel(r.point(-r.half_u, -r.half_v))};
    picture.canvas.fill_polygon(outline, {palette::accent.r, palette::accent.g, palette::accent.b, 0.35});
    const double level = std::hypot(r.normal.x, r.normal.y);
    const Point2 normal = level > 0.2 ? Point2{r.normal.x / level, -r.normal.y / level} : Point2{};
    draw_panel_symbol(picture.canvas, outline, pixel(r.center), normal);
    Box2 box{outline[0], outline[0]};
    for (const Point2& p : outline) {
      box.lo = {std::min(box.lo.x, p.x - 5), std::min(box.lo.y, p.y - 5)};
      box.hi = {std::max(box.hi.x, p.x + 5), std::max(box.hi.y, p.y + 5)};
    }
    labels.occupy(box);
    const Point2 tip = panel_tip(outline, pixel(r.center), normal);
    labels.occupy({tip - Point2{5, 5}, tip + Point2{5, 5}});
  }
  for (const Transmitter& tx : transmitters)
    if (visible(tx.position)) {
      draw_transmitter_symbol(picture.canvas, pixel(tx.position));
      labels.occupy({pixel(tx.position) - Point2{11, 11}, pixel(tx.position) + Point2{11, 11}});
    }
  picture.canvas.unclip();
  for (const Transmitter& tx : transmitters)
    if (visible(tx.position)) labels.place(picture.canvas, pixel(tx.position), 14, tx.name);
  for (const PanelMark& panel : panels)
    if (visible(panel.rectangle.center)) labels.place(picture.canvas, pixel(panel.rectangle.center), 24, panel.label);
  for (const AreaMark& area : options.areas) {
    const Point2 top{(area.box.lo.x + area.box.hi.x) / 2, area.box.hi.y};
    if (view.world.contains(top)) labels.place(picture.canvas, view.to_pixel(top) + Point2{0, 14}, 0, area.label);
  }
}

}  // namespace manyworlds::io
