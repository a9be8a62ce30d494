#!/usr/bin/env python3
"""Runs the step benchmark and prints the ratios that matter as a Markdown table.

    python3 bench/summary.py build/bench/step_bench [further options of Google Benchmark]
"""
import json
import subprocess
import sys


def run(program, options):
    text = subprocess.run([program, "--benchmark_format=json", "--benchmark_repetitions=3",
                           "--benchmark_report_aggregates_only=true", *options],
                          check=True, stdout=subprocess.PIPE).stdout
    rows = {}
    for row in json.loads(text)["benchmarks"]:
        if row.get("aggregate_name") == "median":
            name, *arguments = row["run_name"].split("/")
            key = tuple(int(a.split(":")[1]) for a in arguments if ":" in a and a.split(":")[1].isdigit())
            rows[(name, *key)] = row
    return rows


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rows = run(sys.argv[1], sys.argv[2:])
    ms = lambda *key: rows[key]["real_time"]
    print("| depth | transmission | visibility | step, ms | with gradient, ms | gradient + forward over forward "
          "| full retrace, ms | retrace over step with gradient | 32 worlds, MB | over 1 world |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for transmission in (0, 1):
        for depth in (2, 3):
            for kind, name in ((0, "hard"), (1, "fresnel, 2 x 2 tiles")):
                forward, both = ms("step", depth, transmission, kind, 0), ms("step", depth, transmission, kind, 1)
                retrace = ms("full_retrace", depth, transmission)
                one, many = (rows[("worlds", depth, transmission, kind, n)] for n in (1, 32))
                print(f"| {depth} | {'on' if transmission else 'off'} | {name} | {forward:.2f} | {both:.2f} | {both / forward:.2f} "
                      f"| {retrace:.0f} | {retrace / both:.0f} | {many['bytes'] / 1e6:.1f} | {many['bytes'] / one['bytes']:.2f} |")
    print()
    for transmission in (0, 1):
        for depth in (2, 3):
            print(f"Start to the end of the first iteration, depth {depth}, transmission {'on' if transmission else 'off'}: "
                  f"{ms('start', depth, transmission):.0f} ms")


if __name__ == "__main__":
    main()
