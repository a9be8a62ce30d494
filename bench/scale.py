#!/usr/bin/env python3
"""Runs scale_bench and threads_bench and prints how time and memory grow as Markdown tables.

    nice -n -10 python3 bench/scale.py build/bench/{scale,threads}_bench [FILE.md]   # 11 minutes

Instead of a program: a JSON file that its --benchmark_out wrote. FILE.md: write the tables there, too; what stands in
it from the line "## Remarks" on is kept. The cities of Sionna RT are taken from MANYWORLDS_SIONNA_SCENES, by default
the virtual environment of bench/peers/sionna_rt.sh.
"""
import glob
import json
import math
import os
import subprocess
import sys
import tempfile

from machine import heading
from report import Report, short

VISIBILITIES = ("hard", "fresnel")


def result_of(source):
    """What a program, or the file that it wrote, says."""
    if source.endswith(".json"):
        with open(source) as f:
            return json.load(f)
    scenes = glob.glob("build/peers-venv/lib/python3*/site-packages/sionna/rt/scenes")
    environment = dict(os.environ)
    if scenes:
        environment.setdefault("MANYWORLDS_SIONNA_SCENES", os.path.abspath(scenes[0]))
    with tempfile.NamedTemporaryFile(suffix=".json") as f:
        subprocess.run([source, "--benchmark_min_time=0.5", f"--benchmark_out={f.name}"], check=True, env=environment,
                       stdout=sys.stderr)
        return json.load(f)


class Rows:
    """Rows of the benchmark by name and arguments; times in ms."""

    def __init__(self, results):
        self.rows = {}
        for row in (row for result in results for row in result["benchmarks"]):
            name, *arguments = row["run_name"].split("/")
            numbers = (a.split(":")[1] for a in arguments if ":" in a and not a.startswith("iterations"))
            self.rows[(name, *map(int, numbers))] = row

    def __call__(self, *key):
        return self.rows.get(key)

    def of(self, name):
        return [(key[1:], row) for key, row in self.rows.items() if key[0] == name]


def step_of(row):
    """The median of the steps, and the mean where rare steps cost much more."""
    median, mean = row["step_ms"], row["real_time"]
    return short(median) if mean < 2 * median else f"{short(median)} (mean {short(mean)})"


def megabytes(value):
    return f"{value / 1e6:,.0f}" if value >= 1e8 else f"{value / 1e6:.3g}"


def sizes(say, title, first, cases, growth=None):
    """One row per case: (cells, hard row, fresnel row, size or None); `growth` heads the exponents of growth."""
    head = [*first, "static paths", "start, ms", "first hard step, ms", "hard step, ms", "Fresnel step, ms",
            "shared, MB", "workspace hard, MB", "Fresnel, MB"]
    growing = ("start", "hard step", "Fresnel step", "shared") if growth else ()
    say.table(title, *head, *(f"{what} grows as {growth}^" for what in growing))
    before = None
    for cells, hard, fresnel, size in cases:
        if hard is None or hard.get("error_occurred"):
            empty = [""] * (len(head) - len(first) - 1 + len(growing))
            say.row(*cells, hard["error_message"] if hard else "not run", *empty)
            continue
        values = [hard["start_ms"], hard["step_ms"], fresnel["step_ms"], hard["shared_bytes"]]
        finder = " (rays)" if hard["shooting"] else ""
        line = [*cells, f"{hard['static_paths']:,.0f}{finder}", short(values[0]), short(hard["first_step_ms"]),
                step_of(hard), step_of(fresnel), megabytes(values[3]), megabytes(hard["workspace_bytes"]),
                megabytes(fresnel["workspace_bytes"])]
        if growth:
            exponent = lambda v, b: f"{math.log(v / b) / math.log(size / before[0]):.2f}"
            line += [exponent(v, b) for v, b in zip(values, before[1])] if before else [""] * len(growing)
            before = size, values
        say.row(*line)


def both(rows, *key):
    return rows(*key, 0), rows(*key, 1)


