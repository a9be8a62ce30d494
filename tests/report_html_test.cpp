/// The page of a search: well-formed, self-contained, complete, and of bounded size, whatever a result holds.
#include "manyworlds/io/report_html.hpp"

#include <gtest/gtest.h>

#include <pugixml.hpp>
#include <sstream>

#include "test_scene.hpp"

namespace manyworlds::io {
namespace {

const char* const awkward = "a <b> & \"c\" 'd' \x01";

/// A metal panel with an awkward name on a wall of a room, and a transmitter in a box.
Problem room_problem() {
  Scene scene;
  scene.materials = test::test_materials();
  test::add_room(scene, 0, {8, 6, 3});
  test::add_sheet(scene, awkward, 1, {3, 3, 1}, {0.5, 0, 0}, {0, 0, 0.5});
  scene.add({"ap <1>", {1, 1, 2.5}, {}, 20, {}});
  scene.receivers.positions = {{5, 1, 1}, {6, 2, 1}, {7, 5, 1}};
  scene.warnings = {"receiver 2 lies inside \"desk\" & <lamp>"};
  return Problem(scene, placement::OnWall{.object = awkward, .wall = "wall_y1"},
                 placement::TransmitterPositions{.lo = {1, 1, 2}, .hi = {2, 2, 2.8}});
}

/// Worlds that start at random places and converge towards one, with every reason to end.
Result result_of(const Problem& problem, std::size_t worlds, std::size_t rows) {
  constexpr Reason reasons[] = {Reason::step, Reason::pruned, Reason::iterations, Reason::non_finite,
                                Reason::loss_change};
  Result r;
  r.variables = problem.variables();
  r.iterations = int(rows) - 1;
  for (std::size_t i = 0; i < worlds; ++i) {
    Random random(1, std::uint32_t(i), 0, Purpose::test);
    WorldResult w;
    w.id = std::uint32_t(i);
    w.rate = 0.1;
    w.reason = reasons[i % std::size(reasons)];
    std::vector<double> x(r.variables.size());
    problem.placement.start(random, placement::StartKind::plain, x);
    for (std::size_t row = 0; row < rows; ++row) {
      w.history.loss.push_back(50 + double(i % 7) + 20 * std::exp(-double(row) / 10) + random.uniform());
      w.history.x.insert(w.history.x.end(), x.begin(), x.end());
      w.history.iteration.push_back(int(row));
    }
    w.history.value = w.history.loss;
    w.value = w.reason == Reason::non_finite ? std::nan("") : w.history.loss.back();
    problem.placement.start(random, placement::StartKind::plain, x);
    w.x = x;
    r.worlds.push_back(w);
  }
  r.x = r.worlds[0].x;
  r.value = r.worlds[0].value;
  problem.placement.apply(r.x, r.configuration);
  const std::vector<double> even{1, 1, 1};
  r.rss_before = r.rss_hard_before = summarise({-200, -80, -90}, even, problem.floor_dbm, -85);
  r.rss = r.rss_hard = summarise({-70, -75, -80}, even, problem.floor_dbm, -85);
  r.params = {{"loss", "mean_db"}, {"worlds", std::to_string(worlds)}, {"starts.given", "1,2;<&>"}};
  r.times.total_s = 2;
  return r;
}

struct ReportHtml : testing::Test {
  const Problem problem = room_problem();
  HtmlReport report{.scene = awkward, .facts = {{"max_depth", "3 & more"}}, .pictures = {{"Before", "PNG"}}};

