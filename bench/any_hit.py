#!/usr/bin/env python3
"""Any-hit queries against Embree 3: runs the two benchmarks of segments in turn and prints tables in Markdown.

    nice -n -10 python3 bench/any_hit.py build/bench [FILE]   # where bvh_bench and path_segments_bench are; 3 minutes

FILE: write the tables there, too; what stands in it from the line "## Remarks" on is kept.
"""
import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile

from machine import heading
from report import Report

REPETITIONS = 5


def run(program, *options):
    """Rows of the benchmark: (name, its arguments as numbers) -> counters."""
    with tempfile.NamedTemporaryFile(suffix=".json") as f:
        subprocess.run([program, f"--benchmark_out={f.name}", *options], check=True, stdout=sys.stderr)
        result = json.load(f)
    rows = {}
    for row in result["benchmarks"]:
        if "error_message" in row:
            sys.exit(f"{program}: {row['run_name']}: {row['error_message']}")
        name, *arguments = row["run_name"].split("/")
        rows[name, *(int(a.split(":")[1]) for a in arguments if ":" in a and not a.startswith("iterations"))] = row
    return rows


def repeated(folder):
    """By row the results of all repetitions, the two programs in turn."""
    rows = collections.defaultdict(list)
    for _ in range(REPETITIONS):
        for program, *options in (("path_segments_bench",), ("bvh_bench", "--benchmark_filter=embree")):
            for key, row in run(os.path.join(folder, program), *options).items():
                rows[key].append(row)
    return rows


def median(runs, counter):
    return statistics.median(row[counter] for row in runs)


def spread(runs, counter):
    values = [row[counter] for row in runs]
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def bar_on(runs, counter, at_least=None, at_most=None):
    """(bar, figure, verdict)"""
    value = median(runs, counter)
    holds = value >= at_least if at_least else value <= at_most
    return f">= {at_least}" if at_least else f"<= {at_most}", spread(runs, counter), "holds" if holds else "**missed**"


def path_segments(say, rows):
    """Prints the table; returns (measure, bar, figure, verdict) of the bars."""
    bars = []
    say.table("On the segments that the search for static paths tests", "transmission", "receivers every, m",
              "segments", "blocked, %", "our packets, M/s", "our singles, M/s", "Embree's best form", "M/s",
              "**packets over it**", "last blocker first", "our singles over Embree's", "crossings over any-hit")
    for (name, spacing, _, transmission), runs in rows:
        best = collections.Counter(row["label"] for row in runs).most_common(1)[0][0]
        packets = statistics.median(max(row[f"packets_{w}_M/s"] for w in ("16", "8", "16_8")) for row in runs)
        on = "on" if transmission else "off"
        say.row(on, spacing / 100, f"{median(runs, 'segments'):,.0f}", f"{median(runs, 'blocked_%'):.0f}",
                f"{packets:.1f}", f"{median(runs, 'single_M/s'):.1f}", best.removeprefix("embree_").replace("_", " "),
                f"{packets / median(runs, 'over_embree_best'):.1f}", f"**{spread(runs, 'over_embree_best')}**",
                spread(runs, "occluders_over_embree_best"), spread(runs, "single_over_embree_1"),
                spread(runs, "crossings_over_any_hit"))
        where = f"path segments, transmission {on}, receivers every {spacing / 100} m"
        bars.append((f"packets over Embree's best form, {where}", *bar_on(runs, "over_embree_best", at_least=1.3)))
        bars.append((f"packets with the last blocker first over Embree's best form, {where}",
                     *bar_on(runs, "occluders_over_embree_best", at_least=1.3)))
        bars.append((f"crossings over any-hit, {where}", *bar_on(runs, "crossings_over_any_hit", at_most=2)))
    say("", "*Last blocker first*: packets that try what blocked the one before, as the search does.")
    return bars


def random_segments(say, rows):
    bars = []
    say.table("On random segments in an office of 5,000 triangles", "office turned by", "segments", "blocked, %",
              "our singles, M/s", "Embree's singles, M/s", "its robust ones, M/s", "**ours over its singles**",
              "over its robust ones", "over its packets of 16", "crossings over any-hit", "answers that differ, %")
    for (name, angle, length, free), runs in rows:
        kind = "short" if length < 100 else "free" if free else "any"
        say.row(f"{angle} degrees", kind, f"{median(runs, 'blocked_%'):.0f}", f"{median(runs, 'ours_M/s'):.1f}",
                f"{median(runs, 'embree1_M/s'):.1f}", f"{median(runs, 'embree1_robust_M/s'):.1f}",
                f"**{spread(runs, 'over_embree1')}**", spread(runs, "over_embree1_robust"),
                spread(runs, "over_embree16"), spread(runs, "crossings_over_any_hit"),
                f"{median(runs, 'disagree_%'):.3f}")
        where = f"random segments, {kind}, turned by {angle} degrees"
        bars.append((f"singles over Embree's single-ray call, {where}", *bar_on(runs, "over_embree1", at_least=0.9)))
        bars.append((f"crossings over any-hit, {where}", *bar_on(runs, "crossings_over_any_hit", at_most=2)))
    return bars


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rows = repeated(sys.argv[1]).items()
    of = lambda name: [(key, runs) for key, runs in rows if key[0] == name]
    say = Report()
    say("# Any-hit: is a segment blocked, against Embree 3", "",
        *heading("nice -n -10 python3 bench/any_hit.py build/bench docs/results/any-hit.md"), "",
        f"One thread. Medians of {REPETITIONS} repetitions of two programs in turn, with the least and the most;",
        "within a repetition all ways of asking take turns. M/s: millions of segments a second. Crossings: which faces",
        "a segment meets, at most three, as paths that pass through walls ask; over any-hit on the same segments.", "",
        "Who asks what: the ends of a chain, receiver beside receiver, go sixteen at a time as packets",
        "(`ChainPacket`), from a fixed transmitter as off a panel; what a packet leaves open, hard paths off a panel,",
        "arrivals at it, and what cuts off beams are asked segment by segment: by a single any-hit or, where walls may",
        "be passed through, by crossings.")
    bars = path_segments(say, of("any_hit_on_path_segments")) + random_segments(say, of("any_hit_against_embree"))
    say("", "*any*: between two random points; *free*: those that nothing blocks; *short*: a tenth as long. In an",
        "office that is not turned, faces are parallel to the axes.")
    say.table("Bars", "measure", "bar", "measured", "verdict")
    for row in sorted(bars, key=lambda bar: ("packets", "singles", "crossings").index(bar[0].split()[0])):
        say.row(*row)
    if len(sys.argv) > 2:
        say.write(sys.argv[2])


if __name__ == "__main__":
    main()
