#!/usr/bin/env python3
"""Runs the cases of isolation_vs_batching.sh and says which executor to take.

    isolation_vs_batching.py ISOLATION_CASE FOLDER [--quick] [--with-ray] [--with-sionna] [--sizes 8x1000,32x1000]
"""
import argparse
import datetime
import json
import os
import sys

import isolation_plots
from isolation_advice import advice
from isolation_cases import (CORES, DESCENT_S, MEMORY, MOST_S, QUICK, SIZES, TIMEOUT_S, Cases, executors, has_device,
                             processes)
from isolation_model import bookkeeping, predict
from isolation_ray import compare
from isolation_watch import NotRun, run
from machine import processor
from report import Report, short


LARGE = 32000  # worlds x receivers, above which a case is run once


def sizes_of(options):
    """Receivers -> numbers of worlds."""
    if not options.sizes:
        return QUICK if options.quick else SIZES
    pairs = [[int(n) for n in size.split("x")] for size in options.sizes.split(",")]
    return {receivers: sorted({w for w, r in pairs if r == receivers}) for receivers in sorted({r for _, r in pairs})}


def introduce(report, options, sizes, rounds):
    report("# Isolation and batching: which executor to take", "",
           f"`bash bench/isolation_vs_batching.sh {' '.join(sys.argv[3:])}`, {datetime.date.today()}, {CORES} cores "
           f"({processor()}).")
    more = f"{rounds} times (above {LARGE:,} worlds x receivers: once), and the faster run counts"
    times = "once" if rounds == 1 else more
    report.text(f"""office_v1, two transmitters, a panel on a wall, depth 2, transmission, the default edges; worlds
        descend by Adam for {DESCENT_S} seconds, all executors of a size in turn, {times}.""")
    report("")
    for what in ("""*A process a core*, *processes x batch* (tasks of 8 worlds), *Ray, our worker*: as many workers, and
                 actors, as processors, at most one for each world.""",
                 "*Start*: from that of the process to the end of the first iteration; under Ray without Ray's own.",
                 "*Workers*: of it, from when the run begins to start workers.",
                 """*ms a world-step*, *p95 of a step*: over the iterations that all executors of the size have done,
                 since steps become cheaper as worlds come to rest.""",
                 """*MB*: resident, the most at one moment, of all processes of the run: itself, its workers, under Ray
                 its launcher and its actors, too, but not Ray's own daemons; what processes share is counted in each;
                 with what batches take on devices.""",
                 "*Loss*: the best so far when the slowest executor of the size has been at it for a second."):
        report.text(what, item=True)
    chosen = "" if options.sizes or options.quick else """At 1,000 receivers, as many as a search has, all numbers of
        worlds; elsewhere those that show how it goes on, so that the suite is done in some twenty minutes."""
    named = "; ".join(f"{', '.join(map(str, worlds))} worlds at {r:,} receivers" for r, worlds in sizes.items())
    report.text(f"""Sizes: {named}. {chosen} A case is not run where more than {100 * MEMORY:.0f} % of the memory that
        is available, or more than {MOST_S} s, must be expected of it, from smaller cases of the executor, as if bytes
        and seconds grew with worlds times receivers. One that fails, or is not done after {TIMEOUT_S} s, says so, and
        the others go on; after one that is too much larger ones of its executor are left out.""")


def table(report, cases, all_executors, receivers, all_worlds, rounds):
    report.table(f"{receivers:,} receivers", "worlds", "executor", "start, s", "workers, s", "ms a world-step",
                 "world-steps/s", "p95 of a step, ms", "MB in all", "MB a world", "loss")
    for worlds in all_worlds:
        again = rounds if worlds * receivers <= LARGE else 1
        row, why = cases.of_size(all_executors, worlds, receivers, again)
        when = max((c.losses[0][0] for c in row), default=0) + 1
        found = {c.name: c for c in row}
        for e in all_executors:
            if e.name in why:
                report.row(worlds, e.name, f"not run: {why[e.name]}", *[""] * 7)
                continue
            c = found[e.name]
            workers = "" if c.workers_s is None else f"{c.workers_s:.2f}"
            report.row(worlds, c.name, f"{c.start_s:.2f}", workers, short(1e3 * c.step_s), short(1 / c.step_s),
                       short(1e3 * c.p95_s), short(c.bytes / 1e6), short(c.bytes / 1e6 / worlds),
                       f"{c.loss_at(when):.2f}")