  /// The page, which must be well-formed, with nothing in it that a browser would fetch.
  pugi::xml_document page(const Result& result, std::string* text = nullptr) const {
    const std::string html = report_html(problem, result, report);
    pugi::xml_document document;
    const pugi::xml_parse_result parsed =
        document.load_string(html.c_str(), pugi::parse_default | pugi::parse_ws_pcdata);
    EXPECT_TRUE(parsed) << parsed.description() << " at " << html.substr(std::size_t(parsed.offset), 200);
    for (const char* word :
         {"http:", "https:", "src=\"/", "@import", "<link", "Mnot finite", "Lnot finite", "=\"not finite"})
      EXPECT_EQ(html.find(word), std::string::npos) << word;
    if (text) *text = html;
    return document;
  }
};

std::size_t count_nodes(const pugi::xml_document& document, const char* path) {
  return document.select_nodes(path).size();
}
std::string text_of(const pugi::xml_document& document, const char* path) {
  std::string all;
  for (const auto& node : document.select_nodes(path)) all += node.node().text().get();
  return all;
}

TEST_F(ReportHtml, HasEverySectionAndEveryWorldInEach) {
  const pugi::xml_document p = page(result_of(problem, 12, 30));
  for (const char* id : {"warnings", "maps", "convergence", "starts", "lives", "worlds", "cost", "configuration"})
    EXPECT_EQ(count_nodes(p, (std::string("//section[@id='") + id + "']").c_str()), 1u) << id;
  EXPECT_EQ(count_nodes(p, "//section[@id='worlds']//tbody/tr"), 12u);
  for (const char* plot : {"convergence-plot", "lives-plot", "wall-plot-0"})
    EXPECT_EQ(count_nodes(p, (std::string("//svg[@id='") + plot + "']//g[@data-w]").c_str()), 12u) << plot;
  EXPECT_EQ(count_nodes(p, "//svg[@id='plan-plot']//g[@data-w]"), 24u) << "the panel and the transmitter of each";
  EXPECT_EQ(count_nodes(p, "//svg[@id='convergence-plot']//g[@class='winner']"), 1u);
  EXPECT_EQ(std::string(p.select_node("//img").node().attribute("src").value()), "data:image/png;base64,UE5H");
}

TEST_F(ReportHtml, HeadlineTellsWhatWasGained) {
  const pugi::xml_document p = page(result_of(problem, 3, 5));
  EXPECT_EQ(text_of(p, "//dl/div[dt='Newly reached']/dd[1]"), "1");
  EXPECT_EQ(text_of(p, "//dl/div[dt='Gain']/dd[1]"), "+7.5 dB") << "5 and 10 dB; the third had none before";
  EXPECT_EQ(text_of(p, "//dl/div[dt='Above -90 dBm']/dd[1]"), "100.0 %");
  EXPECT_EQ(text_of(p, "//dl/div[dt='Winner']/dd[1]"), "World 0");
  EXPECT_EQ(text_of(p, "//section[@id='maps']//tr[th='before']/td[4]"), "-85.0") << "of the two that are reached";
  EXPECT_EQ(text_of(p, "//section[@id='maps']//tr[th='before']/td[6]"), "1") << "and the dead one beside it";
}

TEST_F(ReportHtml, SaysWhatTheLossWasBeforeAndAfterWhateverItsUnit) {
  Result r = result_of(problem, 3, 5);
  r.value_before = 89.25, r.value = 55.125, r.counts.new_starts = 2;
  const pugi::xml_document p = page(r);
  EXPECT_EQ(
      text_of(p, "//p[@class='lead']"),
      "World 0 of 3 (2 new starts) wins: loss 89.250 \u2192 55.125 dB (mean_db, lower is better) after 4 iterations.");
  EXPECT_EQ(text_of(p, "//dl/div[dt='Loss mean_db']/dd[2]"), "89.250 \u2192 55.125 dB, lower is better");
  r.params[0].second = "coverage", r.value_before = -0.25, r.value = -1, r.counts.new_starts = 0;
  EXPECT_EQ(text_of(page(r), "//p[@class='lead']"),
            "World 0 of 3 wins: loss -0.250 \u2192 -1.000 (coverage, lower is better) after 4 iterations.");
  r.value_before = std::nan("");
  EXPECT_EQ(loss_change(r), "-1.000");
}

TEST_F(ReportHtml, LinesOfConvergenceNeverRiseAndTheTraceOfTheWinnerIsBehind) {
  Result r = result_of(problem, 3, 40);
  for (std::size_t row = 1; row < 40; row += 2) r.worlds[0].history.loss[row] = r.worlds[0].history.value[row] = 61.5;
  const pugi::xml_document p = page(r);
  EXPECT_EQ(count_nodes(p, "//svg[@id='convergence-plot']//path[@class='trace']"), 1u);
  EXPECT_EQ(count_nodes(p, "//svg[@id='convergence-plot']//g[@class='winner']/path[@class='trace']"), 1u);
  for (const char* id : {"c0", "c1", "c2"}) {
    std::string line = p.select_node(("//path[@id='" + std::string(id) + "']").c_str()).node().attribute("d").value();
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == 'M' || c == 'L'; }, ' ');
    std::istringstream numbers(line);
    double x = 0, y = 0, lowest = 0;
    int points = 0;
    for (; numbers >> x >> y; lowest = y, ++points) EXPECT_GE(y, lowest) << id << ": pixels count downwards";
    EXPECT_EQ(points, 40);
  }
}

