#!/usr/bin/env python3
"""Runs the step benchmark, then steps compiled for each width of registers, and prints the ratios as Markdown tables.

    nice -n -10 python3 bench/summary.py build/bench/step_bench [FILE]   # 6 minutes

FILE: write the tables there, too; what stands in it from the line "## Remarks" on is kept.
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

from machine import heading
from report import Report

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
VISIBILITIES = ((0, "hard"), (1, "Fresnel"))
CASES = [(depth, transmission) for transmission in (0, 1) for depth in (2, 3)]
LEVELS = (("x86-64", "SSE2"), ("x86-64-v3", "AVX2"), ("x86-64-v4", "AVX-512"), ("native", "this machine"))
TURNS = 5


def run(program, *options):
    text = subprocess.run([program, "--benchmark_format=json", *options], check=True, stdout=subprocess.PIPE).stdout
    rows = {}
    for row in json.loads(text)["benchmarks"]:
        if row.get("aggregate_name", "median") == "median":
            name, *arguments = row["run_name"].split("/")
            key = tuple(int(a.split(":")[1]) for a in arguments if ":" in a and a.split(":")[1].isdigit())
            rows[(name, *key)] = row
    return rows


def on(flag):
    return "on" if flag else "off"


def steps(say, rows):
    """Prints the tables of steps; returns (measure, bar, figure, verdict) of the bars."""
    ms = lambda *key: rows[key]["real_time"]
    split, gradients, memory, over_hard = [], [], [], []
    say.table("Steps", "depth", "transmission", "visibility", "step, ms", "with gradient, ms",
              "gradient + forward over forward", "full retrace, ms", "retrace over step with gradient", "32 worlds, MB",
              "over 1 world")
    for depth, transmission in CASES:
        for kind, name in VISIBILITIES:
            case = (depth, transmission)
            forward, both, retrace = ms("step", *case, kind, 0), ms("step", *case, kind, 1), ms("full_retrace", *case)
            one, many = (rows[("worlds", *case, kind, n)]["bytes"] for n in (1, 32))
            say.row(depth, on(transmission), name, f"{forward:.2f}", f"{both:.2f}", f"{both / forward:.2f}",
                    f"{retrace:.0f}", f"{retrace / both:.0f}", f"{many / 1e6:.1f}", f"{many / one:.2f}")
            gradients.append(both / forward)
            memory.append(many / one)
            if kind == 0:
                split.append(retrace / both)
                hard = both
            else:
                over_hard.append(both / hard)
    say.table("Start to the end of the first iteration", "depth", "transmission", "ms")
    starts = [ms("start", *case) for case in CASES]
    for (depth, transmission), start in zip(CASES, starts):
        say.row(depth, on(transmission), f"{start:.0f}")
    bar = lambda measure, text, values, form, holds: (
        measure, text, f"{min(values):{form}} to {max(values):{form}}", "holds" if holds(values) else "**missed**")
    return [bar("full retrace over split step with gradient, hard", ">= 50", split, ".0f", lambda v: min(v) >= 50),
            bar("gradient + forward over forward", "<= 1.5", gradients, ".2f", lambda v: max(v) <= 1.5),
            bar("memory of 32 worlds over that of one", "<= 2", memory, ".2f", lambda v: max(v) <= 2),
            bar("default (Fresnel, 2 x 2 tiles) over hard step ([why](optimisations.md))", "<= 3", over_hard, ".1f",
                lambda v: max(v) <= 3),
            bar("start to the end of the first iteration, ms", "< 300", starts, ".0f", lambda v: max(v) < 300)]


def compiled(folder, level):
    """The step benchmark for the instruction set `level`; its path."""
    program = os.path.join(folder, f"step_bench_{level}")
    subprocess.run([os.environ.get("CXX", "g++"), "-std=c++20", "-O3", "-DNDEBUG", f"-march={level}",
                    "-ffp-contract=off", "-DMANYWORLDS_WITH_TBB=1", "-DMANYWORLDS_WITH_IO=1",
                    f'-DMANYWORLDS_SOURCE_DIR="{ROOT}"', "-Iinclude", "-Ikernels", "-isystem",
                    "/usr/include/eigen3", "bench/step_bench.cpp", "-o", program, "-lbenchmark_main", "-lbenchmark",
                    "-lpugixml", "-lpng", "-ltbb", "-lpthread"], check=True, cwd=ROOT)
    return program


def widths(say):
    """The same steps for each width of registers, in turn; of each the fastest, since others may hold a processor."""
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            programs = list(pool.map(lambda level: compiled(folder, level[0]), LEVELS))
        best = [{} for _ in programs]
        for _ in range(TURNS):
            for program, times in zip(programs, best):
                rows = run(program, "--benchmark_filter=^step/.*gradient:1", "--benchmark_min_time=0.2")
                for key, row in rows.items():
                    times[key] = min(row["real_time"], times.get(key, row["real_time"]))
    say.table("Width of registers: step with gradient, one thread, ms", "depth", "transmission", "visibility",
              *(f"{name} (`-march={level}`)" for level, name in LEVELS),
              *(f"{name} over {LEVELS[-1][1]}" for level, name in LEVELS[:-1]))
    for depth, transmission in CASES:
        for kind, name in VISIBILITIES:
            times = [of[("step", depth, transmission, kind, 1)] for of in best]
            say.row(depth, on(transmission), name, *(f"{t:.3g}" for t in times),
                    *(f"{t / times[-1]:.2f}" for t in times[:-1]))
    say("", f"In turn, the fastest of {TURNS} turns each. That all agree is tested (`tests/simd_widths_test.cpp`).")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    say = Report()
    say("# Speed and memory on office_v1", "",
        "What does the split save, what does a gradient cost, and how much memory do worlds take?",
        *heading("nice -n -10 python3 bench/summary.py build/bench/step_bench docs/results/speed.md"), "",
        "950 receivers, two transmitters, one 1 x 1 m panel that walks along a corridor and turns; medians of three",
        "repetitions. A *step* finds the paths that the panel touches and their fields, on one thread; Fresnel, with",
        "2 x 2 tiles, is the default. The *full retrace* is our own finder with the panel as part of the scene,",
        "without fields: all that a tracer without the split does, under hard visibility.")
    bars = steps(say, run(sys.argv[1], "--benchmark_repetitions=3", "--benchmark_report_aggregates_only=true"))
    widths(say)
    say.table("Bars", "measure", "bar", "measured", "verdict")
    for row in bars:
        say.row(*row)
    if len(sys.argv) > 2:
        say.write(sys.argv[2])


if __name__ == "__main__":
    main()
