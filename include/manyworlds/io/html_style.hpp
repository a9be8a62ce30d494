#pragma once

/// How a report looks and what it does when touched. Neither text holds '<' or '&', so that the page stays XML.
namespace manyworlds::io::html {

inline constexpr const char* style_sheet = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --page: #f4f5f8; --ink: #1f2937; --soft: #626b7a; --line: #e0e3e9;
  --thing: #bcc3ce;
  --winner: #e11d48; --finished: #2563c8; --pruned: #828893; --failed: #d97706; --ground: #f8f9fb; --wall: #39424f;
  --stripe: #f8f9fb; --glow: #fff1f4; }
@media (prefers-color-scheme: dark) { :root { --paper: #181d25; --page: #0f1319; --ink: #e5e9f0; --soft: #98a2b3;
  --line: #2c3440; --thing: #465060; --winner: #fb5d7e; --finished: #6ea8fe; --pruned: #8b94a3; --failed: #f5a524;
  --ground: #131820;
  --wall: #aab3c2; --stripe: #1c222b; --glow: #3a1a25; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 0 0 4px; }
h3 { font-size: 13px; margin: 14px 0 4px; color: var(--soft); font-weight: 600; }
p { margin: 0 0 10px; max-width: 76ch; }
a { color: var(--finished); text-decoration: none; }
a:hover { text-decoration: underline; }
code { font: 13px/1.6 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.brand { color: var(--soft); font-size: 13px; margin-bottom: 14px; display: flex; flex-wrap: wrap; gap: 4px 16px; }
.brand b { color: var(--ink); margin-right: auto; }
.lead { font-size: 17px; }
.note { color: var(--soft); font-size: 14px; }
.badge { display: inline-block; font-size: 13px; font-weight: 600; border-radius: 99px; padding: 2px 11px;
  border: 1px solid var(--failed); color: var(--failed); vertical-align: middle; letter-spacing: 0; }
section, .tiles div { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
section { padding: 18px 20px; margin-top: 18px; }
section.warnings { border-color: var(--failed); }
.warnings ul { margin: 4px 0 0; padding-left: 20px; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 10px; margin: 18px 0 0; }
.tiles div { padding: 12px; display: flex; flex-direction: column; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 0; font-size: 22px; font-weight: 650; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.tiles dd.small { font-size: 13px; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.tiles .main dd:not(.small) { color: var(--winner); }
.wide { overflow-x: auto; }
.tall { max-height: 470px; overflow-y: auto; border: 1px solid var(--line); border-radius: 6px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)); gap: 18px 40px;
  align-items: start; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 4px; }
tbody th { font-weight: 400; }
thead th { color: var(--soft); font-weight: 600; font-size: 13px; }
tbody tr:last-child th, tbody tr:last-child td { border-bottom: 0; }
.worlds thead th { position: sticky; top: 0; background: var(--paper); box-shadow: 0 1px 0 var(--line); }
.worlds td:first-child, .worlds th:first-child { padding-left: 12px; }
.worlds.sorts thead th { cursor: pointer; }
.worlds.sorts thead th:hover { color: var(--ink); }
.worlds tbody tr:nth-child(even) { background: var(--stripe); }
.worlds tbody tr.winner { background: var(--glow); font-weight: 600; }
.worlds tbody tr.pruned, .worlds tbody tr.failed { color: var(--soft); }
.worlds tbody tr.hot, .worlds tbody tr:hover { background: var(--line); }
.events { max-height: 300px; overflow-y: auto; margin-top: 10px; }
.events td:last-child, .events th:last-child { text-align: left; white-space: normal; width: 100%; padding-left: 20px; }
.groups { columns: 3 300px; column-gap: 36px; margin-top: 8px; }
.group { break-inside: avoid; padding-bottom: 14px; } .group h3 { margin-top: 0; }
.group td { white-space: normal; overflow-wrap: anywhere; }
.phases { display: flex; height: 16px; border-radius: 4px; overflow: hidden; gap: 1px; margin: 8px 0 14px; }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 8px; }
.phase0 { background: #8b5cf6; } .phase1 { background: #2563c8; } .phase2 { background: #0d9488; }
.phase3 { background: #d97706; } .phase4 { background: #9aa3b2; }
.picker input { position: absolute; opacity: 0; }
.picker label { display: inline-block; padding: 4px 14px; margin: 6px 6px 12px 0; border: 1px solid var(--line);
  border-radius: 99px; cursor: pointer; font-size: 14px; }
.picker input:checked + label { background: var(--ink); border-color: var(--ink); color: var(--paper); }
.picker input:focus-visible + label { outline: 2px solid var(--finished); outline-offset: 2px; }
.pictures { display: grid; gap: 16px; align-items: start; }
.pictures figure { margin: 0; display: none; width: 100%; text-align: center; }
.pictures img { max-width: 100%; height: auto; border-radius: 6px; border: 1px solid var(--line); background: #ffffff; }
#view0:checked ~ .pictures .view0, #view1:checked ~ .pictures .view1, #view2:checked ~ .pictures .view2,
#views:checked ~ .pictures figure { display: block; }
#views:checked ~ .pictures { grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); }
.pictures > div { min-width: 0; } .pictures th, .pictures td { padding: 4px 6px; white-space: normal; }
.pictures h3 { margin-top: 12px; }
figcaption { display: none; font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; font-size: 13px; color: var(--soft); margin: 8px 0 4px;
  max-width: none; }
.key { white-space: nowrap; } .key svg { display: inline; width: 34px; min-width: 0; vertical-align: -2px; }
svg { display: block; fill: none; width: 100%; min-width: 760px; height: auto; margin: 6px auto 0; }
svg text { fill: var(--soft); font-size: 12px; }
svg .ground { fill: var(--ground); stroke: var(--line); }
.axes path { stroke: var(--soft); } .axes .grid { stroke: var(--line); }
.wall { stroke: var(--wall); stroke-width: 1.6; stroke-linecap: round; } .furniture { stroke: var(--thing); }
.target { stroke: var(--soft); stroke-dasharray: 6 4; } .bounds { stroke: var(--soft); stroke-dasharray: 2 3; }
svg .panel { stroke: var(--winner); stroke-width: 5; stroke-linejoin: round; opacity: 0.35; }
svg .tx circle { fill: var(--ink); stroke: var(--paper); stroke-width: 2; }
svg .tx text { fill: var(--ink); font-weight: 600; }
svg .area { fill: var(--finished); fill-opacity: 0.2; stroke: var(--finished); }
svg g[data-w], .key g { stroke-width: 1.3; stroke-linejoin: round; color: var(--finished); stroke: var(--finished);
  stroke-opacity: 0.6; }
svg g.pruned { color: var(--pruned); stroke: var(--pruned); } svg g.failed { color: var(--failed); stroke:
  var(--failed); }
svg g.pruned path:not(.mark):not(.bar) { stroke-dasharray: 5 4; }
svg .dense g[data-w] { stroke-width: 1; stroke-opacity: 0.28; } svg .dense .bar { stroke-width: 3; }
svg .dense g[data-w] .mark { stroke-opacity: 0.5; stroke-width: 1; }
svg g.winner, svg .dense g.winner { color: var(--winner); stroke: var(--winner); stroke-width: 3; stroke-opacity: 1; }
svg .dot { fill: currentColor; stroke: none; } svg .mark { stroke-width: 1.6; stroke-opacity: 1; }
svg g.winner circle.dot { stroke: var(--paper); stroke-width: 1.5; }
svg .bar { stroke-width: 4; } svg .event { fill: var(--failed); stroke: var(--paper); stroke-width: 1; }
svg .start { stroke-width: 1.3; } svg g.winner .trace { stroke-width: 1.3; stroke-opacity: 0.35; }
svg .hit { stroke: transparent; stroke-width: 9; stroke-dasharray: none; }
svg g[data-w]:hover, svg g.hot, svg .dense g[data-w]:hover, svg .dense g.hot { stroke-width: 4; stroke-opacity: 1;
  stroke: var(--ink); color: var(--ink); }
footer { color: var(--soft); font-size: 13px; margin-top: 22px; }
@media (max-width: 560px) { main { padding: 16px 10px 32px; } section { padding: 14px 12px; } h1 { font-size: 24px; }
  .lead { font-size: 16px; } .tiles { grid-template-columns: 1fr 1fr; } .tiles dd { font-size: 20px; }
  .tiles div:last-child:nth-child(odd) { grid-column: 1 / -1; } .brand b { width: 100%; } }
@media print { :root { --page: #ffffff; } body { font-size: 12px; } main { max-width: none; padding: 0; }
  section { border: 0; padding: 10px 0; } figure, svg, tr, .tiles { break-inside: avoid; } h2, h3, .note {
  break-after: avoid; }
  .brand a, .picker label { display: none; } .pictures figure, figcaption { display: block; }
  #views ~ .pictures { grid-template-columns: 1fr 1fr; gap: 8px; } .pictures > div { grid-column: 1 / -1; } .tall,
  .events { max-height: none; }
  .worlds tbody tr:nth-child(n+51) { display: none; } svg { min-width: 0; } }
)css";

/// Sorts the table of worlds by a column, and shows in all diagrams the world that is pointed at.
inline constexpr const char* script = R"js(
for (const table of document.querySelectorAll('table.worlds')) {
  table.classList.add('sorts');
  table.tHead.addEventListener('click', event => {
    const column = event.target.cellIndex, body = table.tBodies[0], up = table.dataset.by !== String(column);
    const key = row => { const t = row.cells[column].textContent, n = parseFloat(t.replace(/,/g, ''));
      return t === 'not finite' ? Infinity : isNaN(n) ? t : n; };
    const rows = [...body.rows].sort((a, b) => { const x = key(a), y = key(b);
      return (x > y ? 1 : y > x ? -1 : 0) * (up ? 1 : -1); });
    table.dataset.by = up ? column : '';
    body.append(...rows);
  });
}
let shown = [];
document.addEventListener('mouseover', event => {
  const world = event.target.closest('[data-w]');
  for (const each of shown) each.classList.remove('hot');
  shown = world ? [...document.querySelectorAll('[data-w="' + world.dataset.w + '"]')] : [];
  for (const each of shown) each.classList.add('hot');
});
)js";

}  // namespace manyworlds::io::html
