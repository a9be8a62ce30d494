// What makes two runs the same: whatever a placement is made of, however small, shows in its description by name.
#include "manyworlds/engine/identity.hpp"

#include <gtest/gtest.h>

#include "analytic_problem.hpp"
#include "hall.hpp"

namespace mw = manyworlds;
namespace pl = manyworlds::placement;
using namespace mw::test;

namespace {

mw::Identity described(const mw::Scene& scene, const pl::All& places) {
  mw::Identity lines;
  mw::describe_placement(pl::bind(scene, places), lines);
  return lines;
}

/// The name of the first line that a change of the hall's placement changes; "" when there is none.
template <class Change>
std::string changed_by(const Change& change) {
  pl::All places = everything();
  mw::Scene scene = hall();
  const mw::Identity was = described(scene, places);
  change(scene, places);
  const std::string text = mw::difference(was, described(scene, places));
  return text.substr(0, text.find(" was "));
}

}  // namespace

TEST(PlacementIdentity, IsEqualForEqualPlacements) {
  EXPECT_EQ(changed_by([](mw::Scene&, pl::All&) {}), "");
}

TEST(PlacementIdentity, NamesWhatDiffers) {
  const auto by = [](auto change) { return changed_by([&](mw::Scene&, pl::All& places) { change(places); }); };
  using pl::All;
  EXPECT_EQ(by([](All& a) { a.constraints.min_distance_m = 1.2; }), "placement.min_distance_m");
  EXPECT_EQ(by([](All& a) { std::get<pl::OnWall>(a.parts[1]).wall = "south"; }), "placement.panel_x.wall");
  EXPECT_EQ(by([](All& a) { std::get<pl::OnWall>(a.parts[1]).offset += 1e-9; }), "placement.panel_x.mounting");
  EXPECT_EQ(by([](All& a) { std::get<pl::FreePose>(a.parts[2]).lo.x += 1e-9; }), "placement.panel_y.bounds");
  EXPECT_EQ(by([](All& a) { std::get<pl::Aimed>(a.parts[4]).transmitter = 0; }), "placement.panel_z.attitude");
  EXPECT_EQ(by([](All& a) { std::get<pl::TransmitterPositions>(a.parts[0]).names = {"ap1"}; }),
            "placement.ap2.transmitter");
  EXPECT_EQ(by([](All& a) { a.constraints.wall_clearance_m = 0.03; }), "placement.ap2.clearance_m");
}

TEST(PlacementIdentity, SeesAKeepOutBoxThatNoStartMeets) {
  const mw::Boxd tiny{{10.5, 3.5, 2.5}, {10.501, 3.501, 2.501}};
  EXPECT_EQ(changed_by([&](mw::Scene&, pl::All& a) { a.constraints.keep_out.push_back(tiny); }),
            "placement.ap2.obstacles");
  const auto on_wall = [](std::vector<mw::Boxd> keep_out) {
    return described(hall(), {{pl::OnWall{.object = "panel_x", .wall = "north"}}, {.keep_out = std::move(keep_out)}});
  };
  const std::string text = mw::difference(on_wall({}), on_wall({{{2, 7.9, 1}, {2.0001, 8, 1.0001}}}));
  EXPECT_EQ(text.substr(0, text.find(" was ")), "placement.panel_x.free_area");
}

TEST(PlacementIdentity, SeesThatAPanelHasAnotherShape) {
  EXPECT_EQ(changed_by([](mw::Scene& s, pl::All&) {
              for (mw::Object& o : s.objects)
                if (o.name == "panel_y")
                  for (mw::Vec3d& v : o.mesh.vertices) v.x += 0.001 * (v.x > 1.5);
            }),
            "placement.panel_y.panel");
}

TEST(PlacementIdentity, OfAUsersOwnIsWhereItPutsThings) {
  mw::Identity lines, smaller;
  mw::describe_placement(FlatPlacement{}, lines);
  mw::describe_placement(FlatPlacement{.size = 9}, smaller);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(mw::difference(lines, smaller).rfind("placement was ", 0), 0u);
}