TEST_F(ReportHtml, RestsAreGapsInTheTimeline) {
  Result r = result_of(problem, 2, 10);
  r.iterations = 20;
  r.worlds[1].history.iteration = {0, 1, 2, 3, 4, 5, 17, 18, 19, 20};
  const pugi::xml_document p = page(r);
  const std::string bar = p.select_node("//svg[@id='lives-plot']//g[@data-w='1']/path").node().attribute("d").value();
  EXPECT_EQ(std::count(bar.begin(), bar.end(), 'M'), 2) << bar;
  EXPECT_NE(text_of(p, "//svg[@id='lives-plot']//g[@data-w='1']/title").find("iterations 0 to 5, 17 to 20"),
            std::string::npos);
  EXPECT_EQ(text_of(p, "//section[@id='worlds']//tr[@data-w='1']/td[6]"), "9") << "that it ran";
}

TEST_F(ReportHtml, NamesAndValuesComeOutAsTheyWere) {
  std::string html;
  const pugi::xml_document p = page(result_of(problem, 2, 5), &html);
  EXPECT_EQ(text_of(p, "//h1"), "a <b> & \"c\" 'd' ? at 3.5 GHz");
  EXPECT_EQ(text_of(p, "//section[@id='warnings']//li"), problem.scene->warnings[0]);
  EXPECT_NE(text_of(p, "//section[@id='configuration']//td").find("1,2;<&>"), std::string::npos);
  EXPECT_NE(text_of(p, "//section[@id='configuration']//td").find("3 & more"), std::string::npos);
  EXPECT_EQ(count_nodes(p, "//b[.='b']"), 0u);
  EXPECT_EQ(html.find("<lamp>"), std::string::npos);
}

TEST_F(ReportHtml, ColumnsAboutProcessesAndRestartsAppearWithThem) {
  Result r = result_of(problem, 4, 12);
  const char* const heads = "//section[@id='worlds']//thead//th";
  EXPECT_EQ(text_of(page(r), heads).find("pid"), std::string::npos);
  r.worlds[2].pid = 4711;
  r.worlds[2].bytes = 45'600'000;
  r.worlds[2].restarts = 3;
  r.events = {{.world = 2, .iteration = 7, .what = "killed by signal 9 <&>"}};
  const pugi::xml_document p = page(r);
  EXPECT_NE(text_of(p, heads).find("pidrestartsmemory (MB)"), std::string::npos);
  EXPECT_EQ(text_of(p, "//section[@id='worlds']//tr[@data-w='2']/td[position()>8]"), "4711345.6");
  EXPECT_EQ(text_of(p, "//section[@id='worlds']//tr[@data-w='1']/td[position()>8]"), "0");
  EXPECT_EQ(count_nodes(p, "//svg[@id='lives-plot']//path[@class='event']"), 1u);
  EXPECT_NE(text_of(p, "//svg[@id='lives-plot']//g[@data-w='2']/title").find("iteration 7: killed by signal 9 <&>"),
            std::string::npos);
}

TEST_F(ReportHtml, DrawsWorldsToWhichSomethingHappenedWhateverTheirRankAndListsIt) {
  Result r = result_of(problem, 2000, 5);
  for (std::uint32_t w = 3; w < 2000; w += 5) r.events.emplace_back().world = w;
  r.events.resize(10);
  const auto drawn = [](const pugi::xml_document& p) { return count_nodes(p, "//svg[@id='lives-plot']//g[@data-w]"); };
  const pugi::xml_document p = page(r);
  EXPECT_EQ(count_nodes(p, "//svg[@id='lives-plot']//path[@class='event']"), 10u);
  EXPECT_EQ(count_nodes(p, "//section[@id='lives']//tbody/tr"), 10u);
  EXPECT_LE(drawn(p), 130u);
  for (std::uint32_t w = 0; w < 2000; ++w) r.events.emplace_back().world = w;
  const pugi::xml_document all = page(r);
  EXPECT_EQ(count_nodes(all, "//section[@id='lives']//tbody/tr"), 200u);
  EXPECT_NE(text_of(all, "//section[@id='lives']/p[@class='note']").find("The first 200 of 2,010 events are listed."),
            std::string::npos);
  EXPECT_LE(drawn(all), 240u);
}

