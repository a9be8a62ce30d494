#!/usr/bin/env python3
"""Of runs of one search that differ in their seeds, finds the best: writes its result.json and a table of all.

    python3 examples/cluster/merge_results.py out/job/*/result.json --output out/job/best

Refuses runs of different problems or with different parameters, and names the first difference. Prints the table, best
first, and writes it to merged.csv beside the best run's result.json. Needs Python's standard library only.
"""
import argparse
import csv
import json
import os
import shutil
import sys

# What a problem is: its scene, what moves and where it may, and the powers before anything has moved.
PROBLEM = ("format", "version", "method", "scene", "variables", "floor_dbm", "before", "params")
OWN = ("params.seed",)
COLUMNS = ("seed", "value", "world", "minimum_dbm", "median_dbm", "mean_dbm", "covered", "dead", "iterations",
           "interrupted", "total_s", "file")


class Refused(Exception):
    pass


def difference(a, b, name):
    """Where two values differ first, as "name: this, that"; None = nowhere."""
    if name in OWN:
        return None
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *(k for k in b if k not in a)]:
            found = difference(a.get(key), b.get(key), f"{name}.{key}" if name else key)
            if found:
                return found
        return None
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, pair in enumerate(zip(a, b)):
            found = difference(*pair, f"{name}[{i}]")
            if found:
                return found
        return None
    return None if a == b else f"{name}: {json.dumps(a)[:60]}, {json.dumps(b)[:60]}"


def read(file):
    try:
        with open(file, encoding="utf-8") as f:
            result = json.load(f)
    except (OSError, ValueError) as error:
        raise Refused(f"{file}: {error}") from None
    if not isinstance(result, dict) or result.get("format") != "manyworlds result":
        raise Refused(f"{file}: expected a result.json of the driver place")
    return result


def row(file, result):
    """A line of the table. A run whose search found no finite loss has null for it, and is the last."""
    after = result["after"]["physical"]
    return {"seed": int(result["params"]["seed"]), "value": result["winner"]["value"],
            "world": result["winner"]["world"], **{key: after[key] for key in COLUMNS[3:8]},
            "iterations": result["iterations"], "interrupted": result["interrupted"],
            "total_s": round(result["times"]["total_s"], 3), "file": file}


def merge(files):
    """The table, best run first. Throws Refused."""
    rows, first = {}, None
    for file in files:
        result = read(file)
        problem = {key: result.get(key) for key in PROBLEM}
        if first is None:
            first = problem
        elif found := difference(first, problem, ""):
            raise Refused(f"{files[0]} and {file} are of different searches: {found}")
        line = row(file, result)
        if line["seed"] in rows:
            raise Refused(f"{rows[line['seed']]['file']} and {file} have the same seed, {line['seed']}")
        rows[line["seed"]] = line
    return sorted(rows.values(), key=lambda r: (r["value"] is None, r["value"] or 0, r["seed"]))


def print_table(rows):
    texts = [[f"{r[c]:.6g}" if isinstance(r[c], float) else str(r[c]) for c in COLUMNS] for r in rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *texts)]
    for line in [COLUMNS, *texts]:
        print("  ".join(text.rjust(width) for text, width in zip(line[:-1], widths)), line[-1], sep="  ")


def main():
    parser = argparse.ArgumentParser(description="The best of runs of one search that differ in their seeds.")
    parser.add_argument("results", nargs="+", metavar="RESULT", help="result.json of each run")
    parser.add_argument("--output", required=True, metavar="FOLDER", help="for result.json of the best and merged.csv")
    a = parser.parse_args()
    try:
        rows = merge(a.results)
    except Refused as error:
        print(f"merge_results: {error}", file=sys.stderr)
        return 2
    os.makedirs(a.output, exist_ok=True)
    shutil.copyfile(rows[0]["file"], os.path.join(a.output, "result.json"))
    with open(os.path.join(a.output, "merged.csv"), "w", newline="", encoding="utf-8") as f:
        table = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