def flat_memory(report, program, quick):
    """How resident memory grows after the first 100 iterations; returns rows for JSON."""
    report.table("Flat memory", "visibility", "executor", "iterations", "the run after 100, MB", "grows by, MB",
                 "workers after 100, MB", "grow by, MB")
    rows = []
    for visibility, count in (("hard", 1000 if quick else 10000), ("fresnel", 300 if quick else 2000)):
        for name, options in (("batch", ["--executor", "batch"]), ("a process a core", processes(CORES))):
            try:
                memory = run([program, *options, "worlds=32", "receivers=100", f"iterations={count}", "seconds=1000",
                              f"visibility={visibility}"], program, 600)["memory"]
            except NotRun as why:
                report.row(visibility, name, count, f"not run: {why}", "", "", "")
                continue
            first, last = memory["100"], memory[str(count)]
            row = {"visibility": visibility, "executor": name, "iterations": count, "worlds": 32, "receivers": 100}
            row.update({f"{who}_{what}": value for who in first
                        for what, value in (("bytes", first[who]), ("grows", last[who] - first[who]))})
            digits = {"run_bytes": 1, "run_grows": 2, "workers_bytes": 1, "workers_grows": 2}
            cells = [f"{row[key] / 1e6:.{n}f}" if key in row else "" for key, n in digits.items()]
            report.row(visibility, name, f"{count:,}", *cells)
            rows.append(row)
    report.text("""32 worlds at 100 receivers: resident memory of the run and of its workers after the first 100
        iterations, and by how much it has grown after the last. The bar is 1 MB after 10,000.""")
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--with-ray", action="store_true")
    parser.add_argument("--with-sionna", action="store_true")
    parser.add_argument("--sizes", metavar="WxR,...", help="only these: worlds x receivers")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    program = os.path.abspath(options.program)
    sizes, rounds = sizes_of(options), 1 if options.quick else 2
    all_executors = executors(options.with_ray, has_device(program))
    report, cases = Report(), Cases(program)
    introduce(report, options, sizes, rounds)
    for receivers, all_worlds in sizes.items():
        table(report, cases, all_executors, receivers, all_worlds, rounds)
    if not cases.known:
        sys.exit("isolation_vs_batching: no case could be run")
    steps_of_theirs = ((8, 3),) if options.quick else ((8, 3), (32, 1))
    told = {"sionna": compare(report, program, steps_of_theirs) if options.with_sionna else [],
            "predicted": predict(report, program, cases.known),
            "bookkeeping": bookkeeping(report, program, cases.known),
            "flat_memory": flat_memory(report, program, options.quick)}
    theirs = {(r["worlds"], r["receivers"]): r for r in told["sionna"] if "Sionna" in r["what"] and "step_s" in r}
    report("", "## Advice")
    report.text("""*Cheap*: with its start it takes at most 10 % more than the executor that is taken; never: its step
        alone takes more.""")
    report("")
    for receivers, all_worlds in sizes.items():
        for worlds in all_worlds:
            row = [c for c in cases.known if (c.worlds, c.receivers) == (worlds, receivers)]
            if row:
                report.text(advice(row, theirs.get((worlds, receivers))), item=True)
    report("", "## Plots", "")
    for title, file in isolation_plots.draw(cases.known, options.folder):
        report(f"![{title}]({file})")
    with open(os.path.join(options.folder, "isolation.json"), "w") as f:
        json.dump({"context": {"date": str(datetime.date.today()), "num_cpus": CORES, "processor": processor(),
                               "executable": os.path.relpath(program)},
                   "benchmarks": [c.as_benchmark() for c in cases.known] + cases.skipped, **told}, f, indent=1)
    report.write(os.path.join(options.folder, "isolation.md"))


if __name__ == "__main__":
    main()