TEST_F(ReportHtml, StandsWhatIsNotFinite) {
  Result r = result_of(problem, 5, 8);
  r.worlds[1].history.loss[3] = std::nan("");
  r.worlds[2].history.loss.assign(8, std::nan(""));
  r.worlds[4].history.loss[2] = std::numeric_limits<double>::infinity();
  const pugi::xml_document p = page(r);
  EXPECT_EQ(text_of(p, "//section[@id='worlds']//tr[@data-w='3']/td[3]"), "not finite");
  EXPECT_EQ(text_of(p, "//section[@id='worlds']//tr[5]/td[2]"), "3") << "it ranks last";
  const std::string line = p.select_node("//path[@id='c1']").node().attribute("d").value();
  EXPECT_EQ(std::count(line.begin(), line.end(), 'M'), 2) << "a gap in " << line;
  for (WorldResult& w : r.worlds) w.value = std::nan(""), w.history.loss.assign(8, std::nan(""));
  r.value = std::nan("");
  r.times = {};
  EXPECT_NE(text_of(page(r), "//p[@class='lead']").find("no world was ever finite"), std::string::npos);
}

TEST_F(ReportHtml, OneWorldThatNeverRanAndNoPictures) {
  Result r = result_of(problem, 1, 1);
  report.pictures.clear();
  EXPECT_EQ(count_nodes(page(r), "//img"), 0u);
  EXPECT_EQ(count_nodes(page(r), "//section[@id='worlds']//tbody/tr"), 1u);
  r.worlds[0].history = {};
  EXPECT_EQ(count_nodes(page(r), "//svg[@id='plan-plot']//g[@data-w]"), 0u);
}

TEST_F(ReportHtml, SaysThatARunWasInterrupted) {
  Result r = result_of(problem, 2, 4);
  EXPECT_EQ(count_nodes(page(r), "//span[@class='badge']"), 0u);
  r.interrupted = true;
  EXPECT_EQ(text_of(page(r), "//span[@class='badge']"), "interrupted");
}

TEST_F(ReportHtml, FourThousandWorldsStaySmallAndItSaysWhatIsLeftOut) {
  std::string html;
  const Result r = result_of(problem, 4096, 200);
  const pugi::xml_document p = page(r, &html);
  EXPECT_LT(html.size(), 3'000'000u);
  EXPECT_EQ(text_of(p, "//section[@id='worlds']/p[@class='note']"), "The best 1,000 of 4,096.");
  EXPECT_EQ(count_nodes(p, "//section[@id='worlds']//tbody/tr"), 1000u);
  for (const auto& [section, plot] : {std::pair{"convergence", "convergence-plot"}, {"starts", "wall-plot-0"}}) {
    const auto drawn = count_nodes(p, ("//svg[@id='" + std::string(plot) + "']//g[@data-w]").c_str());
    EXPECT_NE(text_of(p, ("//section[@id='" + std::string(section) + "']/p[@class='note']").c_str())
                  .find(std::to_string(drawn) + " of 4,096 worlds are drawn"),
              std::string::npos)
        << section;
  }
  EXPECT_NE(text_of(p, "//section[@id='convergence']//span[@class='key']").find("pruned (819)"), std::string::npos);
}

TEST_F(ReportHtml, LongHistoriesAreThinnedWithoutLosingTheirExtremes) {
  Result r = result_of(problem, 1, 100'000);
  r.worlds[0].history.loss[54'321] = 20;
  std::vector<double>& loss = r.worlds[0].history.loss;
  const std::vector<std::size_t> kept = detail::thinned(loss, 400);
  EXPECT_LE(kept.size(), 402u);
  EXPECT_NE(std::find(kept.begin(), kept.end(), 54'321u), kept.end());
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
  EXPECT_EQ(kept.back(), loss.size() - 1);
  std::string html;
  page(r, &html);
  EXPECT_LT(html.size(), 100'000u);
}

TEST(Html, Base64IsThatOfRfc4648) {
  EXPECT_EQ(html::base64(""), "");
  EXPECT_EQ(html::base64("f"), "Zg==");
  EXPECT_EQ(html::base64("fo"), "Zm8=");
  EXPECT_EQ(html::base64("foo"), "Zm9v");
  EXPECT_EQ(html::base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(html::base64("\xFF\xFE\xFD"), "//79");
}

TEST(Html, NumbersAreRounded) {
  EXPECT_EQ(html::fixed(-0.04, 1), "0.0");
  EXPECT_EQ(html::fixed(-0.06, 1), "-0.1");
  EXPECT_EQ(html::fixed(1e300, 0).size(), 301u);
  EXPECT_EQ(html::fixed(-std::numeric_limits<double>::infinity(), 2), "not finite");
  EXPECT_EQ(html::count(1234567), "1,234,567");
  EXPECT_EQ(html::count(1, "world"), "1 world");
}

}  // namespace
}  // namespace manyworlds::io
