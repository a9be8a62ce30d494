// The code that docs/own-driver.md and the end of docs/adding-a-policy.md show, compiled and run. docs_test compares
// the text.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <manyworlds/manyworlds.hpp>

#include "../examples/gradient_check.hpp"
#include "folder.hpp"
#include "user_policies.hpp"

namespace mw = manyworlds;

namespace {

const std::string scenes = MANYWORLDS_SOURCE_DIR "/examples/scenes/";

/// The loss of an example with a mistake in its derivative.
struct Mistaken : Shortfall {
  template <class T>
  MW_HD T term_gradient(T rss_dbm) const {
    return T(-1) * mw::max(T(0), T(prm.target_dbm) - rss_dbm);
  }
};

// [scene]
mw::Scene two_rooms_with_a_panel() {
  mw::Scene scene = mw::io::load(scenes + "two_rooms/two_rooms.xml", {.frequency_hz = 3.5e9});
  const std::uint32_t copper =
      mw::add_material(scene, {.name = "copper", .sigma = 5.8e7, .thickness = 0.002});
  scene.objects.push_back(mw::make_panel("Panel", 1.2, 0.8, copper));  // 1.2 m wide, 0.8 m high
  scene.add(mw::Transmitter{.name = "ap1", .position = {2, 4.4, 1.5}, .power_dbm = 20});
  scene.receivers = mw::receiver_grid({.lo = {5.2, 0.2}, .hi = {7.8, 4.8}, .height = 1.2, .spacing = 0.5});
  return scene;
}
// [/scene]

// [mount]
mw::placement::All panel_on_south_wall() {
  const mw::placement::OnWall mount{
      .object = "Panel", .wall = "wall_south", .offset = 0.7, .within = mw::Boxd{{1, 0, 1}, {4.5, 1, 2}}};
  return {.parts = {mount}, .constraints = {.min_distance_m = 1.1}};
}
// [/mount]

// [result]
void print(const mw::Problem& problem, const mw::Result& best) {
  const mw::Vec3d at = best.pose().position, turn = mw::io::euler_angles(best.pose().rotation);
  std::printf("%s=%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n", problem.scene->objects[problem.placement.movers()[0]].name.c_str(),
              at.x, at.y, at.z, turn.x, turn.y, turn.z);
  std::printf("median %.1f -> %.1f dBm, covered %.0f -> %.0f %%, dead %zu -> %zu of %zu\n", best.rss_before.median_dbm,
              best.rss.median_dbm, 100 * best.rss_before.covered, 100 * best.rss.covered, best.rss_before.dead,
              best.rss.dead, best.rss.dbm.size());
}
// [/result]

// [files]
void write_files(const std::filesystem::path& folder, const mw::Problem& problem, const mw::Result& best) {
  mw::write_file_atomically(folder / "result.json", mw::io::json_text(mw::io::result_json(problem, best)));
  mw::io::write_csv(folder / "history.csv", mw::io::history_table(best));
  mw::io::write_heatmap(folder / "after.png", problem, best);
  mw::write_file_atomically(folder / "report.html", mw::io::report_html(problem, best, {.scene = "two rooms"}));
}
// [/files]

// [gradient]
/// Compares the gradient of a loss with finite differences at one random start of a problem.
template <mw::Loss L>
examples::GradientCheck check_at_a_start(const mw::Problem& problem, const L& loss) {
  std::vector<double> x(problem.variables().size());
  mw::Random random(1, 0, 0, mw::Purpose::start);  // another seed, another start
  problem.placement.start(random, mw::placement::StartKind::bisector, x);
  const auto scales = mw::variable_scales(problem.variables(), 1);
  const auto check = examples::check_gradient(problem, loss, mw::Visibility{}, x, scales);
  examples::print(check, x);
  return check;  // check.worst() is the largest relative error: below 1e-3 unless something is wrong
}
// [/gradient]

const mw::ProblemOptions options{.paths = {.max_depth = 2, .transmission = false}};

}  // namespace

TEST(DocsSearch, FindsAPlaceForAPanelOfOnesOwn) {
  using Engine = mw::MultiStart<Shortfall, mw::optimizer::Adam>;
  const mw::Problem problem{two_rooms_with_a_panel(), panel_on_south_wall(), options};
  ASSERT_EQ(problem.variables().size(), 4u);
  const mw::Result best = mw::run(Engine{problem, {.worlds = 4, .iterations = 20}}, mw::executor::Batch{});
  testing::internal::CaptureStdout();
  print(problem, best);
  const std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_EQ(printed.rfind("Panel=", 0), 0u) << printed;
  EXPECT_NE(printed.find("of 45\n"), std::string::npos) << printed;
  EXPECT_NEAR(best.pose().position.y, 0.7, 1e-9);
  EXPECT_GE(best.pose().position.x, 1 - 1e-6);
  EXPECT_LE(best.pose().position.x, 4.5 + 1e-6);
  EXPECT_GE(best.rss.mean_dbm, best.rss_before.mean_dbm);
  EXPECT_EQ(best.worlds.size(), 4u);
  const mw::test::Folder folder("docs_search");
  write_files(folder.path, problem, best);
  for (const char* file : {"result.json", "history.csv", "after.png", "report.html"})
    EXPECT_GT(std::filesystem::file_size(folder.path / file), 500u) << file;
}

TEST(DocsSearch, GradientCheckTellsARightLossFromAWrongOne) {
  const mw::Problem problem{two_rooms_with_a_panel(), panel_on_south_wall(), options};
  testing::internal::CaptureStdout();
  EXPECT_LT(check_at_a_start(problem, Shortfall{}).worst(), 1e-3);
  EXPECT_GT(check_at_a_start(problem, Mistaken{}).worst(), 0.1);
  const std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_NE(printed.find("paths that carry the gradient"), std::string::npos) << printed;
}