def worlds(say, rows, bar):
    """Time and memory by number of worlds, beside those of one world that makes as many iterations."""
    say.table("Worlds: office_v1, depth 2, transmission, 950 receivers", "worlds", "threads",
              *(f"{name}: {what}" for name in VISIBILITIES
                for what in ("ms a world-step", "one world alone", "time over one world", "in all, MB",
                             "memory over one world")))
    for n, of in sorted({(key[0], key[2]) for key, _ in rows.of("by_worlds")}, key=lambda case: (-case[1], case[0])):
        cells = [f"{n:,}", f"{rows('by_worlds', n, 0, of)['threads']:.0f}"]
        for kind, name in enumerate(VISIBILITIES):
            row = rows("by_worlds", n, kind, of)
            time, memory = row["world_step_ms"] / row["one_world_step_ms"], row["bytes"] / row["one_world_bytes"]
            cells += [short(row["world_step_ms"]), short(row["one_world_step_ms"]), f"{time:.2f}",
                      megabytes(row["bytes"]), f"{memory:.2f}"]
            if n == 32:
                threads = f"{row['threads']:.0f} thread{'s' if row['threads'] > 1 else ''}"
                where = f"32 worlds over 1, both on {threads}, {name}"
                bar(f"{where}: bytes in all", "<= 2", memory, memory <= 2)
                bar(f"{where}: time per world", "<= 1", time, time <= 1)
        say.row(*cells)
    say("", "Each world makes 40 hard or 10 Fresnel iterations. One world alone: the mean of 32 runs, from the starts",
        "of the first 32 worlds, in turn with the run of all and with as many threads, which are all inside its steps;",
        "of 32 worlds each thread has some.")
    for kind, name in enumerate(VISIBILITIES):
        many, one = rows("by_worlds", 32, kind, 0), rows("by_worlds", 32, kind, 1)
        value = many["world_step_ms"] / one["one_world_step_ms"]
        bar(f"32 worlds on {many['threads']:.0f} threads over 1 on one thread, {name}: time per world", "<= 1", value,
            value <= 1)


