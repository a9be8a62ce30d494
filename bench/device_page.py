#!/usr/bin/env python3
"""Makes the page of a device from what tests/gpu.sh has measured on it.

    python3 bench/device_page.py FOLDER [PAGE]

FOLDER: with device.json, checks.jsonl and searches.jsonl, of which the last two may be missing. PAGE: written, too;
what stands in it from the line "## Remarks" on is kept. Leaves with 1 when something could not be measured or a check
failed, and when a rate is more than 3 times off the plan and no line of the remarks begins with its name and a colon.
"""
import json
import os
import re
import sys
from statistics import median

from report import Report, short

# The limits of an H100 (work, what is counted of a launch or asked by itself, planned rate from and to).
PLAN = [
    ("overlay tests", "overlay", 0.5e12, 1e12),
    ("image solves", "solves", 3e10, 1e11),
    ("any-hit, coherent", "any-hit in order", 6e9, 10e9),
    ("any-hit, incoherent", "any-hit shuffled", 3e9, 6e9),
    ("path fields", "fields", 2e10, 3e10),
    ("path fields with adjoint", "adjoint of fields", 2e10, 3e10),
    ("faces clipped by pyramids", "enter movers", 2e9, 3e9),
]
FAR = 3  # times off the plan


def read_lines(path):
    """The objects of a file of JSON lines; none when it is not there."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def number(value):
    return "" if value is None else short(value)


def rate(value):
    return f"{value:.2g}"


def at(row, *keys):
    """row[key][key]..., None where there is none."""
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def ratio(above, below):
    return above / below if above is not None and below else None


def row_of(case, worlds):
    return next((row for row in case.get("worlds", []) if row["worlds"] == worlds), {})


def errors(part, where=""):
    """(where, what) of all that could not be measured."""
    if isinstance(part, dict):
        name = part.get("name") or (f"{part['worlds']} worlds" if isinstance(part.get("worlds"), int) else "")
        where = f"{where}, {name}" if where and name else where or name
        if "error" in part:
            yield where, part["error"]
    for key, inner in (part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()):
        yield from errors(inner, where or (key if isinstance(key, str) else ""))


def bars(result):
    """(measure, bar, figure or None, holds) of the issue's bars, on office_v1 with 1,000 receivers."""
    case = result["cases"][0] if result["cases"] else {}
    thirty_two, most = row_of(case, 32), row_of(case, 4096)
    both, forward = (at(thirty_two, "double", name) for name in ("forward_and_gradient_ms", "forward_ms"))
    yield "32 worlds, forward + gradient, ms", "<= 1", both, both is not None and both <= 1
    faster = ratio(ratio(4096, at(most, "double", "forward_and_gradient_ms")), ratio(32, both))
    yield "worlds per second, 4,096 worlds over 32", ">= 20", faster, faster is not None and faster >= 20
    over = ratio(both, forward)
    gradient = None if over is None else over - 1
    yield "32 worlds, gradient over forward", "<= 1.5", gradient, gradient is not None and gradient <= 1.5
    strict = over is not None and over <= 1.5
    yield "gradient + forward over forward, as pages of processors have it", "<= 1.5", over, strict
    rows = result.get("winners")
    same = sum(r["batch"]["winner"] == r["cuda_batch"]["winner"] for r in rows) if isinstance(rows, list) else None
    yield "master seeds of 5 with the winner of the processors", "5", same, same == 5


def rates(result):
    """(work, asked, ms, rate, from, to) of what has been counted: where most worlds ran, and by itself."""
    profiled = [row["profile"] for case in result["cases"] for row in case.get("worlds", []) if "profile" in row]
    widest = max(profiled, key=lambda p: p["counts"]["overlay"], default={"counts": {}, "ms": {}})
    for work, launch, low, high in PLAN:
        if launch in widest["counts"]:
            asked, ms = widest["counts"][launch], widest["ms"].get(launch)
        else:
            asked, ms = (at(result, "rates", launch, name) for name in ("asked", "ms"))
        if asked and ms:
            yield work, asked, ms, asked / ms * 1e3, low, high


def off(value, low, high):
    """How many times a rate is off the plan, 1 within it, and which way."""
    if value < low:
        return low / value, "below"
    return (value / high, "above") if value > high else (1, "as planned")


def head(say, result, checks):
    run, devices = result["run"], result["devices"]
    names = "; ".join(
        f"{d['name']} (compute capability {d['compute_capability']}, {d['multiprocessors']} multiprocessors, "
        f"{d['clock_ghz']:.2f} GHz, {d['total_mib'] / 1024:.0f} GiB)" for d in devices)
    say(f"# On a device: {devices[0]['name']}", "",
        f"`bash tests/gpu_prepare.sh`, then on the machine with the device `bash tests/gpu.sh`, then `python3 "
        f"bench/device_page.py out-gpu docs/results/device.md`; {run['date']}. Device: {names}. Processors beside it: "
        f"{run['threads']} threads of {run['processor']}.", "",
        "A *step* is that of an executor: poses of all worlds go to the device, losses (`mean_db`) and their gradients "
        "by the poses come back; medians of half a second. Hard visibility and fields in double precision unless it "
        "says otherwise. *Processors*: the same worlds on all threads, forward and gradient.")
    say.table("Bars", "measure", "bar", "figure", "holds")
    for measure, bar, figure, holds in bars(result):
        say.row(measure, bar, "not measured" if figure is None else number(figure), "yes" if holds else "**no**")
    if checks:
        say.table("What passed", "check", "passed", "seconds")
        for check in checks.values():
            say.row(check["check"], "yes" if check["passed"] else "**no**", check["seconds"])


