#pragma once
#include "manyworlds/io/html.hpp"
#include "manyworlds/io/loss_text.hpp"
#include "manyworlds/io/result_picture.hpp"

/// What a report says first.
namespace manyworlds::io {

/// The figures by which a result is judged, as tiles: loss, what is reached, gain, coverage, median, winner, cost.
inline std::string headline_tiles(const Result& r, double floor_dbm, double coverage_dbm) {
  const auto tile = [](const std::string& name, const std::string& value, const std::string& more) {
    return html::element(
        "div", html::element("dt", name) + html::element("dd", value) + html::element("dd", "class=\"small\"", more));
  };
  const auto dbm = [&](double v) { return detail::is_dead(v, floor_dbm) ? "dead" : html::fixed(v, 1) + " dBm"; };
  const auto from_to = [](const std::string& before, const std::string& after) { return before + " &#8594; " + after; };
  const Gain gain = gain_of(r.rss_before.dbm, r.rss.dbm, floor_dbm);
  const std::size_t all = r.rss.dbm.size();
  std::size_t common = 0;
  for (std::size_t i = 0; i < all; ++i)
    common += !detail::is_dead(r.rss_before.dbm[i], floor_dbm) && !detail::is_dead(r.rss.dbm[i], floor_dbm);
  const std::string unit = loss_unit(loss_name(r));
  std::string tiles =
      tile("Loss " + html::escaped(loss_name(r)), html::fixed(r.value, 2) + (unit.empty() ? "" : " " + unit),
           loss_change(r, "&#8594;") + ", lower is better");
  if (gain.reached + gain.lost > 0)
    tiles += tile("Newly reached", html::count(gain.reached),
                  "of " + html::count(all, "receiver") + "; " + html::count(gain.lost) + " lost, " +
                      html::count(r.rss.dead) + " dead");
  if (common > 0)
    tiles += tile("Gain", (gain.mean_db >= 0 ? "+" : "") + html::fixed(gain.mean_db, 1) + " dB",
                  "mean of " + html::count(common, "receiver") + " with power before and after");
  tiles += tile("Median power", dbm(r.rss.median_dbm), from_to(dbm(r.rss_before.median_dbm), dbm(r.rss.median_dbm)));
  tiles += tile("Above " + to_text(coverage_dbm) + " dBm", html::fixed(100 * r.rss.covered, 1) + " %",
                from_to(html::fixed(100 * r.rss_before.covered, 1) + " %", html::fixed(100 * r.rss.covered, 1) + " %"));
  tiles += tile("Winner", "World " + std::to_string(r.winner), "of " + count_worlds(r));
  tiles += tile("Time", html::fixed(r.times.total_s, 1) + " s",
                html::count(std::size_t(r.counts.evaluations())) + " evaluations in " +
                    html::count(std::size_t(r.iterations), "iteration"));
  return html::element("dl", "class=\"tiles\"", tiles);
}

}  // namespace manyworlds::io