def tables(say, rows):
    """Prints all and returns (measure, bar, figure, verdict) of the bars."""
    bars = []

    def bar(measure, text, value, holds, form="{:.2f}", why=""):
        bars.append((measure, text, form.format(value), "holds" if holds else f"**missed**{why}"))

    cases = []
    for (count, kind), row in rows.of("by_receivers"):
        if kind == 0:
            ran = not row.get("error_occurred")
            cases.append(((f"{row['receivers'] if ran else count:,.0f}",), row, rows("by_receivers", count, 1),
                          row.get("receivers")))
    sizes(say, "Receivers: office_v1, depth 2, transmission", ["receivers"], cases, "receivers")

    sizes(say, "Triangles: depth 3, transmission, about 1,000 receivers", ["scene", "triangles"],
          [((row.get("label", f"scene {scene}"), f"{row.get('triangles', 0):,.0f}"), row, rows("by_scene", scene, 1),
            None) for (scene, kind), row in rows.of("by_scene") if kind == 0])
    for scene, limit in ((1, 300), (3, 5000)):
        row = rows("by_scene", scene, 0)
        if row and not row.get("error_occurred"):
            value = row["start_ms"] + row["first_step_ms"]
            bar(f"start to the end of the first iteration, {row['label']}, ms", f"< {limit:,}", value, value < limit,
                "{:,.0f}")

    sizes(say, "Depth and transmission: office_v1, 950 receivers", ["transmission", "depth"],
          [(("on" if transmission else "off", depth), *both(rows, "by_depth", depth, transmission), None)
           for (depth, transmission, kind), _ in rows.of("by_depth") if kind == 0])
    for transmission in (0, 1):
        where = f"depth 3, transmission {'on' if transmission else 'off'}"
        hard, fresnel = both(rows, "by_depth", 3, transmission)
        for row, name in zip((hard, fresnel), VISIBILITIES):
            value = row["gradient_and_forward_over_forward"]
            bar(f"gradient + forward over forward, {where}, {name}", "<= 1.5", value, value <= 1.5)
        value = fresnel["step_ms"] / hard["step_ms"]
        bar(f"default (Fresnel, 2 x 2 tiles, beyond the edge) over hard step, {where}", "<= 3", value, value <= 3,
            "{:.1f}", ", see [optimisations](optimisations.md)")

    worlds(say, rows, bar)

    say.table("Threads: 32 worlds, in turn, the fastest of nine runs each", "visibility", "1 thread, ms a world-step",
              "2 threads, ms a world-step", "speed-up")
    for kind, name in enumerate(VISIBILITIES):
        row = rows("by_threads", kind)
        say.row(name, short(row["world_step_ms_1_thread"]), short(row["world_step_ms_2_threads"]),
                f"{row['speedup']:.2f}")
        bar(f"threads 1 to 2 on 32 worlds, {name}", ">= 1.8", row["speedup"], row["speedup"] >= 1.8)

    say.table("Threads in a world: one step with gradient, office_v1, depth 3, 950 receivers, in turn, the fastest of "
              "40 turns each", "transmission", "visibility", "1 thread, ms", "all threads, ms", "speed-up")
    for (transmission, kind), row in rows.of("threads_in_a_world"):
        say.row("on" if transmission else "off", VISIBILITIES[kind], short(row["one_thread_ms"]),
                short(row["all_threads_ms"]), f"{row['speedup']:.2f}")

    say.table("Threads at the start: one transmitter, transmission, in turn, the fastest of five each", "scene",
              "receivers", "depth", "1 thread, ms", "all threads, ms", "speed-up")
    for (scene, _, depth), row in rows.of("threads_at_the_start"):
        say.row(("empty room", "office_v1")[scene], f"{row['receivers']:,.0f}", depth, short(row["one_thread_ms"]),
                short(row["all_threads_ms"]), f"{row['speedup']:.2f}")

    say.table("Memory budget: office_v1, depth 2, transmission, one step with gradient on all threads", "receivers",
              "budget, MB", "visibility", "tiles", "start, ms", "step, ms", "ours in all, MB", "most RSS so far, MB")
    for (_, budget, kind), row in rows.of("with_budget"):
        say.row(f"{row['receivers']:,.0f}", f"{budget:,}", VISIBILITIES[kind], f"{row['tiles']:.0f}",
                short(row["start_ms"]), short(row["real_time"]), megabytes(row["bytes"]), f"{row['most_rss_mb']:,.0f}")

    say.table("Split step against our own full retrace: hard, with gradient, transmission, one thread, in turn",
              "scene", "receivers", "depth", "step, ms", "full retrace, ms", "ratio", "bar")
    for (scene, _, depth), row in rows.of("against_full_retrace"):
        name, limit = ("office_v1", 50) if scene else ("empty room", 15)
        count, ratio = f"{row['receivers']:,.0f}", row["retrace_over_step"]
        say.row(name, count, depth, short(row["step_ms"]), short(row["retrace_ms"]), f"{ratio:.0f}", f">= {limit}")
        bar(f"full retrace over step, {name}, {count} receivers, depth {depth}", f">= {limit}", ratio, ratio >= limit,
            "{:.0f}")

    say.table("10,000 steps of one workspace: office_v1, transmission", "depth", "visibility",
              "RSS after 100 steps, MB", "after 10,000, MB", "median of the first thousand, ms",
              "of the last thousand, ms")
    for (depth, kind), row in rows.of("many_steps"):
        say.row(depth, VISIBILITIES[kind], f"{row['rss_mb_after_100']:.1f}", f"{row['rss_mb_after_10000']:.1f}",
                short(row["first_thousand_ms_per_step"]), short(row["last_thousand_ms_per_step"]))
    return bars


def main():
    sources = sys.argv[1:]
    file = sources.pop() if sources and sources[-1].endswith(".md") else None
    if not sources:
        sys.exit(__doc__)
    rows = Rows([result_of(source) for source in sources])
    say = Report()
    say("# Scale: how time and memory grow", "",
        *heading("nice -n -10 python3 bench/scale.py build/bench/{scale,threads}_bench docs/results/scale.md"), "",
        "A *step* is that of one world with gradient, on one thread, while its panel of 1 m walks; median of those",
        "within half a second, at least one. The Fresnel step is the default: 2 x 2 tiles. *Start*: from the file to",
        "the static paths of all transmitters, on all threads. *Shared* is what all worlds have together, a",
        "*workspace* is for a thread. (rays): the tree of beams was given up.")
    bars = tables(say, rows)
    say.table("Bars", "measure", "bar", "measured", "verdict")
    for row in bars:
        say.row(*row)
    if file:
        say.write(file)


if __name__ == "__main__":
    main()