def steps(say, result):
    for case in result["cases"]:
        if "name" not in case:
            continue
        say.table(f"Steps: {case['name']}", "worlds", "forward, ms", "forward + gradient, ms", "over forward",
                  "worlds per s", "in single precision, ms", "gains through the host, ms", "processors, ms",
                  "processors over device", "Fresnel, ms", "Fresnel processors, ms", "MiB of all worlds")
        for row in case["worlds"]:
            both, forward = at(row, "double", "forward_and_gradient_ms"), at(row, "double", "forward_ms")
            per_s = ratio(row["worlds"] * 1e3, both)
            say.row(f"{row['worlds']:,}", *map(number, (
                forward, both, ratio(both, forward), per_s, at(row, "single", "forward_and_gradient_ms"),
                at(row, "through_host", "forward_and_gradient_ms"), row.get("processors_ms"),
                ratio(row.get("processors_ms"), both), at(row, "fresnel", "forward_and_gradient_ms"),
                row.get("fresnel_processors_ms"), at(row, "double", "worlds_mib"))))
        say("", f"{case['triangles']:,} triangles, {case['transmitters']} transmitters, {case['receivers']:,} "
            f"receivers, {case['static_paths']:,} static paths.")


def rate_table(say, result):
    say.table("Rates", "work", "asked in a launch", "ms", "per second", "plan", "against the plan")
    far = []
    for work, asked, ms, value, low, high in rates(result):
        times, way = off(value, low, high)
        if times > FAR:
            far.append(work)
        strong = "**" if times > FAR else ""
        say.row(work, f"{asked:,}", f"{ms:.3g}", rate(value), f"{rate(low)} to {rate(high)}",
                way if times == 1 else f"{strong}{times:.1f} times {way}{strong}")
    say("", "The plan counts instructions of single precision on an H100; geometry is double here. Overlay, fields and "
        "clips: launches of the widest step; *clipped* are all faces of movers by all static prefixes, most of which "
        "miss. Segments and solves: by themselves, of the static paths; every chain with 32 neighbouring receivers.")
    return far


def contexts(say, result):
    rows = result.get("contexts")
    if not isinstance(rows, list):
        return
    say.table("A context for each world: office_v1, 1,000 receivers", "worlds", "batch, ms a step",
              "contexts, ms a step", "contexts over batch", "batch, MiB", "contexts, MiB", "batch made in, ms",
              "contexts made in, ms")
    for row in rows:
        batch = at(row, "batch", "forward_and_gradient_ms")
        say.row(row["worlds"], *map(number, (
            batch, row.get("contexts_ms"), ratio(row.get("contexts_ms"), batch), row.get("batch_mib"),
            row.get("contexts_mib"), row.get("batch_creation_ms"), row.get("contexts_creation_ms"))))
    say("", "A thread drives each context. Memory: what the device has less afterwards. *Made*: until the first step "
        "may begin.")


def winners(say, result):
    rows = result.get("winners")
    if not isinstance(rows, list):
        return
    say.table("Winners: office_v1, 32 worlds, 40 iterations, Fresnel", "seed", "winner on processors", "on the device",
              "loss on processors", "on the device", "s on processors", "on the device")
    for row in rows:
        both = row["batch"], row["cuda_batch"]
        say.row(row["seed"], *(r["winner"] for r in both), *(f"{r['value']:.8g}" for r in both),
                *(number(r["seconds"]) for r in both))


def searches(say, rows):
    if not rows:
        return
    say.table("Whole searches: office_v1, one second of descent", "executor", "worlds", "visibility", "start, s",
              "step, ms", "iterations", "loss")
    for row in rows:
        told = row["told"]
        step = 1e3 * median(told["steps_s"]) if told.get("steps_s") else None
        say.row(row["executor"], row["worlds"], row["visibility"], number(told.get("first_iteration_s")), number(step),
                told["iterations"], f"{told['value']:.6g}")


def launches(say, result):
    for case in result["cases"]:
        for row in case.get("worlds", []):
            ms = at(row, "profile", "ms")
            if not ms:
                continue
            say.table(f"Launches: {case['name']}, {row['worlds']:,} worlds, each waited for", "launch", "ms")
            for launch, value in sorted(ms.items(), key=lambda item: -item[1]):
                say.row(launch, f"{value:.3g}")


def unexplained(page, far):
    """The rates that no line of the page's remarks begins with."""
    text = open(page, encoding="utf-8").read() if os.path.exists(page) else ""
    remarks = re.split(r"^## Remarks", text, maxsplit=1, flags=re.M)
    named = set(re.findall(r"^(.*?):", remarks[1], flags=re.M)) if len(remarks) == 2 else set()
    return [work for work in far if work not in named]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = sys.argv[1]
    with open(os.path.join(folder, "device.json"), encoding="utf-8") as f:
        result = json.load(f)
    checks = {check["check"]: check for check in read_lines(os.path.join(folder, "checks.jsonl"))}  # the last of each
    say = Report()
    head(say, result, checks)
    steps(say, result)
    far = rate_table(say, result)
    contexts(say, result)
    winners(say, result)
    searches(say, read_lines(os.path.join(folder, "searches.jsonl")))
    launches(say, result)
    missing = [f"{where}: {what}" for where, what in errors(result)]
    if missing:
        say("", "## Not measured", "", *(f"- {line}" for line in missing))
    wrong = missing + [f"failed: {name}" for name, check in checks.items() if not check["passed"]]
    if len(sys.argv) == 3:
        say.write(sys.argv[2])
        far = unexplained(sys.argv[2], far)
    wrong += [f"{work}: more than {FAR} times off the plan; say why in a line of ## Remarks, \"{work}: ...\""
              for work in far]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
